"""Names as they are compared: words without accents, capitals, possessives and case endings; words that are no name."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from tracker.speech.languages.data import Language

_UP = r"[^\W\d_a-zß-öø-ÿа-яёіїєґąćęłńóśźż]"
NAME_WORD = rf"(?:{_UP}[\w’'\-]*[^\W_]|(?:{_UP}\.)+)"
_PARTICLE = r"(?:de|del|della|der|den|van|von|zu|al|el|bin|ibn|la|le|da|dos|du|ter|af)"
SEQUENCE = re.compile(
    rf"({_UP}(?<![\w’']{_UP})(?:[\w’'\-]*[^\W_]|\.(?:{_UP}\.)*)(?:[ \u00a0\n](?:{_PARTICLE}[ \u00a0])?{NAME_WORD}){{1,5}})"
)
"""Words with capitals in a row: a full name, perhaps with an office before it. (What may not stand before it is looked
at behind its first letter: a pattern that begins with a class of letters is searched for faster.)"""
WORD = re.compile(r"[\w’'.\-]+")
CAPITAL = re.compile(rf"{_UP}(?<![\w’'\-]{_UP})[\w’'\-]*[^\W_]")
PATRONYMIC = re.compile(r"(?:[ое]вич|ич|[ое]вн|йович|івн)(?:а|у|ем|ем|е|ой|ою|і)?$")
"""Endings of a father's name, which stands between first name and surname."""
POSSESSIVE = re.compile(r"['’]s?$")
SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
PARTICLES = frozenset("de del van von der al el bin la le da dos".split())

ENGLISH_STOP = frozenset(
    "the a an this that these those in on at by for from with of and but or as it he she they we i if when while after "
    "before his her their our its my your no not yes so what who how why where there here is was are were has had have do "
    "does did will would can could may might according despite since because although though during under over about also "
    "meanwhile monday tuesday wednesday thursday friday saturday sunday january february march april june july august "
    "september october november december mr mrs ms dr more most some many all both each every one two first last new former "
    "today yesterday tomorrow earlier later still even just only then now".split()
)
PLACE_OR_BODY = frozenset(
    "university college school institute institution party committee commission council department ministry court times post "
    "news house senate congress bank company inc corp group association foundation center centre street avenue states "
    "kingdom union nations force forces army navy police agency bureau office board league club church city county river "
    "state island islands north south east west america europe africa asia act law bill treaty summit conference war "
    "journal magazine press channel network network's radio tv media campaign administration government parliament "
    "republic federation organization organisation alliance airlines airport hospital convention national international "
    "security air one democratic republican republicans democrats".split()
)
MODIFIERS = frozenset(
    "vice deputy former ex assistant acting prime first вице экс бывший бывшая премьер заместитель замглавы зам "
    "заступник заступниця колишній zastępca zastępczyni były była wiceminister adjoint adjointe segundo "
    "vicepresidente ställföreträdare stellvertreter stellvertreterin stellvertretende stellvertretender "
    "ehemaliger ehemalige tidigare vize ancien ancienne expresidente".split()
)
"""Words that make another office of one: who is vice president is not "the president"."""
FIRST_NAMES_IN_S = frozenset(
    "jens hans klaus thomas markus lars boris lukas jonas matthias andreas nils niels tobias johannes claus marius alexis "
    "andrius denis dennis elias enis ines iris doris agnes charles james louis lewis luis carlos jesus nicolas ms "
    "dolores".split()
)
"""First names that end in s: in German another capital word in s before a capital is a genitive."""

_SHE_TITLES = frozenset(
    "ms mrs miss lady queen spokeswoman congresswoman chairwoman frau kanzlerin bundeskanzlerin ministerin außenministerin "
    "präsidentin sprecherin fru drottning señora presidenta ministra królowa pani".split()
)
_HE_TITLES = frozenset("mr sir lord king spokesman congressman chairman herr könig pope father señor król pan".split())
_SHE_NAMES = frozenset(
    "angela anna annalena anne annie barbara betty carol caroline catherine christine claire claudia diana donna "
    "dorothy elena elisabeth elizabeth ellen emily emma giorgia hannah heather helen hillary ivanka jane janet "
    "jennifer jessica joan julia julie kamala karen karine katherine kathleen kathryn kellyanne laura linda lisa lucy "
    "magdalena maria marie marine mary megan melania melissa michelle nancy natalia nicole nikki olena olga pamela "
    "patricia rachel rebecca ruth sandra sanna sarah sharon sophie stephanie susan svetlana tatiana theresa ursula "
    "victoria yulia julija ольга мария анна елена наталья татьяна юлия светлана анналена урсула ангела олена наталія "
    "тетяна ada agnes agneta aileen alice alicia alina alla allison amanda amelia amy ana anastasia angelina anita "
    "anja ann anneli antonia astrid audrey ava barbro beata beatrice berit birgit birgitta brenda brigitte britta "
    "camilla carla carmen carolina cecilia charlotte chloe christina clara cornelia cynthia daniela danielle deborah "
    "denise dolores doris dorota edith eileen elin elisa eliza ella elsa elvira emilia erika erna esther eva evelyn "
    "ewa fiona francesca franziska gabriela galina gertrud gloria grace greta gudrun hanna hanne heidi heike helena "
    "helene helga henrietta hilda ina inga inge ingrid irena irene irina iryna isabel isabella ivana jadwiga janina "
    "jasmin jeanne jenna jill joanna johanna josephine judith juliet justyna karin karla karolina katarina katarzyna "
    "kate katharina kathy katja katrin kerstin kirsten klara kristin kristina larissa larysa laurie lena leila lenka "
    "lidia lilian lina linnea lisbeth lois lorena lotte louise lucia luisa lydia lyudmila maja malgorzata małgorzata "
    "mara margaret margareta margarethe margit margot mariana marianne marina marta martha martina matilda maureen "
    "mercedes mia milena miriam mona monica monika muriel nadia nadja natasha nelly nina nora norma oksana olha "
    "pauline paula petra phyllis polina ramona regina renate rita roberta roksana rosa rosemary roxana sabine sabrina "
    "sally samantha sara sigrid silvia sofia sofie sonja stella stefanie susanna susanne suzanne sylvia tamara tara "
    "tatjana teresa tina ulrike ulla una valentina valeria vanessa vera veronika violet virginia viviane wanda wendy "
    "yvonne zoe zofia zuzana ада инна ирина нина вера галина людмила марина оксана полина софья тамара алла екатерина "
    "ксения лариса любовь надежда дарья алина вікторія ганна інна ірина катерина марія наталя софія юлія".split()
)
_EITHER_NAMES = frozenset(
    "jean andrea kim alexis nicola simone gabriele jo sam alex terry tracy dana robin marion jocelyn kelly ashley lee "
    "dominique camille rene toni kai charlie frances evan ali ira sasha bo pat jamie leslie".split()
)
_HE_NAMES = frozenset(
    "adam alan alexander andrew andrzej anthony antony barack benjamin bernie bill bob boris brian bruce daniel dave "
    "david dmitri dmitry dmytro donald donal ed edward emmanuel eric frank friedrich gary george gerhard greg hans "
    "harry ian ivan jack jacob jake james jared jason jeff jens jim joe john jon jonathan joseph josh juan julian "
    "justin karl keir ken kevin klaus larry lars lloyd luis marco mario mark markus martin matthew michael mike mitch "
    "mitt nicolas nigel olaf oleksandr pablo patrick paul pedro pete peter petr philip pierre recep richard rick rob "
    "robert ron scott sean sergei sergey stephen steve steven ted thomas tim tom tony ulf viktor vladimir volodymyr "
    "walter wladimir wolfgang wolodymyr владимир сергей дмитрий йенс виктор джо дональд роберт реджеп володимир "
    "дмитро сергій андрій aaron abdul adrian ahmed albert alberto alejandro aleksandr alexei alfred allan andreas "
    "andrei andré andy angus anders antoine antonio armin arne arnold arthur arturo august axel barry ben bernard "
    "bernd bernhard björn brad bradley brendan brett bryan carl carlos cedric charles christian christoph christopher "
    "clark claus colin craig curtis cyril damian dan dariusz darren dean dennis derek didier diego dieter dirk "
    "dmitrij dominic dominik don douglas duncan dustin eduardo edwin egon elliot emil enrico erik ernst erwin eugene "
    "fabian felix fernando filip florian francis francisco francois françois franz fred frederick fredrik fritz "
    "gabriel gavin geoffrey georg gerald gerard gilbert glenn gordon graham grant grzegorz guido guillaume gunnar "
    "gunther gustav guy günter hakan hamid harold hassan heinrich heinz helmut henri henrik henry herbert hermann "
    "holger horst hugh hugo håkan ibrahim igor ilja ingo ivo jaap jacek jaime jan-erik jaroslav javier jean-luc "
    "jeffrey jeremy jerome jerry jimmy joachim joel johan johann johannes johnny jonas jonathon jorge jose josef "
    "julius jörg jürgen kaj karel keith kenneth kent kjell klas konrad krzysztof kurt kyle lance laszlo laurent lech "
    "leif lennart leo leon leonard leonid lothar louis lucas luca ludwig luigi lukas luke maciej magnus malcolm "
    "manfred manuel marc marcel marcin marcus marek marius markku martti matteo matthias maurice maxim michail michal "
    "michel miguel mikael mikhail mikko milan miroslav mohammed morris muhammad nathan neil nicholas nick niels "
    "nikolai nikolas nils noah norbert norman olav ole oleg oliver olivier omar oscar oskar otto owen pascal patrik "
    "paulo pavel pawel paweł pekka per philipp phil piotr rafael rainer ralf ralph randy raul ray raymond reinhard "
    "reinhold renato ricardo roger roland rolf roman ronald rory ross roy rudolf rupert russell ryan salvatore samuel "
    "sebastian sergio seth shane shaun simon stanislav stanislaw stefan steffen sten stewart stuart sven svend "
    "sylvester tadeusz theo theodor theodore thierry thorsten tibor till timo timothy tobias todd tomas tomasz tomáš "
    "torsten travis trevor troy uwe vaclav valentin vasily victor vincent vitali vitaly vladislav volker walther "
    "warren wayne werner wilhelm will william willy witold wojciech xavier yuri yves zbigniew zoltan александр "
    "алексей анатолий андрей антон борис вадим валентин валерий василий виталий вячеслав геннадий георгий григорий "
    "даниил денис евгений иван игорь илья кирилл константин лев леонид максим михаил никита николай олег павел петр "
    "роман руслан семен станислав степан тимур федор эрик юрий яков антін богдан валерій василь віктор віталій данило "
    "євген іван ігор кирило костянтин микита микола михайло назар олександр олексій остап павло петро тарас федір "
    "юрій ярослав chris max charlie jan".split()
)


@lru_cache(maxsize=65536)
def plain(word: str) -> str:
    """Give a word without accents, case and possessive, as names are compared."""
    word = POSSESSIVE.sub("", word).strip(".,")
    if word.isascii():
        return word.lower()
    if cyrillic(word):
        return word.lower().replace("ё", "е")  # й and ї are letters, not accents
    return "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))


_ENDINGS = {
    "ru": re.compile(r"(?:ого|его|ому|ему|ыми|ими|ым|им|ом|ем|ой|ей|ою|ами|ах|ая|ую|ый|ий|а|я|у|ю|е|ы|и|й|о|ь)$"),
    "uk": re.compile(r"(?:ого|ього|ому|ьому|ові|еві|єві|ими|им|ім|ом|ем|єм|ою|ею|ій|ий|ая|ую|а|я|у|ю|е|і|и|й|о|ь)$"),
    "pl": re.compile(r"(?:iego|ego|iemu|emu|owi|iem|em|im|ym|ą|ę|ie|a|y|i|u|e|o)$"),
    "de": re.compile(r"s$"),
    "sv": re.compile(r"s$"),
}
"""Case endings of names, by language: names are compared without them."""
STEM = 3
"""A name is never cut shorter than this."""


@lru_cache(maxsize=65536)
def fold(word: str, code: str | None) -> str:
    """Give a name as it is compared in a language: without accents, capitals and case endings."""
    bare = plain(word)
    ending = _ENDINGS.get(code or "")
    if ending is None:
        return bare
    cut = ending.sub("", bare)
    return cut if len(cut) >= STEM else bare


@lru_cache(maxsize=32)
def title_words(language: Language | None) -> frozenset[str]:
    """Give all words that may stand in an office or title, as names are compared."""
    return frozenset(plain(w) for w in language.titles | language.places) if language else frozenset()


_COMPOUND = {
    "de": re.compile(
        r".{3,}(?:minister|präsident|kanzler|sprecher|sekretär|führer|chef|vorsitzende|beauftragte|politiker|botschafter|"
        r"kommissar|experte|direktor|richter|anwalt|general|leiter|vertreter|forscher|ökonom|ingenieur|beamte|bischof|"
        r"meister|historiker|trainer|inhaber|gründer|mitglied|kandidat|vorsitzend|vorstand|rat|rätin|referent|analyst|"
        r"wissenschaftler|aktivist|händler|besitzer|unternehmer|autor|reporter|korrespondent)(?:in|e|er|en|n|r|s)?$"
    ),
    "sv": re.compile(
        r".{3,}(?:(?:minister|president|kansler|tales(?:person|man)|sekreterare|ledare|chef|ordförande)n?s?"
        r"|ören|aren|isten|ologen|skan|anten|enten|mannen|kvinnan|fattaren|ledamoten)$"
    ),
}
"""Offices written as one word, by language: "Finanzministerin"."""


@lru_cache(maxsize=16384)
def titled(word: str, language: Language | None) -> bool:
    """Say whether a word is a title or an office, also in a compound: "president-elect", "NATO-Generalsekretär"."""
    bare, titles = plain(word), title_words(language)
    if bare in titles or ("-" in bare and any(p in titles for p in bare.split("-"))):
        return True
    compound = _COMPOUND.get(language.code) if language else None
    return compound is not None and compound.match(word.lower()) is not None


@lru_cache(maxsize=32)
def heads(language: Language | None) -> frozenset[str]:
    """Give the words that name an office by themselves: "minister", not "foreign"."""
    code = language.code if language else None
    return frozenset(fold(p, code) for w in language.titles for p in w.split("-")) if language else frozenset()


@lru_cache(maxsize=32)
def stop_words(language: Language | None) -> frozenset[str]:
    """Give words that are no part of a name though they may bear a capital."""
    if language is None:
        return ENGLISH_STOP
    small = language.common | language.openers | language.he | language.she | language.they
    return ENGLISH_STOP | {plain(w) for w in small}


@lru_cache(maxsize=16)
def modifiers(code: str | None) -> frozenset[str]:
    """Give the words that make another office of one, as names are compared in a language."""
    return MODIFIERS | {fold(word, code) for word in MODIFIERS}


def role_words(text: str, code: str | None) -> frozenset[str]:
    """Give the words of an office as they are compared."""
    return frozenset(fold(w, code) for w in re.findall(r"[^\W\d_]+", text))


def cyrillic(word: str) -> bool:
    """Say whether a word is written in Cyrillic."""
    return "\u0400" <= word[:1] <= "\u04ff"


_SHE_SURNAME = re.compile(r"(?:ова|ева|ёва|ина|ская|цкая|ська|цька)$")
_HE_SURNAME = re.compile(r"(?:ов|ев|ёв|ин|ский|цкий|ський|цький)$")


def gender(first: str, last: str, roles: list[str]) -> str | None:
    """Give "he" or "she" where title, first name or the form of the surname tells, else None."""
    told = {plain(w) for role in roles for w in role.split()}
    for pronoun, titles, names, form in (
        ("she", _SHE_TITLES, _SHE_NAMES, _SHE_SURNAME),
        ("he", _HE_TITLES, _HE_NAMES, _HE_SURNAME),
    ):
        if told & titles or first in names or (cyrillic(last) and form.search(last)):
            return pronoun
    return None


def genitive(word: str) -> bool:
    """Say whether a capital word of a Slavic language may be the owner of an office: "министр Норландии"; no first name."""
    low = plain(word)
    return low.endswith(("и", "ы", "і", "ї", "а", "я", "i", "y", "u", "a")) and gender(low, "", []) is None


_OCCUPATION = re.compile(r"\w{5,}(?:er|or|eer|ist|ian|ant|ent|man|woman|yst|eur|in|en)")
"""Endings of words for what people do, of seven letters and more."""
FIRST_NAMES = _SHE_NAMES | _HE_NAMES | _EITHER_NAMES


def occupation(first: str, second: str) -> bool:
    """Say whether the first of three capital words is no name though none of our titles: "Forecaster Dana Cole"."""
    unnamed = plain(first) not in FIRST_NAMES and plain(second) in FIRST_NAMES
    return unnamed and _OCCUPATION.fullmatch(first) is not None
