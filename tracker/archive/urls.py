"""Addresses as identity: two spellings of one page get one name. Pure; what is fetched keeps its own spelling."""

import re
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

import idna

PORTS = {"http": 80, "https": 443}
WEB = ("http://", "https://")

# Parameters that say how a reader came, never what the page is.
TRACKING = re.compile(
    r"utm_[a-z_]+|mtm_[a-z]+|pk_(campaign|kwd|source|medium|content)|hsa_[a-z]+|fbclid|gclid|gclsrc|dclid|gbraid|wbraid"
    r"|msclkid|yclid|twclid|ttclid|igshid|igsh|mc_cid|mc_eid|mkt_tok|_hsenc|_hsmi|vero_id|oly_enc_id|oly_anon_id|wickedid"
    r"|_openstat|_ga|_gl|cmpid|at_(medium|campaign|link_[a-z]+|bbc_team|format|ptr_name|custom[0-9])|ito|smid|smtyp|sh_kit"
    r"|ocid|ncid|spm|s_cid|rss_id|__twitter_impression|xtor|xtref|xtmc|wt_mc|wt_zmc|cmp|emc|icid|intcmp|ref_(src|url)"
    r"|guccounter|guce_referrer(_sig)?|srsltid|s_kwcid",
    re.IGNORECASE,
)
REFERRER = re.compile(r"ref|referr?er", re.IGNORECASE)
"""Say the same, but may name the page where the path names only a program (`show.php?ref=12`) or nothing."""
PROGRAM = re.compile(r"(?:^|/)(?:[^/]*\.(?:php\d?|aspx?|jsp|jspx|cfm|cgi|do|dll|pl))?$", re.IGNORECASE)
UNSAFE = re.compile(r"[\x00-\x20\x7f\"<>\\^`{|}]|[^\x00-\x7f]")
ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
FRONT = re.compile(r"/?(index\.(html?|php|aspx?))?|/[a-z]{2}(-[a-z]{2})?/?", re.IGNORECASE)


def on_the_web(url: str | None) -> str | None:
    """The address if a page or mail may link to it: a document's address is its source's word, and may be anything."""
    return url if url and url.startswith(WEB) else None


def normal(url: str) -> str:
    """The one spelling of an address (RFC 3986 section 6.2.2).

    Scheme and host in lower case, no default port, no fragment, no tracking parameters, no slash at the end of the path,
    escapes in one form. The case of the path and the order of parameters stay: they may matter. What is no http address
    comes back stripped of white space only. Applying it twice changes nothing.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    scheme = parts.scheme.lower()
    host = _host(parts.hostname or "")
    if scheme not in PORTS or not host or "@" in parts.netloc:
        return url
    netloc = host if port in {None, PORTS[scheme]} else f"{host}:{port}"
    path = _escaped(_without_dots(parts.path)) or "/"
    path = path.rstrip("/") or "/"
    return urlunsplit((scheme, netloc, path, _escaped(_query(parts.query, path)), ""))


def absolute(url: str | None, base: str) -> str | None:
    """The http address that `url` means on the page `base`; None when it means none."""
    if not url:
        return None
    try:
        joined = urljoin(base, url.strip())
        parts = urlsplit(joined)
    except ValueError:
        return None
    return joined if parts.scheme.lower() in PORTS and parts.hostname else None


def same_site(one: str, other: str) -> bool:
    """Whether two addresses have the same host, `www.` aside."""
    first, second = _split(one), _split(other)
    if first is None or second is None:
        return False
    return (first.hostname or "").removeprefix("www.") == (second.hostname or "").removeprefix("www.")


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _host(host: str) -> str:
    if ":" in host:
        return f"[{host.lower()}]"
    if host.isascii():
        return host.lower().rstrip(".")
    try:
        return idna.encode(host, uts46=True).decode("ascii").lower().rstrip(".")
    except (idna.IDNAError, UnicodeError, ValueError):
        return ""


def _without_dots(path: str) -> str:
    """`/a/./b/../c` is `/a/c` (RFC 3986 section 5.2.4)."""
    if "/." not in path:
        return path
    kept: list[str] = []
    parts = path.split("/")
    for part in parts:
        if part == "..":
            if len(kept) > 1:
                kept.pop()
        elif part != ".":
            kept.append(part)
    if parts[-1] in {".", ".."}:
        kept.append("")
    return "/".join(kept)


def _query(query: str, path: str) -> str:
    kept = [part for part in query.split("&") if part and not _is_tracking(part.split("=", 1)[0], path)]
    return "&".join(kept)


def _is_tracking(name: str, path: str) -> bool:
    if REFERRER.fullmatch(name):
        return PROGRAM.search(path) is None
    return TRACKING.fullmatch(name) is not None


def _escaped(text: str) -> str:
    """Escapes in capitals, none where none is needed, and one wherever one is."""

    def one(match: re.Match[str]) -> str:
        character = chr(int(match[1], 16))
        return character if character in UNRESERVED else match[0].upper()

    text = UNSAFE.sub(lambda match: quote(match[0], safe="", errors="replace"), text)
    return ESCAPE.sub(one, text)
