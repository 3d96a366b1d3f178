"""Which addresses may be asked: one reading of each, and one rule for what lies behind it."""

import ipaddress
import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.hostile import PRIVATE_4, PRIVATE_6, address_tricks
from tracker.archive import urls
from tracker.archive.http.address import BadAddress, check_port, check_resolved, not_public, read_address

ADDRESSES = st.from_regex(r"(https?|HTTP)://[a-zA-Z0-9.\-\[\]:@%\\]{1,30}(:\d{0,6})?[ -~]{0,40}", fullmatch=True)
ANYTHING = st.one_of(ADDRESSES, st.text(max_size=80), st.sampled_from(address_tricks()))


@pytest.mark.parametrize("ip", [*PRIVATE_4, *PRIVATE_6])
def test_every_special_address_has_a_reason(ip):
    assert not_public(ip)


@pytest.mark.parametrize(
    "ip",
    ["93.184.216.34", "8.8.8.8", "1.1.1.1", "100.63.0.1", "172.15.0.1", "172.32.0.1", "2606:2800:220:1::1", "2a00::1"],
)
def test_a_public_address_has_none(ip):
    assert not_public(ip) is None


@given(st.ip_addresses())
def test_we_are_never_laxer_than_the_standard_library(ip):
    if not ip.is_global or ip.is_multicast:
        # the registry's few globally reachable islands inside reserved blocks are not asked either
        assert not_public(ip)
    if isinstance(ip, ipaddress.IPv6Address) and (ip.ipv4_mapped or ip.sixtofour or ip.teredo):
        assert not_public(ip)


@pytest.mark.parametrize(
    ("url", "clean", "authority"),
    [
        ("http://Courier.Example", "http://courier.example/", "courier.example:80"),
        (" https://courier.example:443/a?b#c ", "https://courier.example/a?b", "courier.example:443"),
        ("http://courier.example.:8080/", "http://courier.example:8080/", "courier.example:8080"),
        ("http://bücher.example/ä", "http://xn--bcher-kva.example/ä", "xn--bcher-kva.example:80"),
        ("http://[2606:2800:220:0001::1]/", "http://[2606:2800:220:1::1]/", "[2606:2800:220:1::1]:80"),
        ("http://courier.example/a\\b", "http://courier.example/a%5Cb", "courier.example:80"),
    ],
)
def test_an_address_is_read_once_into_one_form(url, clean, authority):
    target = read_address(url)
    assert (target.url, target.authority) == (clean, authority)


@given(ANYTHING)
def test_whatever_is_given_it_is_an_address_or_a_named_mistake(url):
    try:
        target = read_address(url)
        check_port(target)
        if target.ip is not None:
            check_resolved(target, [str(target.ip)])
    except BadAddress as mistake:
        named = mistake
    else:
        named = None
    if named is not None:
        assert str(named)
        return
    assert read_address(target.url) == target
    assert target.ip is None or not_public(target.ip) is None


def test_one_private_answer_of_a_name_refuses_them_all():
    target = read_address("http://mixed.example/")
    with pytest.raises(BadAddress, match=r"mixed.example \(10.0.0.1\) is not a public address: private"):
        check_resolved(target, ["93.184.216.34", "10.0.0.1"])
    with pytest.raises(BadAddress, match="has no address"):
        check_resolved(target, [])


# ---- Addresses as identity ----------------------------------------------------------------------------------------


@example("HTTP://0..")
@given(ANYTHING)
def test_normalising_twice_changes_nothing(url):
    once = urls.normal(url)
    assert urls.normal(once) == once


@given(
    st.text(string.ascii_letters + string.digits + "-._~/%", max_size=30),
    st.lists(st.sampled_from(["a=1", "b=2", "utm_source=x", "fbclid=9", "UTM_Medium=y", "at_campaign=z"]), max_size=5),
)
def test_tracking_parameters_and_fragments_never_make_a_new_address(path, parameters):
    kept = [one for one in parameters if one in {"a=1", "b=2"}]
    bare = "https://courier.example/" + path.replace("%", "") + ("?" + "&".join(kept) if kept else "")
    dressed = "HTTPS://Courier.example:443/" + path.replace("%", "") + "?" + "&".join(parameters) + "#part"
    assert urls.normal(dressed) == urls.normal(bare)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://a.example/x", "http://A.EXAMPLE:80/x", True),
        ("http://a.example/%7euser", "http://a.example/~user", True),
        ("http://a.example/a/./b/../c", "http://a.example/a/c", True),
        ("http://a.example/é", "http://a.example/%C3%A9", True),
        ("http://a.example/x", "https://a.example/x", False),
        ("http://a.example/x", "http://a.example/X", False),
        ("http://a.example/?id=1", "http://a.example/?id=2", False),
        ("http://a.example/x", "http://a.example/x/", True),
        ("http://a.example/x/?id=1", "http://a.example/x?id=1", True),
        ("http://a.example/x?ref=selfh.st", "http://a.example/x", True),
        ("http://a.example/x?a=1&REFERRER=home", "http://a.example/x?a=1", True),
        ("http://a.example/x?xtor=AL-32280680", "http://a.example/x", True),
        ("http://a.example/x?CMP=Share_iOSApp_Other", "http://a.example/x", True),
        ("http://a.example/x?wt_mc=rss&ref_src=twsrc", "http://a.example/x#xtor=RSS-1", True),
        ("http://a.example/show.php?ref=12", "http://a.example/show.php?ref=13", False),
        ("http://a.example/doc/?ref=A/1", "http://a.example/doc/?ref=A/2", True),
        ("http://a.example/?ref=12", "http://a.example/?ref=13", False),
        ("http://a.example/story?id=1", "http://a.example/story?id=2", False),
    ],
)
def test_which_spellings_are_one_page(one, other, same):
    assert (urls.normal(one) == urls.normal(other)) is same
