"""News prose made up by a grammar: reporting clauses, datelines, days right and wrong, quotation marks, names, transcripts.

``document(random)`` gives one document as a line of ``tracker extract`` takes it. Nothing in it is true or was said, and
much of it is impossible on purpose: 30 February, a Monday that was a Thursday, the years 1 and 9999, marks left open.
"""

from random import Random
from typing import Any

from tracker.languages.data import Language, languages

MARKS = ["“{}”", "„{}“", "«{}»", "« {} »", '"{}"', "'{}'", "‘{}’", "''{}''", "”{}”", "»{}«", "– {}", "— {}", "- {} -"]
OPEN = ["“{}", "{}”", "„{}", '"{}', "«{}", "“‘{}”", "“{} “{}” {}”", "{}"]
"""Marks that are never closed, never opened, or stand inside each other."""
NAMES = [
    "Ada Moor",
    "Bo Lind",
    "Mara Lind",
    "Moor",
    "J. K. Vale",
    "Jean-Luc Ferré",
    "Анна Морова",
    "Їжак",
    "O’Dell",
    "van der Moor",
]
SENTENCES = [
    "we should raise the bridge toll soon", "I am for it", "Not now", "the bridge (of Sighs) stays", "no", "why not?",
    "if the toll falls, we will go on until May 2024", "wir brauchen die Brücke, wenn sie trägt", "мост нужен нам сегодня",
    "il faut un pont", "hay que hablar", "most jest potrzebny", "bron behövs", "it [the bridge] … cannot wait", "3.5 per cent",
]  # fmt: skip
YEARS = ["2024", "2023", "1999", "1900", "0001", "9999", "10000", "24"]
PUBLISHED = [
    None, "2024-05-16", "2024-02-29", "2023-03-01", "2024-05-16T23:30:00Z", "2024-05-16T00:10:00+14:00", "2024", "2024-02",
    "0001-01-01", "0001-01", "0001", "9999-12-31", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "9999",
]  # fmt: skip
ZONES = [None, "UTC", "Europe/Kyiv", "America/New_York", "Pacific/Kiritimati", "Nowhere/At_All"]
LABELS = [
    "MOOR:",
    "Q:",
    "Q",
    "Ada Moor:",
    "THE PRESIDENT:",
    "MR. LIND:",
    "Frage:",
    "Вопрос:",
    "[00:10] Lind:",
    "**Moor:**",
    ">> Bo Lind:",
]
HEADS = [
    "NORDHAVEN, {day} (Reuters) - ", "Nordhaven ({day}) – ", "KYIV, {day} — ", "Updated {day}. ", "Stand: {day}\n",
    "Live: as it happened, {day}\n",
    "Aired {day}\n", "Recorded on {day}, aired {day}\n", "",
]  # fmt: skip
EDGES = [
    "",
    " ",
    "\n",
    "\n\n",
    "\u00a0",
    "\u200b",
    "\u202e",
    "\x00",
    "\ud83d",
    "\ufeff",
    "\t",
    "…",
    "—",
    ", ",
    ". ",
    "; ",
    " and ",
    " (",
    ") ",
    "\r\n",
]


def document(random: Random) -> dict[str, Any]:
    """One made-up document: its text, and whatever a line may tell of it, or not tell."""
    code = random.choice([*languages(), "xx"])
    language = languages().get(code, languages()["en"])
    transcript = random.random() < 0.25
    text = (_transcript if transcript else _article)(random, language)
    if random.random() < 0.3:
        text = _worn(random, text)
    row: dict[str, Any] = {"id": "made up", "text": text}
    for key, values in (
        ("language", [code, None, "en", "de-CH", "??"]),
        ("kind", ["transcript" if transcript else "article", None, "article"]),
        (
            "title",
            [None, "", f"Remarks by {random.choice(NAMES)}", f"{random.choice(NAMES)} on the bridge: live updates"],
        ),
        ("published", PUBLISHED),
        ("timezone", ZONES),
    ):
        value = random.choice(values)
        if value is not None:
            row[key] = value
    return row


def _worn(random: Random, text: str) -> str:
    """A text with stretches cut out, doubled, moved or in capitals."""
    for _ in range(random.randint(1, 3)):
        first, last = sorted((random.randint(0, len(text)), random.randint(0, len(text))))
        piece = text[first:last]
        put = random.choice(
            ["", piece + piece, piece.upper(), piece[::-1], random.choice(EDGES), random.choice(LABELS)]
        )
        text = text[:first] + put + text[last:]
    return text


def _article(random: Random, language: Language) -> str:
    head = random.choice(HEADS).replace("{day}", day(random, language))
    paragraphs = [
        " ".join(_sentence(random, language) for _ in range(random.randint(1, 4))) for _ in range(random.randint(1, 5))
    ]
    return head + random.choice(["\n\n", "\n", " "]).join(paragraphs)


def _transcript(random: Random, language: Language) -> str:
    turns = [
        f"{random.choice(LABELS)} {' '.join(_words(random, language) for _ in range(random.randint(0, 3)))}"
        for _ in range(random.randint(1, 12))
    ]
    head = random.choice(HEADS).replace("{day}", day(random, language))
    return head + random.choice(["\n\n", "\n"]).join(turns)


def _sentence(random: Random, language: Language) -> str:
    """One sentence: a clause before, after, between or without a quotation, or narration with a day."""
    said, clause, name, when = (part(random, language) for part in (_quoted, _clause, _name, day))
    words, that = _words(random, language), random.choice(sorted(language.that))
    return random.choice(
        [
            f"{clause}: {said}",
            f"{clause}{random.choice(EDGES)}{said}",
            f"{said}, {clause}.",
            f"{said}{random.choice(EDGES)}{clause}",
            f"{said}, {clause}, {_quoted(random, language)}",
            f"{clause} {that} {words}.",
            f"{clause}, who was there {when}, {that} {words}, {clause}.",
            f"{random.choice(language.according)} {name} {words} {when}.",
            f"{name} {words} {when}.",
            said,
            words,
        ]
    )  # fmt: skip


def _clause(random: Random, language: Language) -> str:
    """A reporting clause; its parts stand in any order, and each may be missing."""
    parts = [
        _name(random, language),
        random.choice(sorted(language.verbs)),
        day(random, language),
        random.choice([*language.occasions, *language.vague, *language.post]),
    ]
    parts = [part for part in parts if random.random() < 0.8]
    if random.random() < 0.5:
        random.shuffle(parts)
    clause = " ".join(parts)
    return clause[:1].upper() + clause[1:] if random.random() < 0.7 else clause


def _name(random: Random, language: Language) -> str:
    title = random.choice(
        ["", "", random.choice(sorted(language.titles)).capitalize(), random.choice(sorted(language.bodies))]
    )
    name = random.choice([*NAMES, *sorted(language.he | language.she | language.they)])
    after = random.choice(
        ["", "", f", {random.choice(sorted(language.titles))} of Norland,", " (left)", "’s spokesman"]
    )
    return f"{title} {name}{after}".strip()


def _quoted(random: Random, language: Language) -> str:
    mark = random.choice(MARKS if random.random() < 0.8 else OPEN)
    return mark.replace("{}", _words(random, language))


def _words(random: Random, language: Language) -> str:
    words = " ".join(random.choice(SENTENCES) for _ in range(random.randint(1, 2)))
    if random.random() < 0.3:
        words += f" {random.choice(language.conditions)} {day(random, language)}"
    return words + random.choice(["", ",", ".", "?", "!", "..."])


def day(random: Random, language: Language) -> str:
    """An expression of time: weekdays, dates of every form and fitness, months, years, ranges, words."""
    weekday = random.choice(list(language.weekdays))
    month = random.choice(list(language.months))
    if language.code == "en":
        weekday, month = weekday.capitalize(), month.capitalize()
    number = random.choice([0, 1, 2, 14, 15, 28, 29, 30, 31, 32, 39])
    year = random.choice(YEARS)
    figures = random.randint(0, 13)
    return random.choice(
        [
            weekday,
            f"{weekday}, {month} {number}, {year}",
            f"{weekday} {month} {number}",
            f"{month} {number}",
            f"{month} {number}, {year}",
            f"{month} {number}-{number + 2}, {year}",
            f"{number}. {month} {year}",
            f"{number} {month}",
            f"{weekday}, {number}. {month} {year}",
            f"{weekday}, den {number} de {month} de {year}",
            f"{number}.{figures}.{year}",
            f"{number}.{figures}.",
            f"{year}-{figures:02}-{number:02}",
            f"{number}/{figures}/{year}",
            f"in {month}",
            f"last {month}",
            f"on {month} {year}",
            f"in {year}",
            f"{year}–{year}",
            f"last {weekday}",
            f"next {weekday}",
            f"{weekday}’s briefing",
            f"February 30, {year}",
            f"Wednesday, February 29, {year}",
            random.choice(list(language.days)),
            random.choice(list(language.spans)),
            "",
        ]
    )
