"""The rows that a quote of a snapshot becomes, none of them stored: a claim, and the appearance where its words stand."""

from collections.abc import Sequence
from datetime import date, datetime

from tracker.archive.models import Document, Snapshot, Source
from tracker.speech import anchor, same_statement, wording
from tracker.speech.evidence import reasons_of
from tracker.speech.ledger.utterances import GAP
from tracker.speech.models import Appearance, Claim, Form, Precision, QuoteKind, Speaker, Status
from tracker.speech.occasion import ReportedVenue
from tracker.speech.reading import Quote

MARKS = "“”„‟\"«»‹›‘’'`「」『』"
BY_HAND = "by hand"


def words_of(text: str, quote: Quote) -> str:
    """The words of a quote as the reference wording gives them: outer marks off, pieces joined by a visible gap."""
    return _joined([text[start:end] for start, end in (quote.spans or ((quote.start, quote.end),))], quote.kind)


def words_at(place: Appearance) -> str:
    """The words of an appearance as the reference wording would give them."""
    spans = place.spans or [[place.start, place.end]]
    return _joined([place.exact[start - place.start : end - place.start] for start, end in spans], place.kind)


def _joined(pieces: Sequence[str], kind: str) -> str:
    bare = [_unmarked(piece) if kind in {"direct", "post"} else piece.strip() for piece in pieces]
    return GAP.join(piece for piece in bare if piece)


def _unmarked(piece: str) -> str:
    bare = piece.strip()
    if bare[:2] in {"''", "``"}:
        bare = bare[2:]
    elif bare[:1] and bare[0] in MARKS:
        bare = bare[1:]
    if bare[-2:] == "''":
        bare = bare[:-2]
    elif bare[-1:] and bare[-1] in MARKS:
        bare = bare[:-1]
    # A comma before the closing mark belongs to the outlet's sentence, not to the words that were said.
    return bare.strip().removesuffix(",").rstrip()


def said_of(quote: Quote, document: Document) -> tuple[date | None, date | None, Precision, str]:
    """The days, their precision and the kind of basis; a day entered by hand decides."""
    if document.said:
        days = [date.fromisoformat(day) for day in document.said.split("/")]
        return days[0], days[-1], Precision.RANGE if len(days) > 1 else Precision.DAY, BY_HAND
    said = quote.said
    if said.first is None or said.last is None:
        return None, None, Precision.UNKNOWN, ""
    return said.first, said.last, Precision(said.precision), said.basis if isinstance(said.basis, str) else "words"


def appearance_of(now: datetime, snapshot: Snapshot, quote: Quote, reader: str) -> Appearance:
    """Where the words of a quote stand, with the reasons of the reading."""
    exact = snapshot.text[quote.start : quote.end]
    start, end = quote.question or (None, None)
    return Appearance(
        claim_id=0,
        snapshot_id=snapshot.id,
        start=quote.start,
        end=quote.end,
        spans=[list(span) for span in quote.spans],
        exact=exact,
        exact_sha256=anchor.sha256(exact),
        kind=QuoteKind(quote.kind),
        form=Form.ALTERED if quote.altered else Form.VERBATIM,
        question_start=start,
        question_end=end,
        reasons=reasons_of(quote, reader),
        created_at=now,
    )


def claim_of(
    now: datetime,
    snapshot: Snapshot,
    *,
    document: Document,
    source: Source,
    quote: Quote,
    speaker: Speaker | None,
    said: tuple[date | None, date | None, Precision, str],
    occasion: ReportedVenue | None,
) -> Claim:
    """The statement that a quote is; `said` is what `said_of` tells of its day."""
    text = words_of(snapshot.text, quote)
    folded = wording.fold(text)
    first, last, precision, basis = said
    mention = quote.speaker
    claim = Claim(
        public_id="",
        identity_key="",
        speaker_id=speaker.id if speaker else None,
        speaker_text=mention.text if mention else None,
        candidates=list(mention.candidates) if mention else [],
        role=mention.role if mention else None,
        kind=QuoteKind(quote.kind),
        text=text,
        folded=folded,
        said_from=first,
        said_to=last,
        said_precision=precision,
        said_basis=_basis(quote, snapshot, basis),
        said_conflict=quote.said.conflict,
        channel=document.channel or (occasion.channel if occasion else None) or source.channel,
        venue=_slice(snapshot.text, occasion.venue) if occasion else None,
        question=_slice(snapshot.text, quote.question),
        condition=_slice(snapshot.text, quote.condition),
        polarity=quote.polarity,
        altered=quote.altered,
        status=Status.NEW,
        created_at=now,
    )
    claim.identity_key = same_statement.identity_key(claim, speaker, item_of(document))
    claim.public_id = same_statement.public_id(claim.identity_key)
    return claim


def item_of(document: Document) -> str:
    """A document as the identity keys of its statements name it."""
    return f"{document.source_id}\0{document.item}"


def _basis(quote: Quote, snapshot: Snapshot, basis: str) -> str:
    if basis == "words" and isinstance(quote.said.basis, tuple):
        return _slice(snapshot.text, quote.said.basis) or ""
    return basis


def _slice(text: str, span: tuple[int, int] | None) -> str | None:
    return text[span[0] : span[1]] if span else None
