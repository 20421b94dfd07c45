"""A requirement that is newer than the release runs, is told, and counts for nothing."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from tck.contract.releases import KitState, Release
from tck.contract.requirements import Registry
from tck.reports.ctrf import ctrf
from tck.reports.github import annotations
from tck.reports.html.page import page
from tck.reports.listing import count_table
from tck.reports.markdown import summary
from tck.reports.terminal import closing_summary
from tck.results.document import Result
from tck.results.kit_identity import Kit
from tck.results.outcomes import blocking, counts, exit_code, verdict
from tck.results.result_file import build_result, read_result, write_result
from tck.run.finish import settle_all
from tck.vocabulary import Level, Outcome, Verdict
from tests.support.result_samples import facts, finding, settled

HELD = settled(Outcome.PASSED)
RELEASE = Release("rooms", "2027-01", "2027-01", "d" * 64, {})


def added(outcome: Outcome) -> Any:
    return replace(settled(outcome, name="close.is-new"), added_after_release=True)


def sample(outcome: Outcome = Outcome.FAILED, **values: Any) -> Result:
    return build_result(facts(HELD, added(outcome), **{"release": RELEASE, **values}))


def test_it_counts_for_nothing():
    for outcome in Outcome:
        both = (HELD, added(outcome))
        found = verdict(both, partial=False, fail_on_deviations=True)
        assert found is Verdict.CONFORMANT
        assert exit_code(found, both, False, (), fail_on_deviations=True) == 0
        assert blocking(both) == []
        assert counts(both) == counts((HELD,))


def test_alone_it_makes_nothing_conformant():
    assert verdict((added(Outcome.PASSED),), False, False) is Verdict.INCONCLUSIVE


def test_it_is_settled_from_what_the_release_does_not_name():
    registry = Registry([HELD.requirement, added(Outcome.PASSED).requirement])
    found = settle_all(registry, [finding(Outcome.PASSED)], {}, {"close.is-new"})
    assert [one.added_after_release for one in found] == [False, True]


def test_the_result_says_so(tmp_path: Path):
    write_result(tmp_path / "result.json", sample())
    result = read_result(tmp_path / "result.json")
    assert result["contract"]["release"] == {"name": "2027-01", "digest": "d" * 64}
    assert [one["added_after_release"] for one in result["requirements"]] == [False, True]
    assert result["verdict"] == "conformant"
    assert result["counts"]["must"]["failed"] == 0


def test_every_view_says_so():
    result = sample()
    told = closing_summary(result, {})
    assert "1. MUST, added after release close.is-new (1 requirement, 1 request): A" in told
    assert "Added after release, not scored (1): 1 failed (close.is-new)" in told
    assert "judged by rooms 2027-01, release 2027-01, with" in " ".join(told.split())
    assert "MUST, added after release `close.is-new`" in summary(result)
    assert "Release: 2027-01; 1 requirements were added after it and are not scored" in summary(result)
    assert "MUST, added after release" in "".join(page(result, {}))
    assert [line.partition(" ")[0] for line in annotations(result)] == ["::notice"]
    tests = ctrf(result, {})["results"]["tests"]
    assert [(test["status"], test["rawStatus"]) for test in tests] == [
        ("passed", "passed"),
        ("other", "failed"),
    ]


def test_the_table_counts_the_release_alone():
    result = sample()
    assert len(count_table([one for one in result["requirements"] if not one["added_after_release"]])) == 3


def test_a_modified_kit_says_so_in_its_result():
    kit = Kit("sessions-tck", "0.1.0", "a" * 64, KitState.MODIFIED)
    result = sample(kit=kit)
    assert result["kit"]["state"] == "modified"
    said = "sessions-tck 0.1.0 (modified: not the kit that was released)"
    assert said in " ".join(closing_summary(result, {}).split())
    assert settled(Outcome.PASSED, Level.SHOULD).added_after_release is False
