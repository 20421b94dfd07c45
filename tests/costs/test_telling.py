"""The kept order of the checks, and those of --quick: what they are, and what pytest makes of them."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tck.contract.contract import available_contracts
from tck.costs.cost_table import Cost, load_costs
from tck.costs.telling import Telling, load_telling
from tck.errors import KitError
from tck.pytest_plugin.collection import last_ones_last, most_telling_first, only_quick
from tck.run.accounting import written_checks
from tests.support.contract_files import spec_with

AGAIN = "python -m bench quick --contract={} --measure --write"
ENOUGH = 0.9
"""The share of the functions that must have been measured."""
TELLING = Telling(
    {"test_b.py::test_two[x]": Cost(3, 1), "test_a.py::test_one": Cost(2, 0)},
    Cost(20, 4),
    {"test_b.py::test_two": 0, "test_a.py::test_one": 1, "test_a.py::test_three": 2},
    caught=7,
    mutants=8,
)


class Item:
    """As much of an item of pytest as its order needs."""

    def __init__(self, name, *marks):
        file, _, test = name.partition("::")
        self.path, self.nodeid = Path("suites/rooms", file), f"suites/rooms/{file}::{test}"
        self.marks = marks

    def get_closest_marker(self, name):
        return name if name in self.marks else None


def config() -> Any:
    gone = []
    hook = SimpleNamespace(pytest_deselected=lambda items: gone.extend(items))  # noqa: PLW0108 - it is given by name
    return SimpleNamespace(hook=hook, gone=gone)


def some(*names: str | tuple[str, ...]) -> Any:
    """Items of these names, or of a name with marks."""
    return [Item(name) if isinstance(name, str) else Item(*name) for name in names]


def names(items):
    return [item.nodeid.removeprefix("suites/rooms/") for item in items]


def test_what_tells_most_comes_first_and_what_is_new_before_it():
    items = some(
        "test_a.py::test_one", "test_a.py::test_new", "test_b.py::test_two[x]", "test_a.py::test_three",
        "test_b.py::test_two[y]",
    )  # fmt: skip
    most_telling_first(items, TELLING)
    assert names(items) == [
        "test_a.py::test_new", "test_b.py::test_two[x]", "test_b.py::test_two[y]", "test_a.py::test_one",
        "test_a.py::test_three",
    ]  # fmt: skip


def test_what_waits_stays_last():
    items = some(("test_b.py::test_two[x]", "last"), "test_a.py::test_three", "test_a.py::test_one")
    most_telling_first(items, TELLING)
    last_ones_last(items)
    assert names(items) == ["test_a.py::test_one", "test_a.py::test_three", "test_b.py::test_two[x]"]


def test_without_a_kept_order_nothing_moves():
    items = some("test_b.py::test_two", "test_a.py::test_one")
    most_telling_first(items, Telling())
    assert names(items) == ["test_b.py::test_two", "test_a.py::test_one"]


def test_quick_leaves_out_all_but_the_kept_checks():
    items, given = some("test_b.py::test_two[x]", "test_b.py::test_two[y]", "test_a.py::test_one"), config()
    only_quick(given, items, TELLING)
    assert names(items) == ["test_b.py::test_two[x]", "test_a.py::test_one"]
    assert names(given.gone) == ["test_b.py::test_two[y]"]


def test_quick_leaves_out_the_generated_checks_of_a_contract_without_kept_ones():
    items, given = some(("test_fuzz.py::test_close", "generated"), "test_a.py::test_one"), config()
    only_quick(given, items, Telling())
    assert names(items) == ["test_a.py::test_one"]


def test_what_the_kept_checks_catch_is_said():
    assert TELLING.line == (
        "--quick runs 2 checks, about 20 requests and 4 sessions; 7 of 8 faulty servers that were judged by these checks "
        "alone failed (88%)"
    )
    assert Telling().line == ""


def test_a_plan_of_a_quick_run_is_about_the_kept_checks_alone():
    costs = TELLING.costs(Cost(8, 1))
    assert costs.written == {"test_b.py::test_two": Cost(3, 1), "test_a.py::test_one": Cost(2, 0)}
    assert costs.shared == Cost(7, 2)
    assert costs.reserved(1) == TELLING.whole


@pytest.mark.parametrize("contract", available_contracts())
def test_the_kept_order_is_one_of_the_functions_there_are(contract):
    """What is new comes first until it is measured."""
    functions = {name.removeprefix(f"suites/{contract}/") for name in written_checks(contract)}
    placed = set(load_telling(contract).places)
    assert placed <= functions, AGAIN.format(contract)
    assert len(placed) >= ENOUGH * len(functions), AGAIN.format(contract)


@pytest.mark.parametrize("contract", available_contracts())
def test_the_kept_checks_of_quick_are_handwritten(contract):
    kept = {name.partition("[")[0] for name in load_telling(contract).quick}
    costs = load_costs(contract)
    written = {*costs.written}.union(*(one.written for one in costs.groups.values()))
    assert kept <= written, AGAIN.format(contract)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("figures: {}\nquick: {}\norder: []\n", "`figures` lacks `mutants` and `caught` and `requests` and"),
        ("quick: {}\n", "the file lacks `figures` and `order`."),
        ("figures: {mutants: 1, caught: 1, requests: 1, sessions: 1}\nquick: {nothing: [1, 1]}\norder: []\n",
         "the key `nothing` is not good here"),
    ],
)  # fmt: skip
def test_a_broken_file_is_one_sentence(tmp_path, text, said):
    with pytest.raises(KitError) as raised:
        load_telling("rooms", spec_with(tmp_path, "rooms", "telling.yaml", text))
    assert said in str(raised.value)
    assert load_telling("rooms", tmp_path / "nowhere") == Telling()
