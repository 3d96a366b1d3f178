import dataclasses

import pytest

from tracker.speech import parts, reading


def test_the_values_of_a_reading_cannot_be_changed():
    for value in (parts.Said(), parts.Mention(0, 1, "x"), parts.Manuscript(""), parts.Reading(None, "article")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, dataclasses.fields(value)[0].name, "x")


def test_the_reader_hands_out_all_its_values():
    names = {name for name in vars(parts) if isinstance(getattr(parts, name), type) and name[0].isupper()}
    ours = {n for n in names if getattr(parts, n).__module__ == parts.__name__}
    assert ours <= set(reading.__all__)
