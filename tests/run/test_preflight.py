import pytest

from tck.contract.contract import load_contract
from tck.errors import Indeterminate, KitError, Unreachable
from tck.run.preflight import preflight
from tests.support.transport_samples import reply

URL = "https://sessions.example.com"
REDIRECT = {"location": "https://me:password@login.example.com/in?token=abcdef#x"}


@pytest.fixture
def look():
    """Looks at a target that answers as told, by method and whether a key came; returns what was asked."""

    def looking(answers, authorization="Bearer key"):
        asked = []

        def send(call):
            asked.append(call)
            found = answers(call)
            if isinstance(found, Exception):
                raise found
            return found

        preflight(load_contract("trigger"), URL, authorization, send)
        return asked

    return looking


def html():
    return reply(200, b"<p>", content_type="Text/HTML; charset=utf-8")


@pytest.mark.parametrize(
    "answers",
    [
        lambda call: reply(404 if call.method == "GET" else 422),
        lambda call: reply(500),
        lambda call: reply(200, b"", content_type="text/plain"),
        lambda call: html() if call.method == "GET" else reply(422),
        lambda call: reply(401) if call.authorization else reply(404),
        lambda call: reply(403 if call.authorization else 401),
        lambda call: reply(304),
        lambda call: reply(302),
        lambda call: Indeterminate("no complete reply within 10 seconds"),
        lambda call: Indeterminate("answered 503"),
        lambda call: Unreachable("no connection") if call.method == "GET" else reply(422),
    ],
    ids=["well", "500", "text", "html once", "key refused", "key forbidden", "304", "no address", "silence", "503", "once"],
)  # fmt: skip
def test_an_odd_target_is_judged_all_the_same(look, answers):
    assert 2 <= len(look(answers)) <= 4


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        (lambda call: html(), f"^{URL} answers with HTML pages only; give --base-url the address of the API itself\\.$"),
        (lambda call: reply(401), f"^{URL} refused the key with 401, as it does without any key; set TRIGGER_SECRET_KEY"),
        (lambda call: reply(403), "refused the key with 403"),
        (lambda call: Unreachable("GET /x: no connection: \x1b[2Jrefused"), r"cannot be reached \(no connection: \\x1b\[2Jrefused\)"),
        (lambda call: reply(301, **REDIRECT), r"redirects to https://login\.example\.com/in; give --base-url"),
        (lambda call: reply(308, location="/elsewhere") if call.method == "POST" else reply(404), "redirects to /elsewhere;"),
    ],
    ids=["html", "401", "403", "unreachable", "redirect", "redirected post"],
)  # fmt: skip
def test_a_target_that_cannot_be_judged_is_a_sentence(look, answers, sentence):
    with pytest.raises(KitError, match=sentence) as error:
        look(answers)
    assert "password" not in str(error.value)
    assert "abcdef" not in str(error.value)


def test_it_makes_nothing_and_asks_for_what_nobody_has(look):
    first, second = look(lambda call: reply(404))
    assert (first.method, first.body) == ("GET", None)
    assert first.path.startswith("/api/v1/sessions/tck-")
    assert (second.method, second.path, second.body) == ("POST", "/api/v1/sessions", b"{}")


def test_a_server_without_authentication_is_not_asked_twice(look):
    assert len(look(lambda call: reply(401), authorization=None)) == 2
