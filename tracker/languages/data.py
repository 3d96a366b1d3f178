"""Reads the language files: one TOML file per language, nothing about a language anywhere else.

A language is a ``Language``: word lists, and a few facts about its grammar, in groups. Words act in texts of their own
language only. What crosses languages (first names, particles of names, names of media and bodies, the words around a
page's text) is marked "in every language" below and asked for with ``of_all``.

All words are lower case. In a list of phrases ``*`` stands for any letters: "publi*".
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from functools import lru_cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Grammar:
    """How sentences are built: facts that rules ask for, and small words."""

    has_cases: bool = False
    """Names and offices have case endings, and an office may hold words of any case: "глава офиса президента"."""
    leaves_out_pronouns: bool = False
    names_bear_articles: bool = False
    """A verb without a subject goes on with the subject before it."""
    capital_nouns: bool = False
    """Every noun bears a capital, so that a capital alone makes no name."""
    compounds: bool = False
    """Bodies and offices are written as one word: "Verkehrsministerium"."""
    body_first: bool = False
    """The word that names a body stands before those who own it: "офис премьера"."""
    office_first: bool = False
    """The word that names an office stands before what it is about: "ministre des transports"."""
    capital_dates: bool = False
    """Weekdays and months bear a capital; without one the word is another ("may")."""
    hyphen_opens_speech: bool = False
    """The press writes spoken words after a hyphen as after a dash."""
    hyphen_lists: bool = False
    """A hyphen at the head of a paragraph makes a list, never spoken words."""
    colon_lists: bool = False
    """A colon behind a reporting verb does not by itself open reported words."""
    clause_inside_marks: bool = False
    """The reporting clause may stand between dashes inside the quotation marks: «A, — сказал X. — B»."""
    speech_goes_on: bool = False
    """Spoken words after a dash go on in the sentence behind the reporting clause, without another dash."""
    loses_spaces: bool = False
    """Many pages lose the space beside a link: "заявилМур"."""
    finite_verbs: frozenset[str] = frozenset()
    """Auxiliaries and irregular verbs that make a clause of words; none where whole sentences are reported."""
    finite_endings: tuple[str, ...] = ()
    """Endings a regular finite verb may have: "ed", "s"."""
    subjects: frozenset[str] = frozenset()
    """Pronouns that are the subject of a clause."""
    question_words: frozenset[str] = frozenset()
    """Words that open a question told by somebody else: "what she thought of it"."""
    states_what: frozenset[str] = frozenset()
    """Verbs by which such a clause says of something what it is: "what we need is peace"."""
    inverted_pronouns: frozenset[str] = frozenset()
    """Pronouns joined to the verb before them by a hyphen: "dit-il"."""
    verb_beginnings: frozenset[str] = frozenset()
    """Beginnings of verbs: what follows them is no word of its own."""
    asks: frozenset[str] = frozenset()
    """Verbs of ``verbs`` that report by an infinitive: "promised to", "призвал"."""
    asks_by: tuple[str, ...] = ()
    """Words that stand before that infinitive, and its endings, with a hyphen: "zu", "-ть"."""
    about_this: tuple[str, ...] = ()
    """What opens a sentence that tells who said the one before: "об этом"."""
    separable: Mapping[str, frozenset[str]]
    """Verbs of ``verbs``, by one or more forms, that say something only with a particle behind: "machte" with "deutlich"."""
    plural_endings: tuple[str, ...] = ()
    """Endings of verbs in the plural: without a subject they name nobody ("сообщили в министерстве")."""
    participle_ending: str = ""
    """Ending of a word that opens a sentence with a capital and is no name: "Following"."""
    stop: frozenset[str] = frozenset()
    """More words that are no part of a name though they may bear a capital, beside common words and openers."""
    articles: frozenset[str] = frozenset()
    """Articles, and what stands in their place before an office."""
    determiners: frozenset[str] = frozenset()
    """Words that stand before a noun, never before a name."""
    indefinite: frozenset[str] = frozenset()
    """Words that open a phrase which names nobody: "one of the ministry's advisers"."""
    people: frozenset[str] = frozenset()
    """Words for people who are not named: "experts"."""
    reflexive: frozenset[str] = frozenset()
    """Words that only stress a name: "Moor himself"."""
    named_before: frozenset[str] = frozenset()
    """Words for one person who was named before: "the politician said"."""
    prepositions: frozenset[str] = frozenset()
    """Prepositions that may stand between a verb and who speaks."""
    conjunctions: frozenset[str] = frozenset()
    """Words for "and"."""
    possessives: frozenset[str] = frozenset()
    """Possessive pronouns inside phrases of ``according``: "по его словам"."""
    leading: frozenset[str] = frozenset()
    """Small words left out at the head of the phrase that names who speaks."""
    relative: frozenset[str] = frozenset()
    """Relative pronouns for people."""
    insertions: frozenset[str] = frozenset()
    """Words an outlet puts into a quotation, in brackets: "(sic)"."""
    number_words: frozenset[str] = frozenset()
    """Words that count: two wordings with different ones are two statements."""
    negation_words: frozenset[str] = frozenset()
    """Words that turn a wording into its opposite, without marks or accents. In every language: two wordings that differ in
    one of them are never joined."""
    abbreviations: frozenset[str] = frozenset()
    """Abbreviations whose full stop ends no sentence."""
    goes_on: tuple[str, ...] = ()
    """Verbs by which the last speaker goes on: "he added"."""
    goes_on_adverbs: frozenset[str] = frozenset()
    """Adverbs that may stand before them: "he then added"."""
    little: frozenset[str] = frozenset()
    """Words a topic's rules never ask for by themselves. In every language."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Denials:
    """Words by which a report says that something was denied, or not said."""

    negations: frozenset[str] = frozenset()
    """Words that negate the verb of saying: "not", "didn't", "never"."""
    exceptions: frozenset[str] = frozenset()
    """Words behind them that take the negation back: "not only said"."""
    helpers: frozenset[str] = frozenset()
    """Words that may stand between the negation and the verb: "did not yet publicly say"."""
    behind: int = 0
    """Words behind the verb of saying within which its negation may stand: "sagte am Montag nicht, dass"."""
    denying: tuple[str, ...] = ()
    """Words and phrases that deny by themselves, in every form: "denied", "ruled out"; the verbs also stand in ``verbs``."""
    refusing: frozenset[str] = frozenset()
    """Verbs before another by which it is not done: "declined to say"."""
    rejecting: frozenset[str] = frozenset()
    """Verbs that deny what somebody else says: "rejected" in "rejected reports that"."""
    claims: frozenset[str] = frozenset()
    """Nouns for what somebody else says: "reports"."""
    silent: frozenset[str] = frozenset()
    """Verbs whose negation tells nothing of what was said: "did not confirm", "would not rule out"."""
    questions: frozenset[str] = frozenset()
    """Words that open an indirect question, which nobody states: "did not say when"."""
    infinitive: frozenset[str] = frozenset()
    """Words of an infinitive clause in which the verb of saying stands behind a comma: "dementierte, gesagt zu haben"."""
    as_words: frozenset[str] = frozenset()
    """Words behind what is rejected before what it is called: "rejected the report as nonsense"."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class AssertionWords:
    """Words that keep a sentence from asserting what it speaks of; beside ``negation_words`` and ``conditions``."""

    negating: tuple[str, ...] = ()
    """More words and phrases by which a clause negates: "few", "too early", "far from"."""
    asked: tuple[str, ...] = ()
    """Phrases that tell what was asked: "asked whether", "the question is whether"."""
    refused: tuple[str, ...] = ()
    """Phrases by which a speaker gives no answer: "no comment", "won't get ahead of"."""
    negations_cancel: bool = False
    """Two negations of a clause are none: "nobody said no"; not where "никто никогда не" negates once."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Recipients:
    """Words by which a report names who was told, and not who said it."""

    auxiliaries: frozenset[str] = frozenset()
    """Verbs that make the passive: "was" in "was told"."""
    told: frozenset[str] = frozenset()
    """Participles of verbs whose passive has the recipient for its subject, or beside it: "told", "informed"."""
    gap: int = 2
    """Words that may stand between the two."""
    behind: frozenset[str] = frozenset()
    """Those of the auxiliaries that may stand right behind the participle: "gesagt worden"."""
    heard: tuple[str, ...] = ()
    """Verbs of hearing, other words allowed between: "bekam zu hören"."""
    agents: frozenset[str] = frozenset()
    """Words before who did it, in the passive: "by"."""
    to: frozenset[str] = frozenset()
    """Words before who is told, behind the verb: "to"."""
    impersonal: frozenset[str] = frozenset()
    """Subjects that are nobody: "man" in "sagte man ihr"."""
    impersonal_endings: tuple[str, ...] = ()
    """Endings of verbs without a subject: "powiedziano"."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Names:
    """Names of people, bodies and media, and the offices beside them."""

    she: frozenset[str] = frozenset()
    """First names of women. In every language: names travel."""
    he: frozenset[str] = frozenset()
    """First names of men. In every language."""
    either: frozenset[str] = frozenset()
    """First names of both. In every language."""
    names_in_s: frozenset[str] = frozenset()
    """First names in s, which are no genitive, in a language whose genitive ends in s."""
    particles: frozenset[str] = frozenset()
    """Small words inside names: "von". In every language."""
    suffixes: frozenset[str] = frozenset()
    """What stands behind a name: "jr". In every language."""
    she_titles: frozenset[str] = frozenset()
    """Titles that only women bear."""
    he_titles: frozenset[str] = frozenset()
    """Titles that only men bear."""
    she_surnames: tuple[str, ...] = ()
    """Endings of surnames that only women bear."""
    he_surnames: tuple[str, ...] = ()
    """Endings of surnames that only men bear."""
    patronymics: tuple[str, ...] = ()
    """Endings of a father's name, which stands between first name and surname."""
    patronymic_endings: tuple[str, ...] = ()
    """Case endings of a father's name."""
    case_endings: tuple[str, ...] = ()
    """Case endings of names: names are compared without them."""
    object_endings: tuple[str, ...] = ()
    """Endings of names that no subject has: "Moorowi"."""
    genitive_endings: tuple[str, ...] = ()
    """Endings of a word that owns an office: "министр Норландии"."""
    joiners: frozenset[str] = frozenset()
    """Small words inside an office or the name of a body: "Ministerium für Verkehr und Umwelt"."""
    owner_endings: tuple[str, ...] = ()
    """Endings of a name that owns what stands behind it: "Ada Moors pressekreterare"."""
    owners: frozenset[str] = frozenset()
    """Words between an office or a person and the place or body that follows: "the mayor of Nordhaven"."""
    office_prepositions: frozenset[str] = frozenset()
    """Words behind the one that names an office: "minister for transport"."""
    office_of: frozenset[str] = frozenset()
    """Those after which a place in capitals stands between an office and its holder: "Minister of Norland Ada Moor"."""
    modifiers: frozenset[str] = frozenset()
    """Words that make another office of one: who is vice president is not "the president"."""
    proxies: tuple[str, ...] = ()
    """Words for those who speak or act for somebody else, in every form they speak in: "spokesman", "adviser", "office"."""
    through: tuple[str, ...] = ()
    """Before the one who passes words on: "through a spokesman"."""
    proxies_oblique: frozenset[str] = frozenset()
    """Those of them that are no nominative, in a language with cases."""
    proxy_of: frozenset[str] = frozenset()
    """Words between them and whom they speak for: "for", "to"."""
    owned_endings: tuple[str, ...] = ()
    """Endings of names in the genitive, where no dictionary knows the name."""
    has_dictionary: bool = False
    """A dictionary of word forms ships with the program (``word_forms``)."""
    compound_offices: tuple[str, ...] = ()
    """Ends of offices written as one word: "Finanzminister"."""
    compound_endings: tuple[str, ...] = ()
    """Case and gender endings of those."""
    compound_forms: tuple[str, ...] = ()
    """Other ends of words for offices and occupations."""
    occupation_endings: tuple[str, ...] = ()
    """Ends of words for what people do, of seven letters and more: "Forecaster"."""
    doing_endings: tuple[str, ...] = ()
    """Those of them that no adjective has: "Meteorologin", while "Berliner" may belong to any noun."""
    abstract_endings: tuple[str, ...] = ()
    """Ends of nouns with a capital that are no name: "Regierung"."""
    short_office_ending: str = ""
    """The ending behind an apostrophe of a shortened office: "SRS'in"."""
    body_genitive: str = ""
    """The ending of a body in the genitive whose last letter is no part of its name: "Ministeriums"."""
    compound_genitive: str = ""
    """The genitive ending of a compound."""
    body_words: frozenset[str] = frozenset()
    """Words that make capital words the name of a place or body: "University". In every language."""
    short_bodies: frozenset[str] = frozenset()
    """Bodies and countries of two capitals, which are no initials: "un". In every language."""
    media_words: tuple[str, ...] = ()
    """Words that make a name a medium: "newspaper"."""
    media_names: frozenset[str] = frozenset()
    """Names of media and agencies. In every language."""
    agencies: frozenset[str] = frozenset()
    """Agencies whose name stands in a dateline. In every language."""
    same_letters: Mapping[str, str]
    """Letters that are compared as another: ё as е. In every language."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Dates:
    """Words around dates."""

    after_next: tuple[str, ...] = ()
    """Before a weekday that is to come or bounds a time: "next", "until"."""
    after_last: tuple[str, ...] = ()
    """Before a weekday of the week before: "last"."""
    next_behind: tuple[str, ...] = ()
    """The first of the two behind a weekday: "prochain"."""
    last_behind: tuple[str, ...] = ()
    """The second of the two behind a weekday: "dernier"."""
    coming: tuple[str, ...] = ()
    """A weekday with its preposition where the press so names the one to come: "på tisdag"."""
    aged: tuple[str, ...] = ()
    """Words behind "today" that tell an age: "heute 60-jährige"."""
    nights: tuple[str, ...] = ()
    """Before the weekday on which a night ends: "in der nacht zum"."""
    at_once: tuple[str, ...] = ()
    """Before or behind a reaction that came the same day: "promptly rejected"."""
    reactions: tuple[str, ...] = ()
    """How others react to what was said: "rejected", "criticism"."""
    owned_by: tuple[str, ...] = ()
    """Between an event and its day: "der Angriff vom Montag". Only where people spoke at it that day is the saying's."""
    day_endings: tuple[str, ...] = ()
    """Parts of a day at the end of a weekday: "Montagabend"."""
    occasion_days: Mapping[str, int]
    """Words before an occasion that tell its day, counted from today: "heutigen" is 0."""
    occasion_weekdays: Mapping[str, int]
    """Such words made of weekdays: "poniedziałkowej"."""
    articles: frozenset[str] = frozenset()
    """Articles before a day: "the"."""
    day_parts: frozenset[str] = frozenset()
    """Parts of a day behind a weekday: "night"."""
    ordinals: frozenset[str] = frozenset()
    """Endings of a day's number: "th"."""
    of: frozenset[str] = frozenset()
    """Between day and month, or month and year: "of"."""
    before_month: tuple[str, ...] = ()
    """Before a month without a day: "in", "anfang"."""
    before_year: tuple[str, ...] = ()
    """Before a year: "in", "im jahr"."""
    before_day: tuple[str, ...] = ()
    """Before a day that belongs to the reporting clause or to a verb of print: "on"."""
    leads: tuple[str, ...] = ()
    """Before a day that opens reported words and belongs to the reporting clause: "late on"."""
    captions: tuple[str, ...] = ()
    """Words of captions: their dates are the picture's, not the speaker's."""
    plans: tuple[str, ...] = ()
    """Words of what is to happen: "will"."""
    asides: tuple[str, ...] = ()
    """Words that open a clause about something else than the saying: "because"."""
    asked: tuple[str, ...] = ()
    """Words that open a clause about something else than the asking: "asked whether the bridge could open in May"."""
    day_occasions: tuple[str, ...] = ()
    """Occasions a day owns: "Monday's briefing"."""
    before_event: tuple[str, ...] = ()
    """Words before an event whose day is not the day of saying: "ahead of"."""
    week_before: tuple[str, ...] = ()
    """Behind a weekday of the week before: "Monday last week"."""
    ago_days: tuple[str, ...] = ()
    """Phrases for days before today, ``#`` being their number: "# days ago"."""
    ago_weeks: tuple[str, ...] = ()
    """The same for weeks; without a number one week."""
    numbers: Mapping[str, int]
    """Numbers as words: "two" is 2."""
    between: tuple[str, ...] = ()
    """Before the first of two days between which something was said: "between"."""
    day_first: bool = False
    """In "3/4/2024" the day stands before the month; where it does not always, such a date is a range."""
    events: tuple[str, ...] = ()
    """Occasions at which several people speak; the day of the one an article opens with is that of all its words."""
    perfect: frozenset[str] = frozenset()
    """Auxiliaries before a reporting verb that put the saying at some time before now: "has said"."""
    perfect_adverbs: tuple[str, ...] = ()
    """Adverbs that may stand between the two."""
    aired: tuple[str, ...] = ()
    """Words of broadcast and print before a day: "published"."""
    definite: frozenset[str] = frozenset()
    """Words before an occasion the text has told of before: "the same"."""
    definite_occasions: tuple[str, ...] = ()
    """Such occasions: "press conference"."""
    live: tuple[str, ...] = ()
    """Words of a running report's title: "live updates"."""
    header_updated: tuple[str, ...] = ()
    """Words of a transcript's header before the day of publication."""
    header_aired: tuple[str, ...] = ()
    """The same before the day of broadcast."""
    header_recorded: tuple[str, ...] = ()
    """The same before the day of recording."""
    stamps: tuple[str, ...] = ()
    """Words before the day at which a running report stands: "Stand:"."""
    minutes: tuple[str, ...] = ()
    """Abbreviations behind the length of a video."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Transcripts:
    """Words of labels, headers and headings of transcripts."""

    questioners: frozenset[str] = frozenset()
    """First words of labels of those who ask."""
    moderators: frozenset[str] = frozenset()
    """First words of labels of those who lead."""
    last_questioners: frozenset[str] = frozenset()
    """Words at the end of a label of one who asks: "BBC reporter"."""
    hosts: frozenset[str] = frozenset()
    """Words behind a name in a label of one who leads: "PARK, HOST"."""
    nobody: frozenset[str] = frozenset()
    """Words of labels that name nobody."""
    roles: frozenset[str] = frozenset()
    """Offices that are a label by themselves, even where one stands there once."""
    offices: frozenset[str] = frozenset()
    """Words of labels that are no part of a name."""
    office_heads: tuple[str, ...] = ()
    """Offices behind which the name stands: "President of Ulmia Ada Moor"."""
    spokespeople: tuple[str, ...] = ()
    """Beginnings of offices whose holder answers though a medium's name stands beside them."""
    office_order: tuple[str, ...] = ()
    """Words of an office in the order in which they are spoken."""
    other_office: str = ""
    """The word before an office that makes another of it, in headings: "vice"."""
    label_words: frozenset[str] = frozenset()
    """Small words inside labels. In every language: a label is looked for before the language is known."""
    not_labels: frozenset[str] = frozenset()
    """Words before a colon that open no turn: "note"."""
    sentence_openers: frozenset[str] = frozenset()
    """First words of a sentence with a colon that is no label."""
    headings: frozenset[str] = frozenset()
    """Words of headings that are no name, where every word bears a capital."""
    heading_small: frozenset[str] = frozenset()
    """Small words of headings."""
    occasions: tuple[str, ...] = ()
    """Kinds of speaking a heading names: "press conference"."""
    by: frozenset[str] = frozenset()
    """Between such a kind and who speaks: "by"."""
    author_by: frozenset[str] = frozenset()
    """Between a written statement or the label of a quotation and its author: "from"."""
    line_by: frozenset[str] = frozenset()
    """Those with which a line of the header may begin."""
    together: frozenset[str] = frozenset()
    """Between those who speak together, beside words for "and": "with"."""
    first_person: tuple[str, ...] = ()
    """Words of the first person; those of one letter bear their capital here."""
    statements: tuple[str, ...] = ()
    """Kinds of written statements a title names."""
    single_statements: tuple[str, ...] = ()
    """Those behind which "by" is followed by the author."""
    stage_directions: tuple[str, ...] = ()
    """Beginnings of stage directions in brackets: "laugh"."""
    interjections: tuple[str, ...] = ()
    """Beginnings of what others call or do inside a turn, in brackets: "interruption"."""
    source_labels: tuple[str, ...] = ()
    """Labels before the source of a quotation: "Source"."""
    quote_labels: tuple[str, ...] = ()
    """Labels before a quotation: "Quote"."""
    after_source: tuple[str, ...] = ()
    """Words behind the name on the line of the source: "in", "on"."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PageFrame:
    """Words around the text of a page. In every language: a frame is often in another one than its text."""

    quotation_marks: str = "“”"
    """The two marks a browser puts around a quotation without marks (CSS ``quotes``); only in this language."""
    chrome: tuple[str, ...] = ()
    """Beginnings of lines that are no part of the text: "read more"."""
    not_found: tuple[str, ...] = ()
    """What a page says that is not there."""
    walls: tuple[str, ...] = ()
    """What a page says that wants a login or consent."""
    wall_paths: tuple[str, ...] = ()
    """Beginnings of a part of such a page's address."""
    before_times: tuple[str, ...] = ()
    """Before a clock that changes with every look: "updated"."""
    units: tuple[str, ...] = ()
    """Units of such a clock."""
    ago: tuple[str, ...] = ()
    """Behind it: "ago"."""
    recent: tuple[str, ...] = ()
    """A clock in words: "just now"."""
    counters: tuple[str, ...] = ()
    """What a page counts: "comments"."""
    advertisements: tuple[str, ...] = ()
    """Lines that announce an advertisement."""
    compounds: tuple[str, ...] = ()
    """First parts of words that keep their hyphen where a line ends in it: "long" of "long-term"."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Venues:
    """Words for where something was said, in every form that occurs behind a preposition."""

    prepositions: tuple[str, ...] = ()
    """What stands before an occasion: "in", "during"."""
    joined_by: tuple[str, ...] = ()
    """What joins an occasion with whom or where it was: "with", "in"."""
    interview: tuple[str, ...] = ()
    """Words for an interview."""
    press_conference: tuple[str, ...] = ()
    """Words for a press conference or a briefing."""
    speech: tuple[str, ...] = ()
    """Words for a speech or an address."""
    broadcast: tuple[str, ...] = ()
    """Words for television and radio."""
    statement: tuple[str, ...] = ()
    """Words for a written statement, a letter, an article of one's own."""
    call: tuple[str, ...] = ()
    """Words for a telephone call."""
    platforms: tuple[str, ...] = ()
    """Platforms as this language writes them, beside their own names."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Language:
    """What the rules need to know of a language; words are lower case."""

    code: str
    """ISO 639-1."""
    tags: frozenset[str] = frozenset()
    """Other codes under which pages tell it."""
    is_default: bool = False
    """Taken where a text's language is not known, for rules that need one."""
    is_tagged: bool = False
    """Articles are read by the trained tagger (``quotes.english``), not by rules."""
    stemmer: str = ""
    """The Snowball stemmer for the search, as its library calls it; empty where there is none."""
    common: frozenset[str]
    """Forty of the commonest words: by these the language is recognised."""
    openers: frozenset[str] = frozenset()
    """Words that bear a capital only because they open a sentence."""
    verbs: frozenset[str]
    """Verbs of saying, in every form that occurs in reports."""
    that: frozenset[str] = frozenset()
    """Conjunctions that open reported words."""
    according: tuple[str, ...]
    """Phrases like "according to", before who speaks."""
    according_behind: frozenset[str] = frozenset()
    """Those of them that stand behind who speaks: "zufolge"."""
    according_not: tuple[str, ...] = ()
    """Phrases that begin like one of them and name nobody: "selon lesquelles"."""
    he: frozenset[str]
    """Pronouns for a man."""
    she: frozenset[str]
    """Pronouns for a woman."""
    they: frozenset[str] = frozenset()
    """Pronouns that name nobody."""
    titles: frozenset[str]
    """Offices and forms of address, in every case."""
    places: frozenset[str] = frozenset()
    """Words that may stand inside an office: "foreign"."""
    after: frozenset[str] = frozenset()
    """Words that report after a quotation without being verbs (German "so")."""
    weekdays: Mapping[str, int]
    """Forms of weekdays, and their numbers from Monday, 0."""
    months: Mapping[str, int]
    """Forms of months, and their numbers from January, 0."""
    days: Mapping[str, int]
    """Phrases and how many days they lie from today: "yesterday" is -1."""
    spans: Mapping[str, str]
    """Phrases and one of: this week, last week, weekend, this month, last month, this year, last year."""
    conditions: tuple[str, ...] = ()
    """Conjunctions that open a condition."""
    no_clause: tuple[str, ...] = ()
    """The same before a mere time: "until now"."""
    vague: tuple[str, ...] = ()
    """Words that put a saying back in time or spread it: "previously"."""
    occasions: tuple[str, ...] = ()
    """Beginnings of words that name an occasion of speaking: "interview"."""
    post: tuple[str, ...] = ()
    """Words of posts: "facebook"."""
    bodies: frozenset[str] = frozenset()
    """Words that make a name a body: "ministry"."""
    subjunctive: frozenset[str] = frozenset()
    """Verb forms of reported speech, where the language has them."""
    media: frozenset[str] = frozenset()
    """Those of the verbs with which a medium repeats what somebody said: "reports"."""
    grammar: Grammar
    """How its sentences are built."""
    denials: Denials
    """How it tells that something was denied."""
    assertions: AssertionWords
    """How it tells that something is not asserted."""
    recipients: Recipients
    """How it tells that somebody was told something."""
    names: Names
    """Names and offices."""
    dates: Dates
    """Words around dates."""
    transcripts: Transcripts
    """Words of labels and headers."""
    venues: Venues
    """Where something was said."""
    offices: Offices
    """Offices and whose they are."""
    page: PageFrame
    """Words around a page's text."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Offices:
    """Public offices in words, for telling who holds "the French president"; phrases are parted by commas."""

    titles: Mapping[str, str]
    """Kinds of offices ("president", "foreign minister"; ``office_holders.toml`` has them all) and the words for each, in
    every case. "foreign minister@United States" is an office of one body alone: "госсекретарь"."""
    bodies: Mapping[str, str]
    """Countries and organisations as that list calls them, and the words for each before or behind an office;
    adjectives are written with a star."""
    former: str = ""
    """Words that make it a former one."""
    small: str = ""
    """Small words between or before them."""


def _numbered(lists: list[list[str]]) -> dict[str, int]:
    return {form: number for number, forms in enumerate(lists) for form in forms}


GROUPS = {
    "Venues": Venues,
    "Offices": Offices,
    "Grammar": Grammar,
    "Denials": Denials,
    "AssertionWords": AssertionWords,
    "Recipients": Recipients,
    "Names": Names,
    "Dates": Dates,
    "Transcripts": Transcripts,
    "PageFrame": PageFrame,
}


def _read(made: type[Any], raw: Mapping[str, Any], where: str) -> Any:  # noqa: ANN401 - one of the classes above
    """Build a group from its table of a file. Raises ValueError that names a key which is unknown or missing."""
    known = {field.name: field for field in fields(made)}
    wrong = sorted(raw.keys() - known.keys())
    if wrong:
        raise ValueError(f"{where}: unknown key {wrong[0]}")
    values: dict[str, Any] = {}
    for name, field in known.items():
        kind = str(field.type)
        if kind in GROUPS:
            values[name] = _read(GROUPS[kind], raw.get(name, {}), f"{where}: {name}")
        elif name in raw:
            values[name] = _value(kind, raw[name])
        elif kind in ("Mapping[str, str]", "Mapping[str, frozenset[str]]") or (
            kind == "Mapping[str, int]" and made is Dates
        ):
            values[name] = {}
        elif field.default is MISSING:
            raise ValueError(f"{where}: {name} is missing")
    return made(**values)


def _value(kind: str, raw: Any) -> Any:  # noqa: ANN401 - as TOML gives it
    """Turn a value of a file into a field's: a list of words is one string, a list of phrases an array."""
    if kind == "frozenset[str]":
        return frozenset(str(raw).split())
    if kind == "tuple[str, ...]":
        return tuple(raw.split() if isinstance(raw, str) else raw)
    if kind == "Mapping[str, frozenset[str]]":
        return {form: frozenset(words.split()) for forms, words in raw.items() for form in forms.split()}
    if kind == "Mapping[str, int]" and isinstance(raw, list):
        return _numbered(raw)
    return dict(raw) if kind.startswith("Mapping") else raw


@lru_cache(maxsize=1)
def languages() -> dict[str, Language]:
    """All languages by code, in order of their codes."""
    folder = resources.files("tracker.languages")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    read: list[Language] = [_read(Language, tomllib.loads(f.read_text(encoding="utf-8")), f.name) for f in files]
    return {
        language.code: replace(language, titles=language.titles | _offices_of_a_word(language)) for language in read
    }


def _offices_of_a_word(language: Language) -> set[str]:
    """The public offices that are one word: each is a title wherever it stands."""
    phrases = (phrase.strip() for told in language.offices.titles.values() for phrase in told.split(","))
    return {phrase for phrase in phrases if phrase and " " not in phrase and not phrase.endswith("*")}


def language_of_tag(tag: str | None) -> Language | None:
    """The language a page tells: "nb-NO" is Norwegian."""
    code = (tag or "").strip().lower().replace("_", "-").split("-")[0]
    return languages().get(code) or next((one for one in languages().values() if code in one.tags), None)


@lru_cache(maxsize=1)
def default() -> Language:
    """The language whose words are used where a text's own is not known."""
    return next(language for language in languages().values() if language.is_default)


def or_default(language: Language | None) -> Language:
    """A language, or the default where none is known."""
    return default() if language is None else language


def of_all(pick: Callable[[Language], Iterable[str]]) -> frozenset[str]:
    """Words of all languages together: for what crosses languages, as first names do."""
    return frozenset(word for language in languages().values() for word in pick(language))
