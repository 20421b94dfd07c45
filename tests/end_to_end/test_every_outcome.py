import base64
import json
import re
import shutil
import subprocess
from dataclasses import replace
from urllib.parse import quote

import pytest

from tck.results.result_file import read_result
from tests.support.kit_tree import KEYS, Ran, Tree, environment

SUITE = """
import base64, json, logging, sys
from urllib.parse import quote
import pytest
from tck.errors import Broken, Indeterminate
from tck.unjudged import NotApplicable, NotTested
from tck.values.mismatch import Mismatch

def requires(name): return pytest.mark.requirement(f"tiny.{name}")

@requires("passed")
def test_passed(create): assert create().status == 201
@requires("failed")
def test_failed(create): assert create()["tags"] == ["none of these"]
@requires("broken")
def test_broken(create): raise Broken("it broke", "this", "that", create().exchange)
@requires("indeterminate")
def test_indeterminate(): raise Indeterminate("no reply came")
@requires("error")
def test_error(): raise ValueError("the check is wrong")
@requires("not-tested")
def test_not_tested(): raise NotTested("a control failed")
@requires("skipped-itself")
def test_skipped_itself(): pytest.skip("no mood")
@requires("not-applicable")
def test_not_applicable(): raise NotApplicable("the target has none")
@requires("waived")
def test_waived(create): assert create().status == 418
@requires("precondition")
def test_precondition(hopeless): pass
@requires("teardown")
def test_teardown(untidy): pass
@requires("swallowed")
def test_swallowed(check):
    with check.judging("tiny.swallowed"): raise Indeterminate("lost inside")
@pytest.mark.requirement("tiny.first", "tiny.second")
def test_two(check):
    with check.judging("tiny.first"): assert 1 == 1
    with check.judging("tiny.second"): assert True == 1, "never so" if False else "not so"
    assert [] == [1]
@requires("observed")
def test_observed(check, create):
    reply = create()
    check.observe("tiny.observed", None, reply)
    assert reply.status == 999
@requires("aside")
def test_aside(check, create): check.observe("tiny.seen-aside", Mismatch("wrong all over", "", ""), create())
@requires("should")
def test_should(check, create):
    check.refused(create(authorization="Bearer nobody-knows-me"), documented=422, deviation="tiny.should", fitting={401})
@requires("half-pairs")
def test_half_pairs(): raise Broken("half a pair: \\ud800", "whole", "\\udfff\\x00\\x1b[2J")
@requires("leaks")
def test_leaks(run, create):
    secret = run.target.credentials["key"]
    token = create()["publicAccessToken"].value
    for text in (secret, quote(secret, safe=""), base64.b64encode(secret.encode()).decode(), token):
        print("printed", text); print(text, file=sys.stderr); logging.warning(text)
        create(metadata={"kept": text, text: 1})
    assert [secret, token] == quote(secret, safe="")

@pytest.fixture
def hopeless(create):
    assert create().status == 1
@pytest.fixture
def untidy():
    yield
    raise ValueError("left in a mess")
"""
EXPECTED = {
    "tiny.passed": "passed", "tiny.failed": "failed", "tiny.broken": "failed", "tiny.indeterminate": "indeterminate",
    "tiny.error": "error", "tiny.not-tested": "not_tested", "tiny.skipped-itself": "not_tested",
    "tiny.not-applicable": "not_applicable", "tiny.waived": "waived", "tiny.precondition": "not_tested",
    "tiny.teardown": "error", "tiny.swallowed": "indeterminate", "tiny.first": "failed", "tiny.second": "failed",
    "tiny.observed": "failed", "tiny.aside": "passed", "tiny.seen-aside": "failed", "tiny.should": "failed",
    "tiny.half-pairs": "failed", "tiny.leaks": "failed",
}  # fmt: skip
IN_JUNIT = {
    "passed": "passed", "failed": "failure", "indeterminate": "error", "error": "error", "not_tested": "skipped",
    "not_applicable": "skipped", "waived": "skipped",
}  # fmt: skip
REASON = f"it is known, and was seen with {KEYS['TRIGGER_SECRET_KEY']}"
WAIVERS = f"{{waivers: [{{requirement: tiny.waived, reason: '{REASON}', ticket: T-1, expires: 2999-01-01}}]}}"
OTHER_WAYS = {
    "parallel": ("-n2",),
    "in another order": ("-p", "pytest_randomly"),
    "without rewriting": ("--assert=plain", "--showlocals", "--log-level=DEBUG"),
}


def run_all(tree: Tree, target: str, *arguments: str) -> Ran:
    return tree.pytest("--waivers=waivers.yaml", *arguments, target=target, env=KEYS)


@pytest.fixture(scope="module")
def everything(module_tree: Tree) -> Tree:
    levels = {name: "should" if name == "tiny.should" else "must" for name in EXPECTED}
    module_tree.suite(SUITE)
    module_tree.requirements(levels)
    module_tree.write("waivers.yaml", WAIVERS)
    return module_tree


@pytest.fixture(scope="module")
def ran(everything: Tree, target: str) -> Ran:
    first = run_all(everything, target)
    kept = everything.root.parent / "reports-of-the-first-run"  # further runs replace those of this one
    shutil.copytree(first.reports, kept)
    return replace(first, reports=kept)


def test_every_way_a_check_can_end_has_its_outcome(ran: Ran):
    assert ran.summary == (1, "not_conformant", False), ran.text
    assert ran.outcomes == EXPECTED
    read_result(ran.reports / "result.json")


def test_the_reasons_are_told(ran: Ran):
    reasons = ran.reasons
    assert reasons["tiny.indeterminate"] == "no reply came"
    assert reasons["tiny.error"] == "ValueError: the check is wrong"
    assert reasons["tiny.skipped-itself"] == "the check was skipped: no mood"
    assert reasons["tiny.precondition"].startswith("a precondition did not hold: ")
    assert "left in a mess" in reasons["tiny.teardown"]
    assert reasons["tiny.swallowed"] == "lost inside"


def test_a_failure_tells_both_sides_its_exchange_and_how_to_see_it_again(ran: Ran):
    [check] = next(one for one in ran.result["requirements"] if one["id"] == "tiny.failed")["checks"]
    assert check["expected"] == 'tags: ["none of these"]'
    assert check["seen"].startswith('tags: ["tck-')
    assert check["curl"].startswith("curl ")
    program, _, rest = check["rerun"].partition(" suites/trigger/test_tiny.py::test_failed ")
    assert program.endswith("-m pytest")
    assert rest.startswith("--contract=trigger --base-url=")
    [broken] = next(one for one in ran.result["requirements"] if one["id"] == "tiny.broken")["checks"]
    assert (broken["reason"], broken["expected"], broken["seen"]) == ("it broke", "this", "that")
    assert "What tiny.failed says." in ran.out


def test_the_lines_that_are_printed_do_what_they_say_in_a_shell(ran: Ran, module_tree: Tree, tmp_path):
    [check] = next(one for one in ran.result["requirements"] if one["id"] == "tiny.failed")["checks"]
    [cause] = [one for one in ran.result["causes"] if one["requirement"] == "tiny.failed"]

    def shell(line: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-c", line], cwd=module_tree.root, env=environment(KEYS), capture_output=True, text=True,
            timeout=120, check=False,
        )  # fmt: skip

    taken = "HTTP/1.1 409"  # as the session of the run is closed by now
    assert shell(check["curl"]).stdout.startswith(taken)
    assert shell(f"unset TRIGGER_SECRET_KEY; {check['curl']}").stdout.startswith("HTTP/1.1 401")
    for line in (cause["rerun"], check["rerun"]):
        again = shell(f"{line} -p no:cacheprovider --report-dir={tmp_path}")
        assert again.returncode == 1, again.stdout + again.stderr
        assert "tiny.failed" in again.stdout
        assert "1 failed" in again.stdout


def test_junit_shows_each_check_as_the_table_says(ran: Ran):
    wrong = {
        name: (says, properties)
        for name, (says, properties) in ran.junit().items()
        if name not in ("test_aside", "test_two", "test_should")
        and (says, properties["outcome"])
        != (IN_JUNIT[EXPECTED[properties["requirement"]]], EXPECTED[properties["requirement"]])
    }
    assert wrong == {}
    _, properties = ran.junit()["test_failed"]
    assert properties == {
        "requirement": "tiny.failed", "level": "must", "page": "trigger-create-session", "outcome": "failed",
        "cause": "tiny.failed",
    }  # fmt: skip
    assert ran.junit()["test_aside"][0] == "failure"


def test_no_key_and_no_token_is_in_any_file_or_on_the_screen(ran: Ran):
    kept = ran.text.encode() + b"".join(
        path.read_bytes() for path in ran.reports.rglob("*") if path.is_file()
    )
    for secret in KEYS.values():
        for form in (
            secret,
            quote(secret, safe=""),
            base64.b64encode(secret.encode()).decode(),
            json.dumps(secret)[1:-1],
        ):
            assert form.encode() not in kept
    assert re.search(rb"eyJ[\w-]+\.eyJ[\w-]+\.\[signature removed\]", kept)
    assert re.search(rb"eyJ[\w-]+(\.|%2E)eyJ[\w-]+(\.|%2E)[\w-]{6}", kept) is None


@pytest.mark.parametrize("way", OTHER_WAYS)
def test_the_outcomes_are_the_same(everything: Tree, ran: Ran, target: str, way: str):
    before = ran.result["outcomes_digest"]
    again = run_all(everything, target, *OTHER_WAYS[way])
    assert again.outcomes == EXPECTED
    assert again.result["outcomes_digest"] == before
    text = again.text + "".join(
        path.read_text(errors="replace") for path in again.reports.rglob("*") if path.is_file()
    )
    assert [secret for secret in KEYS.values() if secret in text] == []


@pytest.mark.parametrize(
    ("expectation", "summary", "sentence"),
    [("== 418", (0, "conformant_with_waivers", False), "CONFORMANT WITH WAIVERS"), ("== 201", (1, "conformant", False), "stale")],
    ids=["needed", "stale"],
)  # fmt: skip
def test_a_waiver_excuses_a_failure_and_must_be_needed(tree: Tree, target, expectation, summary, sentence):
    source = f"""
import pytest
@pytest.mark.requirement("tiny.waived")
def test_waived(create): assert create().status {expectation}
@pytest.mark.requirement("tiny.passed")
def test_passed(create): assert create().status == 201
"""
    tree.suite(source)
    tree.requirements({"tiny.waived": "must", "tiny.passed": "must"})
    tree.write("waivers.yaml", WAIVERS)
    ran = run_all(tree, target)
    assert ran.summary == summary, ran.text
    assert sentence in ran.out
