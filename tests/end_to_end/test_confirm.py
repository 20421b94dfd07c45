"""A failed check is judged again on fresh sessions: what did not repeat is said, and stays a failure."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reference.serving import Server
from reference.trigger import TriggerReference
from tests.support.kit_tree import CONFTEST, GOOD, KEYS, REQUIREMENTS, Ran, Tree

SUITE = """
import pathlib
import pytest

COUNT = pathlib.Path({count!r})

@pytest.fixture(scope="session")
def shelf():
    return {{}}

@pytest.mark.requirement("create.answers-201")
def test_always(create):
    assert create().status == 200

@pytest.mark.requirement("create.keeps-tags")
@pytest.mark.parametrize("number", range(2))
def test_once(create, shelf, number):
    made = shelf.setdefault("made", create())
    with COUNT.open("a") as file:
        file.write(made["id"].value + "\\n")
    assert number or len(COUNT.read_text().split()) > {fails}

@pytest.mark.requirement("retrieve.finds")
def test_good(create, look):
    assert look(create()["id"].value).status == 200
"""
WORKERS = pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["serial", "two-workers"])


def judged(tree: Tree, *arguments: str, suite: str = SUITE, fails: int = 2) -> Ran:
    count = tree.root / "count"
    tree.suite(suite.format(count=str(count), fails=fails))
    return tree.pytest("-p", "no:randomly", *arguments, env=KEYS)


def words(ran: Ran) -> str:
    """What it printed, whatever the width of the terminal."""
    return " ".join(ran.out.split())


def repeats(ran: Ran) -> dict[str, tuple[int, int, int]]:
    """By requirement: runs, failures and runs that showed nothing."""
    return {
        one["id"]: (found["runs"], found["failed"], found["undecided"])
        for one in ran.result["requirements"]
        for check in one["checks"]
        if (found := check.get("repeats"))
    }


@WORKERS
def test_a_failure_is_judged_again_and_never_becomes_a_pass(tree: Tree, workers):
    ran = judged(tree, "--confirm=2", *workers)
    assert ran.summary == (1, "not_conformant", False), ran.text
    assert ran.outcomes == {
        "create.answers-201": "failed",
        "create.keeps-tags": "failed",
        "retrieve.finds": "passed",
    }
    assert repeats(ran) == {"create.answers-201": (3, 3, 0), "create.keeps-tags": (3, 1, 0)}
    said = "2 MUST requirements failed; 1 of them did not fail every time (create.keeps-tags failed 1 of 3)."
    assert said in words(ran)
    assert "2 failed, 2 passed" in ran.out
    assert ran.result["sessions_left_open"] == 0
    assert ran.ledgers == []
    reports_for_other_programs_carry_it(ran)
    assert uses_of_shared_sessions(tree) in ([[1, 1, 2], [1, 1, 1, 1]] if workers else [[1, 1, 2]])


def uses_of_shared_sessions(tree: Tree) -> list[int]:
    """How often each of the sessions that checks share was used: once in each round in which one is judged again."""
    used = Counter((tree.root / "count").read_text(encoding="utf-8").split())
    return sorted(used.values())


def reports_for_other_programs_carry_it(ran: Ran) -> None:
    tests = json.loads((ran.reports / "ctrf.json").read_text(encoding="utf-8"))["results"]["tests"]
    shown = {one["testId"]: (one["status"], one.get("flaky"), one.get("retries")) for one in tests}
    assert shown == {
        "create.answers-201": ("failed", False, 2),
        "create.keeps-tags": ("failed", True, 2),
        "retrieve.finds": ("passed", None, None),
    }
    junit = ran.junit()
    assert junit["test_always"][0] == "failure"
    assert junit["test_always"][1]["repeats"] == "create.answers-201 failed 3 of 3"
    assert junit["test_once[0]"][1]["repeats"] == "create.keeps-tags failed 1 of 3"
    assert "repeats" not in junit["test_good"][1]
    page = (ran.reports / "index.html").read_text(encoding="utf-8")
    assert "failed 1 of 3" in page
    assert "failed 3 of 3" in page


def test_a_verdict_that_rests_on_what_did_not_repeat_says_so(tree: Tree):
    good = SUITE.replace("create().status == 200", "create().status == 201")
    ran = judged(tree, "--confirm=1", suite=good)
    assert ran.summary == (1, "not_conformant", False), ran.text
    said = "1 MUST requirement failed; it did not fail every time it was judged (create.keeps-tags failed 1 of 2)."
    assert said in words(ran)


MONITOR = """

from tck.checking import Mismatch

@pytest.fixture(scope="session", autouse=True)
def monitored(run):
    def look(check, reply):
        said = Mismatch("it is odd", "that it is even", "that it is odd") if reply.is_object else None
        check.observe_reply("replies.even", said, reply)
    run.monitors.append(look)
"""


@WORKERS
def test_a_rule_on_every_reply_is_judged_again_by_one_check_of_each_process(tree: Tree, workers):
    tree.suite(GOOD)
    tree.requirements({**REQUIREMENTS, "replies.even": "must"})
    tree.write("suites/trigger/conftest.py", CONFTEST + MONITOR)
    ran = tree.pytest("-p", "no:randomly", "--confirm=2", *workers, env=KEYS)
    [rule] = [one for one in ran.result["requirements"] if one["id"] == "replies.even"]
    again = [check["repeats"] for check in rule["checks"] if "repeats" in check]
    assert 1 <= len(again) <= 2, ran.text
    assert {(one["runs"], one["failed"]) for one in again} == {(3, 3)}


def test_without_the_option_nothing_is_judged_again(tree: Tree):
    ran = judged(tree)
    assert repeats(ran) == {}
    assert "confirm" not in ran.result["options"]


@WORKERS
def test_the_limits_of_the_run_hold(tree: Tree, workers):
    ran = judged(tree, "--confirm=3", "--max-sessions=6", *workers)
    assert ran.result["sessions_created"] <= 6
    assert ran.outcomes["retrieve.finds"] == "passed"
    assert sum(undecided for _, _, undecided in repeats(ran).values()) > 0
    assert "more could not be judged: the budget of 6 sessions is spent (--max-sessions)" in words(ran)


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("--confirm=often",), ("--confirm takes a whole number of at least 0, not 'often'.",)),
        (("--confirm=21",), ("--confirm takes a whole number from 0 to 20, not 21.",)),
        (("--confirm=2", "-x"), ("--confirm judges failed checks again", "leave one of them out")),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(tree: Tree, arguments, parts):
    judged(tree, *arguments).says_one_sentence(*parts)


def answering_200(app: ASGIApp, wrong: Callable[[int], bool]) -> ASGIApp:
    """A server that answers those of its creates with 200 instead of 201 whose number `wrong` holds for."""
    made = Counter()

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        async def changed(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 201:
                made["creates"] += 1
                if wrong(made["creates"]):
                    message = {**message, "status": 200}
            await send(message)

        await app(scope, receive, changed)

    return served


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [(lambda number: True, (3, 3, 0)), (lambda number: number == 2, (3, 1, 0)), (lambda number: False, None)],
    ids=["always", "once", "never"],
)
def test_a_server_that_is_wrong_always_once_or_never(tree: Tree, tmp_path: Path, wrong, expected):
    tree.suite(GOOD)
    keys = {"env_main": KEYS["TRIGGER_SECRET_KEY"], "env_other": KEYS["TRIGGER_OTHER_SECRET_KEY"]}
    app = TriggerReference(tmp_path / "rows.sqlite", keys).app()
    with Server(answering_200(app, wrong)) as url:
        ran = tree.pytest("-p", "no:randomly", "--confirm=2", target=url, env=KEYS)
    assert ran.outcomes["create.answers-201"] == ("failed" if expected else "passed"), ran.text
    assert repeats(ran) == ({"create.answers-201": expected} if expected else {})
