"""letters and addresses of one spelling

Revision: 0009, after 0008

Two stored values are made by a rule, and the rule knows more now: the folded columns take letters that don't decompose
(ø, ł, ı, þ) for their plain ones, and a document's identity drops `ref=`, some more tracking parameters and the slash at
the end. Both are made anew, with what hangs on the folded words: fingerprints and the identity key. Public ids stay.

Where two rows would become one (Paweł and Pawel, both in the record), the later one keeps its old value; such a speaker
gets the new spelling as another name, so that a search finds it. Which rows are one is for an editor to say.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from tracker.archive.urls import normal
from tracker.speech.wording import PLAIN_LETTERS, fingerprints

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

WORDS = frozenset({'direct', 'turn', 'post'})


def upgrade() -> None:
    tables = sa.MetaData()
    tables.reflect(op.get_bind(), only=['speaker', 'alias', 'claim', 'fingerprint', 'appearance', 'snapshot', 'document'])
    before = {row.id: row.folded for row in op.get_bind().execute(sa.select(tables.tables['speaker']))}
    _speakers(tables.tables['speaker'], tables.tables['alias'])
    after = {row.id: row.folded for row in op.get_bind().execute(sa.select(tables.tables['speaker']))}
    _claims(tables, before, after)
    _documents(tables.tables['document'])


def downgrade() -> None:
    """Nothing: the older rule reads these values as it read its own."""


def _rows(table: sa.Table, column: sa.Column[Any], marks: Iterator[str]) -> list[Any]:
    holds = sa.or_(*(column.contains(mark, autoescape=True) for mark in marks))
    return list(op.get_bind().execute(sa.select(table).where(holds).order_by(table.c.id)))


def _speakers(speaker: sa.Table, alias: sa.Table) -> None:
    bind = op.get_bind()
    for row in _rows(alias, alias.c.folded, map(chr, PLAIN_LETTERS)):
        new = row.folded.translate(PLAIN_LETTERS)
        twin = sa.select(alias.c.id).where(alias.c.speaker_id == row.speaker_id, alias.c.folded == new)
        if bind.execute(twin).first() is None:
            bind.execute(alias.update().where(alias.c.id == row.id).values(folded=new))
    for row in _rows(speaker, speaker.c.folded, map(chr, PLAIN_LETTERS)):
        new = row.folded.translate(PLAIN_LETTERS)
        if bind.execute(sa.select(speaker.c.id).where(speaker.c.folded == new)).first() is None:
            bind.execute(speaker.update().where(speaker.c.id == row.id).values(folded=new))
            continue
        known = sa.select(alias.c.id).where(alias.c.speaker_id == row.id, alias.c.folded == new)
        if bind.execute(known).first() is None:
            bind.execute(alias.insert().values(speaker_id=row.id, text=row.name, folded=new))


def _claims(tables: sa.MetaData, before: dict[int, str], after: dict[int, str]) -> None:
    claim, fingerprint = tables.tables['claim'], tables.tables['fingerprint']
    renamed = [number for number, folded in before.items() if after[number] != folded]
    letters = [chr(code) for code in PLAIN_LETTERS]
    capitals = [letter.upper() for letter in letters if not letter.upper().isascii()]
    mark = [claim.c.folded.contains(letter, autoescape=True) for letter in letters]
    mark += [claim.c.speaker_text.contains(letter, autoescape=True) for letter in [*letters, *capitals]]
    bind = op.get_bind()
    ids = bind.execute(sa.select(claim.c.id).where(sa.or_(claim.c.speaker_id.in_(renamed), *mark)).order_by(claim.c.id))
    for number in list(ids.scalars()):
        row = bind.execute(sa.select(claim).where(claim.c.id == number)).one()
        item = _item(tables, number)
        folded = row.folded.translate(PLAIN_LETTERS)
        old = _key(row, before.get(row.speaker_id), row.folded, item, plain=False)
        new = _key(row, after.get(row.speaker_id), folded, item, plain=True)
        changed = {'folded': folded}
        # A wording that was replaced by a fuller one has the key of the first: it is left as it is.
        taken = bind.execute(sa.select(claim.c.id).where(claim.c.identity_key == new)).first()
        if old == row.identity_key and taken is None:
            changed['identity_key'] = new
        bind.execute(claim.update().where(claim.c.id == number).values(**changed))
        if folded != row.folded:
            bind.execute(fingerprint.delete().where(fingerprint.c.claim_id == number))
            prints = [{'hash': value, 'claim_id': number} for value in sorted(fingerprints(folded))]
            if prints:
                bind.execute(fingerprint.insert(), prints)


def _item(tables: sa.MetaData, claim_id: int) -> str:
    appearance, snapshot, document = (tables.tables[name] for name in ('appearance', 'snapshot', 'document'))
    row = op.get_bind().execute(
        sa.select(document.c.source_id, document.c.item)
        .join(snapshot, snapshot.c.document_id == document.c.id)
        .join(appearance, appearance.c.snapshot_id == snapshot.c.id)
        .where(appearance.c.claim_id == claim_id)
        .order_by(appearance.c.id)
        .limit(1)
    ).first()  # fmt: skip
    return f'{row.source_id}\0{row.item}' if row else ''


def _key(row: Any, speaker: str | None, folded: str, item: str, *, plain: bool) -> str:  # noqa: ANN401 - a row
    """The identity key as revision 0008 makes it; `plain` with the letters of today."""
    who = f'speaker:{speaker}' if speaker is not None else f'mention:{_mention(row.speaker_text, plain=plain)}'
    when = f'{row.said_from}..{row.said_to}' if row.said_from else 'unknown'
    key = [who, when, 'words' if row.kind in WORDS else row.kind, folded]
    if speaker is None or row.said_from is None:
        key.append(item)
    return hashlib.sha256('\0'.join(key).encode('utf-8', 'surrogatepass')).hexdigest()


def _mention(text: str | None, *, plain: bool) -> str:
    from tracker.speech.wording import fold_letters

    folded = fold_letters(text or '')
    return folded.translate(PLAIN_LETTERS) if plain else folded


def _documents(document: sa.Table) -> None:
    bind = op.get_bind()
    rows = bind.execute(
        sa.select(document.c.id, document.c.source_id, document.c.item)
        .where(document.c.item.startswith('http', autoescape=True))
        .order_by(document.c.id)
    )  # fmt: skip
    for row in list(rows):
        address, gap, guid = row.item.partition(' guid:')
        new = f'{normal(address)}{gap}{guid}'
        if new == row.item:
            continue
        twin = sa.select(document.c.id).where(document.c.source_id == row.source_id, document.c.item == new)
        if bind.execute(twin).first() is None:
            bind.execute(document.update().where(document.c.id == row.id).values(item=new))
