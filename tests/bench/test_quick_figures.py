"""The checks of --quick: those that follow from the kept matrix and costs, what they catch and what they need."""

import pytest
import yaml

from bench.quick import computed, on_reference, read_measured
from bench.telling_checks import (
    ENOUGH,
    MOST_REQUESTS,
    MOST_SESSIONS,
    Item,
    Measured,
    caught,
    chosen,
    functions_of,
    median_share,
    order,
    shares_until_first_failure,
)
from mutants.matrix import read_matrix
from tck.contract.contract import available_contracts
from tck.costs.telling import FILE, load_telling
from tck.paths import spec_dir

AGAIN = "python -m bench quick --contract={} --write"
STALE = 0.02
"""By how much less than today's the kept ones may catch, or the first failure come later."""
CONTRACTS_WITH_ONE = ("everruns",)
"""Those for which a selection within the limits catches enough."""


def item(name, *requirements, cost=(10, 1), seconds=1.0, once=()):
    return Item(name, frozenset(requirements), cost, seconds, frozenset(once))


def measured(*items, start=(0, 0), **once):
    return Measured(items, once, start)


ROWS = {"Early": ["a.one"], "Late": ["a.two", "b.two"], "Twice": ["a.one", "b.one"], "Alone": ["c.one"]}


@pytest.fixture(scope="module", params=available_contracts())
def kept(request):
    said = yaml.safe_load((spec_dir(request.param) / FILE).read_text(encoding="utf-8"))
    return request.param, said, computed(request.param)


def test_the_kept_checks_and_their_order_are_as_good_as_those_of_the_matrix_of_today(kept):
    """A few mutants more or less do not matter."""
    contract, said, now = kept
    rows, about = read_matrix(contract).mutants, read_measured(contract)
    fresh, still = len(caught(now.quick, about, rows)), len(caught(said["quick"], about, rows))
    assert still >= fresh - STALE * now.mutants, AGAIN.format(contract)
    assert median_share(said["order"], about, rows) <= median_share(now.order, about, rows) + STALE, (
        AGAIN.format(contract)
    )
    assert abs(said["figures"]["mutants"] - now.mutants) <= 5 * STALE * now.mutants, AGAIN.format(contract)


def test_the_kept_checks_catch_enough_within_the_limits_or_there_are_none(kept):
    contract, said, now = kept
    assert bool(said["quick"]) is (contract in CONTRACTS_WITH_ONE)
    if said["quick"]:
        about, rows = read_measured(contract), read_matrix(contract).mutants
        assert len(caught(said["quick"], about, rows)) >= ENOUGH * now.mutants, AGAIN.format(contract)
    assert 0 < said["figures"]["requests"] <= MOST_REQUESTS
    assert 0 < said["figures"]["sessions"] <= MOST_SESSIONS


def test_the_first_failure_comes_earlier_than_by_the_names_of_the_files(kept):
    contract, said, _ = kept
    rows, about = read_matrix(contract).mutants, read_measured(contract)
    assert median_share(said["order"], about, rows) < 0.5 * median_share(functions_of(about), about, rows)


@pytest.mark.slow
@pytest.mark.parametrize("contract", CONTRACTS_WITH_ONE)
def test_a_quick_run_on_the_reference_keeps_to_the_limits(contract):
    (requests, sessions), checks = on_reference(contract, sorted(load_telling(contract).quick))
    assert requests <= MOST_REQUESTS
    assert sessions <= MOST_SESSIONS
    assert set(checks) == set(load_telling(contract).quick)


def test_the_cheapest_check_of_what_fails_is_chosen_first_and_what_catches_nothing_never():
    about = measured(
        item("test_a.py::test_dear", "a.one", cost=(100, 5)),
        item("test_a.py::test_cheap", "a.one"),
        item("test_b.py::test_of_no_use", "d.one", cost=(0, 0)),
    )
    assert chosen(about, ROWS, (50, 9)) == ["test_a.py::test_cheap"]


@pytest.mark.parametrize(("most", "names"), [((20, 2), "AB"), ((20, 1), "A"), ((19, 2), "A"), ((9, 9), "")])
def test_no_limit_is_passed(most, names):
    about = measured(item("test_A", "a.one", "a.two"), item("test_B", "c.one"))
    assert chosen(about, ROWS, most) == [f"test_{name}" for name in names]


def test_what_a_run_needs_besides_and_what_is_made_once_count():
    about = measured(
        item("test_A", "a.one", once=["array"]), item("test_B", "a.two", once=["array"]), item("test_C", "c.one"),
        start=(8, 1), array=(100, 3),
    )  # fmt: skip
    assert chosen(about, ROWS, (18, 2)) == ["test_C"]
    assert chosen(about, ROWS, (138, 7)) == ["test_A", "test_B", "test_C"]
    assert about.bill(about.items) == (138, 7)


def test_of_a_requirement_with_many_checks_more_than_one_is_taken():
    about = measured(*(item(f"test_A[{number}]", "a.one") for number in range(4)))
    assert len(chosen(about, ROWS, (30, 9))) == 3


def test_mutants_that_fail_on_every_reply_are_caught_by_any_checks():
    about = measured(item("test_A", "a.one"))
    assert caught(["test_A"], about, ROWS) == {"Early", "Twice"} | {"Late", "Alone"}
    whole = measured(item("test_A", "a.one"), item("test_B", "a.two", "b.one", "b.two", "c.one"))
    assert caught(["test_A"], whole, ROWS) == {"Early", "Twice"}


def test_files_stay_together_and_those_that_tell_most_for_their_time_come_first():
    about = measured(
        item("test_a.py::test_slow", "a.one", seconds=9), item("test_a.py::test_quick", "c.one", seconds=1),
        item("test_b.py::test_two", "a.two", seconds=1), item("test_b.py::test_one", "a.one", seconds=1),
        item("test_c.py::test_nothing", "d.one", seconds=1),
    )  # fmt: skip
    assert order(about, ROWS, ["test_fuzz.py::test_all"]) == [
        "test_b.py::test_one", "test_b.py::test_two", "test_a.py::test_quick", "test_a.py::test_slow",
        "test_fuzz.py::test_all", "test_c.py::test_nothing",
    ]  # fmt: skip


def test_the_share_until_the_first_failure_is_one_of_time():
    about = measured(
        item("test_a.py::test_slow", "a.one", seconds=2.995),
        item("test_b.py::test_two", "c.one", seconds=0.995),
    )
    assert shares_until_first_failure(functions_of(about), about, ROWS) == [0.75, 0.75, 1.0]
