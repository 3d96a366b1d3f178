"""The parameters of an address and the query they make: one spelling, and a plain word on each mistake."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.speech.models import Status
from tracker.speech.search.parameters import NAMES, STATUSES, BadParameter, canonical, read_query
from tracker.speech.states import HIDDEN


def test_one_query_has_one_spelling():
    given_twice = {"topic": ["toll", "ferry"], "speaker": ["b", "a", "b", ""], "page": ["2"]}
    one = canonical({"q": ["  open   the  border "], **given_twice})
    assert one == {"q": ["open the border"], "speaker": ["a", "b"], "topic": ["toll"]}
    assert canonical(one) == one


def test_every_parameter_reaches_the_query():
    told = {
        "q": "bridge", "speaker": "moor", "topic": "toll", "event": "talks", "side": "before", "position": "3",
        "source": "post", "said_from": "2024-01-01", "said_to": "2024-02-01", "kind": "direct", "channel": "interview",
        "lane": "primary", "language": "de", "polarity": "denied", "status": "in review",
    }  # fmt: skip
    assert set(told) == set(NAMES)
    query = read_query({name: [value] for name, value in told.items()})
    assert (query.event, query.side, query.position, query.lane) == ("talks", "before", "3", "primary")
    assert (query.channel, query.language, query.polarity, query.speakers) == ("interview", "de", "denied", ("moor",))
    assert query.status == "in review"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "song"),
        ("lane", "fast"),
        ("polarity", "maybe"),
        ("status", "rejected"),
        ("said_from", "2024-13-01"),
        ("said_to", "yesterday"),
        ("side", "before"),
        ("position", "high"),
    ],
)
def test_what_can_not_be_read_is_named(name, value):
    with pytest.raises(BadParameter) as problem:
        read_query({name: [value]})
    assert problem.value.name == name


@given(st.dictionaries(st.sampled_from(NAMES), st.lists(st.text(max_size=40), max_size=3)))
def test_a_query_reads_the_same_from_its_one_spelling(told):
    try:
        first = read_query(told)
    except BadParameter:
        return
    assert read_query(canonical(told)) == first


def test_a_status_that_can_be_asked_for_is_one_in_which_a_statement_is_shown():
    assert set(STATUSES) == {one.value for one in Status} - {one.value for one in HIDDEN}
