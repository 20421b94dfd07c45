"""A rule on every reply fails once, at an item of its own, whatever was selected and in however many processes."""

import re

import pytest

from tests.support.kit_tree import CONFTEST, KEYS, Ran, Tree

MONITOR = """

from tck.checking import Mismatch

@pytest.fixture(scope="session", autouse=True)
def monitored(run):
    def look(check, reply):
        if reply.call.operation == "createSession" and reply.is_object:
            wrong = reply.parsed.get("tags") == ["odd"]
            problem = Mismatch("tags are odd", "tags that are even", "odd tags") if wrong else None
            check.observe_reply("replies.tags-are-even", problem, reply)
    run.monitors.append(look)
"""
SUITE = """
import pytest

@pytest.mark.requirement("create.answers-201")
@pytest.mark.parametrize("number", range(6))
def test_create(create, number):
    assert create(tags=["odd"] if number % 2 else ["even"]).status == 201

@pytest.mark.requirement("replies.tags-are-even")
def test_tags(create, check):
    with check.judging("replies.tags-are-even"):
        assert create(tags=["odd"])["tags"] == ["even"]

@pytest.mark.requirement("retrieve.finds")
def test_other_rule(create):
    assert create(tags=["odd"]).status == STATUS
"""
ITEM = "suites/trigger::every_reply"


@pytest.fixture
def odd(tree: Tree) -> Tree:
    tree.write("suites/trigger/conftest.py", CONFTEST + MONITOR)
    return suite(tree)


def suite(tree: Tree, status: int = 201, level: str = "must") -> Tree:
    levels = {"create__answers_201": "must", "retrieve__finds": "must", "replies__tags_are_even": level}
    tree.suite(SUITE.replace("STATUS", str(status)), **levels)
    return tree


def items(ran: Ran, word: str) -> list[str]:
    """The items that pytest calls so in its short summary."""
    return re.findall(rf"^{word} (\S+)", ran.out, re.MULTILINE)


@pytest.mark.parametrize("workers", [(), ("-n2",)])
def test_the_rule_fails_once_and_turns_no_other_check_red(odd: Tree, target: str, workers):
    ran = odd.pytest("-rfs", *workers, target=target, env=KEYS)
    assert ran.summary == (1, "not_conformant", False), ran.text
    assert items(ran, "FAILED") == [ITEM], ran.text
    assert "1 failed, 7 passed, 1 skipped" in ran.out
    assert "failed because of what every_reply reports: replies.tags-are-even" in ran.out
    assert ran.outcomes == {
        "create.answers-201": "passed", "retrieve.finds": "passed", "replies.tags-are-even": "failed",
    }  # fmt: skip
    [failed] = [one for one in ran.result["requirements"] if one["outcome"] == "failed"]
    assert {one["check"] for one in failed["checks"]} >= {"suites/trigger/test_tiny.py::test_create[1]"}
    kind, properties = ran.junit()["every_reply"]
    assert (kind, properties["requirement"]) == ("failure", "replies.tags-are-even")
    assert properties["cause"] == "replies.tags-are-even"


def test_what_breaks_another_rule_stays_red(odd: Tree, target: str):
    ran = suite(odd, status=202).pytest("-rf", target=target, env=KEYS)
    assert items(ran, "FAILED") == ["suites/trigger/test_tiny.py::test_other_rule", ITEM]


@pytest.mark.parametrize(
    ("arguments", "failed"),
    [
        (("-k", "test_create and 1"), [ITEM]),
        (("-k", "test_create and 2"), []),
        (("--requirement=retrieve.finds",), [ITEM]),
        (("suites/trigger/test_tiny.py::test_other_rule",), [ITEM]),
        (("-x",), [ITEM]),
    ],
)
def test_it_is_judged_by_what_the_selected_checks_were_answered(odd: Tree, target: str, arguments, failed):
    ran = odd.pytest("-rf", *arguments, target=target, env=KEYS)
    assert items(ran, "FAILED") == failed, ran.text
    assert ran.code == bool(failed)


def test_the_last_failures_are_run_again_with_a_check_that_saw_it(odd: Tree, target: str):
    odd.pytest(cache=True, target=target, env=KEYS)
    again = odd.pytest("--lf", "-rf", cache=True, target=target, env=KEYS)
    assert "1 failed, 1 passed" in again.out, again.text
    odd.write("suites/trigger/test_tiny.py", SUITE.replace('["odd"]', '["even"]').replace("STATUS", "201"))
    mended = odd.pytest("--lf", "-rf", cache=True, target=target, env=KEYS)
    assert "2 passed" in mended.out, mended.text
    assert odd.pytest("--lf", cache=True, target=target, env=KEYS).summary[0] == 0


def test_a_should_on_every_reply_is_a_deviation(odd: Tree, target: str):
    ran = suite(odd, level="should").pytest("-rfx", target=target, env=KEYS)
    assert items(ran, "FAILED") == []
    assert items(ran, "XFAIL") == [ITEM], ran.text
    assert ran.code == 0
