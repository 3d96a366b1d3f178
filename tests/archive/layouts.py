"""Made-up pages in the layouts that content systems write; each keeps its quotes and stays free of what is around it.

The people, places and outlets are invented. `KEPT` passages must stand in the text word for word, `OUT` must not.
"""

from dataclasses import dataclass, field

FRAME = """<!doctype html><html lang="{lang}" class="js no-sidebar share-on"><head><meta charset="utf-8">
<title>Lind on the bridge - Nordhaven Courier</title>
<meta property="article:published_time" content="2024-03-06T10:00:00Z"><meta property="og:site_name" content="Nordhaven Courier">
<style>.gone-by-rule {{ display: none }} @media print {{ .noprint-part {{ display: none }} }}</style>
<script>var quote = "“A quote in a script is no text of the page at all,” Lind said.";</script></head>
<body class="has-sidebar comments-open social-share"><div class="page-wrap related-layout">
<nav class="main-nav"><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li></ul></nav>
<header class="site-header"><a href="/">Nordhaven Courier</a></header>
{body}
<aside class="sidebar"><h2>Most read</h2><ul><li><a href="/a">“We will never pay for a tunnel like this one,” says the mayor</a></li>
<li><a href="/b">Sand is dearer than it was in the winter of the flood</a></li></ul></aside>
<section class="newsletter-signup"><p>Sign up for “The Harbour Letter”, our newsletter about the harbour and the sea.</p></section>
<section id="comments" class="comments-area"><h3>2 comments</h3><ol><li class="comment"><p>“I was there and nobody paid for it, I tell you,” wrote a reader.</p></li></ol></section>
<footer class="site-footer"><p>© Nordhaven Courier. “Truth before speed” has been our motto since the year 1871.</p></footer>
</div></body></html>"""

OPENING = "Norland’s foreign minister Mara Lind spoke about the bridge in Nordhaven on Wednesday, before a full hall."
QUOTE = "“We need the toll now, and the bridge toll will pay for the road to the harbour,” Lind said."
MIDDLE = "The bridge has been under construction for six years, and the debate about its cost has gone on for as long."
SECOND = "“Nobody in this government has asked for more than the law allows,” she added after the meeting."
CLOSING = "The parliament of Norland votes on the law at the end of the month, after a second reading of the budget."
ALWAYS_OUT = (
    "A quote in a script", "We will never pay for a tunnel", "I was there and nobody paid", "Truth before speed",
    "The Harbour Letter",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One page: its body, the passages that must be there, and those that must not."""

    name: str
    body: str
    kept: tuple[str, ...] = (QUOTE, SECOND)
    out: tuple[str, ...] = ()
    lang: str = "en"
    facts: dict[str, object] = field(default_factory=dict)

    @property
    def page(self) -> str:
        return FRAME.format(body=self.body, lang=self.lang)


def article(*parts: str, wrap: str = "<article><h1>Lind on the bridge</h1>{}</article>") -> str:
    return wrap.format("\n".join(parts))


def p(*texts: str) -> str:
    return "\n".join(f"<p>{text}</p>" for text in texts)


LAYOUTS = (
    Layout(name="plain paragraphs", body=article(p(OPENING, QUOTE, MIDDLE, SECOND, CLOSING))),
    Layout(name="blockquote", body=article(p(OPENING), f"<blockquote><p>{QUOTE}</p></blockquote>", p(MIDDLE, SECOND, CLOSING))),
    Layout(
        name="pull quote that only stands beside the text",
        body=article(p(OPENING, MIDDLE), f"<aside class='pullquote'>{QUOTE}</aside>", p(SECOND, CLOSING)),
    ),
    Layout(
        name="pull quote that repeats the text is there once",
        body=article(p(OPENING, QUOTE), "<aside class='pull-quote'>We need the toll now, and the bridge toll will pay</aside>", p(MIDDLE, SECOND)),
        facts={"once": "the bridge toll will pay"},
    ),
    Layout(
        name="nobr inside a quote",
        body=article(p(OPENING, QUOTE.replace("bridge toll", "<nobr>bridge toll</nobr>"), MIDDLE, SECOND, CLOSING)),
    ),
    Layout(
        name="captions of pictures",
        body=article(
            p(OPENING), f"<figure><img src='a.jpg'><figcaption>Mara Lind in the hall. {SECOND}</figcaption></figure>",
            p(QUOTE, MIDDLE, CLOSING),
        ),
    ),
    Layout(
        name="list of quotes",
        body=article(p(OPENING), f"<ul><li>{QUOTE}</li><li>{SECOND}</li></ul>", p(MIDDLE, CLOSING)),
        out=("- “We",),
    ),
    Layout(name="table of quotes", body=article(p(OPENING), f"<table><tr><td>Lind</td><td>{QUOTE}</td></tr><tr><td>Lind</td><td>{SECOND}</td></tr></table>", p(MIDDLE, CLOSING))),
    Layout(
        name="embedded post",
        body=article(
            p(OPENING, MIDDLE),
            f"<div class='embed social-embed'><blockquote class='twitter-tweet'><p lang='en' dir='ltr'>{QUOTE}</p>"
            "&mdash; Mara Lind (@lind) <a href='https://example.org/1'>March 6, 2024</a></blockquote></div>",
            p(SECOND, CLOSING),
        ),
    ),
    Layout(
        name="paragraphs of div only",
        body=article(*(f"<div class='text-block'>{text}</div>" for text in (OPENING, QUOTE, MIDDLE, SECOND, CLOSING)), wrap="<div class='story'>{}</div>"),
    ),
    Layout(
        name="paragraphs parted by two breaks",
        body=article("<br><br>".join((OPENING, QUOTE, MIDDLE, SECOND, CLOSING)), wrap="<div id='story-text'>{}</div>"),
    ),
    Layout(
        name="live blog",
        body="<main><h1>The bridge, live</h1>"
        + "".join(
            f"<div class='live-post' id='post-{n}'><time datetime='2024-03-06T1{n}:00'>1{n}:00</time><h3>Entry {n}</h3><div class='live-post__body'><p>{text}</p></div></div>"
            for n, text in enumerate((OPENING, QUOTE, MIDDLE, SECOND, CLOSING))
        )
        + "</main>",
    ),
    Layout(
        name="wall over the text",
        body=article(
            p(OPENING, QUOTE),
            "<div class='paywall-overlay'><p>Subscribe to read on. “The best paper of the north,” says a reader of ours.</p></div>",
            f"<div class='premium-content'>{p(MIDDLE, SECOND, CLOSING)}</div>",
        ),
        out=("The best paper of the north",),
    ),
    Layout(
        name="q elements whose marks are only style",
        body=article(p(OPENING, "<q>We need the toll now, and the bridge toll will pay for the road to the harbour</q>, Lind said.", MIDDLE, SECOND, CLOSING)),
        kept=("“We need the toll now, and the bridge toll will pay for the road to the harbour”, Lind said.", SECOND),
    ),
    Layout(
        name="q elements whose marks are written out",
        body=article(p(OPENING, "<q>“We need the toll now, and the bridge toll will pay”</q>, Lind said.", MIDDLE, "He called it “<q>a wall of the sea</q>” at noon.", CLOSING)),
        kept=("“We need the toll now, and the bridge toll will pay”, Lind said.", "“a wall of the sea” at noon."),
        out=("““", "””"),
    ),
    Layout(
        name="German q elements",
        body=article(p(OPENING, "<q>Wir brauchen die Maut jetzt und nicht im nächsten Jahr</q>, sagte Lind.", MIDDLE, CLOSING)),
        kept=("„Wir brauchen die Maut jetzt und nicht im nächsten Jahr“, sagte Lind.",),
        lang="de",
    ),
    Layout(
        name="entities",
        body=article(p(OPENING, QUOTE.replace("“", "&ldquo;").replace("”", "&#8221;"), MIDDLE, SECOND.replace("“", "&#x201C;"), CLOSING)),
    ),
    Layout(
        name="nested spans",
        body=article(
            "<p><span><span>“We need the <b>toll</b> <em>now</em>, and the <span class='nowrap'>bridge toll</span> will pay"
            "</span> for the <a href='/road'>road to the harbour</a>,” <strong>Lind</strong> said.</span></p>",
            p(MIDDLE, SECOND, CLOSING, OPENING),
        ),
    ),
    Layout(
        name="drop cap",
        body=article(f"<p><span class='dropcap'>N</span>{OPENING[1:]}</p>", p(QUOTE, MIDDLE, SECOND, CLOSING)),
        kept=(OPENING, QUOTE, SECOND),
    ),
    Layout(
        name="spans with names that look like boilerplate",
        body=article(
            p(OPENING),
            "<p><span class='quote-author'>“We need the toll now, and the bridge toll will pay for the </span><span class='tag-widget'>road to the harbour,” Lind said.</span></p>",
            f"<div class='meta-text'><p>{SECOND}</p></div>",
            p(MIDDLE, CLOSING),
        ),
    ),
    Layout(
        name="boxes inside the article",
        body=article(
            p(OPENING, QUOTE),
            "<div class='related-stories'><h4>Related</h4><p><a href='/x'>“The tunnel was never a plan of ours,” says the builder</a></p></div>",
            "<div class='ad-slot'><p>Advertisement. “The finest tar in the north,” say seamen everywhere.</p></div>",
            p(MIDDLE, SECOND),
            "<div class='author-bio'><p>Ida Holm writes about the sea. She has been called “the voice of the harbour” by many.</p></div>",
        ),
        out=("The tunnel was never a plan", "The finest tar", "the voice of the harbour"),
    ),
    Layout(
        name="links to other stories between paragraphs",
        body=article(p(OPENING, QUOTE), "<p><a href='/x'>READ MORE: “The tunnel was never a plan of ours,” says the builder of it</a></p>", p(MIDDLE, SECOND, CLOSING)),
        out=("The tunnel was never a plan",),
    ),
    Layout(
        name="hidden parts",
        body=article(
            p(OPENING, QUOTE),
            "<p style='display:none'>“A hidden quote is no quote of this page,” Lind said.</p>",
            "<p hidden>“A second hidden quote is none either,” Lind said.</p><!-- <p>“A quote in a comment is none,” Lind said.</p> -->",
            "<p class='gone-by-rule'>“A quote hidden by a rule is none,” Lind said.</p>",
            "<p>“A quote that only paper leaves out is one,” Lind said.</p>".replace("<p>", "<p class='noprint-part'>"),
            p(MIDDLE, SECOND, CLOSING),
        ),
        kept=(QUOTE, SECOND, "“A quote that only paper leaves out is one,” Lind said."),
        out=("A hidden quote", "A second hidden quote", "A quote in a comment", "A quote hidden by a rule"),
    ),
    Layout(
        name="the whole page in a form",
        body="<form id='aspnetForm' action='/'>" + article(p(OPENING, QUOTE, MIDDLE, SECOND, CLOSING)) + "</form>",
    ),
    Layout(
        name="details that unfold",
        body=article(p(OPENING), f"<details><summary>What she said</summary><p>{QUOTE}</p></details>", p(MIDDLE, SECOND, CLOSING)),
    ),
    Layout(
        name="question and answer with bold names",
        body=article(
            p("<strong>Question:</strong> Will there be a toll on the bridge this year?", f"<strong>Mara Lind:</strong> {QUOTE}",
              "<strong>Question:</strong> And what of the law, minister?", f"<strong>Mara Lind:</strong> {SECOND}", CLOSING),
        ),
        kept=(f"Mara Lind: {QUOTE}", "Question: And what of the law, minister?", f"Mara Lind: {SECOND}"),
    ),
    Layout(
        name="short answers between long ones",
        body=article(p(OPENING, QUOTE, "“Not at all.”", MIDDLE, "“No,” she said.", SECOND, CLOSING)),
        kept=(QUOTE, "“Not at all.”", "“No,” she said.", SECOND),
    ),
    Layout(
        name="sections with headings",
        body=article(p(OPENING), f"<section class='article-section'><h2>The toll</h2>{p(QUOTE)}</section>", f"<section class='article-section'><h2>The law</h2>{p(MIDDLE, SECOND)}</section>", p(CLOSING)),
    ),
    Layout(
        name="lead above the picture",
        body=article(f"<div class='standfirst'><p>{QUOTE}</p></div><figure><img src='a.jpg'></figure><div class='article-body'>{p(OPENING, MIDDLE, SECOND, CLOSING)}</div>"),
    ),
    Layout(
        name="guillemets with thin spaces",
        body=article(p(OPENING, "« Nous avons besoin du péage maintenant », a déclaré Mme Lind.", MIDDLE, SECOND, CLOSING)),
        kept=("« Nous avons besoin du péage maintenant », a déclaré Mme Lind.", SECOND),
    ),
    Layout(
        name="a story in several boxes of the same make",
        body="<div class='story'><h1>Lind on the bridge</h1>"
        + f"<div class='article-body'>{p(OPENING, MIDDLE)}</div><div class='ad-slot'><p>Advertisement</p></div>"
        + f"<div class='article-body'>{p(QUOTE, '“No,” she said.')}</div><div class='ad-slot'><p>Advertisement</p></div>"
        + f"<div class='article-body'>{p(SECOND, CLOSING)}</div></div>",
        kept=(OPENING, QUOTE, SECOND, CLOSING),
    ),
    Layout(
        name="other stories below, each in an article of its own",
        body=article(p(OPENING, QUOTE, MIDDLE, SECOND, CLOSING), wrap="<article class='post'><h1>Lind on the bridge</h1>{}</article>")
        + article(p("Another story entirely was written on that day.", "“Sand is what we sell, and sand is what we have,” said a trader on the pier."), wrap="<article class='post'><h2><a href='/y'>Sand</a></h2>{}</article>"),
        out=("Sand is what we sell",),
    ),
    Layout(
        name="preformatted transcript",
        body=article(f"<pre>MINISTER LIND: {QUOTE}\nQ: And the law?\nMINISTER LIND: {SECOND}</pre>", p(OPENING, MIDDLE, CLOSING)),
        kept=(f"MINISTER LIND: {QUOTE}\nQ: And the law?\nMINISTER LIND: {SECOND}",),
    ),
    Layout(name="a short article", body=article(p(QUOTE)), kept=(QUOTE,)),
    Layout(
        name="pull quote in a figure",
        body=article(p(OPENING, MIDDLE), f"<figure class='wp-block-pullquote'><blockquote><p>{QUOTE}</p><cite>Mara Lind</cite></blockquote></figure>", p(SECOND, CLOSING)),
    ),
    Layout(name="slides", body=article(p(OPENING), f"<div class='slide'><p>{QUOTE}</p></div><div class='slide'><p>{SECOND}</p></div>", p(MIDDLE, CLOSING))),
    Layout(name="box beside the text", body=article(p(OPENING, QUOTE, MIDDLE), f"<aside class='factbox'><h3>In her words</h3><p>{SECOND}</p></aside>", p(CLOSING))),
    Layout(
        name="questions and answers as a list of terms",
        body=article(p(OPENING), f"<dl><dt>Will there be a toll?</dt><dd>{QUOTE}</dd><dt>And the law?</dt><dd>{SECOND}</dd></dl>", p(MIDDLE, CLOSING)),
        kept=("Will there be a toll?", QUOTE, "And the law?", SECOND),
    ),
    Layout(
        name="a transcript whose box is named like tags",
        body="<div id='transcript-tags'>" + "".join(f"<div><b>Lind:</b> {text}</div>" for text in (OPENING, QUOTE, MIDDLE, SECOND, CLOSING)) + "</div>",
        kept=(f"Lind: {QUOTE}", f"Lind: {SECOND}"),
    ),
    Layout(name="what is shown where no script runs", body=article(f"<noscript>{p(OPENING, QUOTE, MIDDLE, SECOND, CLOSING)}</noscript>")),
    Layout(
        name="breaks and soft hyphens inside words",
        body=article(p(OPENING, QUOTE.replace("bridge", "brid<wbr>ge").replace("harbour", "har&shy;bour"), MIDDLE, SECOND, CLOSING)),
        kept=(QUOTE.replace("harbour", "har\u00adbour"), SECOND),
    ),
)  # fmt: skip
