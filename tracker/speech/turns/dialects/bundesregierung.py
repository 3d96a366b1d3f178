"""German government press conferences: "BK Ahrens:", "StS Vogt:", "Frage:", "Zusatzfrage Kern:", "Lorenz (AA):"."""

from __future__ import annotations

import re

from tracker.speech.turns.dialect import AFTER, NAME, START, Dialect

DIALECT = Dialect(
    name="bundesregierung",
    label=re.compile(
        START + r"(?P<label>(?:(?:BK|BKin|StS|SRS|BM|BMin|P|MP|MPin|PM|GS|AM|Vors\.|Vorsitzende[r]?|"
        r"(?i:Frage|Zusatzfrage|Zuruf|Zusatz|Nachfrage)|Bundeskanzler(?:in)?|Bundesminister(?:in)?|Staatssekretär(?:in)?|Präsident(?:in)?)\b"
        rf"(?:[ \u00a0]+(?:D[rR]\.[ \u00a0]|von[ \u00a0]|VON[ \u00a0])?{NAME}){{0,3}}|"
        rf"(?:D[rR]\.[ \u00a0])?{NAME}(?:[ \u00a0]{NAME})?)"
        rf"(?:[ \u00a0]*\([^)\n]{{2,40}}\))?){AFTER}",
        re.MULTILINE,
    ),
    hints=("regierungspressekonferenz", "bundesregierung", "bundeskanzler", "frage:", "zusatzfrage", "sts "),
    questions=frozenset({"frage", "zusatzfrage", "nachfrage", "zuruf", "zusatz", "journalist", "journalistin"}),
    asks_by_outlet=False,
)
