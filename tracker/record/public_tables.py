"""The tables of the public record as one SQLite file, each described: what the file is made of, and what its metadata says.

Nothing stands here that no page shows to a stranger: no account, no reader, no note of an editor, no suggestion.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicColumn:
    """A column: its name, its type in SQLite, what it holds."""

    name: str
    kind: str
    means: str
    to: str | None = None
    """The table whose `id` it names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicTable:
    """A table: its name, what a row of it is, its columns; the first one is the key where it is called `id`."""

    name: str
    means: str
    columns: tuple[PublicColumn, ...]


def _text(name: str, means: str, to: str | None = None) -> PublicColumn:
    return PublicColumn(name=name, kind="TEXT", means=means, to=to)


def _number(name: str, means: str) -> PublicColumn:
    return PublicColumn(name=name, kind="INTEGER", means=means)


STATEMENT = PublicTable(
    name="statement",
    means="One utterance by one speaker, word for word. Rejected, withdrawn and merged ones are not here.",
    columns=(
        _text("id", "Permanent id, as at the end of its address"),
        _text("url", "Permanent address, with all sources and archived copies"),
        _text("text", "The words, in the fullest wording on the record"),
        _text("kind", "direct, mixed, indirect (reported), turn (of a transcript) or post"),
        _text("polarity", "affirmed; denied: the speaker denied these words, which are never a quotation of theirs"),
        _text("speaker", "Who said it; empty where the record can't tell", "speaker"),
        _text("role", "The office held when it was said"),
        _text("candidates", "Who it could be where no speaker is told, parted by semicolons"),
        _text("said_from", "First day it can have been said on; empty where no source tells"),
        _text("said_to", "Last day it can have been said on"),
        _text("said_precision", "day, range, month, year or unknown"),
        _text("said_basis", "The evidence for the day: words of the source, published, header, or by hand"),
        _text("said_conflict", "Where sources differ about the day"),
        _text("channel", "How it was said, as the source tells: interview, speech"),
        _text("venue", "Where it was said"),
        _text("question", "The question it answers"),
        _text("condition", "Its condition (if, when, unless)"),
        _text("status", "new or in review: no editor has checked it; confirmed, published or corrected: one has"),
    ),
)
TABLES = (
    PublicTable(
        name="about",
        means="What this file is, whose it is, and of which moment.",
        columns=(_text("name", "What is told"), _text("value", "What it is")),
    ),
    PublicTable(
        name="speaker",
        means="A person or body with at least one statement here.",
        columns=(
            _text("id", "As at the end of its address"),
            _text("url", "Permanent address"),
            _text("name", "Name"),
            _text("kind", "person or body"),
            _text("other_names", "Other names, parted by semicolons"),
            _number("statements", "How many statements are here"),
        ),
    ),
    PublicTable(
        name="office",
        means="A role that a speaker held from one day to another.",
        columns=(
            _text("speaker", "Who held it", "speaker"),
            _text("title", "Title"),
            _text("body", "Of what"),
            _text("from_on", "First day; empty where it is not known"),
            _text("to_on", "Last day; empty where it is open or not known"),
        ),
    ),
    PublicTable(
        name="topic",
        means="A subject with a written scale of positions.",
        columns=(
            _text("id", "As in its address"),
            _text("url", "Address"),
            _text("name", "Name"),
            _text("description", "What it is about"),
            _number("scale", "The version of its scale that is in force"),
        ),
    ),
    PublicTable(
        name="step",
        means="One step of one version of a topic's scale.",
        columns=(
            _text("topic", "Of which topic", "topic"),
            _number("scale", "Version of the scale; steps of two versions are never compared"),
            _number("step", "Its place on the scale"),
            _text("label", "In few words"),
            _text("definition", "What it means"),
            _text("side", "lower or upper outer side of the scale; empty for neither"),
        ),
    ),
    PublicTable(
        name="event",
        means="A happening that line-ups are built around.",
        columns=(
            _text("id", "As in its address"),
            _text("name", "Name"),
            _text("place", "Place"),
            _text("starts_on", "First day"),
            _text("ends_on", "Last day"),
            _text("pivot", "The moment that parts before from after"),
            _text("pivot_name", "What happened then"),
        ),
    ),
    PublicTable(
        name="event_topic",
        means="An event matters to a topic.",
        columns=(_text("event", "Event", "event"), _text("topic", "Topic", "topic")),
    ),
    STATEMENT,
    PublicTable(
        name="appearance",
        means="Where a statement's words stand in one archived copy of one publication.",
        columns=(
            _text("statement", "Whose words", "statement"),
            _text("url", "Where it was published; empty where that is no address on the web"),
            _text("outlet", "By whom"),
            _text("published", "When, as the source tells"),
            _text("fetched", "When our copy was made"),
            _text("snapshot", "SHA-256 of the archived bytes"),
            _text("copy_url", "The archived copy on our site"),
            _number("start", "First letter in the copy's extracted text (code points, from 0)"),
            _number("end", "The letter after the last one"),
            _text("exact", "The words as they stand there"),
            _text("exact_sha256", "SHA-256 of these words in UTF-8"),
            _text("form", "verbatim, trimmed, altered or translated, compared with the statement"),
            _text("state", "intact, changed, missing or removed at its source since"),
        ),
    ),
    PublicTable(
        name="statement_topic",
        means="A statement is about a topic, because of these words.",
        columns=(
            _text("statement", "Statement", "statement"),
            _text("topic", "Topic", "topic"),
            _text("matched", "The words, parted by semicolons; empty where a person decided it"),
        ),
    ),
    PublicTable(
        name="coding",
        means="The position of a statement on a topic, as a person confirmed it. Suggestions of the machine are not here.",
        columns=(
            _text("statement", "Statement", "statement"),
            _text("topic", "Topic", "topic"),
            _number("step", "Step of the scale; empty where no position was found"),
            _text("position", "The step in words, or why there is none"),
            _text("confirmed_at", "When"),
        ),
    ),
    PublicTable(
        name="shift",
        means="A speaker's position is another one after than before, between two statements; signed by editors.",
        columns=(
            _text("speaker", "Who moved", "speaker"),
            _text("topic", "On what", "topic"),
            _text("before", "Statement before", "statement"),
            _text("after", "Statement after", "statement"),
            _number("distance", "Steps of the scale, up with +, down with -"),
            _text("verdict", "In words"),
            _text("signed_at", "When enough editors had signed it"),
        ),
    ),
    PublicTable(
        name="correction",
        means="What an editor corrected in a statement, and stands.",
        columns=(
            _text("statement", "Statement", "statement"),
            _text("field", "What was corrected"),
            _text("old", "As it was"),
            _text("new", "As it is"),
            _text("reason", "Why"),
            _text("at", "When"),
        ),
    ),
)
