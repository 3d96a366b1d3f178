"""Captions, PDF, Word and the charsets of the world: the words as they stand."""

import io
import zipfile

import pytest

from tracker.archive.text import captions, office
from tracker.archive.text.extractor import DOCX, UnreadableDocument, extract_text

QUOTE = "We need the toll now, and the bridge toll will pay for the road to the harbour"
VTT = """WEBVTT - The hall in Nordhaven

NOTE nobody says this

STYLE
::cue { color: red }

1
00:00:01.000 --> 00:00:03.500 align:start
<v.loud Mara Lind>We need the toll now,

2
00:00:03.500 --> 00:00:06.000
<v Mara Lind>and the bridge toll will pay
for the <i>road</i> to the harbour.</v>

00:06.500 --> 00:08.000
<v Bo Vale>Who pays &amp; who gains?

00:08.000 --> 00:09.000
<v Mara Lind>All of us.
"""
SRT = """1\r
00:00:01,000 --> 00:00:03,500\r
>> MARA LIND: We need the toll now,\r
\r
2\r
00:00:03,500 --> 00:00:06,000\r
and no delay.\r
\r
3\r
00:00:06,000 --> 00:00:08,000\r
>> And the law?\r
\r
4\r
00:00:20,000 --> 00:00:22,000\r
Thank you all.\r
"""
ROLLING = """1
00:00:01,000 --> 00:00:02,000
We need

2
00:00:02,000 --> 00:00:03,000
We need
the toll now

3
00:00:03,000 --> 00:00:04,000
the toll now
and no delay.
"""


def text(body: bytes, kind: str) -> str:
    return extract_text(body, content_type=kind, url=None).text


def test_cues_of_one_voice_are_one_turn_and_a_new_voice_begins_a_new_one():
    assert text(VTT.encode(), "text/vtt").split("\n\n") == [
        "Mara Lind: We need the toll now, and the bridge toll will pay for the road to the harbour.",
        "Bo Vale: Who pays & who gains?",
        "Mara Lind: All of us.",
    ]


def test_the_mark_of_a_change_of_speaker_and_a_long_silence_begin_a_paragraph():
    assert text(SRT.encode(), "application/x-subrip").split("\n\n") == [
        "MARA LIND: We need the toll now, and no delay.",
        "And the law?",
        "Thank you all.",
    ]


def test_captions_that_roll_up_give_each_line_once():
    assert captions.to_text(ROLLING) == "We need the toll now and no delay."


def test_a_file_without_times_is_no_captions():
    with pytest.raises(UnreadableDocument, match="no line of times"):
        text(b"just some words", "text/vtt")


@pytest.mark.parametrize("cut", range(0, len(VTT), 37))
def test_captions_cut_anywhere_are_read_or_refused(cut):
    try:
        captions.to_text(VTT[:cut])
    except captions.NoCaptions:
        assert "-->" not in VTT[:cut] or cut < 140


def pdf(lines: list[str], *, drawn: bool = False) -> bytes:
    """A PDF of one page, written by hand: every byte of it is in this file. `drawn` lines are commands already."""
    shown = lines if drawn else [f"({line}) Tj T*" for line in lines]
    stream = "BT /F1 11 Tf 50 780 Td 14 TL " + " ".join(shown) + " ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]  # fmt: skip
    out, places = "%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{one}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return f"{out}xref\n0 6\n0000000000 65535 f \n{table}{end}".encode("latin-1")


def test_the_lines_of_a_pdf_are_joined_into_paragraphs_and_labels_begin_them():
    body = pdf(
        [
            "MINISTER LIND: We need the toll now, and the bridge toll will pay for the well-",
            "known road to the har-", "bour. Nobody has asked for more.", "Q: And the law?",
            "MINISTER LIND: The parliament votes at the end of the month, in the harbour.",
        ]
    )  # fmt: skip
    assert text(body, "application/pdf").split("\n\n") == [
        (
            "MINISTER LIND: We need the toll now, and the bridge toll will pay for the well-known road to the harbour. "
            "Nobody has asked for more."
        ),
        "Q: And the law?",
        "MINISTER LIND: The parliament votes at the end of the month, in the harbour.",
    ]


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        (["its invi-", "tation to it"], "its invitation to it"),
        (["a long-", "term guarantee"], "a long-term guarantee"),
        (["a two-", "to-one vote"], "a two-to-one vote"),
        (["die Ver-", "handlungen dort"], "die Verhandlungen dort"),
        (["une partici-", "pation au sommet"], "une participation au sommet"),
        (["вице-", "премьер сказал"], "вице-премьер сказал"),
        (["the build-up", "of a build-", "up of troops"], "the build-up of a buildup of troops"),
        (["the bridge and the toll, a bridge-", "toll law"], "the bridge and the toll, a bridge-toll law"),
        (["the har\u00ad", "bour there"], "the harbour there"),
    ],
)
def test_a_hyphen_that_only_cuts_a_word_goes_and_one_of_its_own_stays(printed, read):
    assert office.paragraphs("\n".join(printed), office.whole_words(printed)) == read


def test_heads_feet_and_numbers_of_pages_are_no_part_of_the_words():
    pages = [
        ["Ministry of Norland", "Release 12", "The minister said we need", "it now and", "- 1 -"],
        ["Ministry of Norland", "Release 12", "not a day later. The year was 2026", "and that is so.", "- 2 -"],
        ["Ministry of Norland", "Release 12", "A last word of the year", "2026", "- 3 -"],
    ]
    assert office.without_frames(pages) == [
        ["The minister said we need", "it now and"],
        ["not a day later. The year was 2026", "and that is so."],
        ["A last word of the year", "2026"],
    ]


@pytest.mark.parametrize("foot", ["2", "- 2 -", "Page 2 of 9", "Seite 2", "2/9", "стр. 2"])
def test_the_number_of_a_page_is_known_in_many_spellings(foot):
    assert office.without_frames([["One.", "1"], ["Two.", foot]]) == [["One."], ["Two."]]


def test_a_sentence_goes_on_over_the_end_of_a_page_and_a_new_one_does_not():
    assert office.joined_pages(["It must be so in", "the summer.", "And a new page"]) == [
        "It must be so in the summer.",
        "And a new page",
    ]


LEFT = [
    "We need the toll now,",
    "and the bridge toll will",
    "pay for the road to the",
    "harbour, said Mara Lind",
    "on the second day.",
]
RIGHT = [
    "The talks in Harlin went",
    "on for two days and were",
    "followed by a walk along",
    "the river with both of",
    "the delegations.",
]


def placed(head: str, foot: str) -> bytes:
    """A page in two columns, written row by row as a table would be."""
    rows = [f"1 0 0 1 60 760 Tm ({head}) Tj"]
    for number, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True)):
        rows += [f"1 0 0 1 {x} {700 - 14 * number} Tm ({words}) Tj" for x, words in ((60, left), (320, right))]
    return pdf([*rows, f"1 0 0 1 60 600 Tm ({foot}) Tj"], drawn=True)


def test_columns_are_read_one_after_the_other_in_whole_sentences():
    found = text(placed("A statement of the ministry on the toll and what comes of it", ""), "application/pdf")
    assert " ".join([*LEFT, *RIGHT]) in found.replace("\n\n", " ")


def test_what_runs_over_both_columns_parts_them():
    foot = "This line below runs over the whole of the page, from left to right."
    found = text(placed("Release", foot), "application/pdf").replace("\n\n", " ")
    assert found.endswith(f"the delegations. {foot}")


@pytest.mark.parametrize(
    "layout",
    [
        "One column of words that runs over the page\nand on, line after line, as a letter does",
        "Name          Norland\nOffice        Minister",
        "\n".join(["    An indented paragraph of one column", "of words that goes on  with a gap"] * 4),
        "",
    ],
)
def test_a_page_of_one_column_is_none_of_two(layout):
    assert office.columns(layout) == []


def test_a_pdf_without_text_says_so():
    with pytest.raises(UnreadableDocument, match="only pictures"):
        text(pdf([]), "application/pdf")


def test_a_broken_pdf_is_unreadable_and_no_crash():
    with pytest.raises(UnreadableDocument):
        text(b"%PDF-1.4\nnothing follows", "application/pdf")


def docx(xml: str) -> bytes:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr(
            "word/document.xml", f"<?xml version='1.0'?><w:document {space}><w:body>{xml}</w:body></w:document>"
        )
    return buffer.getvalue()


def run(words: str) -> str:
    return f"<w:r><w:t xml:space='preserve'>{words}</w:t></w:r>"


def test_a_word_document_gives_its_paragraphs_without_what_was_deleted():
    body = docx(
        f"<w:p>{run('Lind: “We need ')}{run('the toll now.”')}</w:p>"
        f"<w:p>{run('Kept')}<w:del>{run(' deleted')}</w:del><w:r><w:tab/></w:r>{run('too.')}</w:p><w:p/>"
    )
    assert text(body, DOCX) == "Lind: “We need the toll now.”\n\nKept too."
    assert text(body, "application/octet-stream").startswith("Lind")


@pytest.mark.parametrize("body", [b"PK\x03\x04 broken", docx("<w:p/>")])
def test_a_word_document_that_is_none_is_unreadable(body):
    with pytest.raises(UnreadableDocument):
        text(body, DOCX)


def test_an_entity_bomb_in_a_word_document_is_not_unfolded():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr(
            "word/document.xml",
            "<!DOCTYPE d [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
            '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r>'
            "<w:t>&b;</w:t></w:r></w:p></w:body></w:document>",
        )
    with pytest.raises(UnreadableDocument):
        text(buffer.getvalue(), DOCX)


SPOKEN = "„Wir brauchen die Maut – jetzt“, sagte Lind. « Oui », dit-elle. “No,” she said…"
RUSSIAN = "«Нам нужна плата за проезд по мосту, и нужна она сейчас», — сказала Мара Линд журналистам в среду."


@pytest.mark.parametrize(
    ("words", "written", "header", "meta"),
    [
        (SPOKEN, "utf-8", "text/html; charset=utf-8", ""),
        (SPOKEN, "utf-8", "text/html; charset=ISO-8859-1", ""),
        (SPOKEN, "utf-8", None, ""),
        (SPOKEN, "utf-8", "text/html", "<meta charset='windows-1252'>"),
        (SPOKEN, "cp1252", "text/html; charset=iso-8859-1", ""),
        (SPOKEN, "cp1252", "text/html", ""),
        (SPOKEN, "utf-16", "text/html", ""),
        (RUSSIAN, "cp1251", "text/html", "<meta http-equiv='Content-Type' content='text/html; charset=windows-1251'>"),
        (RUSSIAN, "cp1251", "text/html", ""),
        (RUSSIAN.strip("«»").replace("»", "").replace("—", "-"), "koi8-r", "text/html; charset=koi8-r", ""),
        ("“桥需要收费，现在就需要，没有别的办法了，”林德说。", "gb18030", "text/html; charset=gb2312", ""),
        ("「橋には通行料が必要だ、今すぐに」とリンド氏は述べた。", "shift_jis", "text/html; charset=Shift_JIS", ""),
    ],
)
def test_a_page_is_read_in_its_charset_whatever_its_server_says(words, written, header, meta):
    filler = "".join(f"<p>{words} {number}.</p>" for number in range(5))
    page = f"<html><head><title>x</title>{meta}</head><body><article><h1>x</h1>{filler}</article></body></html>"
    found = extract_text(page.encode(written), content_type=header, url=None)
    assert f"{words} 3." in found.text
    assert not found.damaged


def test_damaged_bytes_are_kept_as_damage_and_flagged():
    page = (
        "<html><body><article>"
        + "".join(f"<p>“{QUOTE},” Lind said {n}.</p>" for n in range(4))
        + "</article></body></html>"
    )
    found = extract_text(
        page.encode().replace("”".encode(), b"\xe2\x80", 1), content_type="text/html; charset=utf-8", url=None
    )
    assert found.damaged
    assert "\ufffd" in found.text


def test_plain_text_is_the_text_as_given_to_the_letter():
    given = "  “We need\tthe toll,” \r\nshe  said.\n\n\n"
    assert text(given.encode(), "text/plain; charset=utf-8") == given


def test_words_that_are_not_cut_keep_their_lines():
    assert office.paragraphs("A line.\n\nAnother line.") == "A line.\n\nAnother line."


CYRILLIC_QUOTE = "«Мы должны открыть мост до зимы, и никто не будет ждать», — сказала министр Мара Линд в среду."


@pytest.mark.parametrize("charset", ["koi8-r", "koi8-u", "cp1251", "iso8859-5", "cp866"])
@pytest.mark.parametrize("kind", ["text/html", "text/plain"])
def test_a_cyrillic_text_that_names_no_code_page_is_read(charset, kind):
    words = CYRILLIC_QUOTE.replace("«", '"').replace("»", '"').replace("—", "-")
    page = f"<html><body><article><p>{words}</p><p>{words[:60]}</p></article></body></html>"
    body = (page if kind == "text/html" else words).encode(charset)
    assert "Мы должны открыть мост до зимы" in text(body, kind)


def test_a_text_in_no_code_page_we_know_is_marked_damaged():
    body = bytes(range(0x80, 0x100)) * 20
    assert extract_text(body, content_type="text/plain", url=None).damaged
