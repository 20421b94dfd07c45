"""The odd texts, numbers and bytes reach every operation in every run, whatever its budget."""

import json
from pathlib import Path

import pytest

from suites.trigger.randomized.fuzzing.drivers import PLENTY
from tck.checking.check import Check
from tck.randomized.fuzzing.case import Answer, Case
from tck.randomized.fuzzing.edge_payloads import odd_bodies, oddities
from tck.run.context import Run
from tests.support.fuzz_harness import DRIVERS, driver_of, run_against

ADDRESS = "http://127.0.0.1:1"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return run_against(ADDRESS, {"TRIGGER_SECRET_KEY": "tr_dev_1234567890"}, tmp_path)


def odd(run: Run, operation: str, sessions: int) -> list[Case]:
    return list(driver_of(run, Check("none", ()), operation, sessions).odd_values())


@pytest.mark.parametrize("sessions", [2, 5, PLENTY])
@pytest.mark.parametrize("operation", ["create", "update", "close"])
def test_bodies_hold_them_all(run: Run, operation: str, sessions: int) -> None:
    bodies = [case.body or b"" for case in odd(run, operation, sessions)]
    whole = b"\n".join(bodies)
    assert rb"\u0000" in whole
    assert rb"\ud800" in whole
    assert max(map(len, bodies)) > (1_025 if operation == "close" else 32_769)
    assert any(body.count(b"[") > 250 for body in bodies)
    assert b"1e400" in whole
    assert b"9" * 400 in whole
    assert b"-1e-400" in whole
    assert any(_is_no_utf_8(body) for body in bodies)
    assert any(_has_twins(body) for body in bodies)


def test_addresses_hold_them_all(run: Run) -> None:
    tails = [case.tail for case in odd(run, "retrieve", 2)]
    whole = "\n".join(tails)
    for part in (
        "%00",
        "%ED%A0%80",
        "%FF%FE",
        "1e400",
        "9" * 400,
        "-1e-400",
        "%5B" * 200,
        "%22a%22%3A1%2C%22a%22",
    ):
        assert part in whole
    assert max(map(len, tails)) >= 1_500


@pytest.mark.parametrize("operation", DRIVERS)
def test_none_of_them_is_judged_by_whether_it_is_accepted(run: Run, operation: str) -> None:
    without = [one for one in odd(run, operation, PLENTY) if not one.label.endswith("no body")]
    assert {case.answer for case in without} <= {Answer.OPEN, Answer.REFUSED}


def test_what_is_certainly_wrong_must_be_refused(run: Run) -> None:
    refused = {one.label for one in odd(run, "close", 10) if one.answer is Answer.REFUSED}
    assert refused == {
        "odd values: a very long text in reason",
        "odd values: deep nesting in reason",
        "odd values: a number of 400 digits in reason",
        "odd values: a tiny number in reason",
    }


def test_a_body_keeps_its_other_members() -> None:
    made = dict(odd_bodies({"a": 1, "b": 2}, "b", ('{"c": @}', '["~"]'), oddities(10, 2)))
    assert json.loads(made["a tiny number in b"]) == {"a": 1, "b": {"c": 0.0}}
    assert made["b twice"] == b'{"a": 1, "b": 2, "b": 2}'
    assert b'["a' in made["NUL in b"]


def _is_no_utf_8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return True
    return False


def _has_twins(body: bytes) -> bool:
    twins: list[str] = []

    def look(pairs: list[tuple[str, object]]) -> None:
        names = [name for name, _ in pairs]
        twins.extend(name for name in names if names.count(name) > 1)

    try:
        json.loads(body.decode("utf-8", "replace"), object_pairs_hook=look)
    except (ValueError, RecursionError):
        return False
    return bool(twins)
