"""The one address that the configuration names: asked wherever it lies, and held to the same limits as any other."""

import json
import threading

import pytest
from werkzeug import Request, Response

from tests.hostile import answer, certificates, hostile
from tracker.archive.http.gate import Refused
from tracker.archive.http.named_address import NamedAddress


def address(url: str, *, key: str = "", seconds: float = 20) -> NamedAddress:
    return NamedAddress(url=url, user_agent="Record/1.0", deadline_s=seconds, key=key, stopping=threading.Event())


def test_json_goes_out_and_the_answer_comes_back(httpserver):
    def echo(request: Request) -> Response:
        return Response(json.dumps({"sent": json.loads(request.data), "type": request.content_type}))

    httpserver.expect_request("/model", method="POST").respond_with_handler(echo)
    answered = json.loads(address(httpserver.url_for("/model")).post({"words": "плата"}))
    assert answered == {"sent": {"words": "плата"}, "type": "application/json"}


def test_a_proxy_of_the_environment_is_not_asked(httpserver, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    httpserver.expect_request("/model").respond_with_data("{}")
    assert address(httpserver.url_for("/model")).post({}) == b"{}"


def test_a_redirect_is_refused_and_its_aim_never_sees_the_key():
    with hostile() as server, hostile() as aim:
        server.pages["/model"] = answer(b"", f"Location: {aim.url('/model')}", status="307 Temporary Redirect")
        with pytest.raises(Refused, match="redirect, which is not followed"):
            address(server.url("/model"), key="a-key").post({})
        assert aim.asked == []


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("file:///etc/hostname", "is not asked"),
        ("http://name:word@127.0.0.1:1/model", "is not asked"),
        ("http://127.0.0.1:9/model", "can't be read"),
    ],
)
def test_what_can_not_be_asked_says_so_in_a_sentence(url, why):
    with pytest.raises(Refused, match=why):
        address(url).post({})


def test_a_service_that_stops_waits_for_no_answer():
    asked = address("http://127.0.0.1:9/model")
    asked.stopping.set()
    with pytest.raises(Refused, match="the service is stopping"):
        asked.post({})


@pytest.mark.parametrize("certificate", ["self-made", "expired", "wrong host"])
def test_no_key_goes_to_a_server_whose_certificate_does_not_hold(certificate):
    with hostile(certificates()[certificate]) as server:
        with pytest.raises(Refused, match="certificate that does not hold"):
            address(server.url("/model"), key="a-key").post({})
        assert server.requests == []
