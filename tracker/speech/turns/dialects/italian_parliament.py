"""Stenographic records of the Italian parliament: "PRESIDENTE. Ha facoltà ...", "ADA MORI, Ministra dei trasporti. ..."."""

from __future__ import annotations

import re

from tracker.speech.turns.dialect import CAPS, START, Dialect

DIALECT = Dialect(
    name="italian parliament",
    label=re.compile(
        START + rf"(?P<label>(?=[^.\n]*[A-ZÀ-Þ]{{4}}){CAPS}(?:[ \u00a0]+(?:{CAPS}|de|di|del|della)){{0,4}}"
        rf"(?:[ \u00a0]*\([^)\n]{{2,40}}\))?(?:,[ \u00a0][^.:\n]{{2,80}})?)\.[ \u00a0](?=[A-ZÀ-Þ«“])",
        re.MULTILINE,
    ),
    hints=("resoconto stenografico", "seduta", "camera dei deputati", "senato della repubblica", "commissione"),
    least=3,
)
