"""More than 150 malformed and hostile lists, made from small sound ones by breaking them in the ways the web does."""

import gzip
from collections.abc import Iterator

RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Nordhaven Courier</title><link>http://c.example/</link>
<item><title>Lind on the bridge</title><link>http://c.example/1</link><guid>1</guid>
<pubDate>Wed, 06 Mar 2024 10:00:00 GMT</pubDate><description>She said “no”.</description></item>
<item><title>Lind on the toll</title><link>http://c.example/2</link><guid>2</guid>
<pubDate>Tue, 05 Mar 2024 10:00:00 GMT</pubDate><description>She said “yes”.</description></item></channel></rss>"""
ATOM = """<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Courier</title>
<entry><title>Lind on the bridge</title><link href="http://c.example/1"/><id>urn:1</id>
<updated>2024-03-06T10:00:00Z</updated><summary>She said “no”.</summary></entry>
<entry><title>Lind on the toll</title><link href="http://c.example/2"/><id>urn:2</id>
<updated>2024-03-05T10:00:00Z</updated></entry></feed>"""
JSON_FEED = """{"version": "https://jsonfeed.org/version/1.1", "title": "Courier", "items": [
{"id": "1", "url": "http://c.example/1", "title": "Lind on the bridge", "date_published": "2024-03-06T10:00:00Z"},
{"id": "2", "url": "http://c.example/2", "title": "Lind on the toll", "date_published": "2024-03-05T10:00:00Z"}]}"""
SITEMAP = """<?xml version="1.0" encoding="utf-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>http://c.example/1</loc><lastmod>2024-03-06</lastmod></url>
<url><loc>http://c.example/2</loc><lastmod>2024-03-05</lastmod></url></urlset>"""
PAGE = """<!doctype html><html lang="en"><head><title>News</title></head><body><ul>
<li><a href="/1">Lind on the bridge</a> <time datetime="2024-03-06">6 March</time></li>
<li><a href="/2">Lind on the toll</a> <time datetime="2024-03-05">5 March</time></li></ul></body></html>"""

SOUND = {
    "feed/rss": ("feed", RSS, "application/rss+xml"),
    "feed/atom": ("feed", ATOM, "application/atom+xml"),
    "feed/json feed": ("feed", JSON_FEED, "application/feed+json"),
    "sitemap": ("sitemap", SITEMAP, "application/xml"),
    "listing": ("listing", PAGE, "text/html"),
    "json": ("json", JSON_FEED, "application/json"),
}
ITEM = {
    "rss": "<item>{}</item>",
    "atom": "<entry>{}</entry>",
}
BOMB = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha" * 50}">' for n in range(9))


def corpus() -> Iterator[tuple[str, str, bytes, str | None]]:
    """Name, kind of source, bytes, and the declared content type."""
    for name, (kind, text, content_type) in SOUND.items():
        body = text.encode()
        for how, broken in breakages(text, body):
            yield f"{name}: {how}", kind, broken, content_type
        for other in ("text/html", "text/plain; charset=utf-16", "application/octet-stream", "\x00;;;=", None):
            yield f"{name}: declared as {other!a}", kind, body, other
    yield from hostile_xml()
    yield from hostile_items()
    yield from hostile_json()
    yield from hostile_pages()


def breakages(text: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """Ways in which any of them comes broken."""
    third = len(body) // 3
    yield "cut in the middle", body[: 2 * third]
    yield "cut in a tag", body[: body.rfind(b"05")]
    yield "without its beginning", body[third:]
    yield "with a BOM", b"\xef\xbb\xbf" + body
    yield "after blank lines", b"\n\n  \n" + body
    yield "twice", body + body
    yield "with NUL bytes", body.replace(b"Lind", b"Li\x00nd")
    yield "with control characters", body.replace(b"Lind", b"Li\x0b\x1f\x7fnd")
    yield "with bytes of another charset", body.replace(b"Lind", b"L\xefnd \x93x\x94")
    yield "with cut letters", body.replace("“".encode(), b"\xe2\x80")
    yield "as UTF-16", text.encode("utf-16")
    yield "as UTF-16 that says UTF-8", text.encode("utf-16-le")
    yield "as UTF-32", text.encode("utf-32")
    yield "as Latin-1", text.encode("latin-1", "replace")
    yield "packed and not said so", gzip.compress(body, mtime=0)
    yield "an error page before it", b"<b>Warning</b>: mysql_connect() in /var/www on line 7<br>\n" + body
    yield "trailing rubbish", body + b"\n<!-- cached --><script>x</script>\xff\xfe"
    yield "with bare ampersands", body.replace(b"Lind", b"Lind & <Co")
    yield "with undeclared entities", body.replace(b"Lind", b"Lind&nbsp;&hellip;&bogus;&#0;&#xD800;&#x110000;")
    yield "with a huge title", body.replace(b"Lind", b"Lind" * 50_000)
    yield "with no titles", body.replace(b"Lind on the bridge", b"").replace(b"Lind on the toll", b"")
    yield "with dates of nowhere", body.replace(b"2024", b"20249999").replace(b"GMT", b"MOON")
    yield "with dates of the far future", body.replace(b"2024", b"9999")
    yield "with dates of long ago", body.replace(b"2024", b"1970")


def hostile_xml() -> Iterator[tuple[str, str, bytes, str | None]]:
    """XML as a weapon."""
    for kind, text in (("feed", RSS), ("feed", ATOM), ("sitemap", SITEMAP)):
        root = "rss" if text is RSS else "feed" if text is ATOM else "urlset"
        head, rest = text.split("?>", 1)
        doctypes = {
            "billion laughs": f"<!DOCTYPE {root} [{BOMB}]>",
            "external file": f'<!DOCTYPE {root} [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
            "external address": f'<!DOCTYPE {root} [<!ENTITY x SYSTEM "http://169.254.169.254/">]>',
            "parameter entity": f'<!DOCTYPE {root} [<!ENTITY % x SYSTEM "http://127.0.0.1/x.dtd"> %x;]>',
            "external DTD": f'<!DOCTYPE {root} SYSTEM "http://127.0.0.1/x.dtd">',
            "quadratic": f'<!DOCTYPE {root} [<!ENTITY x "{"x" * 60_000}">]>',
        }
        for name, doctype in doctypes.items():
            body = f"{head}?>{doctype}{rest}".replace("Lind", "&x;&l8;")
            yield f"{root}: {name}", kind, body.encode(), "application/xml"
            yield f"{root}: {name}, in UTF-16", kind, body.encode("utf-16"), "application/xml"
        include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
        yield f"{root}: XInclude", kind, text.replace("Lind", include).encode(), "application/xml"
        yield f"{root}: deep", kind, (head + "?>" + "<a>" * 20_000 + rest).encode(), "application/xml"
        yield (
            f"{root}: many attributes",
            kind,
            rest.replace(root, root + " " + " ".join(f'a{n}="x"' for n in range(5000)), 1).encode(),
            None,
        )
        yield f"{root}: a name of a megabyte", kind, f"<{'x' * 1_000_000}>{rest}".encode(), None
        yield f"{root}: CDATA without end", kind, text.replace("Lind", "<![CDATA[").encode(), None
        yield f"{root}: comment without end", kind, text.replace("Lind", "<!--").encode(), None
        yield f"{root}: in a namespace of its own", kind, text.replace("xmlns=", "xmlns:z=").encode(), None


def hostile_items() -> Iterator[tuple[str, str, bytes, str | None]]:
    """Feeds that are sound, of items that are not."""
    links = [
        "", " ", "/relative", "//c.example/x", "javascript:alert(1)", "file:///etc/passwd", "http://", "http://[::1", "?",
        "http://c.example/" + "x" * 100_000, "http://c.example/\x00", "http://a b/", "mailto:x@c.example", "http://user@c.example/",
    ]  # fmt: skip
    for link in links:
        shown = link[:30].encode("unicode_escape").decode()
        item = f"<item><title>T</title><link><![CDATA[{link}]]></link></item>"
        yield f"rss: the link {shown!r}", "feed", RSS.replace("<item>", item + "<item>", 1).encode(), None
    inside = {
        "nested items": "<item><item><item><title>a</title></item></item></item>",
        "an empty item": "<item/>",
        "an item of numbers": "<item>1 2 3</item>",
        "two links and two dates": "<item><link>http://c.example/a</link><link>http://c.example/b</link><pubDate>x</pubDate><pubDate/></item>",
        "a title of markup": "<item><title>&lt;script&gt;alert(1)&lt;/script&gt; &lt;b&gt;x</title><link>http://c.example/s</link></item>",
        "bidi and zero width": "<item><title>\u202eevil\u2066 \u200bx\u00ad</title><link>http://c.example/z</link></item>",
        "templates": "<item><title>{{7*7191}} %s {0.__class__} ${x}</title><link>http://c.example/t</link></item>",
        "a guid of a megabyte": f"<item><title>x</title><guid>{'g' * 1_000_000}</guid></item>",
        "deep markup": f"<item><title>x</title><link>http://c.example/d</link><description><![CDATA[{'<div>' * 5000}x]]></description></item>",
        "open brackets": f"<item><title>x</title><link>http://c.example/o</link><description><![CDATA[{'<' * 100_000}]]></description></item>",
        "a thousand categories": f"<item><title>x</title><link>http://c.example/k</link>{'<category>c</category>' * 1000}</item>",
        "hostile enclosures": "<item><title>x</title><link>http://c.example/e</link><enclosure url='file:///x' length='-1' type='\x7f'/></item>",
        "hostile base": "<item xml:base='file:///etc/'><title>x</title><link>passwd</link></item>",
    }
    for name, item in inside.items():
        yield f"rss: {name}", "feed", RSS.replace("<item>", item + "<item>", 1).encode("utf-8", "replace"), None


def hostile_json() -> Iterator[tuple[str, str, bytes, str | None]]:
    """JSON that is no JSON Feed, or hardly."""
    whole = '{"version": "https://jsonfeed.org/version/1", "items": %s}'
    values = [
        "null", "0", '"x"', "{}", "[]", "[null]", "[[]]", "[1, 2]", '[{"id": null}]', '[{"id": {}, "url": [], "title": 7}]',
        '[{"id": 1e999, "url": "http://c.example/n"}]', '[{"url": "http://c.example/x", "date_published": 20240306}]',
        '[{"id": "\\ud800", "title": "\\udfff\\u0000"}]', '[{"authors": [null], "author": "x", "title": "t"}]',
        '[{"content_html": {"a": 1}, "summary": [], "title": "t"}]', "[" * 5000 + "]" * 5000, '[{"id": "x", "id": "y"}]',
    ]  # fmt: skip
    for number, value in enumerate(values):
        for kind in ("feed", "json"):
            yield f"{kind}: value {number}", kind, (whole % value).encode(), "application/json"
    for number, text in enumerate(
        ["", "{", "[", "nul", '{"a": 1}', "[" * 100_000, '{"a":' * 50_000, "NaN", "\ufeff{}", '{"items": ["\xff"]}']
    ):
        for kind in ("feed", "json"):
            yield f"{kind}: text {number}", kind, text.encode("latin-1", "replace"), "application/json"


def hostile_pages() -> Iterator[tuple[str, str, bytes, str | None]]:
    """Pages of links that are traps."""
    pages = {
        "empty": "",
        "blank": " \n ",
        "only text": "hello",
        "a base elsewhere": PAGE.replace("<head>", '<head><base href="file:///etc/">'),
        "a base of rubbish": PAGE.replace("<head>", '<head><base href="http://[">'),
        "deep": "<div>" * 30_000 + PAGE,
        "unclosed": PAGE.replace("</a>", "").replace("</li>", ""),
        "a thousand links to one page": "<a href='/1'>x</a>" * 1000 + PAGE,
        "ten thousand links": "".join(f"<a href='/1?{n}'>x</a>" for n in range(10_000)) + PAGE,
        "links without text": PAGE.replace("Lind on the bridge", ""),
        "hostile links": "".join(
            f"<a href='{href}'>x</a>" for href in ("javascript:x", "data:,x", "http://[", "\x01", "//")
        )
        + PAGE,
        "dates of nowhere": PAGE.replace("2024-03", "2024-99"),
        "a long date": PAGE.replace("2024-03-06", "2024-03-06" * 10_000),
        "processing instructions": "<?php echo 1 ?><?xml-stylesheet href='x'?>" + PAGE,
        "svg and math": "<svg><a href='/1'><title>x</title></a></svg><math>" + PAGE,
    }
    for name, page in pages.items():
        yield f"listing: page that is {name}", "listing", page.encode(), "text/html"
