"""What a run shows on the terminal: each fault once, and pytest's own sections only when they are asked for."""

import pytest
from junitparser import Failure, JUnitXml, Skipped

from tests.support.kit_tree import KEYS, Ran, Tree

SUITE = """
import pytest
@pytest.mark.requirement("tiny.holds")
def test_holds(create): assert create().status == 201
@pytest.mark.requirement("tiny.deviates")
def test_deviates(create): assert create().status == 418
@pytest.mark.requirement("tiny.both", "tiny.deviates")
def test_both(check, create):
    with check.judging("tiny.both"): assert create().status == 201
    with check.judging("tiny.deviates"): assert create().status == 419
"""
BREAKS = """
@pytest.mark.requirement("tiny.fails")
def test_fails(create): assert create().status == 204
"""
LEVELS = {"tiny.holds": "must", "tiny.deviates": "should", "tiny.both": "must"}


@pytest.fixture
def deviating(tree: Tree) -> Tree:
    tree.suite(SUITE)
    tree.requirements(LEVELS)
    return tree


@pytest.fixture
def failing(tree: Tree) -> Tree:
    tree.suite(SUITE + BREAKS)
    tree.requirements({**LEVELS, "tiny.fails": "must"})
    return tree


def _properties(ran: Ran) -> list[tuple[str, str]]:
    [suite] = JUnitXml.fromfile(str(ran.reports / "junit.xml"))
    return [(one.name, one.value) for one in suite.properties()]


def _in_junit(ran: Ran) -> dict[str, list[type]]:
    cases = [case for suite in JUnitXml.fromfile(str(ran.reports / "junit.xml")) for case in suite]
    return {case.name: [type(one) for one in case.result] for case in cases}


@pytest.mark.parametrize("workers", [(), ("-n1",)])
def test_a_conformant_run_with_deviations_is_not_red(deviating: Tree, target: str, workers: tuple[str, ...]):
    ran = deviating.pytest(*workers, target=target, env=KEYS)
    assert ran.summary == (0, "conformant", False), ran.text
    assert "1 passed, 2 xfailed" in ran.out
    assert "Deviations (1 requirement, 2 requests): " in ran.out
    assert "MUST: 2 passed. SHOULD: 1 deviating." in ran.out
    assert "failed" not in ran.out.lower().replace("xfailed", "")
    assert _in_junit(ran) == {"test_holds": [], "test_deviates": [Skipped], "test_both": [Skipped]}
    assert "deviation: tiny.deviates: " in (ran.reports / "junit.xml").read_text(encoding="utf-8")


def test_deviations_that_count_fail(deviating: Tree, target: str):
    ran = deviating.pytest("--fail-on-deviations", target=target, env=KEYS)
    assert ran.summary == (1, "not_conformant", False), ran.text
    assert _in_junit(ran) == {"test_holds": [], "test_deviates": [Failure], "test_both": [Failure]}
    assert "1. SHOULD tiny.deviates (" in ran.out


@pytest.mark.parametrize("workers", [(), ("-n1",)])
def test_a_failure_is_shown_once(failing: Tree, target: str, workers: tuple[str, ...]):
    ran = failing.pytest(*workers, target=target, env=KEYS)
    assert ran.summary == (1, "not_conformant", False), ran.text
    assert "1. MUST tiny.fails (" in ran.out
    assert "FAILURES" not in ran.out
    assert "FAILED suites" not in ran.out
    assert ran.out.count("test_fails") == 0
    assert "1 failed, 1 passed, 2 xfailed" in ran.out
    assert [name for name, _ in _properties(ran)] == ["verdict", "cause", "deviation"]
    [(_, cause)] = [one for one in _properties(ran) if one[0] == "cause"]
    assert cause.startswith("MUST tiny.fails (1 requirement, 1 request): What tiny.fails says: expected ")


def test_the_sections_of_pytest_are_shown_when_they_are_asked_for(failing: Tree, target: str):
    ran = failing.pytest("--tb=short", "-rf", target=target, env=KEYS)
    assert "= FAILURES =" in ran.out
    assert "FAILED suites/trigger/test_tiny.py::test_fails" in ran.out
    assert "1. MUST tiny.fails (" in ran.out


def test_a_quiet_run_names_its_causes_in_one_line(failing: Tree, target: str):
    ran = failing.pytest("-q", target=target, env=KEYS)
    assert "NOT CONFORMANT: 1 MUST requirement failed. tiny.fails\n" in ran.out


def test_a_verbose_run_shows_the_exchanges(failing: Tree, target: str):
    ran = failing.pytest("-v", target=target, env=KEYS)
    assert "CAUSE 1 (1 requirement, 1 request) ---" in ran.out
    assert "    > POST http://127.0.0.1" in ran.out
    assert "    < 201" in ran.out
    assert "DEVIATION 2 " in ran.out
