"""A mail provider posts what came back: read like a mailbox, for our own mails alone, at an address with a key."""

import json

import pytest

from tests.jobs.test_bounces import ID, sent, suspended
from tracker.alerts.bounce_events import BadEvents, read_events
from tracker.alerts.bounce_reports import Severity
from tracker.web.app import create_app

KEY = "8f2c1d7ab94e4c06a1f35e0b7d29c4416a50"
OURS = f"<{ID}@record.example.org>"
MAILGUN = {
    "signature": {"token": "t", "timestamp": "1", "signature": "s"},
    "event-data": {
        "event": "failed", "severity": "permanent", "reason": "bounce", "recipient": "somebody.else@example.net",
        "delivery-status": {"code": 550, "message": "5.1.1 no such user"},
        "message": {"headers": {"message-id": OURS.strip("<>"), "from": "alerts@example.org"}},
    },
}  # fmt: skip
SENDGRID = [{"email": "a@example.net", "event": "bounce", "type": "bounce", "reason": "550 unknown", "smtp-id": OURS}]
BREVO = {"event": "hard_bounce", "email": "a@example.net", "message-id": OURS, "reason": "550 unknown"}


def changed(event, /, **more):
    """The same event with other values, at whatever depth they stand."""
    if isinstance(event, list):
        return [changed(one, **more) for one in event]
    return {
        key: changed(value, **more) if isinstance(value, dict) else more.get(key, value) for key, value in event.items()
    }


@pytest.mark.parametrize(
    ("event", "severity"),
    [
        (MAILGUN, Severity.HARD),
        (changed(MAILGUN, severity="temporary"), Severity.DELAY),
        (changed(MAILGUN, event="complained", severity=""), Severity.HARD),
        (SENDGRID, Severity.HARD),
        (changed(SENDGRID, type="blocked"), Severity.SOFT),
        (changed(SENDGRID, event="deferred", type=""), Severity.DELAY),
        (changed(SENDGRID, event="spamreport", type=""), Severity.HARD),
        (BREVO, Severity.HARD),
        (changed(BREVO, event="soft_bounce"), Severity.SOFT),
        ({"event": "hard", "message_id": OURS, "reason": "550 unknown"}, Severity.HARD),
        ({"event": "soft", "return_path": f"bounces+{ID}@example.org"}, Severity.SOFT),
    ],
)
def test_the_events_of_providers_are_read_into_one_report(event, severity):
    [report] = read_events(json.dumps(event).encode())
    assert report.message_ids == (ID,)
    assert report.severity is severity


@pytest.mark.parametrize(
    "event",
    [
        changed(MAILGUN, event="delivered", severity=""),
        changed(SENDGRID, event="open", type=""),
        {"event": "hard", "reason": "no id at all"},
        {"event": "hard", "message_id": "<somebody-elses@example.net>"},
        [],
        None,
        17,
        "hard",
        [[[[]]]],
    ],
)
def test_what_tells_of_no_failure_of_a_mail_of_ours_is_none(event):
    assert read_events(json.dumps(event).encode()) == []


@pytest.mark.parametrize("raw", [b"", b"\xff\x00", b"{", b"[" * 100_000, b"event=bounce"])
def test_what_is_no_json_is_an_error_in_words(raw):
    with pytest.raises(BadEvents, match="no JSON"):
        read_events(raw)


@pytest.fixture
def place(make_world):
    return make_world(bounces={"hook_key": KEY})


one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_posted_bounce_suspends_the_reader_of_our_mail(place):
    first, _ = sent(place, 2)
    client = create_app(place).test_client()
    event = changed(MAILGUN, **{"message-id": f"{first}@record.example.org"})
    answers = [client.post(f"/bounces/{KEY}", json=event) for _ in range(2)]
    assert [answer.get_json() for answer in answers] == [{"of_ours": 1}] * 2
    assert suspended(place) == {"reader0@example.org": "mail came back: bounce"}


@one_database
def test_another_key_an_unknown_mail_and_no_json_change_nothing(place):
    [first] = sent(place)
    client = create_app(place).test_client()
    event = changed(BREVO, **{"message-id": f"<{first}@record.example.org>"})
    assert client.post(f"/bounces/{KEY[:-1]}9", json=event).status_code == 404
    assert client.post(f"/bounces/{KEY}", json=BREVO).get_json() == {"of_ours": 0}
    assert client.post(f"/bounces/{KEY}", data="event=bounce").status_code == 400
    assert client.get(f"/bounces/{KEY}").status_code == 405
    assert not suspended(place)
    codes = [client.post("/bounces/guess", json=event).status_code for _ in range(20)]
    assert codes[-1] == 429


@one_database
def test_without_a_key_in_the_configuration_nobody_can_post(make_world):
    client = create_app(make_world()).test_client()
    assert {client.post(f"/bounces/{key}", json=BREVO).status_code for key in (KEY, "-", "none")} == {404}
