"""How a redirect is judged, without a server: the gate's tests show the same over a socket."""

import pytest

from tracker.archive.http import redirects
from tracker.archive.http.address import read_address

START = "https://courier.example/news/1"


@pytest.mark.parametrize(
    ("location", "leads_to"),
    [
        ("/news/2", "https://courier.example/news/2"),
        ("https://press.example/2", "https://press.example/2"),
        ("caf\u00c3\u00a9", "https://courier.example/news/caf\u00e9"),  # UTF-8 read as Latin-1, as http.client does
    ],
)
def test_a_location_is_read_from_where_it_was_sent(location, leads_to):
    assert redirects.next_url(START, 302, [("Location", location)]) == leads_to


@pytest.mark.parametrize(
    ("headers", "clause"),
    [
        ([], r"redirects \(307\) without saying where to"),
        ([("Location", "http://[")], r"redirects to what is no address: http://\["),
    ],
)
def test_a_redirect_that_leads_nowhere_ends_the_request(headers, clause):
    with pytest.raises(redirects.BadRedirect, match=clause):
        redirects.next_url(START, 307, headers)


def test_nobody_goes_in_a_circle():
    redirects.check_circle("https://courier.example/b", [START])
    with pytest.raises(redirects.CircularRedirect):
        redirects.check_circle(START, [START, "https://courier.example/b"])


@pytest.mark.parametrize("status", [200, 300, 304, 305, 306, 404])
def test_other_answers_are_no_redirects(status):
    assert not redirects.is_redirect(status)


def test_only_permanent_redirects_to_another_address_mean_that_it_has_moved():
    assert redirects.has_moved(START, "https://press.example/1", permanently=True)
    assert not redirects.has_moved(START, "https://press.example/1", permanently=False)
    assert not redirects.has_moved(START, START, permanently=True)
    assert [status for status in sorted(redirects.STATUSES) if redirects.is_permanent(status)] == [301, 308]


def test_the_rules_of_a_host_are_not_sought_on_another():
    asked = read_address(START)
    assert redirects.leaves_host(asked, read_address("https://press.example/robots.txt"))
    assert not redirects.leaves_host(asked, read_address("http://courier.example/robots.txt"))
