"""The scripts that reproduce causes: what they hold, what they end with, and that nothing in them runs amiss."""

import json
import os
import re
import shutil
import subprocess
import sys
from typing import Any

import pytest

from reference.serving import Server
from tck.reports.reproduce import compare, script_name, scripts
from tck.reports.reproduce.comparison import (
    ByBody,
    ByHeaders,
    ByOther,
    ByReplies,
    ByStatus,
    comparison_of,
    path_of,
)
from tck.reports.reproduce.functions import python_program
from tck.reports.reproduce.steps import FEW
from tck.reports.views import write_views
from tck.results.outcomes import settle
from tck.results.result_file import build_result
from tck.vocabulary import RESTARTED, Outcome
from tests.support.report_samples import hostile
from tests.support.result_samples import KEY, exchange, facts, finding, requirement

ODD = 'it\'s "odd" $(touch hacked) `touch hacked` \\ \n# or a new line'
SHELLS = [shell for shell in ("sh", "dash", "bash") if shutil.which(shell)]
URL = "http://127.0.0.1:8000"


def _sample(*kept, expected="the status: 200", seen="the status: 202", judged=(), **values):
    judged = judged or (kept[-1].id,)
    found = finding(
        Outcome.FAILED, expected=expected, seen=seen, judged=judged, exchanges=tuple(one.id for one in kept)
    )
    exchanges = {one.id: one for one in kept}
    given = {"exchanges": exchanges, "base_url": URL, **values}
    return build_result(facts(settle(requirement(), [found]), **given)), exchanges


def _script(*kept, **values):
    [(name, text)] = scripts(*_sample(*kept, **values))
    assert name == "reproduce/close.is-terminal.sh"
    return text


def _run(text, folder, shell="sh", **environment):
    path = folder / "script.sh"
    path.write_text(text, encoding="utf-8")
    kept = {"PATH": os.environ["PATH"], "TMPDIR": str(folder), **environment}
    command = [shutil.which(shell) or shell, str(path)]
    done = subprocess.run(
        command, env=kept, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout + done.stderr


async def _echo(scope, receive, send):
    """Answers each request with its body, and with 202."""
    assert scope["type"] in ("http", "lifespan")
    message = await receive()
    if scope["type"] == "lifespan":
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    body = message["body"]
    while message.get("more_body"):
        message = await receive()
        body += message["body"]
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 202, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.mark.parametrize("shell", SHELLS)
def test_all_that_is_hostile_stays_a_text(tmp_path, shell):
    result, kept = hostile()
    texts = [text for _, text in scripts(result, kept)]
    sent = exchange(url=f"{URL}/rooms/{ODD.encode().hex()}", request_body=json.dumps({ODD: ODD}).encode())
    texts.append(_script(sent, expected=ODD, seen=ODD))
    for text in texts:
        path = tmp_path / "script.sh"
        path.write_text(text)
        subprocess.run([shutil.which(shell), "-n", str(path)], check=True)
    assert len(texts) == 4
    with Server(_echo) as url:
        code, said = _run(texts[-1], tmp_path, shell, BASE_URL=url)
    assert code in (0, 1), said
    assert [path.name for path in tmp_path.rglob("hacked")] == []


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("expected", "code", "said"),
    [
        ("the status: 200", 1, "broken as reported: step 1 answered 202"),
        ("the status: 202", 0, "not reproduced: step 1 answered 202"),
    ],
)
def test_a_script_ends_with_what_it_found(tmp_path, shell, expected, code, said):
    text = _script(exchange(status=500), expected=expected, seen="the status: 500")
    with Server(_echo) as url:
        ended, output = _run(text, tmp_path, shell, BASE_URL=url)
    assert (ended, output.splitlines()[-1]) == (code, said)
    assert [path.name for path in tmp_path.iterdir()] == ["script.sh"]


def test_any_bytes_and_long_bodies_are_sent_as_they_were(tmp_path):
    for body in (ODD.encode() + bytes(range(1, 256)), b'{"a":"' + b"xy" * 5000 + ODD.encode() + b'"}'):
        text = _script(exchange(status=500, request_body=body))
        with Server(_echo) as url:
            code, said = _run(
                text.replace('rm -rf "$made"', 'cp "$made/1.body" seen; rm -rf "$made"'),
                tmp_path,
                BASE_URL=url,
            )
        assert code == 1, said
        assert (tmp_path / "seen").read_bytes() == body
        assert len(text) < 14_000


def test_it_cannot_run_without_a_target_a_key_or_curl(tmp_path):
    bearing = (("authorization", "Bearer [redacted TRIGGER_SECRET_KEY]"),)
    text = _script(exchange(request_headers=bearing), contract="trigger")
    gone = "http://127.0.0.1:9"
    assert _run(text, tmp_path)[0] == 2
    assert _run(text, tmp_path)[1] == "could not run: TRIGGER_SECRET_KEY is not set\n"
    code, said = _run(text, tmp_path, BASE_URL=gone, TRIGGER_SECRET_KEY=KEY)
    assert (code, said.splitlines()[-1]) == (2, f"could not run: step 1 got no whole reply from {gone}")
    code, said = _run(text, tmp_path, shell="/bin/sh", PATH=str(tmp_path))
    assert (code, said) == (2, "could not run: curl is missing\n")


def test_a_preparing_step_that_fails_ends_it(tmp_path):
    made = exchange(id="main-1", url=f"{URL}/rooms", status=201, response_body=b'{"id":"room_0123456789ab"}')
    used = exchange(id="main-2", url=f"{URL}/rooms/room_0123456789ab", started_at=1_790_000_001.0)
    text = _script(made, used)
    with Server(_echo) as url:
        code, said = _run(text, tmp_path, BASE_URL=url)
    assert (code, said.splitlines()[-1]) == (2, "could not run: the reply of step 1 lacks a plain id")


def test_values_of_replies_and_names_of_the_run_are_variables():
    name = "tck-0123456789abcdef0123-main-1"
    made = exchange(
        id="main-1", url=f"{URL}/rooms", status=201, request_body=json.dumps({"name": name}).encode(),
        response_body=json.dumps({"id": "room_0123456789ab", "name": name}).encode(),
    )  # fmt: skip
    used = exchange(
        id="main-2", url=f"{URL}/rooms/room_0123456789ab/{name}", started_at=1_790_000_001.0, request_body=b""
    )
    lines = _script(made, used).splitlines()
    assert """id_1=$(taken 1 '["id"]') || could_not_run 'the reply of step 1 lacks a plain id'""" in lines
    [sent] = [line for line in lines if line.startswith("send 2 ")]
    assert '"$BASE_URL"/rooms/"$id_1"/"$RUN"-main-1' in sent
    assert not any(name in line for line in lines if not line.startswith("#"))


def test_a_script_holds_the_functions_that_it_uses_alone():
    plain = _script(exchange(status=202))
    assert "functions.py" not in plain
    assert re.findall(r"^(\w+)\(\)", plain, re.MULTILINE) == [
        "steps", "could_not_run", "broken", "not_reproduced", "send", "status", "needs", "needs_command",
    ]  # fmt: skip
    for name in dir(compare):
        if name.startswith("run_"):
            program = "\n".join(python_program([name.removeprefix("run_")]))
            told = subprocess.run(
                [sys.executable, "-"], input=program, capture_output=True, text=True, check=False
            )
            assert (
                "IndexError" in told.stderr
            )  # it has been read to the end, where the name of a function is missing
            assert program.count("\ndef run_") == 1


def test_no_secret_and_no_unexplained_variable_stands_in_a_script():
    values = [
        "Bearer [redacted TRIGGER_SECRET_KEY]",
        "Bearer [redacted a credential made of TRIGGER_SECRET_KEY 0:30 =x]",
        "Bearer [redacted a credential]",
        "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.[signature by TRIGGER_SECRET_KEY removed]",
    ]
    for value in values:
        text = _script(exchange(request_headers=(("authorization", value),)), contract="trigger")
        assert "$CREDENTIAL" not in text
        assert "[redacted" not in text
    assert "A token that no reply has shown is not kept; a made-up one stands for it." in text


def test_the_comparison_follows_from_what_the_finding_says():
    seen = exchange(status=202, response_body=b'{"id":"r1","closedAt":null,"kept":[1]}')

    def judged(expected, reason=""):
        return comparison_of({"expected": expected, "seen": "", "reason": reason, "judged": ()}, [seen])[0]

    assert judged("the status: 200") == ByStatus([("200", "held"), ("*", "broken")], "the status: 200")
    assert judged("422, or another refusal that fits (any 4xx but 401, 404)").cases[0] == (
        "401|404",
        "broken",
    )
    assert judged('closedAt: "2026-01-01"') == ByBody("must be", ("closedAt",), "2026-01-01")
    assert judged('id: anything but "r1"') == ByBody("was", ("id",), "r1")
    assert judged("something that no script knows").kind == "reply was"
    assert path_of('metadata["a.b"].kept[1]') == ("metadata", "a.b", "kept", 1)


def test_what_the_kit_compares_with_another_reply_a_script_does_too():
    ahead = b'{"createdAt":"2026-11-30T08:00:00Z","updatedAt":"2026-11-30T07:00:00Z"}'
    words: Any = {"seen": "", "reason": "", "judged": (), "expected": ""}
    later: Any = {**words, "expected": "updatedAt: not before 2026-11-30T08:00:00Z (createdAt)"}
    own, _ = comparison_of(later, [exchange(response_body=ahead)])
    assert own == ByBody("own >=", ("updatedAt",), "createdAt")
    before = exchange(id="main-1", response_body=b'{"title":"a"}')
    after = exchange(id="main-2", response_body=b'{"title":"b"}')
    assert comparison_of(words | {"expected": 'title: "a"'}, [before, after])[0] == ByOther(
        ("title",), before
    )
    words["expected"] = 'title: "b"'
    assert comparison_of(words, [before, after])[0] == ByOther(("title",), before)
    telling = exchange(response_headers=(("x-key", "Bearer [redacted ROOMS_KEY]"),))
    assert comparison_of(words | {"expected": "no secret key in any header"}, [telling])[0] == ByHeaders(
        "ROOMS_KEY"
    )
    assert compare.broken("own >=", ahead, ["updatedAt"], "createdAt")
    assert not compare.broken("own <=", ahead, ["updatedAt"], "createdAt")


def test_a_row_that_reads_otherwise_is_compared_with_what_it_was():
    said: Any = {"expected": "the same row", "reason": "", "judged": ()}
    said["seen"] = 'closedReason was "done" and is null; tags was [] and is absent'
    opaque: Any = said | {"expected": "three parts of base64url joined by dots", "seen": "a text"}
    assert comparison_of(opaque, [exchange()])[0] == ByBody("no token")
    elsewhere: Any = said | {"expected": '[" tag"]: 1', "seen": '[" tag"]: 2'}
    other: Any = comparison_of(elsewhere, [exchange()])[0]
    assert other.kind == "reply was"
    found: Any = comparison_of(said, [exchange(response_body=b'{"closedReason":null}')])[0]
    assert found == ByBody("must be", ("closedReason",), "done")


@pytest.mark.parametrize(("first", "code"), [(b"", 1), (b"a record", 0)])
def test_what_several_replies_show_together_is_broken_when_all_are_as_they_were(tmp_path, first, code):
    read = [
        exchange(
            id=f"main-{number}", url=f"{URL}/{number}", method="GET", request_body=b"", response_body=body
        )
        for number, body in enumerate([first, b""])
    ]
    words: Any = {"expected": "each record", "seen": "none", "reason": "", "judged": ()}
    assert comparison_of(words, read) == (ByReplies(read[:1]), read[1])
    [(_, text)] = scripts(*_sample(*read, expected="each record", seen="none", judged=("main-0", "main-1")))
    with Server(_echo) as url:
        ended, said = _run(text, tmp_path, BASE_URL=url)
    assert ended == code, said


def test_a_record_that_is_lost_is_looked_for_in_all_judged_replies():
    pages = [
        exchange(id=f"main-{number}", method="GET", response_body=body)
        for number, body in enumerate([b'{"records":[{"data":"a"}]}', b'id: 1\ndata: {"data":"b"}\n\n'])
    ]
    words: Any = {"expected": 'the record "c"', "seen": "no such record", "reason": "", "judged": ()}
    found, _ = comparison_of(words, pages)
    assert found == ByReplies(pages[:1], ByBody("shown nowhere", (), "c"))
    assert [found.on(pages[0]).is_broken_by(one) for one in pages] == [True, True]
    for shown in ("a", "b"):
        other = ByReplies(pages[:1], ByBody("shown nowhere", (), shown))
        assert not other.is_broken_by(pages[1])
    words["expected"] = 'the record "cut…"'
    assert comparison_of(words, pages)[0] == ByReplies(pages[:1])


def test_a_reply_is_as_it_was_with_the_same_ids_and_other_instants():
    row = {"id": "room_0123456789abcdef", "at": "2026-11-30T08:00:00Z", "ms": 1780000000000, "n": 1}
    later = {**row, "at": "2026-11-30T09:00:00Z", "ms": 1780000000001}
    assert compare.alike(later, row)
    assert compare.alike(row, {**row, "id": "room_*"})
    assert not compare.alike(row, {**row, "id": "room_fedcba9876543210"})
    assert not compare.alike(row, {**row, "n": 2})


@pytest.mark.parametrize(("lasts", "broken"), [(3600, False), (3301, False), (60, True), (4000, True)])
@pytest.mark.parametrize("start", ["iat", "createdAt"])
def test_a_token_is_judged_by_how_long_it_lasts(lasts, broken, start):
    told = compare.encoded({"iat": 1_780_000_000, "exp": 1_780_000_000 + lasts})
    made = "2026-05-28T20:26:40.000Z"
    body = json.dumps({"token": f"eyJhbGciOiJIUzI1NiJ9.{told}.x", "createdAt": made}).encode()
    assert compare.broken(f"lasts from {start}", body, (), [3300, 3900]) is broken


def test_of_a_reply_that_does_not_match_its_schema_the_place_is_judged_that_does_not():
    body = b'{"id":"room_1","house_id":"house_1"}'
    words: Any = {"expected": "a body that matches the schema Room", "reason": "", "judged": ()}
    words["seen"] = "a body that does not: `house_id`: 'house_1' does not match '^house_[0-9]{4}$'"
    found, _ = comparison_of(words, [exchange(response_body=body)])
    assert found == ByBody("looked like", ("house_id",), "xxxxx_x")


def test_a_stream_is_judged_by_how_its_first_event_is_framed():
    words: Any = {
        "expected": "an id line and data of {data, id}, or else",
        "seen": "",
        "reason": "",
        "judged": (),
    }
    batch = b': hello\n\nevent: batch\ndata: {"records":[{"body":"{\\"id\\":1}"},{"body":"2"}]}\n\n'
    found, _ = comparison_of(words, [exchange(response_body=batch)])
    assert found == ByBody("framed", (), [["event", "data"], {"records": [{"body": {"id": "a value"}}]}])
    other = batch.replace(b'{"body"', b'{"seq_num":1,"body"')
    assert compare.broken("framed", batch.replace(b"1", b"7"), (), found.wanted)
    assert not compare.broken("framed", other, (), found.wanted)
    assert not compare.broken("framed", b": nothing\n\n", (), found.wanted)


@pytest.mark.parametrize(("since", "pause"), [(0.2, 0), (1.4, 2), (3.0, 3), (30.0, 30)])
def test_a_judged_read_waits_as_long_after_the_last_write_as_it_did(since, pause):
    write = exchange(id="main-0", method="POST", started_at=0.0, duration=0.0)
    looks = [
        exchange(id=f"main-{number}", method="GET", started_at=since * number / 2, duration=0.0)
        for number in (1, 2)
    ]
    text = _script(write, *looks)
    assert sum(map(int, re.findall(r"^sleep (\d+)$", text, re.MULTILINE))) == pause


def test_an_empty_authorization_is_sent_as_one(tmp_path):
    text = _script(exchange(status=202, request_headers=(("authorization", ""),)))
    with Server(_echo) as url:
        code, said = _run(
            text.replace('rm -rf "$made"', 'cp "$made/1.authorization" seen; rm -rf "$made"'),
            tmp_path,
            BASE_URL=url,
        )
    assert code == 1, said
    assert (tmp_path / "seen").read_text() == "authorization;\n"


def test_a_name_of_the_run_in_escapes_is_chosen_anew():
    name = "tck-0123456789abcdef0123"
    told = "".join(f"\\u{ord(one):04x}" for one in name)
    body = f'{{"name":"{told}-1", "not UTF-8":"'.encode() + b'\xff"}'
    text = _script(exchange(url=f"{URL}/rooms/{name}", request_body=body))
    assert """RUN_part_1=$(part "$RUN" 'escaped' 0 144)""" in text
    assert told not in text


def test_a_token_is_signed_by_a_claim_or_a_word_again(tmp_path):
    token = f"eyJhbGciOiJIUzI1NiJ9.{compare.encoded({'sub': 'env_1'})}"
    made = exchange(
        id="main-1", url=f"{URL}/rooms", status=201,
        response_body=json.dumps({"token": f"{token}.[signature removed]"}).encode(),
    )  # fmt: skip
    for by, call in (
        ("the claim sub", "signed claim sub "),
        ("the word jwt-secret", "signed word jwt-secret "),
        ("an empty key", "signed word '' "),
    ):
        bearer = (("authorization", f"Bearer {token}.[signature by {by} removed]"),)
        text = _script(made, exchange(id="main-2", started_at=1_790_000_001.0, request_headers=bearer))
        assert call in text
    issued = f"{token}.c2lnbmF0dXJl"
    assert compare.signed(issued, "cut", {}, "").endswith(".c2lnbm")
    assert compare.signed(issued, "claim", {}, "sub") == compare.signed(issued, "word", {}, "env_1")
    assert list(compare.readings(f"a {issued}"))[2] == '{"sub": "env_1"}'


def test_a_restart_is_a_step_that_needs_a_command(tmp_path):
    made = exchange(id="main-1", status=201)
    look = exchange(id="main-2", started_at=1_790_000_001.0, check=RESTARTED, method="GET", url=f"{URL}/")
    last = exchange(id="main-3", started_at=1_790_000_002.0, status=202)
    result, kept = _sample(made, last)
    [(_, text)] = scripts(result, {**kept, look.id: look})
    with Server(_echo) as url:
        assert _run(text, tmp_path, BASE_URL=url)[0] == 2
        code, said = _run(text, tmp_path, BASE_URL=url, RESTART_COMMAND="touch restarted")
    assert (code, said.splitlines()[-1]) == (1, "broken as reported: step 2 answered 202")
    assert (tmp_path / "restarted").exists()


def test_many_steps_of_one_kind_are_few_in_a_script():
    calls = [exchange(id=f"main-{number}", started_at=1_790_000_000.0 + number) for number in range(90)]
    assert _script(*calls).count("\nsend ") == 1 + FEW
    traced = exchange(request_headers=(("traceparent", "00-1-2-01"),))
    assert "TRACE=" in _script(traced)
    assert "TRACE=" not in _script(exchange())


def test_a_race_is_said_to_be_one_and_sent_side_by_side():
    calls = [exchange(id=f"main-{number}", duration=1.0, started_at=1.0 + number / 10) for number in range(3)]
    lines = _script(*calls).splitlines()
    assert any("This is a race" in line for line in lines)
    assert [line.endswith(" &") for line in lines if line.startswith("send ")] == [True, True, True]
    assert lines.count("wait") == 1


def test_views_are_without_the_scripts_of_earlier_causes(tmp_path):
    earlier = tmp_path / "reproduce" / "gone.is-mended.sh"
    earlier.parent.mkdir()
    earlier.touch()
    result, kept = _sample(exchange())
    write_views(tmp_path, result, kept)
    [cause] = result["causes"]
    assert [path.name for path in earlier.parent.iterdir()] == [f"{cause['requirement']}.sh"]
    assert (tmp_path / script_name(cause)).exists()
