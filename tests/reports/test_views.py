"""The views that programs read: CTRF, the badge, Markdown, GitHub's commands; and making them again."""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft7Validator
from markdown_it import MarkdownIt

from tck.__main__ import main
from tck.reports import NAMES
from tck.reports.badge import badge
from tck.reports.ctrf import ctrf
from tck.reports.github import annotations, append_step_summary, commands_to_github
from tck.reports.junit import with_causes
from tck.reports.labels import rendered
from tck.reports.markdown import LONGEST, code, plain, summary
from tck.reports.views import write_views
from tck.results.outcomes import settle
from tck.results.result_file import build_result
from tck.vocabulary import Level, Outcome
from tests.support.report_samples import ATTACK, conformant, crowded, hostile, written
from tests.support.result_samples import exchange, facts, finding, requirement, settled

CTRF_SCHEMA = json.loads((Path(__file__).parent / "ctrf.schema.json").read_text(encoding="utf-8"))
SAMPLES = {"hostile": hostile, "conformant": conformant, "crowded": crowded}


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("whole", [True, False])
def test_ctrf_is_what_its_published_schema_says(name, whole):
    result, kept = SAMPLES[name]()
    document = json.loads(json.dumps(ctrf(result, kept if whole else None)))
    validator = Draft7Validator(CTRF_SCHEMA, format_checker=Draft7Validator.FORMAT_CHECKER)
    assert [error.message for error in validator.iter_errors(document)] == []
    assert ("missing" in document["results"]["extra"]) is not whole


def test_ctrf_has_a_test_for_each_requirement_with_its_outcome():
    document = ctrf(*hostile())["results"]
    assert {test["testId"]: (test["status"], test["rawStatus"]) for test in document["tests"]} == {
        "close.is-terminal": ("failed", "failed"), "open.is-odd": ("other", "failed"),
        "close.is-waived": ("skipped", "waived"), "open.is-quick": ("passed", "passed"),
        "open.is-error": ("other", "error"), "open.is-indeterminate": ("other", "indeterminate"),
        "open.is-not-tested": ("skipped", "not_tested"), "open.is-not-applicable": ("skipped", "not_applicable"),
    }  # fmt: skip
    summary_ = document["summary"]
    assert [summary_[key] for key in ("tests", "passed", "failed", "skipped", "other")] == [8, 1, 1, 3, 3]
    assert summary_["stop"] - summary_["start"] == summary_["duration"] == 12346
    [failed] = [test for test in document["tests"] if test["testId"] == "close.is-terminal"]
    assert failed["duration"] == 25
    assert "expected: " in failed["trace"]
    assert "curl: curl" in failed["trace"]


@pytest.mark.parametrize(
    ("outcome", "words", "color"),
    [
        (Outcome.PASSED, "conformant", "brightgreen"),
        (Outcome.FAILED, "not conformant", "red"),
        (Outcome.NOT_TESTED, "inconclusive", "yellow"),
    ],
)
def test_the_badge_says_contract_revision_verdict_and_day(outcome, words, color):
    assert badge(build_result(facts(settled(outcome)))) == {
        "schemaVersion": 1, "label": "rooms 2027-01", "message": f"{words}, 2026-09-21", "color": color,
        "isError": outcome is Outcome.FAILED,
    }  # fmt: skip


def test_nothing_that_a_target_says_is_markup_in_the_summary():
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(summary(hostile()[0]))
    inside = [child for token in tokens for child in token.children or ()]
    kinds = {token.type for token in (*tokens, *inside)}
    assert not {kind for kind in kinds if re.search("html|image|link|fence|strong|^em_", kind)}
    texts = [child.content for child in inside if child.type in ("text", "code_inline")]
    assert sum("window.hacked" in text for text in texts) > 8


def test_the_summary_tells_what_failed_and_how_to_see_it_again():
    text = summary(hostile()[0])
    for part in (
        "## NOT CONFORMANT: 1 MUST requirement failed.", "- Contract: rooms, revision 2027-01",
        "### Failed (1 cause, 1 requirement)",
        "#### 1. MUST `close.is-terminal`", "- rerun: `pytest --requirement=close.is-terminal ",
        "Failed in 1 of 1 check, in 1 request.", "(exchange `main-1`)", "### Deviations (2 requirements)", "### Waived", "### Not tested", "### Not applicable", "| close | MUST | 1 |",
    ):  # fmt: skip
        assert part in text


def test_what_differs_though_it_is_allowed_is_in_the_summary_and_in_ctrf():
    entry = {"id": "a.b", "statement": "It says more.", "seen": "x|y", "times": 1, "exchange": "main-1"}
    result = build_result(facts(settled(Outcome.PASSED), differences=[entry]))
    assert "### Allowed differences (1)\n\n- It says more (x\\|y), seen 1 time\n" in summary(result)
    assert ctrf(result, {})["results"]["extra"]["allowed_differences"] == [entry]


def test_the_summary_is_cut_between_two_parts_before_it_is_too_long():
    result, _ = crowded()
    whole, short = summary(result), summary(result, 5000)
    assert len(whole.encode()) <= LONGEST
    assert 3000 < len(short.encode()) <= 5000
    assert short.endswith("*Cut here; the rest is in index.html and result.json.*\n")


@pytest.mark.parametrize("text", ["`", "``a`", "a|b", "\n# x", "@all #1", "<b>", "a" * 999, "", "\\", "\\`"])
def test_a_text_in_markdown_is_shown_as_it_is(text):
    render = MarkdownIt("gfm-like", {"linkify": False}).parseInline
    [told] = [
        child
        for token in render(f"x {code(text)} x")
        for child in token.children
        if child.type == "code_inline"
    ]
    assert text[:200].strip("\n") in told.content.replace("\\n", "") or text == "\n# x"
    assert {child.type for token in render(plain(text)) for child in token.children} <= {
        "text",
        "text_special",
    }
    assert "@a" not in plain(text)


def test_annotations_name_the_first_failures_and_cannot_be_broken_out_of():
    lines = list(annotations(hostile()[0]))
    assert [line.partition(" ")[0] for line in lines] == ["::error", "::warning", "::warning"]
    assert lines[0].startswith("::error title=MUST close.is-terminal::A closed room stays closed.%0A")
    assert not [line for line in lines if not line.isprintable()]
    sly = finding(Outcome.FAILED, reason="a\n::stop-commands::x\r%0A")
    [line] = annotations(build_result(facts(settle(requirement(), [sly]))))
    assert "%0Aa\\n:\\u003astop-commands::x\\r%250A%0A" in line
    assert len(list(annotations(crowded()[0]))) == 10


def test_a_step_on_github_gets_its_summary_and_annotations(tmp_path):
    result, _ = hostile()
    step = tmp_path / "step.md"
    step.write_text("before\n")
    on_github = {"GITHUB_STEP_SUMMARY": str(step), "GITHUB_ACTIONS": "true"}
    assert append_step_summary(result, on_github) == ""
    lines = commands_to_github(result, on_github)
    assert [line[:7] for line in lines] == ["::error", "::warni", "::warni"]
    assert step.read_text() == f"before\n{summary(result)}\n"
    assert commands_to_github(result, {}) == []
    assert append_step_summary(result, {}) == ""


def test_a_step_summary_that_is_full_or_cannot_be_written_harms_nothing(tmp_path):
    result, _ = conformant()
    full = tmp_path / "full.md"
    full.write_text("x" * 1024 * 1024)
    assert append_step_summary(result, {"GITHUB_STEP_SUMMARY": str(full)}) == ""
    assert full.stat().st_size == 1024 * 1024
    warning = append_step_summary(result, {"GITHUB_STEP_SUMMARY": str(tmp_path / "no" / "such.md")})
    assert warning.startswith("WARNING: GITHUB_STEP_SUMMARY cannot be written to (No such file or directory)")


def test_report_makes_the_same_files_again(tmp_path, capsys):
    folder = written(tmp_path)
    assert main(["report", str(folder)]) == 0
    result, kept = hostile(
        exchanges_digest=json.loads((folder / "result.json").read_text())["footer"]["exchanges_digest"]
    )
    others = tmp_path / "others"
    paths = write_views(others, result, kept)
    names = [
        *NAMES,
        *(f"reproduce/{name}.sh" for name in ("close.is-terminal", "open.is-odd", "open.is-quick")),
    ]
    assert [str(path.relative_to(others)) for path in paths] == names
    assert [name for name in names if (folder / name).read_text() != (others / name).read_text()] == []
    assert capsys.readouterr().out.splitlines() == [str(folder / name) for name in names]


def test_report_without_the_exchanges_says_what_is_missing(tmp_path, capsys):
    folder = written(tmp_path)
    (folder / "exchanges.har").unlink()
    assert main(["report", str(folder)]) == 0
    assert "exchanges.har is missing, so the reports show no exchanges" in capsys.readouterr().out
    assert "exchanges.har is missing" in (folder / "index.html").read_text()
    assert "exchanges.har" in json.loads((folder / "ctrf.json").read_text())["results"]["extra"]["missing"]


@pytest.mark.parametrize("name", ["result.json", "exchanges.har"])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.999])
def test_report_refuses_a_file_that_was_cut(tmp_path, capsys, name, share):
    path = written(tmp_path) / name
    raw = path.read_bytes()
    path.write_bytes(raw[: int(len(raw) * share)])
    assert main(["report", str(tmp_path)]) == 4
    assert re.fullmatch(rf"ERROR: .*{name} is not .*\.\n", capsys.readouterr().err)
    assert not (tmp_path / "index.html").exists()


def test_report_refuses_a_result_with_one_outcome_edited(tmp_path, capsys):
    path = written(tmp_path) / "result.json"
    path.write_text(path.read_text().replace('"outcome": "failed"', '"outcome": "passed"', 1))
    assert main(["report", str(tmp_path)]) == 4
    assert "was changed after it was written" in capsys.readouterr().err


def test_a_should_that_failed_is_annotated_as_a_warning():
    result = build_result(facts(settled(Outcome.FAILED, Level.SHOULD), exchanges={"main-1": exchange()}))
    [line] = annotations(result)
    assert line.startswith("::warning ")
    assert ATTACK not in line


def test_every_view_that_shows_a_reply_shows_how_the_logs_name_it() -> None:
    traced = exchange(
        request_headers=(("traceparent", "00-0af7-b7ad-01"),), response_headers=(("x-request-id", "req-7"),)
    )
    found = finding(Outcome.FAILED, judged=("main-1",), exchanges=("main-1",))
    kept = {"main-1": traced}
    result = build_result(facts(settle(requirement(), [found]), exchanges=kept))
    junit = with_causes("<testsuites><testsuite /></testsuites>", result, kept)
    for text in (rendered(ctrf(result, kept)), summary(result, exchanges=kept), junit):
        assert "traceparent: 00-0af7-b7ad-01, x-request-id: req-7" in text
