"""Objectives for latency: how they are read, judged and shown, and that they are no part of the verdict."""

import json

import pytest
from jsonschema import Draft202012Validator

from tck.errors import KitError
from tck.paths import schema_path
from tck.reports.html.page import page
from tck.reports.markdown import summary
from tck.reports.one_screen import Reports, one_screen
from tck.results.result_file import build_result, read_result, write_result
from tck.results.slo import Objective, fails, judged, read_objective, told_objective, why_it_fails
from tck.vocabulary import Outcome
from tests.support.result_samples import exchange, facts, settled

OPERATIONS = ("createRoom", "closeRoom", "update_room", "listRooms", "listDoors")
P95 = Objective("closeRoom", "p95", 0.95, 300.0)


def exchanges(*milliseconds, operation="closeRoom", **values):
    return [
        exchange(id=f"main-{number}", operation=operation, duration=time / 1000, **values)
        for number, time in enumerate(milliseconds)
    ]


def outcomes(objective, *found):
    [entry] = judged([objective], found, failing=False)["objectives"]
    return entry["outcome"], entry["seen_ms"], entry["replies"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("close:p95=300ms", P95),
        ("closeRoom:p95=300ms", P95),
        ("update:max=1.5s", Objective("update_room", "max", 1.0, 1500.0)),
        ("create:p99.9=0.5ms", Objective("createRoom", "p99.9", 0.999, 0.5)),
        ("listDoors:p50=2s", Objective("listDoors", "p50", 0.5, 2000.0)),
    ],
)
def test_an_objective_is_read(text, expected):
    found = read_objective(text, OPERATIONS)
    assert (found.operation, found.quantile, found.limit) == (
        expected.operation,
        expected.quantile,
        expected.limit,
    )
    assert found.share == pytest.approx(expected.share)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "--slo= is not OPERATION:QUANTILE=TIME; give one such as --slo=OPERATION:p95=300ms."),
        ("close=300ms", "--slo=close=300ms is not OPERATION:QUANTILE=TIME;"),
        ("close:p95", "--slo=close:p95 is not OPERATION:QUANTILE=TIME;"),
        ("clos:p95=300ms", "--slo=clos:p95=300ms names no one operation 'clos'; did you mean close? There are: createRoom"),
        ("fly:p95=300ms", "--slo=fly:p95=300ms names no one operation 'fly'; there are: createRoom, closeRoom,"),
        ("list:p95=300ms", "--slo=list:p95=300ms names no one operation 'list'; there are: createRoom"),
        ("close:95=300ms", "--slo=close:95=300ms names no quantile '95'; give p50, p95, p99, p99.9 or max."),
        ("close:p100=300ms", "names no quantile 'p100'"),
        ("close:p0=300ms", "names no quantile 'p0'"),
        ("close:p95=300", "--slo=close:p95=300 has no time '300'; give one such as 300ms or 1.5s."),
        ("close:p95=0ms", "has no time '0ms'"),
        ("close:p95=-1s", "has no time '-1s'"),
        ("close:p95=1m", "has no time '1m'"),
        ("close:p95=", "has no time ''"),
    ],
)  # fmt: skip
def test_what_is_no_objective_is_one_sentence(text, said):
    with pytest.raises(KitError) as raised:
        read_objective(text, OPERATIONS)
    assert said in str(raised.value)


def test_an_objective_is_held_up_to_its_limit():
    assert outcomes(P95, *exchanges(*[1] * 18, 300, 900)) == ("held", 300.0, 20)
    assert outcomes(P95, *exchanges(*[1] * 18, 300.1, 900)) == ("missed", 300.1, 20)
    assert outcomes(Objective("closeRoom", "max", 1.0, 300), *exchanges(1, 301)) == ("missed", 301.0, 2)


def test_other_operations_and_requests_without_a_reply_do_not_count():
    other = exchanges(900, operation="createRoom")
    broken = exchanges(900, error="no reply", status=None)
    assert outcomes(P95, *exchanges(5), *other) == ("held", 5.0, 1)
    assert outcomes(P95, *other, *broken) == ("not_measured", None, 0)


def test_several_objectives_are_judged_each_by_its_own_quantile():
    asked = [P95, Objective("createRoom", "p50", 0.5, 10), Objective("closeRoom", "p50", 0.5, 2)]
    found = [*exchanges(1, 2, 400), *exchanges(7, operation="createRoom")]
    entries = judged(asked, found, failing=True)["objectives"]
    assert [(one["seen_ms"], one["outcome"]) for one in entries] == [
        (400, "missed"),
        (7, "held"),
        (2, "held"),
    ]


@pytest.fixture
def result():
    kept = {one.id: one for one in exchanges(1, 400)}
    objectives = (Objective("closeRoom", "p50", 0.5, 20.0), P95, Objective("openRoom", "p95", 0.95, 5.0))
    return build_result(
        facts(settled(Outcome.PASSED), exchanges=kept, objectives=objectives, fail_on_slo=True)
    )


def test_a_result_keeps_them_and_they_change_no_verdict(result, tmp_path):
    write_result(tmp_path / "result.json", result)
    read = read_result(tmp_path / "result.json")
    schema = json.loads(schema_path("result").read_text(encoding="utf-8"))
    assert list(Draft202012Validator(schema).iter_errors(read)) == []
    assert read["verdict"] == "conformant"
    assert fails(read)
    assert why_it_fails(read) == (
        "The run exits with 1 for --fail-on-slo: closeRoom p95 400 ms, MISSED, at most 300 ms (2 replies); "
        "openRoom p95 not measured, as no reply came (at most 5 ms)."
    )
    assert [one["outcome"] for one in read["slo"]["objectives"]] == ["held", "missed", "not_measured"]
    without = build_result(facts(settled(Outcome.PASSED)))
    assert "slo" not in without
    assert not fails(without)
    assert why_it_fails(without) == ""
    assert without["outcomes_digest"] == result["outcomes_digest"]


def test_a_missed_one_fails_a_run_that_asked_for_it_alone():
    kept = {one.id: one for one in exchanges(400)}
    for failing in (True, False):
        found = build_result(
            facts(settled(Outcome.PASSED), exchanges=kept, objectives=(P95,), fail_on_slo=failing)
        )
        assert fails(found) is failing
    quick = {one.id: one for one in exchanges(4)}
    held = build_result(facts(settled(Outcome.PASSED), exchanges=quick, objectives=(P95,), fail_on_slo=True))
    assert not fails(held)


def test_every_view_shows_them_what_was_not_held_first(result):
    told = [
        "closeRoom p95 400 ms, MISSED, at most 300 ms (2 replies)",
        "openRoom p95 not measured, as no reply came (at most 5 ms)",
        "closeRoom p50 1 ms, within 20 ms (2 replies)",
    ]
    [missed, unmeasured, held] = (told_objective(result["slo"]["objectives"][place]) for place in (1, 2, 0))
    assert [missed, unmeasured, held] == told
    screen = " ".join(one_screen(result, Reports(), 120).split())
    assert f"SLO (3): {'; '.join(told)}" in screen
    assert "### SLO\n\n- closeRoom p95 400 ms, MISSED, at most 300 ms" in summary(result)
    html = "".join(page(result, {}))
    assert f"<li><strong>{told[0]}</strong></li>" in html
    assert f"<li>{told[2]}</li>" in html
    assert "the run exits with 1 for one that is not held" in html
    assert '<section id="slo"' not in "".join(page(build_result(facts(settled(Outcome.PASSED))), {}))
