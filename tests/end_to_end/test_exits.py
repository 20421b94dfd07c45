import pytest

from tck.run.controller import REPORTS
from tests.support.kit_tree import GOOD, KEYS, Tree

ONE_KEY = {"TRIGGER_SECRET_KEY": KEYS["TRIGGER_SECRET_KEY"]}


def test_a_complete_run_on_the_embedded_reference_is_conformant_and_leaves_no_ledger(tree: Tree):
    ran = tree.pytest()
    assert ran.summary == (0, "conformant", False), ran.text
    assert ran.out.startswith("sessions-tck")
    assert "the embedded reference at http://127.0.0.1:" in ran.out.splitlines()[0]
    assert {path.name for path in ran.reports.iterdir()} == {*REPORTS}
    assert ran.result["sessions_created"] == 4
    assert ran.result["sessions_left_open"] == 0


def test_it_runs_from_another_directory_and_its_reports_land_there(tree: Tree, tmp_path, target):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    tree.reports = elsewhere / "reports" / "latest"
    process = tree.start(
        str(tree.root / "suites" / "trigger"), "-o", "addopts=", cwd=elsewhere, target=target, env=KEYS
    )
    ran = tree.ended(process)
    assert ran.summary == (0, "conformant", False), ran.text
    assert ran.result["requirements"][0]["checks"][0]["check"].startswith("suites/trigger/test_tiny.py::")


def test_a_quiet_run_says_its_target_and_its_verdict(tree: Tree, target):
    ran = tree.pytest("-q", target=target, env=KEYS)
    assert ran.code == 0
    said = [line for line in ran.out.splitlines() if line.strip()]
    assert len(said) == 4, ran.out
    assert target in said[0]
    assert said[2] == "CONFORMANT: 3 MUST requirements held."


def test_it_works_without_pytests_terminal(tree: Tree, target):
    ran = tree.pytest("-p", "no:terminal", target=target, env=KEYS)
    assert ran.summary == (0, "conformant", False), ran.text


def test_a_failed_must_is_not_conformant(tree: Tree, target):
    tree.suite(GOOD.replace("== 201", "== 202"))
    ran = tree.pytest(target=target, env=KEYS)
    assert ran.summary == (1, "not_conformant", False)
    assert ran.outcomes["create.answers-201"] == "failed"
    assert "NOT CONFORMANT: 1 MUST requirement failed." in ran.out


@pytest.mark.parametrize(
    ("option", "expected"), [("-v", (0, "conformant")), ("--fail-on-deviations", (1, "not_conformant"))]
)
def test_a_failed_should_counts_only_on_demand(tree: Tree, target, option, expected):
    tree.suite(
        GOOD.replace("== 201", "== 202"),
        create__answers_201="should",
        create__keeps_tags="must",
        retrieve__finds="must",
    )
    ran = tree.pytest(option, target=target, env=KEYS)
    assert ran.summary[:2] == expected, ran.text


TWO_KEYS = """
import pytest
@pytest.mark.requirement("isolation.holds")
def test_isolation(create): assert create("other").status == 201
@pytest.mark.requirement("create.answers-201")
def test_create(create): assert create().status == 201
"""


def needing_two_keys(tree: Tree) -> None:
    tree.suite(TWO_KEYS)
    tree.requirements(
        {"isolation.holds": "must", "create.answers-201": "must"}, {"isolation.holds": "second-environment"}
    )


@pytest.mark.parametrize(("option", "code"), [("-v", 1), ("--accept-not-tested=second-environment", 0)])
def test_a_missing_second_key_is_inconclusive_whatever_is_accepted(tree: Tree, target, option, code):
    needing_two_keys(tree)
    ran = tree.pytest(option, target=target, env=ONE_KEY)
    assert ran.summary == (code, "inconclusive", False), ran.text
    assert "TRIGGER_OTHER_SECRET_KEY" in ran.reasons["isolation.holds"]


def test_what_the_vendor_declares_to_be_missing_does_not_apply(tree: Tree, target):
    needing_two_keys(tree)
    ran = tree.pytest("--without=second-environment", "-n1", target=target, env=ONE_KEY)
    assert ran.summary == (0, "conformant", False), ran.text
    claim = "The server has one environment only."
    assert ran.reasons["isolation.holds"] == f"The vendor declares by --without=second-environment: {claim}"
    assert ran.result["target"]["declared_lacks"] == {"second-environment": claim}
    assert ran.result["target"]["capabilities"] == {"second-environment": False}
    told = "by the vendor's claim, which the run has not seen, the target lacks second-environment"
    assert told in " ".join(ran.out.split()).replace("By the", "by the")
    for name in ("index.html", "summary.md"):
        assert "which the run has not seen" in (tree.root / "reports/latest" / name).read_text()


def test_a_file_of_checks_that_cannot_be_read_is_the_kits_fault(tree: Tree, target):
    tree.write("suites/trigger/test_broken.py", "import nothing_of_this_name")
    ran = tree.pytest(target=target, env=KEYS)
    assert ran.code == 3, ran.text
    assert "ERROR: a file of checks cannot be read; nothing was judged." in ran.out


def test_a_file_that_cannot_be_read_is_not_hidden_by_what_ran(tree: Tree, target):
    tree.write("suites/trigger/test_broken.py", "import nothing_of_this_name")
    ran = tree.pytest("--continue-on-collection-errors", "-n1", target=target, env=KEYS)
    assert ran.summary == (3, "partial", True), ran.text


def test_a_result_that_cannot_be_written_is_one_sentence_more_and_exit_3(tree: Tree, target):
    source = (
        GOOD
        + """
@pytest.mark.requirement("retrieve.finds")
def test_last(run):
    (run.options.report_dir / "result.json").mkdir()
"""
    )
    tree.suite(source)
    ran = tree.pytest(target=target, env=KEYS)
    assert ran.code == 3, ran.text
    assert "CONFORMANT" in ran.out
    assert "(result.json there is no report of this kit); earlier ones are unchanged" in ran.out
    assert ran.ledgers == []


def test_a_plugin_that_breaks_pytest_is_exit_3(tree: Tree, target):
    tree.write(
        "suites/conftest.py", "def pytest_runtest_logfinish(nodeid): raise RuntimeError('of the plugin')"
    )
    ran = tree.pytest(target=target, env=KEYS)
    assert ran.summary == (3, "partial", True), ran.text
    assert ran.ledgers == []
