import dataclasses

import pytest

from tracker.speech import reading, types


def test_the_values_of_a_reading_cannot_be_changed():
    for value in (
        types.Said(),
        types.Mention(start=0, end=1, text="x"),
        types.Manuscript(text=""),
        types.Reading(None, "article"),
    ):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, dataclasses.fields(value)[0].name, "x")


def test_the_reader_hands_out_all_its_values():
    names = {name for name in vars(types) if isinstance(getattr(types, name), type) and name[0].isupper()}
    ours = {n for n in names if getattr(types, n).__module__ == types.__name__}
    assert ours <= set(reading.__all__)
