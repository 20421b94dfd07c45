"""The checks of --quick: those that follow from the kept matrix and costs, what they catch and what they need."""

import pytest
import yaml

from bench.quick import computed, on_reference, read_measured, read_rows
from bench.telling_checks import (
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
from mutants.catalogue import mutants_of
from mutants.failing_checks import read_failing
from tck.contract.contract import available_contracts
from tck.costs.telling import FILE, load_telling
from tck.paths import spec_dir

AGAIN = "python -m bench quick --contract={} --write"
STALE = 0.02
"""By how much less than today's the kept ones may catch, or the first failure come later."""
LEAST = {"trigger": 0.2, "everruns": 0.7}
"""The share of the mutants that must really have failed the kept checks."""


def item(name, cost=(10, 1), seconds=1.0, once=()):
    return Item(name, cost, seconds, frozenset(once))


def measured(*items, start=(0, 0), **once):
    return Measured(items, once, start)


A, B, C = "test_a.py::test_a", "test_b.py::test_b", "test_c.py::test_c"
ROWS = {"Early": [A], "Late": [A, B], "Twice": [A, B], "Alone": [C]}


@pytest.fixture(scope="module", params=available_contracts())
def kept(request):
    said = yaml.safe_load((spec_dir(request.param) / FILE).read_text(encoding="utf-8"))
    return request.param, said, computed(request.param)


def test_the_kept_checks_and_their_order_are_as_good_as_those_of_the_matrix_of_today(kept):
    """A few mutants more or less do not matter."""
    contract, said, now = kept
    rows, about = read_rows(contract), read_measured(contract)
    fresh, still = len(caught(now.selection, rows)), len(caught(said["quick"], rows))
    assert still >= fresh - STALE * now.mutants, AGAIN.format(contract)
    assert median_share(said["order"], about, rows) <= median_share(now.order, about, rows) + STALE, (
        AGAIN.format(contract)
    )


@pytest.mark.parametrize("contract", available_contracts())
def test_the_checks_that_failed_are_kept_of_mutants_that_there_are(contract):
    assert set(read_failing(contract)) <= {one.name for one in mutants_of(contract)}


def test_the_kept_checks_keep_to_the_limits_and_catch_what_they_are_said_to(kept):
    """The mutants that were judged failed no more than the matrix lets expect."""
    contract, said, now = kept
    figures = said["figures"]
    assert 0 < figures["requests"] <= MOST_REQUESTS
    assert 0 < figures["sessions"] <= MOST_SESSIONS
    share, expected = figures["caught"] / figures["mutants"], now.caught / now.mutants
    assert LEAST[contract] <= share <= expected + STALE, AGAIN.format(contract)


def test_the_first_failure_comes_earlier_than_by_the_names_of_the_files(kept):
    contract, said, _ = kept
    rows, about = read_rows(contract), read_measured(contract)
    assert median_share(said["order"], about, rows) < median_share(functions_of(about), about, rows)


@pytest.mark.slow
@pytest.mark.parametrize("contract", available_contracts())
def test_a_quick_run_on_the_reference_keeps_to_the_limits(contract):
    (requests, sessions), checks = on_reference(contract, sorted(load_telling(contract).quick))
    assert requests <= MOST_REQUESTS
    assert sessions <= MOST_SESSIONS
    assert set(checks) == set(load_telling(contract).quick)


def test_the_cheapest_check_of_what_fails_is_chosen_first_and_what_catches_nothing_never():
    rows = {"Early": [A, B]}
    about = measured(item(A, cost=(100, 5)), item(B), item(C, cost=(0, 0)))
    assert chosen(about, rows, (50, 9)) == [B]


@pytest.mark.parametrize(("most", "names"), [((20, 2), [A, C]), ((20, 1), [A]), ((19, 2), [A]), ((9, 9), [])])
def test_no_limit_is_passed(most, names):
    assert chosen(measured(item(A), item(B), item(C)), ROWS, most) == names


def test_what_a_run_needs_besides_and_what_is_made_once_count():
    rows = {"One": [A], "Two": [B], "Three": [C]}
    about = measured(
        item(A, once=["array"]), item(B, once=["array"]), item(C), start=(8, 1), array=(100, 3)
    )  # fmt: skip
    assert chosen(about, rows, (18, 2)) == [C]
    assert chosen(about, rows, (138, 7)) == [A, B, C]
    assert about.bill(about.items) == (138, 7)


def test_a_check_that_catches_nothing_more_is_left_out():
    assert chosen(measured(item(A), item(B)), ROWS, (99, 99)) == [A]


def test_a_mutant_is_caught_by_each_check_that_failed_on_it():
    assert caught([B], ROWS) == {"Late", "Twice"}
    assert caught([], ROWS) == set()


def test_files_stay_together_and_those_that_tell_most_for_their_time_come_first():
    slow, quick = "test_a.py::test_slow", "test_a.py::test_quick"
    one, two, nothing = "test_b.py::test_one", "test_b.py::test_two", "test_c.py::test_nothing"
    about = measured(
        item(slow, seconds=9), item(quick, seconds=1), item(two, seconds=1), item(one, seconds=1),
        item(nothing, seconds=1),
    )  # fmt: skip
    rows = {"Early": [slow, one], "Late": [two], "Twice": [slow, one], "Alone": [quick]}
    drawn = "test_fuzz.py::test_all"
    assert order(about, rows, [drawn]) == [one, two, quick, slow, drawn, nothing]


def test_the_share_until_the_first_failure_is_one_of_time():
    about = measured(item(A, seconds=2.995), item(C, seconds=0.995))
    assert shares_until_first_failure(functions_of(about), about, {"Alone": [C]}) == [1.0]
    assert shares_until_first_failure(functions_of(about), about, {"Early": [A], "Alone": [C]}) == [0.75, 1.0]
