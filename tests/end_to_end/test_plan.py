"""--plan tells what a run would cost, and a run that its limits do not allow is refused before it sends anything."""

import json

import pytest

from tck.run.controller import REPORTS
from tests.support.kit_tree import GOOD, KEYS, Tree
from tests.support.rogue import Rogue

WRITTEN = ("test_create_answers_201", "test_tags_are_kept", "test_retrieve_finds")


@pytest.fixture
def priced(tree: Tree) -> Tree:
    """The tiny checkout with a table of costs: ten requests and three sessions a check."""
    table = {
        "start": [2, 0], "shared": [5, 1], "generated": {},
        "written": {f"test_tiny.py::{name}": [10, 3] for name in WRITTEN},
    }  # fmt: skip
    tree.suite(GOOD)
    tree.write("spec/trigger/costs.yaml", json.dumps(table))
    return tree


@pytest.mark.parametrize(("workers", "whole"), [((), (37, 10)), (("-n2",), (42, 11))])
def test_the_plan_is_told_by_group_and_nothing_is_sent(priced: Tree, workers, whole):
    with Rogue() as rogue:
        ran = priced.pytest("--plan", *workers, target=rogue.at("honest"), env=KEYS)
        assert not rogue.seen
    rows = {tuple(line.rsplit(None, 3)) for line in ran.out.splitlines()}
    assert ran.code == 0, ran.text
    assert ("tiny", "4", "30", "9") in rows, ran.out
    assert ("in all", "4", *map(str, whole)) in rows, ran.out
    assert not priced.reports.exists()


def test_the_plan_is_of_the_checks_that_are_selected(priced: Tree):
    ran = priced.pytest("--plan", "-k", "answers_201")
    assert ("in all", "1", "17", "4") in {tuple(line.rsplit(None, 3)) for line in ran.out.splitlines()}


@pytest.mark.parametrize("workers", [(), ("-n1",)])
@pytest.mark.parametrize(
    ("limit", "parts"),
    [
        (
            "--max-sessions=9",
            ["create up to 1", "sessions, more than --max-sessions=9; raise the limit to 1"],
        ),
        ("--max-requests=36", ["send up to ", "requests, more than --max-requests=36; raise the limit to "]),
    ],
)
def test_a_run_that_would_exceed_a_limit_is_refused_before_the_first_request(
    priced: Tree, workers, limit, parts
):
    with Rogue() as rogue:
        ran = priced.pytest(limit, *workers, target=rogue.at("honest"), env=KEYS)
        assert not rogue.seen
    ran.says_one_sentence(*parts)
    assert not (priced.root / "reports").exists()


@pytest.mark.parametrize("workers", [(), ("-n1",)])
@pytest.mark.parametrize(
    "refused",
    [("--max-sessions=3",), ("-k", "nothing_of_this_name"), ("--base-url=http://127.0.0.1:9",)],
    ids=["too many", "nothing to run", "nobody there"],
)
def test_a_refused_run_leaves_the_reports_of_an_earlier_one(priced: Tree, target, workers, refused):
    earlier = {name: priced.write(f"reports/latest/{name}", "earlier") for name in REPORTS}
    ran = priced.pytest(*workers, *refused, target="" if "--base-url" in refused[0] else target, env=KEYS)
    assert ran.code == 4, ran.text
    assert {name: path.read_text() for name, path in earlier.items()} == dict.fromkeys(REPORTS, "earlier")
    assert {path.name for path in priced.reports.iterdir()} == set(REPORTS)


def test_a_limit_that_the_chosen_checks_keep_lets_them_run(priced: Tree, target):
    ran = priced.pytest("--max-sessions=4", "-k", "answers_201", target=target, env=KEYS)
    assert ran.summary == (0, "partial", True), ran.text


@pytest.mark.parametrize(
    "enough", [("--max-sessions=10", "--max-requests=37"), ("-n2", "--max-sessions=11", "--max-requests=42")]
)
def test_a_limit_that_just_suffices_is_kept(priced: Tree, target, enough):
    ran = priced.pytest(*enough, target=target, env=KEYS)
    assert ran.summary == (0, "conformant", False), ran.text


def test_the_plan_counts_the_checks_that_pytest_counts(priced: Tree):
    ran = priced.pytest("--plan", "-k", "tags_are_kept")
    assert "2 selected" in ran.out
    assert ("in all", "2", "17", "4") in {tuple(line.rsplit(None, 3)) for line in ran.out.splitlines()}


def test_without_a_table_the_plan_says_so(tree: Tree):
    ran = tree.pytest("--plan")
    assert "No table of costs is kept for this contract" in ran.out


def test_a_check_that_the_table_lacks_is_named(priced: Tree):
    priced.write(
        "suites/trigger/test_new.py",
        'import pytest\n@pytest.mark.requirement("retrieve.finds")\ndef test_new(create): create()',
    )
    assert "The table of costs lacks test_new.py::test_new." in priced.pytest("--plan").out
