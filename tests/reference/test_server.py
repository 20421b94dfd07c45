"""The server as a whole: restarts, the command line, subclasses that change one thing."""

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

import reference
from reference.application import Reply
from reference.instants import parse_instant, render_instant
from reference.trigger import TriggerReference
from tests.support.trigger_server import KEY, KEYS, Client, fresh, row_of, running

pytest_plugins = ["tests.support.trigger_fixtures"]
ROOT = Path(reference.__file__).parents[1]


def test_rows_tokens_and_closes_survive_a_restart(serve):
    with serve() as client:
        open_one = client.made(
            externalId=fresh(), metadata={"a": [1, None]}, expiresAt="2099-01-01T00:00:00Z"
        )
        closed_one = client.close(client.made(externalId=fresh())["id"], reason="done").json()
    with serve() as client:
        assert client.row(open_one["externalId"]) == row_of(open_one)
        assert client.row(closed_one["id"]) == closed_one
        assert client.create(externalId=closed_one["externalId"]).status_code == 409
        assert client.with_token(open_one["publicAccessToken"]).row(open_one["id"]) == row_of(open_one)


def test_many_servers_run_side_by_side(tmp_path):
    with ExitStack() as stack:
        clients = [
            stack.enter_context(running(TriggerReference(tmp_path / f"{turn}.sqlite", KEYS)))
            for turn in range(5)
        ]
        made = [client.made(externalId="same")["id"] for client in clients]
        assert [client.row("same")["id"] for client in clients] == made


def test_an_unexpected_exception_is_a_500_that_tells_nothing(serve):
    class Broken(TriggerReference):
        def new_session_id(self) -> str:
            raise RuntimeError("secret inside")

    with serve(Broken) as client:
        reply = client.create()
        assert reply.status_code == 500
        assert reply.json() == {"error": "Internal server error"}
        assert client.retrieve("x").status_code == 404


def test_a_transaction_is_undone_when_its_rule_raises(serve):
    class Late(TriggerReference):
        def insert_row(self, db, row) -> None:
            super().insert_row(db, row)
            raise self.not_found()

    with serve(Late) as client:
        assert client.create(externalId="x").status_code == 404
        assert client.retrieve("x").status_code == 404


def test_a_subclass_breaks_one_rule_with_one_method(serve):
    class Trims(TriggerReference):
        def check_tag(self, value, path) -> str:
            return super().check_tag(value, path).strip()

    with serve(Trims) as client:
        assert client.made(tags=[" a "])["tags"] == ["a"]


def test_a_subclass_may_change_replies_messages_and_paths(serve):
    class Other(TriggerReference):
        def base_path(self) -> str:
            return "/base"

        def finish(self, call, reply) -> Reply:
            return Reply(reply.status, {**reply.body, "extra": call.operation}, reply.headers)

        async def transmit(self, scope, message, send) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"X-Odd", b"1")]
            await super().transmit(scope, message, send)

    with serve(Other) as client:
        assert client.create().status_code == 404
        reply = client.http.get("/base/api/v1/sessions/x", headers={"authorization": f"Bearer {KEY}"})
        assert (reply.status_code, reply.json()["extra"], reply.headers["x-odd"]) == (404, "retrieve", "1")


@pytest.mark.parametrize(
    "text", ["2026-01-02T03:04:05.006Z", "0000-02-29T23:59:59.999Z", "1970-01-01T00:00:00.000Z"]
)
def test_an_instant_is_read_and_shown_alike(text):
    assert render_instant(parse_instant(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "2026-01-02", "2026-01-02 03:04:05Z", "2026-01-02T03:04Z", "2026-01-02T24:00:00Z",
     "2026-01-02T03:60:00Z",
     "2026-01-02T03:04:61Z", "2026-01-02T03:04:05+24:00", "2026-01-02T03:04:05+01:60", "2026-13-02T03:04:05Z",
     "2026-01-02T03:04:05.Z", "٢٠٢٦-01-02T03:04:05Z", "2026-01-02T03:04:05Z\n",
     "0000-01-01T00:00:00+00:01"],
)  # fmt: skip
def test_what_is_no_instant_is_told_apart(text):
    with pytest.raises(ValueError, match=r"."):
        parse_instant(text)


def command(*arguments, **environment):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("TRIGGER_")}
    return subprocess.Popen(
        [sys.executable, "-m", "reference", *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**inherited, "PYTHONPATH": str(ROOT), **environment},
    )  # fmt: skip


@contextmanager
def announced(*arguments, **environment):
    with command("--port", "0", "--announce", *arguments, **environment) as process:
        try:
            yield process, json.loads(process.stdout.readline())["url"]
        finally:
            process.kill()


def test_the_command_announces_its_url_and_ends_with_its_standard_input(tmp_path):
    file = str(tmp_path / "rows.sqlite")
    with announced("--database", file, TRIGGER_SECRET_KEY=KEY) as (process, url):
        with httpx.Client(base_url=url, trust_env=False) as http:
            name = Client(http).made(externalId=fresh())["externalId"]
        out, error = process.communicate(timeout=10)
    assert (process.returncode, out) == (0, "")
    assert "TRIGGER_OTHER_SECRET_KEY=tr_dev_" in error
    assert KEY not in error
    with (
        announced("--database", file, TRIGGER_SECRET_KEY=KEY) as (_, url),
        httpx.Client(base_url=url) as http,
    ):
        assert Client(http).row(name)["externalId"] == name


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_prints_its_made_up_keys_and_ends_by_signal_without_a_trace(tmp_path, number):
    with command("--port", "0", TMPDIR=str(tmp_path)) as process:
        try:
            first, main_key, other_key = (process.stdout.readline().strip() for _ in range(3))
            url = next(word for word in first.split() if word.startswith("http")).rstrip(";")
            key = main_key.removeprefix("TRIGGER_SECRET_KEY=")
            assert other_key.startswith("TRIGGER_OTHER_SECRET_KEY=tr_dev_")
            reply = httpx.get(
                f"{url}/api/v1/sessions/x", headers={"authorization": f"Bearer {key}"}, trust_env=False
            )
            assert reply.status_code == 404
            process.send_signal(number)
            _, error = process.communicate(timeout=10)
        finally:
            process.kill()
    assert (process.returncode, error) == (0, "")
    assert list(tmp_path.iterdir()) == []


def refused(*arguments, **environment):
    with command(*arguments, **environment) as process:
        out, error = process.communicate(timeout=20)
    assert (process.returncode, out) == (4, "")
    assert error.startswith("ERROR: reference: ")
    assert error.count("\n") == 1
    return error


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--contract", "nothing"], "invalid choice: 'nothing'"),
        (["--port", "many"], "invalid int value: 'many'"),
        (["--port", "70000"], "70000 is not a port (0 to 65535)"),
        (["--colour"], "unrecognized arguments: --colour"),
        (
            ["--port", "0", "--database", "/nowhere/at/all.sqlite"],
            "the database /nowhere/at/all.sqlite cannot be used",
        ),
        (["--port", "0", "--database", __file__], "cannot be used: file is not a database"),
        (["--port", "0", "--host", "256.1.1.1"], "cannot listen on 256.1.1.1 port 0"),
    ],
)
def test_the_command_says_in_one_sentence_why_it_cannot_start(arguments, sentence):
    assert sentence in refused(*arguments)


def test_a_port_in_use_is_one_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"cannot listen on 127.0.0.1 port {port}: Address already in use" in refused(
            "--port", str(port)
        )


def test_keys_must_be_usable_and_differ():
    assert "TRIGGER_SECRET_KEY must be visible ASCII" in refused("--port", "0", TRIGGER_SECRET_KEY="a b")
    same = refused("--port", "0", TRIGGER_SECRET_KEY=KEY, TRIGGER_OTHER_SECRET_KEY=KEY)
    assert "TRIGGER_SECRET_KEY and TRIGGER_OTHER_SECRET_KEY must differ" in same
    assert KEY not in same
