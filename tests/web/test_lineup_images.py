"""A line-up's chart saved as an image: what the page says, in its colours, with its source, and nothing that runs."""

import re
import struct
import sys
from functools import partial
from pathlib import Path

import pytest
import resvg_py
from lxml import etree
from sqlmodel import select

import tracker.web
from tests.web import seed
from tracker.positions.models import Coding, CodingState, Event, Position
from tracker.speech.models import Speaker
from tracker.web.views import lineup_figure, lineup_svg, png
from tracker.web.views.lineup_svg import LAYOUTS, broken, wide

PAGE = "/t/harbour-pact/around/seaford-2024"
NS = {"s": lineup_svg.SVG}
NAMES = (
    "Ngozi Adaeze Chukwuemeka-Okonkwo", "Søren Ærø", "Ольга-Марія Крижанівська", "李小明", "عائشة بنت طلحة",
    "Łukasz <b>& “Żak”", "Wolfeschlegelsteinhausenbergerdorff" * 2,
)  # fmt: skip


def image(client, query="", ending="svg"):
    answer = client.get(f"{PAGE}.{ending}{query}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer


def drawn(client, query=""):
    return etree.fromstring(image(client, query).data)


def words(svg):
    return [" ".join(one.itertext()) for one in svg.iterfind(".//s:text", NS)]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_it_has_the_rows_of_the_page_in_their_order_with_the_same_verdicts(client, layout):
    page = client.get(PAGE).get_data(as_text=True)
    table = re.search(r'<table class="dumbbell">.*?</table>', page, re.DOTALL)[0]
    names = re.findall(r'<th scope="row"><a href="#[\w-]+"><bdi>(.*?)</bdi>', table)
    told = words(drawn(client, f"?layout={layout}"))
    assert [one for one in told if one in names] == names
    assert len(names) == 10
    for change in set(re.findall(r'<td class="verdict">([^<]+)', table)):
        assert " ".join(told).count(change.split(",")[0]) >= 1


@pytest.mark.parametrize("layout", LAYOUTS)
def test_its_marks_are_those_of_the_page(client, layout):
    page = client.get(PAGE).get_data(as_text=True)
    table = re.search(r'<table class="dumbbell">.*?</table>', page, re.DOTALL)[0]
    svg = drawn(client, f"?layout={layout}")
    circles = [(one.get("cx"), one.get("cy")) for one in svg.iterfind(".//s:circle", NS)]
    on_page = re.findall(r'<circle class="[\w-]+" cx="([\d.]+)" cy="([\d.]+)"', table)
    assert [tuple(map(float, one)) for one in circles] == [tuple(map(float, one)) for one in on_page]
    assert {one.get("d") for one in svg.iterfind(".//s:path", NS)} >= set(re.findall(r'line-moved" d="([^"]+)"', table))


def test_its_colours_are_those_of_the_site_on_light_paper():
    css = (Path(tracker.web.__file__).parent / "static" / "style.css").read_text("utf-8")
    light = css.split("@media (prefers-color-scheme: dark)")[0]
    for name in ("PAPER", "SUNK", "INK", "INK_2", "INK_3", "RULE", "ACCENT"):
        token = name.lower().replace("_", "-")
        assert f"--{token}: {getattr(lineup_svg, name)};" in light, name


def test_its_foot_says_whose_it_is_where_it_stands_and_when_it_was_read(client):
    told = " ".join(words(drawn(client, "?window=60&speaker=tor-aske")))
    assert "Source: On the Record, http://127.0.0.1:8000" in told
    assert f"{PAGE}?window=60&speaker=tor-aske, read on 1 July 2024." in told


def test_it_counts_confirmed_codings_only_whoever_asks(client, editor):
    assert editor.get(f"{PAGE}.svg").data == client.get(f"{PAGE}.svg").data
    assert client.get(f"{PAGE}.svg?show=all").status_code == 400
    assert "stroke-dasharray" not in image(client).get_data(as_text=True)
    assert "Confirmed codings only." in " ".join(words(drawn(client)))


def test_filters_narrow_it_as_they_narrow_the_page(client):
    told = words(drawn(client, "?speaker=tor-aske"))
    assert "Tor Aske" in told
    assert "Mara Lind" not in told
    told = words(drawn(client, "?order=name"))
    assert told.index("Brita Sund") < told.index("Tor Aske")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_any_name_is_told_whole_and_runs_into_nothing(client, site_world, name, layout):
    with site_world.database.transaction() as session:
        session.exec(select(Speaker).where(Speaker.slug == "tor-aske")).one().name = name
    svg = drawn(client, f"?layout={layout}&speaker=tor-aske")
    assert "".join(name.split()) in "".join("".join(words(svg)).split())
    columns = LAYOUTS[layout]
    for one in svg.iterfind(".//s:text", NS):
        size, x = float(one.get("font-size")), float(one.get("x"))
        length = wide(one.text, size, bold=one.get("font-weight") is not None)
        left = {"start": x, "middle": x - length / 2, "end": x - length}[one.get("text-anchor")]
        assert left >= columns.margin - 1, one.text
        assert left + length <= columns.width - columns.margin + 1, one.text


def test_control_characters_and_what_reorders_letters_leave_it_well_formed(client, site_world):
    with site_world.database.transaction() as session:
        session.exec(select(Speaker).where(Speaker.slug == "tor-aske")).one().name = "Tor\x0b\u202eAske\uffff"
        session.get(Event, seed.SUMMIT).name = "]]> the \x01 summit <script>"
    text = image(client).get_data(as_text=True)
    etree.fromstring(text.encode())
    assert "\u202e" not in text
    assert "<script" not in text


def test_it_carries_no_script_no_style_sheet_and_asks_no_other_site(client):
    svg = drawn(client)
    assert {etree.QName(one).localname for one in svg.iter()} <= {
        "svg", "title", "desc", "rect", "text", "path", "circle", "g",
    }  # fmt: skip
    assert not [
        name for one in svg.iter() for name in one.attrib if "href" in name or name.startswith("on") or name == "style"
    ]


def test_it_is_saved_under_a_name_that_says_what_it_is(client):
    answer = image(client)
    assert answer.headers["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="harbour-pact-seaford-2024.svg"'


@pytest.mark.parametrize(("layout", "width"), [("wide", 1800), ("narrow", 800)])
def test_a_png_shows_the_same_image_at_twice_its_size(client, layout, width):
    pixels = image(client, f"?layout={layout}", "png").data
    svg = drawn(client, f"?layout={layout}")
    assert pixels.startswith(b"\x89PNG\r\n")
    size = struct.unpack(">II", pixels[16:24])
    assert size[0] == width
    assert abs(size[1] - 2 * float(svg.get("height"))) <= 2


def test_a_tall_png_is_drawn_less_finely_so_that_none_takes_long():
    tall = b'<svg xmlns="http://www.w3.org/2000/svg" width="900" height="40000"><rect width="9" height="9"/></svg>'
    width, height = struct.unpack(">II", png.png(tall, 900, 40_000)[16:24])
    assert width * height <= 1.01 * png.MOST_PIXELS


def test_without_the_library_the_page_offers_no_png_and_its_address_says_what_to_install(client, monkeypatch):
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    png.unavailable.cache_clear()
    try:
        answer = client.get(f"{PAGE}.png")
        page = client.get(PAGE).get_data(as_text=True)
    finally:
        png.unavailable.cache_clear()
    assert answer.status_code == 501
    assert "pip install 'on-the-record[images]'" in answer.get_data(as_text=True)
    assert f'href="{PAGE}.svg"' in page
    assert f"{PAGE}.png" not in page


def test_where_no_fonts_are_installed_no_png_is_drawn_that_would_have_no_words(monkeypatch):
    png.unavailable.cache_clear()
    assert png.unavailable() is None
    png.unavailable.cache_clear()
    monkeypatch.setattr(resvg_py, "svg_to_bytes", partial(resvg_py.svg_to_bytes, skip_system_fonts=True))
    try:
        assert "fonts" in png.unavailable()
    finally:
        png.unavailable.cache_clear()


def test_while_another_image_is_drawn_the_next_one_is_asked_for_again(client, monkeypatch):
    monkeypatch.setattr(png, "WAIT_S", 0.01)
    png.png.cache_clear()
    with png.DRAWING:
        assert client.get(f"{PAGE}.png").status_code == 503
    assert client.get(f"{PAGE}.png").status_code == 200


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/t/harbour-pact/around/nothing.svg", 404),
        ("/t/nothing/around/seaford-2024.svg", 404),
        (f"{PAGE}.svg?window=7", 400),
        (f"{PAGE}.svg?layout=tall", 400),
        (f"{PAGE}.svg?group=nobody", 400),
        (f"{PAGE}.svg?page=2", 400),
        (f"{PAGE}.svg?window=30&window=60", 400),
    ],
)
def test_what_is_not_known_is_refused(client, address, status):
    assert client.get(address).status_code == status


def test_without_a_confirmed_position_there_is_no_chart_to_share(client, site_world):
    with site_world.database.transaction() as session:
        for one in session.exec(select(Coding)):
            one.state = CodingState.SUGGESTED
    assert client.get(f"{PAGE}.svg").status_code == 404
    assert "Save or embed the chart" not in client.get(f"{PAGE}?show=all").get_data(as_text=True)
    embedded = client.get(f"/embed{PAGE}").get_data(as_text=True)
    assert "No statement here carries a confirmed position" in embedded


def test_long_words_are_cut_and_nothing_is_lost():
    line = "Чи-буде-це-надзвичайно-довге-слово-без-жодного-пробілу і ще a few short ones 北約秘書長說他不會提前宣布"
    for width in (40, 90, 200, 368):
        lines = broken(line, width, 14)
        assert "".join("".join(lines).split()) == "".join(line.split())
        assert all(wide(one, 14) <= width for one in lines)


def test_more_speakers_than_a_chart_holds_apart_are_said_to_be_left_out(client, monkeypatch):
    monkeypatch.setattr(lineup_figure, "ROWS", 3)
    assert "The first 3 of 10 speakers." in words(drawn(client))


def test_long_steps_and_a_scale_of_seven_stay_inside(client, site_world):
    with site_world.database.transaction() as session:
        for step in (6, 7):
            session.add(
                Position(topic_id=seed.PACT, step=step, key=f"s{step}", label="Admit now and at once, unconditionally")
            )
    svg = drawn(client)
    assert [one for one in words(svg) if one in {"6", "7"}] == ["6", "7"]
    assert len(svg.findall(".//s:rect", NS)) == 1 + 7 * 10
