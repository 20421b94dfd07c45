"""A mistake in a setting is told before any check, and a server that is merely broken is judged."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from reference.refusals import Refusal
from reference.serving import Server
from reference.trigger import TriggerReference
from tck.contract.contract import load_contract
from tck.errors import Indeterminate, KitError, NoReply, Unreachable
from tck.run.looks import Looker
from tck.run.preflight import preflight
from tck.run.sight import Sight, kept_sight
from tests.support.look_at import Eye
from tests.support.loopback import Script, bytes_of, silence
from tests.support.one_task import OneTask
from tests.support.stand_ins import closed_port, replying, serving
from tests.support.transport_samples import reply
from tests.support.trigger_server import KEY, KEYS, OTHER_KEY

URL = "https://sessions.example.com"
REDIRECT = {"location": "https://me:password@login.example.com/in?token=abcdef#x"}
SECRETS = {"TRIGGER_SECRET_KEY": KEY}
BOTH = {**SECRETS, "TRIGGER_OTHER_SECRET_KEY": OTHER_KEY}
SETTINGS = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00" + b"\x00\x00\x08\x07\x00" + bytes(11) + b"\x01"
"""The first frame of an HTTP/2 server, and its GOAWAY for a protocol error."""


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
            return replace(found, call=call)

        contract = load_contract("trigger")
        keys = {"key": authorization}.get
        preflight(Looker(contract, URL, {}, keys, send).looks(), lambda text: text)
        return asked

    return looking


def html(status=200):
    return reply(status, b"<p>", content_type="Text/HTML; charset=utf-8")


@pytest.mark.parametrize(
    "answers",
    [
        lambda call: reply(404 if call.method == "GET" else 422),
        lambda call: reply(404),
        lambda call: reply(500),
        lambda call: reply(200, b"", content_type="text/plain"),
        lambda call: html() if call.method == "GET" else reply(422),
        lambda call: reply(401) if call.authorization else reply(404),
        lambda call: reply(403 if call.authorization else 401),
        lambda call: reply(304),
        lambda call: reply(302),
        lambda call: Indeterminate("the reply's body is too long"),
        lambda call: Indeterminate("answered 503"),
        lambda call: Unreachable("no connection") if call.method == "GET" else reply(422),
    ],
    ids=["well", "404", "500", "text", "html once", "key refused", "key forbidden", "304", "no address", "too long", "503", "once"],
)  # fmt: skip
def test_an_odd_target_is_judged_all_the_same(look, answers):
    assert 2 <= len(look(answers)) <= 4


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        (lambda call: html(), f"^{URL} answers with HTML pages only; give --base-url the address of the API itself\\.$"),
        (lambda call: reply(401), f"^{URL} refused the key with 401, as it does without any key; set TRIGGER_SECRET_KEY"),
        (lambda call: reply(403), "refused the key with 403"),
        (lambda call: html(403), "refused the key with 403"),
        (lambda call: Unreachable("GET /x: no connection: \x1b[2Jrefused"), r"cannot be reached \(no connection: \\x1b\[2Jrefused\)"),
        (lambda call: NoReply("GET /x: silence", "", "do this."), r"cannot be reached \(silence\); do this\.$"),
        (lambda call: reply(301, **REDIRECT), r"redirects to https://login\.example\.com/in; give --base-url"),
        (lambda call: reply(308, location="/elsewhere") if call.method == "POST" else reply(404), "redirects to /elsewhere;"),
    ],
    ids=["html", "401", "403", "403 page", "unreachable", "silence", "redirect", "redirected post"],
)  # fmt: skip
def test_a_target_that_cannot_be_judged_is_a_sentence(look, answers, sentence):
    with pytest.raises(KitError, match=sentence) as error:
        look(answers)
    assert "password" not in str(error.value)
    assert "abcdef" not in str(error.value)


def test_the_first_looks_make_nothing_and_ask_for_what_nobody_has(look):
    first, second = look(lambda call: reply(404))
    assert (first.method, first.body) == ("GET", None)
    assert first.path.startswith("/api/v1/sessions/tck-")
    assert (second.method, second.path, second.body) == ("POST", "/api/v1/sessions", b"{}")


def test_a_server_without_authentication_is_not_asked_twice(look):
    assert len(look(lambda call: reply(401), authorization=None)) == 2


# Real servers


@pytest.fixture
def serve(tmp_path: Path) -> Callable[..., Server]:
    return lambda kind=TriggerReference: Server(kind(tmp_path / "rows.sqlite", KEYS).app())


def test_a_good_server_is_found_good_at_the_cost_of_one_session(serve, tmp_path):
    eye = Eye(tmp_path, BOTH)
    with serve() as url:
        looks = eye.looks(url)
    assert [look for look in looks.values() if look.refusal or look.remark or look.no_sessions] == []
    assert list(looks) == [
        "address", "key", "media type", "key other", "API", "session", "key other apart", "close",
    ]  # fmt: skip
    assert eye.sent.count("POST /api/v1/sessions") == 2
    assert eye.sent[-1].endswith("/close")
    assert len(eye.sent) <= 8


@pytest.mark.parametrize("path", ["/api/v1/sessions", "/api/v1", "/api", "/elsewhere"])
def test_a_base_url_under_which_nothing_lives_is_refused_with_the_right_one(serve, tmp_path, path):
    with serve() as url:
        said = Eye(tmp_path, SECRETS).refusal(url + path)
    assert said.startswith(
        f"nothing under {url}{path} answers as the contract's: GET 404, POST 404, POST 404"
    )
    right = f"--base-url={url}, to which the kit adds /api/v1/sessions."
    assert said.endswith("the address above /api/v1/sessions." if path == "/elsewhere" else right)


class AsksBeforeItRoutes(TriggerReference):
    """Every path wants a key, also one that is not there."""

    async def serve(self, app, scope, receive, send):
        headers = dict(scope.get("headers", ()))
        if scope["type"] == "http" and headers.get(b"authorization") != f"Bearer {KEY}".encode():
            scope = {**scope, "method": "PATCH", "raw_path": b"/api/v1/sessions/x"}
        await super().serve(app, scope, receive, send)


def test_a_server_that_asks_for_the_key_before_it_looks_at_the_path_is_seen_through(serve, tmp_path):
    with serve(AsksBeforeItRoutes) as url:
        assert Eye(tmp_path, SECRETS).refusal(f"{url}/api/v1").startswith("nothing under")
        assert not Eye(tmp_path, SECRETS).refusal(url)


class WithoutCreate(TriggerReference):
    """Create is not there; the rest is."""

    def operations(self):
        return [one for one in super().operations() if one.name != "create"]


class WithoutAnything(TriggerReference):
    """No create, and a read of what is not there is answered as any other path is."""

    def operations(self):
        return []


class Broken(TriggerReference):
    """Every request is answered 500."""

    def answer(self, *_):
        return self.broken()


@pytest.mark.parametrize("kind", [WithoutCreate, Broken])
def test_a_server_that_is_merely_broken_is_judged(serve, tmp_path, kind):
    with serve(kind) as url:
        looks = Eye(tmp_path, SECRETS).looks(url)
    assert [look for look in looks.values() if look.refusal or look.no_sessions] == []


def test_a_server_with_nothing_of_the_contract_is_refused(serve, tmp_path):
    with serve(WithoutAnything) as url:
        assert "answers as the contract's: GET 404, POST 404, POST 404" in Eye(tmp_path, SECRETS).refusal(url)


class OneTaskSaidWith404(OneTask):
    REFUSED_WITH = 404


@pytest.mark.parametrize("kind", [OneTask, OneTaskSaidWith404])
def test_a_task_that_is_not_there_is_told_in_the_targets_words_and_with_the_option(serve, tmp_path, kind):
    with serve(kind) as url:
        looks = Eye(tmp_path, SECRETS).looks(url)
        assert not Eye(tmp_path, SECRETS, task_identifier="real-task").looks(url)["session"].no_sessions
    said = looks["session"].no_sessions
    assert f'refused with {kind.REFUSED_WITH} {{"error": "Task my-chat does not exist"}}' in said
    assert said.endswith(
        "made with --task-identifier=my-chat; set --task-identifier to one that exists there"
    )
    assert [look for look in looks.values() if look.refusal] == []


class TakesNoName(TriggerReference):
    """A create with an externalId is refused, which the contract does not allow."""

    def check_create(self, fields):
        if "externalId" in fields:
            raise Refusal(400, "externalId is unknown")
        return super().check_create(fields)


class LetsAnybodyLook(OneTask):
    """It refuses the task, and does not speak the contract otherwise: a read needs no key."""

    def reader(self, call):
        call = type(call)(**{**vars(call), "headers": {"authorization": f"Bearer {KEY}"}})
        return super().reader(call)


@pytest.mark.parametrize(
    ("kind", "found"),
    [(TakesNoName, "a create is answered with 201"), (LetsAnybodyLook, "refused: 422")],
)
def test_a_refused_create_that_may_be_the_targets_own_fault_is_judged(serve, tmp_path, kind, found):
    with serve(kind) as url:
        looks = Eye(tmp_path, SECRETS).looks(url)
    assert looks["session"].found.startswith(found)
    assert [look for look in looks.values() if look.refusal or look.no_sessions] == []


def test_a_second_key_of_nobody_is_refused(serve, tmp_path):
    wrong = {**SECRETS, "TRIGGER_OTHER_SECRET_KEY": "tr_dev_of_another_server"}
    with serve() as url:
        said = Eye(tmp_path, wrong).refusal(url)
    assert said.startswith(f"{url} refused TRIGGER_OTHER_SECRET_KEY with 401, as it does without any key.")
    assert said.endswith("Set TRIGGER_OTHER_SECRET_KEY to the secret key of a second environment of the same server. Or leave it unset.")  # fmt: skip


def test_a_second_key_of_the_same_environment_is_told_and_judged(tmp_path):
    keys = {"env_main": KEY, "env_other": OTHER_KEY}
    reference = TriggerReference(tmp_path / "rows.sqlite", keys)
    first, second = reference.environments
    reference.environments = (first, type(second)(first.id, second.key))
    with Server(reference.app()) as url:
        looks = Eye(tmp_path, BOTH).looks(url)
    assert "if both are keys of one environment" in looks["key other apart"].remark
    assert [look for look in looks.values() if look.refusal] == []


class ClosesNothing(TriggerReference):
    """A close is answered 500."""

    def close_session(self, *_):
        return self.broken()


def test_a_session_that_could_not_be_closed_is_told(serve, tmp_path):
    with serve(ClosesNothing) as url:
        remark = Eye(tmp_path, SECRETS).looks(url)["close"].remark
    assert 'could not be closed (500 {"error": "Internal server error"})' in remark
    assert remark.endswith("the sessions of this run may stay open like it.")


# Ports that give no reply


def test_a_silent_port_is_told_after_the_time_for_two_requests(tmp_path):
    with Script() as script:
        script.will(*[silence()] * 4)
        eye = Eye(tmp_path, SECRETS)
        said = eye.refusal(script.url, timeout=0.3)
    assert (
        "cannot be reached (no complete reply within 0.3 seconds); give --base-url the address and port"
        in said
    )
    assert len(eye.sent) == 2


def test_a_port_that_speaks_http_2_only_is_told(tmp_path):
    with Script() as script:
        script.will(*[bytes_of(SETTINGS)] * 8)
        said = Eye(tmp_path, SECRETS).refusal(script.url)
    assert "the port does not speak HTTP/1.1; it may speak HTTP/2 only, or https" in said
    assert said.endswith("give --base-url an address that takes HTTP/1.1, or begin it with https.")


def test_a_target_that_only_answers_that_it_has_no_time_is_judged_with_a_remark(tmp_path):
    with serving(replying(429, Retry_After="3600")) as (url, _):
        looks = Eye(tmp_path, SECRETS).looks(url)
    assert looks["address"].remark == (
        f"no look at {url} was answered as the API answers (GET {looks['address'].found.split()[1]} answered "
        "429); what the run can show of it is open."
    )


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (b"HTTP/1.1 2xx Odd\r\n\r\n", "the reply does not begin as HTTP does: illegal status line"),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", "the reply changes to another protocol, unasked"),
        (b"", "the connection was closed before a reply: Server disconnected without sending a response"),
    ],
)
def test_a_reply_that_is_no_http_is_told_in_words(tmp_path, reply, why):
    with Script() as script:
        script.will(*[bytes_of(reply)] * 8)
        said = Eye(tmp_path, SECRETS).refusal(script.url)
    assert why in said
    assert ".)" not in said


def test_nobody_listens(tmp_path):
    said = Eye(tmp_path, SECRETS).refusal(f"http://127.0.0.1:{closed_port()}")
    assert said.endswith("give --base-url the address of a running server.")


def test_a_file_server_has_nothing_of_the_contract(tmp_path):
    def answer(handler):
        replying(404 if handler.command == "GET" else 501, b"<p>", Content_Type="text/html")(handler)

    with serving(answer) as (url, _):
        assert "answers with HTML pages only" in Eye(tmp_path, SECRETS).refusal(url)


def test_a_server_in_the_making_that_answers_a_good_create_is_judged(tmp_path):
    """What a framework answers where nothing is written yet are pages; only a good create gets a row."""

    def answer(handler):
        if handler.command == "POST" and handler.headers["content-length"] != "2":
            replying(201, b'{"id": "session_1"}', Content_Type="application/json")(handler)
        else:
            replying(404 if handler.command == "GET" else 500, b"<p>", Content_Type="text/html")(handler)

    with serving(answer) as (url, _):
        eye = Eye(tmp_path, SECRETS)
        looks = eye.looks(url)
        assert "answers with HTML pages only" in Eye(tmp_path, SECRETS).refusal(url, names=None)
    assert [look for look in looks.values() if look.refusal] == []
    assert looks["session"].found == "a create is answered with 201"
    assert eye.sent.count("POST /api/v1/sessions") == 2


def test_a_framework_that_repeats_the_path_and_a_time_has_nothing_of_the_contract(tmp_path):
    def answer(handler):
        text = f'{{"message": "Route {handler.command}:{handler.path} not found", "at": "{id(handler)}"}}'
        replying(404, text.encode())(handler)

    with serving(answer) as (url, _):
        assert "answers as the contract's" in Eye(tmp_path, SECRETS).refusal(url)


# What the processes of a run share


def test_what_was_seen_is_kept_for_the_workers(tmp_path):
    seen = Sight("refused", ("one", "two"))
    assert kept_sight(tmp_path) == Sight()
    seen.keep(tmp_path)
    assert kept_sight(tmp_path) == seen
