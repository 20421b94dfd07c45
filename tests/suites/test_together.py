"""Mutants that are tried as one server are all killed there, or tried by themselves."""

from types import SimpleNamespace

import pytest

from mutants import matrix
from mutants.catalogue import Mutant, latitudes_of, mutants_of, server_named
from mutants.enough import Enough
from mutants.matrix import groups_of, quick, read_matrix, without_subsumed
from mutants.together import MOST_TOGETHER, together
from mutants.trial import Trial
from tck.contract.contract import available_contracts


def broken(name: str, caught_by: str = "", **changed) -> Mutant:
    server = type(name, (), {"__module__": "mutants.made.up", **changed})
    return Mutant(name, "", caught_by or f"rule.{name}", server)


def names(bundles):
    return ["".join(one.name for one in bundle) for bundle in bundles]


def put(*mutants, rows=None, groups=None):
    kept = {one.name: [one.caught_by] for one in mutants} | (rows or {})
    return names(together(mutants, kept, {one.name: "core" for one in mutants} | (groups or {})))


A, B, C = broken("A", create=1), broken("B", close=1), broken("C", update=1)


def test_mutants_that_leave_each_other_alone_are_one_server():
    assert put(A, B, C) == ["ABC"]


@pytest.mark.parametrize(
    "rows",
    [
        {"A": ["rule.A", "rule.B"]},  # what B is caught by fails on A, too
        {"B": ["rule.B", "rule.A"]},
        {"B": []},  # nothing was kept of it
        {"B": ["rule.B", *(f"rule.{number}" for number in range(9))]},  # too much fails on it
    ],
)
def test_a_mutant_that_another_may_hide_is_apart(rows):
    assert put(A, B, rows=rows) == ["A", "B"]


def test_two_that_change_the_same_are_apart_and_so_are_those_of_two_groups():
    assert put(A, broken("D", create=2)) == ["A", "D"]
    kin = type("Kin", (A.server,), {"__module__": "mutants.made.up"})
    assert put(A, Mutant("E", "", "rule.E", kin)) == ["A", "E"]
    assert put(A, B, groups={"B": "list"}) == ["A", "B"]


def test_no_server_has_too_many():
    many = [
        broken(chr(ord("a") + number), "", **{f"method_{number}": 1}) for number in range(MOST_TOGETHER + 1)
    ]
    assert [len(one) for one in put(*many)] == [MOST_TOGETHER, 1]


@pytest.mark.parametrize("contract", available_contracts())
def test_each_mutant_of_a_contract_is_in_one_server_that_can_be_made(contract):
    mutants = mutants_of(contract)
    bundles = together(mutants, read_matrix(contract).mutants, groups_of(contract, mutants))
    assert sorted(one.name for bundle in bundles for one in bundle) == sorted(one.name for one in mutants)
    assert len(bundles) < len(mutants) / 2
    for bundle in bundles:
        server = server_named(contract, "+".join(one.name for one in bundle))
        assert all(issubclass(server, one.server) for one in bundle)


@pytest.mark.parametrize("contract", available_contracts())
def test_a_lag_that_another_one_extends_is_left_out_of_what_is_brief(contract):
    every = latitudes_of(contract)
    left_out = {one.name for one in every} - {one.name for one in without_subsumed(every)}
    assert left_out == {"LaggingReads"}


@pytest.fixture
def tried(monkeypatch):
    """The trials that a quick matrix of A, B and C makes: `failing` of each server, by its name."""
    failing, made = {}, []

    def make_trials(tasks, jobs):
        for task in tasks:
            made.append(task)
            outcomes = dict.fromkeys(failing.get(task.server, ()), "failed")
            yield Trial(task.server, 1, outcomes, dict.fromkeys(outcomes, "must"), "")

    monkeypatch.setattr(matrix, "make_trials", make_trials)
    monkeypatch.setattr(matrix, "mutants_of", lambda contract: [A, B, C])
    monkeypatch.setattr(matrix, "latitudes_of", lambda contract: [])
    monkeypatch.setattr(matrix, "groups_of", lambda contract, mutants: dict.fromkeys("ABC", "core"))
    kept = matrix.Matrix({one.name: [one.caught_by] for one in (A, B, C)})
    monkeypatch.setattr(matrix, "read_matrix", lambda contract: kept)
    return failing, made


def test_one_server_is_enough_for_those_that_are_killed_on_it(tried):
    failing, made = tried
    failing["A+B+C"] = ("rule.A", "rule.B", "rule.C")
    assert list(quick("everruns", 1, brief=True)) == []
    [task] = made
    assert task.until == ("rule.A", "rule.B", "rule.C")
    assert [one for one in task.arguments if "rule" in one] == [f"--requirement={one}" for one in task.until]


def test_one_that_is_not_killed_with_others_is_tried_by_itself(tried):
    failing, made = tried
    failing |= {"A+B+C": ("rule.A", "rule.C"), "B": ("rule.B",)}
    assert list(quick("everruns", 1, brief=True)) == []
    assert [task.server for task in made] == ["A+B+C", "B"]


def test_a_matrix_that_is_not_brief_tries_each_by_itself(tried):
    failing, made = tried
    failing |= {"A": ("rule.A",), "B": ("rule.B",), "C": ("rule.C",)}
    assert list(quick("everruns", 1)) == []
    assert [task.server for task in made] == ["A", "B", "C"]


def test_one_that_survives_by_itself_is_reported(tried):
    failing, _ = tried
    failing |= {"A+B+C": ("rule.A", "rule.C"), "B": ("rule.A",)}
    assert list(quick("everruns", 1, brief=True)) == ["B survives: rule.B is not known (exit 1)"]


def item(*requirements):
    session = SimpleNamespace(shouldfail=False)
    return SimpleNamespace(session=session, iter_markers=lambda name: [SimpleNamespace(args=requirements)])


def reported(requirement, outcome):
    return SimpleNamespace(findings=[{"requirement": requirement, "outcome": outcome}])


def run(plugin, one, *reports):
    """One check: whether it is run, and whether the trial ends after it."""
    protocol = plugin.pytest_runtest_protocol(one)
    next(protocol)
    try:
        plugin.pytest_runtest_setup(one)
        ran = True
    except pytest.skip.Exception:
        ran = False
    for report in reports:
        plugin.pytest_runtest_logreport(report)
    with pytest.raises(StopIteration):
        next(protocol)
    return ran, bool(one.session.shouldfail)


def test_a_trial_ends_when_all_has_failed_and_runs_nothing_that_has():
    plugin = Enough(["a", "b"])
    assert run(plugin, item("a"), reported("a", "passed"), SimpleNamespace()) == (True, False)
    assert run(plugin, item("a"), reported("a", "failed")) == (True, False)
    assert run(plugin, item("a")) == (False, False)
    assert run(plugin, item("a", "b"), reported("b", "not_tested")) == (True, False)
    assert run(plugin, item("b"), reported("b", "failed")) == (True, True)
