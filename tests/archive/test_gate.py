"""The fetch gate before a server that misbehaves: every rule, and one sentence for each refusal."""

import contextlib
import gzip
import itertools
import resource
import threading
import time
import zlib

import pytest

from tests import hostile as wicked
from tests.conftest import NOON
from tests.hostile import PATIENCE_S, answer, drip, endless, hostile, raw, redirect, reset
from tracker.archive.http.gate import Refused, Validators


def each(*pages):
    return pytest.mark.parametrize("page", pages, ids=[str(number) for number in range(len(pages))])


PAGE = b"<html><body><p>The bridge is open.</p></body></html>"
OK_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


# ---- What goes well -----------------------------------------------------------------------------------------------


def test_a_page_comes_with_its_headers_its_peer_and_what_was_sent(response, server):
    page = response(answer(PAGE, 'ETag: W/"a b\xe9"', "X-Twice: 1", "X-Twice: 2"))
    assert page.body == PAGE
    assert page.status == 200
    assert page.peer == "127.0.0.1"
    assert page.robots == "allowed: no robots.txt (404)"
    assert ("ETag", 'W/"a b\xe9"') in page.headers
    assert [value for name, value in page.headers if name == "X-Twice"] == ["1", "2"]
    sent = server.requests[-1].decode().lower()
    assert "user-agent: ontherecordtest/1 (+https://record.example/sources)" in sent
    assert "cookie" not in sent
    assert "authorization" not in sent


def test_validators_travel_byte_for_byte_and_304_is_an_empty_success(response, server):
    page = response(
        answer(b"", status="304 Not Modified"),
        validators=Validators(etag='W/"x"', last_modified="Wed, 06 Mar 2024 10:00:00 GMT"),
    )
    assert (page.status, page.body) == (304, b"")
    assert b'If-None-Match: W/"x"\r\n' in server.requests[-1]
    assert b"If-Modified-Since: Wed, 06 Mar 2024 10:00:00 GMT\r\n" in server.requests[-1]


def test_304_without_a_condition_is_an_error(refusal):
    assert "though nobody asked" in str(refusal(answer(status="304 Not Modified")))


def test_redirects_are_followed_and_told_and_only_good_ones_are_for_good(gate, server):
    server.pages |= {"/a": redirect("/b", 301), "/b": redirect(server.url("/c"), 308), "/c": answer(PAGE)}
    page = gate.get(server.url("/a"))
    assert page.final_url == server.url("/c")
    assert page.hops == (server.url("/a"), server.url("/b"), server.url("/c"))
    assert page.permanent_redirect
    server.pages["/b"] = redirect("/c", 302)
    assert not gate.get(server.url("/a")).permanent_redirect


def test_nothing_a_server_sets_comes_back_to_it(gate, server):
    server.pages |= {"/a": redirect("/b", 302, b"", "Set-Cookie: id=7; Path=/"), "/b": answer(PAGE)}
    gate.get(server.url("/a"))
    gate.get(server.url("/b"))
    assert all(b"id=7" not in request for request in server.requests)


def test_proxies_and_passwords_of_the_environment_are_not_used(gate, server, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.pages["/"] = answer(PAGE)
    assert gate.get(server.url("/")).body == PAGE
    assert b"uthorization" not in server.requests[-1]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("gzip", gzip.compress(PAGE)),
        ("x-gzip", gzip.compress(PAGE[:9]) + gzip.compress(PAGE[9:])),
        ("deflate", zlib.compress(PAGE)),
        ("deflate", zlib.compress(PAGE)[2:-4]),
        ("gzip, deflate", zlib.compress(gzip.compress(PAGE))),
        ("identity", PAGE),
    ],
    ids=["gzip", "two members", "deflate with a header", "deflate without", "both", "identity"],
)
def test_a_packed_page_is_unpacked(response, name, body):
    assert response(answer(body, f"Content-Encoding: {name}")).body == PAGE


def test_chunks_and_old_http_are_read(response):
    assert (
        response(raw(OK_HEAD, b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")).body == b"abcde"
    )
    assert response(raw(b"HTTP/1.0 200 OK\r\n\r\n", PAGE)).body == PAGE


# ---- Slow, endless, large -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "page",
    [
        wicked.silent,
        drip(b"X-Header: 1\r\n", b"HTTP/1.1 200 OK\r\n"),
        drip(b"x", OK_HEAD + b"\r\n"),
        drip(b"1\r\nx\r\n", OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\n"),
        drip(b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["silent", "drip of headers", "drip of body", "drip of chunks", "drip of 100 Continue"],
)
def test_a_slow_answer_ends_with_the_whole_time_limit_not_with_each_read(refusal, make_gate, server, page):
    error = refusal(page, gate=make_gate(deadline_s=0.8), robots=False)
    assert error.state == "slow"
    assert "no full answer in 0.8 s" in str(error)
    assert "/page" not in server.outlasted, "we left while the server still hung"


def test_a_source_may_have_a_time_limit_of_its_own(refusal):
    assert "no full answer in 0.4 s" in str(refusal(wicked.silent, deadline_s=0.4, robots=False))


def test_a_slow_robots_file_leaves_time_to_say_so(refusal, make_gate, server):
    server.pages["/robots.txt"] = wicked.silent
    error = refusal(answer(PAGE), gate=make_gate(deadline_s=0.8))
    assert "robots.txt could not be read" in str(error)


def test_a_redirect_to_a_slow_page_has_no_new_time(refusal, make_gate, server):
    server.pages["/slow"] = drip(b"x", OK_HEAD + b"\r\n")
    error = refusal(redirect("/slow"), gate=make_gate(deadline_s=0.8), robots=False)
    assert "no full answer in 0.8 s" in str(error)
    assert "/slow" not in server.outlasted


def test_stopping_ends_what_is_being_read(make_gate, server):
    gate = make_gate(deadline_s=PATIENCE_S * 2)

    def stop_and_drip(connection):
        gate.close()
        drip(b"x", OK_HEAD + b"\r\n")(connection)

    server.pages["/slow"] = stop_and_drip
    with pytest.raises(Refused, match="the service is stopping"):
        gate.get(server.url("/slow"))
    assert "/slow" not in server.outlasted, "we left while the server still hung"


SMALL = {"max_bytes": 1_000_000}


@pytest.mark.parametrize(
    "page",
    [
        answer(b"x", length=10_000_000_000),
        answer(b"x" * 1_100_000),
        endless(),
        endless(b"10000\r\n" + b"x" * 65536 + b"\r\n", OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\n"),
        answer(wicked.gzip_bomb(100), "Content-Encoding: gzip"),
        answer(wicked.gzip_bomb(100, 2), "Content-Encoding: gzip, gzip"),
        answer(wicked.deflate_bomb(100), "Content-Encoding: deflate"),
    ],
    ids=["10 GB declared", "too long", "endless", "endless chunks", "gzip bomb", "bomb in a bomb", "deflate bomb"],
)
def test_a_large_answer_is_cut_and_costs_no_memory(refusal, make_gate, page):
    gate = make_gate(**SMALL)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    error = refusal(page, gate=gate)
    assert "sends more than 1 MB" in str(error)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64_000


def test_a_hundred_megabytes_stop_at_ten(refusal, server):
    assert "sends more than 10 MB" in str(refusal(answer(b"x" * 100_000_000)))
    assert "/page" not in server.outlasted, "the rest was never taken"


@pytest.mark.parametrize("status", ["404 Not Found", "500 Oops", "403 Forbidden"])
def test_a_bomb_on_an_error_page_is_not_unfolded(refusal, status):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    error = refusal(answer(wicked.gzip_bomb(100), "Content-Encoding: gzip", status=status))
    assert status.split()[0] in str(error)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64_000


def test_a_bomb_on_a_redirect_is_not_unfolded(gate, server):
    server.pages |= {
        "/a": redirect("/b", 302, wicked.gzip_bomb(100), "Content-Encoding: gzip"),
        "/b": answer(PAGE),
    }
    assert gate.get(server.url("/a")).body == PAGE


@pytest.mark.parametrize(
    ("header", "body", "words"),
    [
        ("gzip, gzip, gzip", wicked.gzip_bomb(1, 3), "packed 3 times over"),
        ("br", b"\x1b\x00", "did not ask for"),
        ("zstd", b"\x28\xb5\x2f\xfd", "did not ask for"),
        ("compress", b"x", "did not ask for"),
        ("gzip\xe9", b"x", "did not ask for"),
        ("gzip", b"this is not gzip", "damaged"),
        ("gzip", gzip.compress(PAGE)[:-9], "cut off"),
        ("deflate", b"\x78\x9c\xff\xff", "damaged"),
    ],
    ids=["three layers", "br", "zstd", "compress", "other letters", "not gzip", "cut gzip", "bad deflate"],
)
def test_what_cannot_be_unpacked_is_said(refusal, header, body, words):
    assert words in str(refusal(answer(body, f"Content-Encoding: {header}")))


# ---- Headers and status lines -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "page",
    [
        raw(OK_HEAD, b"X: " + b"x" * 60000 + b"\r\n", b"Y: " + b"y" * 60000 + b"\r\n\r\n"),
        raw(OK_HEAD, b"X: " + b"x" * 200_000 + b"\r\n\r\n"),
        raw(OK_HEAD, b"".join(b"X-%d: y\r\n" % number for number in range(5000)), b"\r\n"),
        endless(b"X: y\r\n" * 1000, b"HTTP/1.1 200 OK\r\n"),
        endless(b"HTTP/1.1 100 Continue\r\n\r\n" * 100, b""),
    ],
    ids=["two huge", "one huge", "five thousand", "endless", "endless 100 Continue"],
)
def test_headers_have_a_limit(refusal, page):
    error = refusal(page)
    assert error.state == "error"
    assert any(words in str(error) for words in ("headers larger than 64 KB", "can't be read"))


@each(
    raw(b"this is no HTTP\r\n\r\n"),
    raw(b"\x00\x01\x02\xff\xfe" * 50),
    raw(b"HTTP/9.9 200 OK\r\n\r\n"),
    raw(b"HTTP/1.1 abc OK\r\n\r\n"),
    raw(b"HTTP/1.1 99999 OK\r\n\r\n"),
    raw(b"HTTP/1.1 -1 OK\r\n\r\n"),
    raw(b"SSH-2.0-OpenSSH_9.2\r\n"),
    raw(b"220 mail.example ESMTP\r\n"),
    raw(b"\r\n\r\n"),
    raw(b""),
    raw(b"HTTP/1.1"),
    answer(b"x", status="101 Switching Protocols"),
    answer(b"x", status="199 What"),
    answer(b"x", status="204 No Content"),
    answer(b"x", status="206 Partial Content"),
    answer(b"x", status="300 Choices"),
    answer(b"x", status="305 Use Proxy"),
    answer(b"x", status="418 Teapot"),
    answer(b"x", status="600 Six"),
    answer(b"x", status="999 Denied"),
    raw(OK_HEAD, b"Content-Length: 50\r\n\r\nshort"),
    raw(OK_HEAD, b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc"),
    raw(OK_HEAD, b"Transfer-Encoding: chunked\r\n\r\n5\r\nab"),
    raw(OK_HEAD, b"Transfer-Encoding: chunked\r\n\r\n-5\r\nab"),
    reset(),
    reset(OK_HEAD),
    reset(OK_HEAD + b"Content-Length: 500\r\n\r\nabc"),
)
def test_protocol_garbage_is_one_sentence_and_nothing_else(refusal, page):
    error = refusal(page)
    assert error.state == "error"
    assert "127.0.0.1" in str(error)
    assert "\n" not in str(error)


def test_an_error_text_carries_no_control_characters_of_the_server(refusal):
    error = refusal(answer(b"", status="500 \x1b[31mred\x07\x9b"))
    assert str(error).isprintable()


@pytest.mark.parametrize("length", ["abc", "-1", "1e9", "\xb2", "99999999999999999999999999"])
def test_a_content_length_that_is_junk_does_no_harm(gate, server, length):
    server.pages["/"] = raw(OK_HEAD, f"Content-Length: {length}\r\n\r\n".encode("latin-1"), PAGE)
    with contextlib.suppress(Refused):
        assert gate.get(server.url("/")).body in {PAGE, b""}


# ---- States -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("401 Unauthorized", "blocked"),
        ("402 Payment Required", "blocked"),
        ("403 Forbidden", "blocked"),
        ("407 Proxy Authentication Required", "blocked"),
        ("451 Unavailable For Legal Reasons", "blocked"),
        ("404 Not Found", "gone"),
        ("410 Gone", "gone"),
        ("429 Too Many Requests", "error"),
        ("500 Oops", "error"),
        ("503 Service Unavailable", "error"),
    ],
)
def test_each_status_is_a_state_a_person_can_act_on(refusal, status, state):
    error = refusal(answer(b"no", status=status))
    assert error.state == state
    assert error.status == int(status[:3])
    assert status in str(error)
    assert error.permanent == (status == "410 Gone")


@each(
    answer(b"<html><title>Just a moment...</title><p>wait</p></html>"),
    answer(b"<html><title>Just a moment...</title></html>", status="503 Service Unavailable"),
    answer(PAGE, "cf-mitigated: challenge"),
    answer(b"<html><script src='/cdn-cgi/challenge-platform/x.js'></script></html>"),
    answer(b"<html><title>Access Denied</title></html>"),
)
def test_a_check_for_robots_is_blocked_never_an_empty_success(refusal, page):
    error = refusal(page)
    assert error.state == "blocked"
    assert "a check for robots" in str(error)


@pytest.mark.parametrize(
    ("value", "least", "most"),
    [
        ("120", 120, 120),
        ("1", 60, 60),
        ("0", 60, 60),
        ("999999999", 86400, 86400),
        ("Wed, 06 Mar 1996 10:00:00 GMT", 60, 60),
        ("Wed, 06 Mar 2096 10:00:00 GMT", 86400, 86400),
    ],
)
def test_retry_after_is_heard_in_both_forms_and_clamped(refusal, value, least, most):
    error = refusal(answer(b"", f"Retry-After: {value}", status="503 Busy"))
    assert least <= error.retry_after_s <= most


@pytest.mark.parametrize("value", ["soon", "-5", "1.5", "", "\xb2", "Wed, 99 Foo 20"])
def test_a_junk_retry_after_is_none(refusal, value):
    assert refusal(answer(b"", f"Retry-After: {value}", status="429 Slow down")).retry_after_s is None


# ---- Redirects ----------------------------------------------------------------------------------------------------


def test_a_circle_of_redirects_is_named(refusal, server):
    server.pages |= {"/a": redirect("/b"), "/b": redirect("/a")}
    error = refusal(path="/a")
    assert "redirects in a circle" in str(error)
    assert f"asked for {server.url('/a')}" in str(error)


def test_more_than_five_redirects_are_too_many(refusal, server):
    for number in range(9):
        server.pages[f"/{number}"] = redirect(f"/{number + 1}")
    error = refusal(path="/0")
    assert "after 5 redirects" in str(error)
    assert len([path for path in server.asked if path != "/robots.txt"]) == 6


@pytest.mark.parametrize("to", ["", "http://", "http://[", "//", "http://a b/", "?\x00", "\xff\xfe"])
def test_a_redirect_to_nothing_readable_is_refused(gate, server, to):
    server.pages["/a"] = redirect(to)
    with pytest.raises(Refused):
        gate.get(server.url("/a"))


def test_a_redirect_keeps_letters_of_other_scripts(gate, server):
    server.pages |= {"/a": raw("HTTP/1.1 302 F\r\nLocation: /мост\r\nContent-Length: 0\r\n\r\n".encode())}
    server.pages["/%D0%BC%D0%BE%D1%81%D1%82"] = answer(PAGE)
    assert gate.get(server.url("/a")).body == PAGE


# ---- TLS ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificates():
    return wicked.certificates()


@pytest.mark.parametrize("name", ["expired", "wrong host", "self-made"])
def test_a_certificate_that_does_not_hold_is_refused_and_named(make_gate, certificates, name):
    with hostile(certificates[name]) as server:
        server.pages["/"] = answer(PAGE)
        gate = make_gate(tls=certificates["trust"], allow_private=frozenset({server.place}))
        with pytest.raises(Refused, match="certificate that does not hold") as caught:
            gate.get(server.url("/"))
        assert caught.value.state == "error"
        assert server.asked == []


def test_a_certificate_that_holds_is_spoken_with_and_slow_tls_ends_too(make_gate, certificates):
    with hostile(certificates["good"]) as server:
        gate = make_gate(tls=certificates["trust"], allow_private=frozenset({server.place}))
        server.pages |= {"/": answer(PAGE), "/slow": drip(b"x", OK_HEAD + b"\r\n"), "/big": endless()}
        assert gate.get(server.url("/")).body == PAGE
        with pytest.raises(Refused, match="sends more than 10 MB"):
            gate.get(server.url("/big"))
        with pytest.raises(Refused, match="no full answer in 1 s"):
            gate.get(server.url("/slow"), deadline_s=1)


def test_plain_http_behind_https_is_an_error(make_gate, server):
    server.pages["/"] = answer(PAGE)
    with pytest.raises(Refused) as caught:
        make_gate(deadline_s=0.5).get(server.url("/").replace("http:", "https:"))
    assert caught.value.state in {"error", "slow"}


# ---- Names --------------------------------------------------------------------------------------------------------


def test_the_address_that_was_checked_is_the_one_connected_to(make_gate, server, connections):
    """A name that answers with a public address first and with loopback ever after: it is looked up once for each hop."""
    looked_up = []

    def rebinding(host, port):
        looked_up.append(host)
        return ("203.0.113.77",) if len(looked_up) == 1 else ("127.0.0.1",)

    with pytest.raises(Refused):
        make_gate(resolve=rebinding).get("http://rebind.example/")
    assert looked_up == ["rebind.example"]
    assert connections == []
    public_first = iter([("93.184.216.34",), ("127.0.0.1",)])
    with pytest.raises(Refused, match="refused"):
        make_gate(resolve=lambda *_: next(public_first)).get("http://rebind.example/", robots=False)
    assert connections == [("93.184.216.34", 80)]


def test_a_redirect_looks_its_name_up_anew_and_checks_it(make_gate, server, connections):
    server.pages["/a"] = redirect("http://inside.example/secret")
    gate = make_gate(resolve=lambda host, _port: ("10.0.0.8",))
    with pytest.raises(Refused, match=r"inside.example \(10.0.0.8\) is not a public address: private"):
        gate.get(server.url("/a"))
    assert {port for _host, port in connections} == {server.port}


def test_an_exception_is_for_one_host_and_port_exactly(make_gate, server, connections):
    with pytest.raises(Refused, match="loopback"):
        make_gate(allow_private=frozenset({f"localhost:{server.port}"})).get(server.url("/"))
    with pytest.raises(Refused, match="loopback"):
        make_gate(allow_private=frozenset({f"127.0.0.1:{server.port + 1}"})).get(server.url("/"))
    assert connections == []


def test_a_name_that_cannot_be_looked_up_in_time_is_slow(make_gate):
    def slow(*_):
        time.sleep(1)
        return ()

    gate = make_gate(resolve=slow, deadline_s=0.3)
    with pytest.raises(Refused) as caught:
        gate.get("http://slow.example/")
    assert caught.value.state == "slow"


# ---- robots.txt and turns -----------------------------------------------------------------------------------------


def test_robots_txt_decides_and_the_decision_is_told(gate, server):
    server.pages["/robots.txt"] = answer(
        b"User-agent: *\nDisallow: /\n\nUser-agent: OnTheRecordTest\nDisallow: /private/*.html$\nAllow: /\n",
        kind="text/plain",
    )
    server.pages |= {"/open": answer(PAGE), "/private/a.html": answer(PAGE)}
    assert gate.get(server.url("/open")).robots == "allowed: robots.txt"
    with pytest.raises(Refused) as caught:
        gate.get(server.url("/private/a.html"))
    assert (caught.value.state, caught.value.robots) == ("blocked", "not allowed: robots.txt")
    assert "/private/a.html" not in server.asked
    assert server.asked.count("/robots.txt") == 1


@pytest.mark.parametrize("status", ["500 Oops", "503 Busy", "429 Slow down"])
def test_a_robots_txt_that_fails_keeps_us_away(refusal, server, status):
    server.pages["/robots.txt"] = answer(status=status)
    error = refusal(answer(PAGE))
    assert f"robots.txt answers {status[:3]}" in str(error)
    assert "/page" not in server.asked


@each(
    answer(status="404 Not Found"),
    answer(status="403 Forbidden"),
    answer(b"\x00\xff\xfe binary \x80" * 50, kind="text/plain"),
    answer(b"<html>not rules</html>"),
    answer(b"Disallow: /", kind="text/plain"),
    redirect("/robots.txt"),
    answer(b"User-agent: *\nCrawl-delay: x\n" + b"#" * 700_000, kind="text/plain"),
)
def test_a_robots_txt_without_rules_for_us_allows(gate, server, page):
    server.pages |= {"/robots.txt": page, "/page": answer(PAGE)}
    assert gate.get(server.url("/page")).robots.startswith("allowed")


def test_a_redirect_to_a_forbidden_path_is_not_followed(refusal, server):
    server.pages["/robots.txt"] = answer(b"User-agent: *\nDisallow: /no", kind="text/plain")
    assert refusal(redirect("/no")).state == "blocked"
    assert "/no" not in server.asked


def test_one_host_is_asked_one_at_a_time_with_a_pause(make_gate, server):
    """Eight threads, one host: the answers never overlap and lie at least the gap apart, by the gate's own clock."""
    busy: list[int] = []
    overlaps: list[int] = []
    moments: list[float] = []
    now = [0.0]

    def clock():
        now[0] += 0.01
        return now[0]

    def page(connection):
        overlaps.append(len(busy))
        busy.append(1)
        moments.append(now[0])
        time.sleep(0.02)
        answer(PAGE)(connection)
        busy.pop()

    server.pages |= {f"/{number}": page for number in range(8)}
    gate = make_gate(per_host_gap_s=0.05, deadline_s=600, clock=clock)
    threads = [threading.Thread(target=gate.get, args=(server.url(f"/{number}"),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(overlaps) == 0
    assert all(later - earlier >= 0.05 for earlier, later in itertools.pairwise(moments))


def test_a_crawl_delay_is_kept(make_gate, server):
    server.pages |= {
        "/robots.txt": answer(b"User-agent: *\nCrawl-delay: 0.2\n"),
        "/a": answer(PAGE),
        "/b": answer(PAGE),
    }
    now = [1000.0]
    gate = make_gate(clock=lambda: now[0])
    gate.get(server.url("/a"))
    second = threading.Thread(target=gate.get, args=(server.url("/b"),))
    second.start()
    for moment in (1000.0, 1000.19):
        now[0] = moment
        second.join(0.3)
        assert second.is_alive(), "the gate's clock has not come to the end of the delay"
        assert "/b" not in server.asked
    now[0] = 1000.21
    second.join()
    assert "/b" in server.asked


def test_turns_are_booked_with_other_processes_when_there_is_a_gap(server):
    from tracker.archive.http.gate import Gate, Limits

    booked = []
    server.pages["/a"] = answer(PAGE)
    limits = Limits(user_agent="Test/1", per_host_gap_s=0.01, allow_private=frozenset({server.place}))

    def book(*what):
        booked.append(what)
        return {}

    Gate(limits, now=lambda: NOON, book=book).get(server.url("/a"))
    assert booked == [([server.place], 0.01)]


# ---- The server's own time ----


class Seconds:
    """A clock that stands still unless it is moved."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now

    def pass_by(self, seconds):
        self.now += seconds
        return 0.0


def taking(seconds, clock, page):
    def answered(connection):
        clock.pass_by(seconds)
        page(connection)

    return answered


def test_waiting_for_a_turn_and_for_robots_is_not_the_servers_time(make_gate, server):
    clock = Seconds()
    server.pages |= {
        "/robots.txt": taking(2, clock, answer(b"User-agent: *\nDisallow: /no\n")),
        "/a": taking(1, clock, redirect("/b")),
        "/b": taking(1.5, clock, answer(PAGE)),
    }
    gate = make_gate(clock=clock, per_host_gap_s=0.01, book=lambda *_: clock.pass_by(22) or {})
    assert gate.get(server.url("/a")).seconds == 2.5


def test_a_refusal_tells_the_servers_time_too(make_gate, server):
    clock = Seconds()
    server.pages |= {"/a": taking(2, clock, redirect("/b")), "/b": taking(1, clock, answer(status="404 Not Found"))}
    gate = make_gate(clock=clock, deadline_s=5, per_host_gap_s=0.01, book=lambda *_: clock.pass_by(22) or {})
    with pytest.raises(Refused) as refused:
        gate.get(server.url("/a"))
    assert refused.value.seconds == 3
    clock.pass_by(1)
    server.pages["/b"] = taking(9, clock, wicked.silent)  # the time limit is 5 s: none of it went into waiting
    with pytest.raises(Refused, match="no full answer in 5 s") as refused:
        gate.get(server.url("/a"))
    assert refused.value.seconds == 11
