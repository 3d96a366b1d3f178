"""Write ``tracker/languages/first_names.txt`` from the lists of first names that Faker ships (MIT licence).

    uv run --with faker==40.63.0 python -m tools.first_names

Run by hand, and seldom: the reader only reads the file. Left out are names that are also small words, titles or days of a
language the reader knows, names of places, and all that is neither Latin nor Cyrillic.
"""

import importlib
import re
from pathlib import Path

from tracker.languages.data import languages

LOCALES = (
    "en_US en_GB en_IE en_IN de_DE de_AT de_CH fr_FR fr_CA es_ES es_MX es_AR es_CO it_IT pl_PL ru_RU uk_UA sv_SE no_NO da_DK "
    "nl_NL nl_BE pt_PT pt_BR fi_FI cs_CZ sk_SK hu_HU ro_RO hr_HR sl_SI tr_TR et_EE lv_LV lt_LT bg_BG is_IS az_AZ ga_IE"
)
PLACES = (
    "america asia austria brooklyn carolina chad china chelsea dakota england europa france georgia germany india ireland "
    "israel jordan kenya london milan paris roma savannah sierra sydney virginia vienna verona odessa malta cuba holland "
    "lorraine"
)
WORDS = (
    "can mark will mai august sonne heil star king prince duke earl major justice royal deputy oğuz usta kral kurt bay"
)
"""Names that are common words or titles more often."""
TARGET = Path("tracker/languages/first_names.txt")
HEAD = """\
# First names by language or country, for telling names of people from other words with capitals: women's, men's, both.
# Taken from the lists of Faker 40.63.0 (https://github.com/joke2k/faker), Copyright (c) 2012 Daniele Faraglia, MIT licence:
# permission is granted, free of charge, to deal in them without restriction, including the rights to use, copy, modify, merge,
# publish, distribute, sublicense and sell, provided that this notice is included; they are provided "as is", without warranty.
# Written by tools/first_names.py.
"""


def main() -> None:
    """Write the file."""
    women: set[str] = set()
    men: set[str] = set()
    for locale in LOCALES.split():
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        both = set(getattr(provider, "first_names", ()))
        female, male = (set(getattr(provider, f"first_names_{sex}", ())) for sex in ("female", "male"))
        rest = both - female - male
        women |= _kept(female | rest)
        men |= _kept(male | rest)
    lines = [f"{key} = {' '.join(sorted(names))}" for key, names in _parted(women, men)]
    TARGET.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{TARGET}: {len(women)} women's, {len(men)} men's")


def _parted(women: set[str], men: set[str]) -> list[tuple[str, set[str]]]:
    return [("she", women - men), ("he", men - women), ("either", women & men)]


def _kept(names: set[str]) -> set[str]:
    no_name = set(f"{PLACES} {WORDS}".split())
    for one in languages().values():
        no_name |= (
            one.common | one.openers | one.that | one.titles | one.bodies | one.verbs | one.he | one.she | one.they
        )
        no_name |= (
            set(one.weekdays) | set(one.months) | one.names.particles | one.grammar.stop | one.grammar.prepositions
        )
    single = re.compile(r"[a-zà-žа-яёіїєґ’'-]{3,}")
    return {low for name in names if single.fullmatch(low := name.lower()) and low not in no_name}


if __name__ == "__main__":
    main()
