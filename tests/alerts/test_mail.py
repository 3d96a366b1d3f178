import dataclasses
import email
import re
from email.policy import default
from typing import Any

import pytest

from tests.conftest import NOON, SECRET, Mailbox, free_port
from tracker.alerts.mail import WIRE, Envelope, FolderMailer, SmtpMailer, Undelivered, compose, header_text
from tracker.alerts.models import Subscription
from tracker.alerts.queries.followers import Alert
from tracker.alerts.queries.items import ChangeItem, CorrectionItem, ShiftItem, StatementItem
from tracker.alerts.queries.notices import NoticeItem
from tracker.settings import Mail, Site
from tracker.speech.models import QuoteKind
from tracker.speech.phrasing import show_words
from tracker.speech.types import Polarity

SITE = Site(secret_key=SECRET, base_url="https://record.example.org")
ITEM = StatementItem(
    public_id="abc",
    speaker="Mara Lind",
    role="Foreign minister of Norland",
    words=show_words("We need the toll now.", QuoteKind.DIRECT, Polarity.AFFIRMED),
    manner="quoted word for word",
    said="Wed 6 March 2024",
    precision="exact day",
    evidence="“on Wednesday”",
    question="Will there be a toll?",
    where="interview, Nordhaven radio",
    positions=("The toll: 3 For (confirmed)",),
    matched="toll",
    sources=(("Nordhaven Courier", "https://courier.example/1"),),
)
ALERT = Alert(
    id=1,
    subscription=Subscription(public_id="s", follower_id=1, query_id=1, clock="instant UTC", created_at=NOON),
    told={"topic": ["bridge-toll"], "q": ["toll & road"]},
    summary="“toll & road”, on The toll",
    what="every new statement",
    when="at once",
)
NOTHING: dict[str, Any] = {"shifts": [], "corrections": [], "claims": [], "changes": []}
VALUES: dict[str, Any] = {
    **NOTHING,
    "title": "The toll",
    "count": 1,
    "alerts": [ALERT],
    "manage_url": "https://record.example.org/follow/alerts/tok",
}


def message(folder="alert", to="reader@example.org", **values):
    given = {**VALUES, **({"claims": [ITEM]} if folder == "alert" else {}), **values}
    envelope = Envelope(to=to, message_id="m1", unsubscribe_url="https://record.example.org/follow/stop/t", plain=False)
    return compose(SITE, "On the Record <alerts@example.org>", NOON, folder=folder, envelope=envelope, values=given)


def parts(sent):
    again = email.message_from_bytes(sent.as_bytes(), policy=default)
    return again, again.get_body(("plain",)).get_content(), again.get_body(("html",)).get_content()


def test_a_mail_shows_the_substance_in_both_forms():
    again, text, html = parts(message())
    assert again["Subject"] == "1 new on The toll: Mara Lind"
    assert text.splitlines()[:3] == ["“We need the toll now.”", "", "Mara Lind, Foreign minister of Norland"]
    for body in (text, html):
        for piece in (
            "We need the toll now.",
            "Wed 6 March 2024",
            "exact day",
            "/c/abc",
            "Will there be a toll?",
            "3 For (confirmed)",
        ):
            assert piece in body
    assert "Matched:   toll" in text
    assert "Sources:   1: Nordhaven Courier" in text
    assert "Where:     interview, Nordhaven radio" in text
    assert "&amp;" not in text
    assert "/search?topic=bridge-toll&q=toll+%26+road" in text


def test_a_long_exit_link_is_written_out_as_it_is(mailbox):
    envelope = Envelope(
        to="reader@example.org", message_id="m1", unsubscribe_url="https://record.example.org/follow/stop/" + "t" * 90
    )
    sent = compose(
        SITE,
        "alerts@example.org",
        NOON,
        folder="alert",
        envelope=envelope,
        values={**VALUES, "claims": [ITEM]},
    )
    assert f"List-Unsubscribe: <{envelope.unsubscribe_url}>".encode() in sent.as_bytes(policy=WIRE)
    smtp(mailbox).send(sent)
    assert mailbox.messages[0]["List-Unsubscribe"] == f"<{envelope.unsubscribe_url}>"


def test_each_mail_can_be_stopped_by_one_click():
    again, text, html = parts(message())
    assert again["List-Unsubscribe"] == "<https://record.example.org/follow/stop/t>"
    assert again["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "https://record.example.org/follow/stop/t" in text
    assert "https://record.example.org/follow/stop/t" in html


def test_one_mail_tells_all_that_is_due_sorted_by_what_it_is():
    again, text, html = parts(message(*(), claims=[ITEM], shifts=[SHIFT], changes=[CHANGE], count=3))
    assert again["Subject"] == "Mara Lind moved one step, from 2 to 3: The toll and 2 more"
    heads = [text.index(head) for head in ("BEFORE", "NEW STATEMENT", "CHANGED AT THE SOURCE")]
    assert heads == sorted(heads)
    assert "New now:   at once" in text
    assert "/compare?a=abc&b=abc" in text
    assert html.count("<h1") == 4


def test_the_mail_that_asks_for_a_confirmation_says_what_for():
    again, text, html = parts(message("confirm", **CONFIRMATION))
    assert again["Subject"] == "Confirm that you want to follow: The toll"
    for body in (text, html):
        assert "every new statement, daily" in body
        assert "https://record.example.org/follow/t" in body


HOSTILE = [
    "=?utf-8?q?Vote=0d=0aBcc:_x@example.org?=",
    "Lind\r\nBcc: x@example.org",
    "Lind\u2028Bcc: x@example.org",
    "\u202eLind",
    "Lind\x00\x1b[31m",
    "Li\u200bnd \ud800",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_inside_its_header(name):
    from dataclasses import replace

    again, text, html = parts(message(claims=[replace(ITEM, speaker=name.replace("\ud800", "?"))]))
    assert again["Bcc"] is None
    assert again.keys().count("Subject") == 1
    assert "\u202e" not in again["Subject"] + text + html


def test_markup_of_a_source_is_text_in_a_mail():
    from dataclasses import replace

    words = show_words("<script>alert(1)</script> {{7*7}}", QuoteKind.DIRECT, Polarity.AFFIRMED)
    _, text, html = parts(message(claims=[replace(ITEM, words=words)]))
    assert "<script>" not in html
    assert "<script>alert(1)</script> {{7*7}}" in text


@pytest.mark.parametrize(
    "to", ["a@example.org, b@example.org", "a b@example.org", "a@example.org\r\nBcc: c@example.org", ""]
)
def test_one_recipient_a_message(to):
    with pytest.raises(Undelivered) as caught:
        message(to=to)
    assert caught.value.permanent


def test_header_text_is_one_clean_line():
    assert header_text("a\r\n b\u200b =?x?=") == "a b = ?x?="
    assert len(header_text("x" * 1000)) == 200


def test_a_mail_in_the_folder_is_whole_and_the_same_mail_is_one_file(tmp_path):
    mailer = FolderMailer(tmp_path / "mail")
    mailer.send(message())
    mailer.send(message())
    files = list((tmp_path / "mail").iterdir())
    assert [file.name for file in files] == ["m1.eml"]
    assert email.message_from_bytes(files[0].read_bytes(), policy=default)["To"] == "reader@example.org"


def smtp(box: Mailbox) -> SmtpMailer:
    return SmtpMailer(Mail(transport="smtp", host="127.0.0.1", port=box.port, timeout_s=30, data_timeout_s=30))


def test_a_mail_travels_over_smtp_to_one_recipient(mailbox):
    smtp(mailbox).send(message())
    assert [sent["To"] for sent in mailbox.messages] == ["reader@example.org"]
    assert mailbox.messages[0]["Message-ID"] == "<m1@record.example.org>"


@pytest.mark.parametrize(
    ("answer", "permanent"),
    [("550 no such user", True), ("451 try again", False), ("421 too busy", False), ("552 full", True)],
)
def test_what_the_server_says_to_the_recipient_decides(mailbox, answer, permanent):
    mailbox.rcpt = lambda _address: answer
    with pytest.raises(Undelivered) as caught:
        smtp(mailbox).send(message())
    assert caught.value.permanent is permanent
    assert answer[:3] in str(caught.value)


@pytest.mark.parametrize(("answer", "permanent"), [("554 spam", True), ("452 full", False)])
def test_what_the_server_says_to_the_data_decides(mailbox, answer, permanent):
    mailbox.data = lambda _message: answer
    with pytest.raises(Undelivered) as caught:
        smtp(mailbox).send(message())
    assert caught.value.permanent is permanent


def test_a_server_that_is_down_is_no_reason_to_give_up():
    with pytest.raises(Undelivered) as caught:
        smtp(Mailbox(port=free_port())).send(message())
    assert not caught.value.permanent


CHANGE = ChangeItem(
    statement=ITEM,
    outlet="Nordhaven Courier",
    address="https://courier.example/1",
    what="the page is no longer at its address",
    now_reads=None,
    snapshot="ab12",
)
SHIFT = ShiftItem(
    speaker="Mara Lind",
    before=ITEM,
    after=ITEM,
    finding="moved one step, from 2 to 3",
    topic="The toll",
    added=("at once",),
    dropped=("when the road is paid for",),
)
CORRECTION = CorrectionItem(
    statement=ITEM,
    day="Thu 7 March 2024",
    what=("day: Wed 6 March (before: Tue 5 March), because the tape says so",),
)
CONFIRMATION = {
    "confirm_url": "https://record.example.org/follow/t", "known": True, "summary": "statements, on The toll",
    "what": "every new statement", "when": "daily",
}  # fmt: skip
MAILS: dict[str, tuple[str, dict[str, Any]]] = {
    "confirmation": ("confirm", CONFIRMATION),
    "new statements": ("alert", {"claims": [ITEM, ITEM], "count": 2}),
    "a shift": ("alert", {"claims": [], "shifts": [SHIFT]}),
    "a correction": ("alert", {"claims": [], "corrections": [CORRECTION]}),
    "a change": ("alert", {"claims": [], "changes": [CHANGE]}),
    "a notice": ("notice", {"notices": [NoticeItem(words="Source “Courier” is gone", when="6 March 2024, 12:00 UTC")]}),
    "all in one": ("alert", {"claims": [ITEM], "shifts": [SHIFT], "changes": [CHANGE], "count": 3}),
}
TURNING = "\u202e\u2066\u200b\x1b[2J\u2069\U000e0041"


def poisoned(value):
    """The value with the payload in each of its texts, however deep."""
    if isinstance(value, str):
        return value if value.startswith("https:") else value + TURNING
    if isinstance(value, list | tuple):
        return type(value)(poisoned(one) for one in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return type(value)(**{one.name: poisoned(getattr(value, one.name)) for one in dataclasses.fields(value)})
    return value


@pytest.mark.parametrize("mail", MAILS)
def test_no_mail_shows_a_character_that_turns_or_hides_others(mail):
    folder, told = MAILS[mail]
    values = {name: poisoned(value) for name, value in {**VALUES, **told}.items()}
    again, *bodies = parts(message(folder, **values))
    for shown in (again["Subject"], *bodies):
        assert not set(TURNING) - set("[2J") & set(shown), repr(shown)


@pytest.mark.parametrize("mail", MAILS)
def test_every_address_of_a_mail_stands_below_the_sites_path(mail):
    site = Site(secret_key=SECRET, base_url="https://record.example.org/news/record")
    folder, told = MAILS[mail]
    values = {**VALUES, **told}
    for name in ("manage_url", "confirm_url"):
        if name in values:
            values[name] = values[name].replace(".org/", ".org/news/record/")
    envelope = Envelope(to="reader@example.org", message_id="m", unsubscribe_url=f"{site.base_url}/follow/stop/t")
    _, *bodies = parts(compose(site, "alerts@example.org", NOON, folder=folder, envelope=envelope, values=values))
    for body in bodies:
        found = re.findall(r"https://record\.example\.org[^\s<\"]*", body)
        assert found
        assert all(one.startswith("https://record.example.org/news/record") for one in found), found


@pytest.mark.parametrize(
    "topic",
    [
        "Запрошення Вельмори до Північного пакту: коли, на яких умовах і чи взагалі",
        "Über die Größe der Brücke von Äußerst-Müßiggang und die Würde ihrer Völker im Überblick",
        "橋の通行料についての合意と、それに伴う条件、期限、そして反対意見のすべてについて",
        "toll " * 30,
    ],
)
def test_a_long_subject_is_folded_into_encoded_words_of_75_characters_at_most(topic):
    raw = message(title=topic).as_bytes(policy=WIRE)
    subject = re.search(rb"(?im)^Subject:.*(?:\r\n[ \t].*)*", raw)[0].decode("ascii")
    words = re.findall(r"=\?[^?\s]+\?[bqBQ]\?[^?]*\?=", subject)
    assert all(len(word) <= 75 for word in words)
    assert "?==?" not in subject
    assert not words or max(map(len, subject.splitlines())) <= 76
    again = email.message_from_bytes(raw, policy=default)
    assert topic.strip() in " ".join(again["Subject"].split())
