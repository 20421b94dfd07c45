"""What creates return under load is judged by those before them."""

import json
from dataclasses import replace
from typing import Any, cast

import jwt
import pytest

from suites.trigger.randomized import made_sessions
from suites.trigger.randomized.made_sessions import MadeMonitor
from tck.checking.check import Check
from tck.vocabulary import Outcome
from tests.support.fabricated import MADE, reply

UNIQUE, RUNS = "create.session-ids-are-unique", "create.run-ids-are-unique"
CARRIES, NO_FURTHER = "tokens.carries-session-scopes", "tokens.scopes-reach-no-further"


def made(session, name, run="run_1", of=None, **members):
    scopes = [f"{kind}:sessions:{of or name}" for kind in ("read", "write")]
    token = jwt.encode({"scopes": scopes}, "k" * 32)
    shown = {**MADE, "id": session, "externalId": name, "runId": run, "publicAccessToken": token, **members}
    seen = reply("createSession", 201, shown)
    return replace(seen, call=replace(seen.call, body=json.dumps({"externalId": name}).encode()))


def broken(*replies):
    check, monitor = Check("load", ()), MadeMonitor(cast("Any", None))
    for one in replies:
        monitor(check, one)
    assert {found.requirement for found in check.findings} >= {UNIQUE, CARRIES}
    return {found.requirement for found in check.findings if found.outcome is Outcome.FAILED}


def test_sessions_of_their_own_break_nothing():
    assert (
        broken(made("session_1", "a"), made("session_2", "b", "run_2"), made("session_1", "a", isCached=True))
        == set()
    )


@pytest.mark.parametrize(
    ("second", "rules"),
    [
        (made("session_1", "b", "run_2"), {UNIQUE}),
        (made("session_2", "b"), {RUNS}),
        (made("session_2", "b", "run_2", of="a"), {CARRIES, NO_FURTHER}),
        (made("session_2", "b", "run_2", publicAccessToken="none"), {"tokens.is-jwt"}),
    ],
)  # fmt: skip
def test_what_is_another_sessions_is_seen(second, rules):
    assert broken(made("session_1", "a"), second) == rules


def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr(made_sessions, "MOST_KEPT", 2)
    given = made_sessions.Given()
    assert [given.also_to(value, value) for value in "abc"] == [None] * 3
    assert sorted(given.owners) == ["b", "c"]


@pytest.mark.parametrize(
    "other", [reply("retrieveSession", 200, MADE), reply("createSession", 409, {"error": "taken"})]
)
def test_nothing_else_is_judged(other):
    check = Check("load", ())
    MadeMonitor(cast("Any", None))(check, other)
    assert check.findings == []
