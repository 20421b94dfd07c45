"""What targets do where the pages are silent: the data, what the monitors see, and that nothing else is noted."""

import base64
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from suites.trigger.support.replies.monitors import ReplyMonitor
from tck.checking.check import Check
from tck.contract.contract import available_contracts
from tck.contract.differences import load_differences
from tck.errors import KitError
from tck.paths import ROOT, spec_dir
from tck.results.differences import Difference, told
from tests.support.fabricated import CLOSED, KEY, MADE, MONITOR, ROW, reply

IDS = re.compile(r"\"((?:replies|create|credentials|tokens)\.[a-z0-9-]+)\"")
SOURCES = {
    "trigger": ["suites/trigger/support/replies/silences.py", "tck/checking/allowed_differences.py"],
    "everruns": ["tck/checking/allowed_differences.py"],
}


def _token(**claims: Any) -> str:
    parts = ({"alg": "HS256"}, claims)
    encoded = [base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts]
    return ".".join([*encoded, "c2lnbmF0dXJl"])


def seen(given: Any) -> dict[str, str]:
    return dict(MONITOR.differences(given))


@pytest.mark.parametrize("contract", available_contracts())
def test_the_differences_of_every_contract_load_and_are_sentences(contract):
    known = load_differences(spec_dir(contract) / "differences.yaml")
    assert known
    assert [one for one in known.values() if not one.endswith(".")] == []


def test_every_difference_of_the_data_is_noted_somewhere_and_the_other_way_round():
    known = set(load_differences(spec_dir("trigger") / "differences.yaml"))
    checks = [
        path.read_text(encoding="utf-8") for path in sorted((ROOT / "suites/trigger").glob("test_*.py"))
    ]
    noted = set(re.findall(r"check\.differs\(\s*\"([^\"]+)\"", "\n".join(checks)))
    noted |= {
        name for path in SOURCES["trigger"] for name in IDS.findall((ROOT / path).read_text(encoding="utf-8"))
    }
    assert noted == known


def test_a_file_that_names_one_twice_is_refused(tmp_path: Path):
    path = tmp_path / "differences.yaml"
    path.write_text(
        "differences:\n  - {id: a.b, statement: It does.}\n  - {id: a.b, statement: It does not.}\n"
    )
    with pytest.raises(KitError, match=r"the id a\.b stands here a second time"):
        load_differences(path)
    assert load_differences(tmp_path / "none.yaml") == {}


def test_plain_replies_show_no_difference():
    for given in (
        reply("createSession", 201, MADE, sent={"externalId": "chat-1", "expiresAt": ROW["expiresAt"]}),
        reply("retrieveSession", 200, ROW),
        reply("closeSession", 200, CLOSED | {"closedAt": "2026-11-21T11:00:00.000Z"}),
        reply("retrieveSession", 404, {"error": "no"}),
    ):
        assert seen(given) == {}


@pytest.mark.parametrize(
    ("given", "difference", "words"),
    [
        (reply("retrieveSession", 200, ROW | {"region": "eu"}), "replies.extra-members", "region"),
        (
            reply("retrieveSession", 200, {name: one for name, one in ROW.items() if name != "closedAt"}),
            "replies.nulls-left-out",
            "closedAt",
        ),
        (
            reply("retrieveSession", 200, ROW | {"createdAt": "2026-11-21T10:00:00+00:00"}),
            "replies.timestamps-in-another-form",
            "2026-11-21T10:00:00+00:00",
        ),
        (
            reply("retrieveSession", 404, "gone", media_type="text/plain"),
            "replies.refusals-without-json",
            "text/plain",
        ),
        (
            reply("createSession", 201, MADE, sent={"externalId": " chat-1 ", "expiresAt": "x"}),
            "create.external-id-trimmed",
            "",
        ),
        (
            reply("createSession", 201, MADE, sent={"externalId": "chat-1"}),
            "create.deadline-of-its-own",
            "2098-01-01T00:00:00Z",
        ),
        (reply("retrieveSession", 200, ROW, key=_token(sub="env")), "tokens.without-expiry-accepted", ""),
    ],
)
def test_each_difference_is_seen(given: Any, difference: str, words: str):
    assert seen(given)[difference] == words


def test_a_bare_key_is_seen_and_a_token_that_expires_is_none():
    given = reply("retrieveSession", 200, ROW)
    bare = replace(given, call=replace(given.call, authorization=KEY))
    assert "credentials.bare-key-accepted" in seen(bare)
    assert "tokens.without-expiry-accepted" not in seen(reply("retrieveSession", 200, ROW, key=_token(exp=1)))
    cookie = replace(given, headers=(*given.headers, ("set-cookie", "a=b")))
    assert "replies.sets-a-cookie" in seen(cookie)


def test_a_check_keeps_the_first_that_it_saw_and_counts_the_others():
    check = Check("t.py::one", ())
    check.differs("replies.extra-members", False, ["main-0"], "never")
    check.differs("replies.extra-members", True, ["main-1"], "region")
    check.differs("replies.extra-members", True, ["main-2"], "cost")
    assert list(check.differences.values()) == [
        Difference("replies.extra-members", "t.py::one", "region", "main-1", 2)
    ]
    assert check.findings == []
    [one] = check.differences.values()
    assert Difference.from_json(json.loads(json.dumps(one.to_json()))) == one


def test_what_several_checks_saw_is_one_entry_and_what_the_contract_does_not_know_is_none():
    found = [
        Difference("b.two", "t.py::z", "z", "main-9", 2),
        Difference("b.two", "t.py::a", "a", "main-1", 3),
        Difference("a.strange", "t.py::a"),
    ]
    assert told(found, {"a.one": "One.", "b.two": "Two."}) == [
        {"id": "b.two", "statement": "Two.", "seen": "a", "times": 5, "exchange": "main-1"}
    ]


def test_the_monitor_notes_what_it_sees():
    check = Check("t.py::one", ("replies.no-server-error",))
    MONITOR(check, reply("retrieveSession", 200, ROW | {"region": "eu"}))
    assert isinstance(MONITOR, ReplyMonitor)
    assert check.differences["replies.extra-members"].exchange == "main-1"
