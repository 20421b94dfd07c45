"""What `python -m bench reports` measures: a run made larger, each report's cost, and the bounds."""

from bench import report_costs
from bench.__main__ import main
from bench.report_costs import Cost, costs_of, enlarged, too_costly
from tck.reports import NAMES
from tests.support.report_samples import several, written


def test_a_run_is_enlarged_with_what_rests_on_its_exchanges():
    result, kept = several()
    larger, exchanges = enlarged(result, [*kept.values()], 13)
    assert len({one.id for one in exchanges}) == 13
    [first, *_] = larger["requirements"]
    assert [check["judged"] for check in first["checks"]] == [
        ["main-2", "main-3"], ["main-2-1", "main-3-1"], ["main-2-2", "main-3-2"],
    ]  # fmt: skip
    assert enlarged(result, [*kept.values()], 4)[1] == [*kept.values()][:4]


def test_each_report_is_measured():
    result, kept = several()
    costs = list(costs_of(result, [*kept.values()]))
    assert [one.name for one in costs] == ["exchanges.har", "result.json", "reproduce/", *NAMES]
    assert all(one.size > 100 for one in costs)


def test_an_exceeded_bound_is_a_sentence():
    costs = [Cost("index.html", 1.5, 3_000_001), Cost("ctrf.json", 0.75, 10**9)]
    assert list(too_costly(costs)) == [
        "the reports take 2.25 s together, more than 1.5",
        "index.html has 3,000,001 bytes, more than 3,000,000",
    ]


def test_the_reports_of_an_earlier_run_are_measured(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(report_costs, "MOST_SECONDS", float("inf"))
    folder = written(tmp_path)
    assert main(["reports", f"--reports={folder}", "--exchanges=10"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["exchanges:", "10"]
    assert lines[-1] == "within the bounds"
