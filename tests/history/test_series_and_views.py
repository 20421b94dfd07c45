"""What a history shows: since when, how often, what changed; the page, JSON and OpenMetrics of ninety made-up nights."""

import json
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from tck.__main__ import main
from tck.history.charts import charts
from tck.history.document import document
from tck.history.metrics import openmetrics
from tck.history.note import Note
from tck.history.page import page
from tck.history.series import Span, series_of
from tck.history.store import Kept
from tck.history.words import morning
from tck.results.result_file import build_result, write_result
from tck.vocabulary import Outcome
from tests.support.made_nights import NAMES, began, lost, night, ninety
from tests.support.result_samples import facts, settled

ONE = NAMES[0]
UNSTEADY = (
    "failed since 2026-11-26 03:17, broken in 11 of 90 runs (of these not every time in 1), flipped 3 times"
)
FAULT = "failed since 2026-11-26 03:17, broken in 11 of 90 runs, flipped 3 times"
BROKEN = {ONE: "failed"}


def only(*nights):
    [series] = series_of(nights)
    return series


def test_a_row_says_since_when_and_how_often():
    kinds = [{}, BROKEN, {}, {ONE: "indeterminate"}, BROKEN, BROKEN]
    series = only(*(night(number, found) for number, found in enumerate(kinds)))
    [row] = series.rows
    assert (row.id, row.level, row.now, row.since, row.flips, row.failed, row.undecided) == (
        ONE, "must", "failed", 4, 3, 3, 1,
    )  # fmt: skip
    assert row.spans == (
        Span("passed", 0, 1), Span("failed", 1, 1), Span("passed", 2, 1), Span("indeterminate", 3, 1), Span("failed", 4, 2),
    )  # fmt: skip
    assert series.steady == len(NAMES) - 1


def test_runs_that_show_nothing_neither_begin_nor_end_a_failure():
    row = only(night(0), night(1, BROKEN), lost(2), night(3, {ONE: "not_tested"}), night(4, BROKEN)).rows[0]
    assert (row.since, row.flips) == (1, 1)


def test_a_requirement_of_a_new_contract_is_absent_before():
    series = only(night(0), night(1, {"new.rule": "failed"}, revision="2027-01"))
    assert series.rows[0].spans == (Span("absent", 0, 1), Span("failed", 1, 1))
    assert [(turn.at, turn.what) for turn in series.turns] == [(1, "contract")]


def test_changes_around_the_runs_are_marked_once():
    source = [Note(began(number), 0, source_moved=moved) for number, moved in enumerate([False, None, True])]
    nights = [night(number, note=note) for number, note in enumerate(source)]
    nights += [lost(3), night(4, kit="0.3.0"), night(5, kit="0.3.0", target="https://other.example.com")]
    assert [(turn.at, turn.what) for turn in only(*nights).turns] == [
        (2, "source of the contract"),
        (4, "kit"),
        (5, "target"),
    ]


def test_what_is_said_in_the_morning():
    assert morning(only(*ninety().nights)) == [
        "Not conformant since 2026-11-26 03:17 (4 runs), conformant before.",
        f"MUST close.rule-3: {FAULT}, judged again: failed 3 of 3.",
        f"MUST close.rule-4: {UNSTEADY}, judged again: failed 1 of 3.",
        "SHOULD create.rule-9: deviating since 2026-11-01 03:17, broken in 29 of 90 runs, flipped 1 time.",
        "Held in the newest run, and not steadily: update.rule-7 (broken in 8, flipped 16 times).",
        "2 runs could not be decided (inconclusive).",
        "2 runs left no result.",
        "2026-10-21 03:17: the kit changed from 0.2.0 (cccccccc) to 0.3.0 (dddddddd).",
        "2026-11-10 03:17: the contract changed from 2026-11 (bbbbbbbb) to 2027-01 (eeeeeeee).",
        "The source of the contract has moved.",
        "The source of the contract was last seen unchanged on 2026-11-07.",
    ]


def test_the_newest_night_without_a_result_is_said_first():
    said = morning(only(night(0), lost(1, 3)))
    assert said[1].startswith("The newest run left no result: the kit broke (exit code 3);")


def test_lines_are_broken_where_there_is_no_value():
    duration = charts([night(0), lost(1), night(2), night(3)])[0]
    assert duration.lines[0].path.count("M") == 2
    assert "h0" in duration.lines[0].path
    assert (duration.most, duration.lines[0].newest) == ("1 min 23 s", "1 min 23 s")


def test_each_contract_has_a_part_of_its_own():
    found = series_of([night(0), night(1, contract="halls"), lost(2)])
    assert [(one.contract, len(one.nights)) for one in found] == [("halls", 2), ("rooms", 2)]


def test_the_page_holds_all_and_needs_no_network():
    text = "".join(page(ninety()))
    for said in (
        *morning(only(*ninety().nights))[:4],
        "not every time",
        "no result: the kit could not start",
    ):
        assert said in text
    assert "it may have been cut." in text
    assert "<script" not in text
    assert "http" not in text.replace("https://rooms.example.com", "").replace("http-equiv", "")


def test_the_page_is_written_for_no_result_at_all():
    text = "".join(page(Kept((lost(0),), ())))
    assert "There is no result here; 1 run left none." in text
    assert "<li>2026-09-01 03:17: no result: the kit could not start (exit code 4)</li>" in text


def test_names_of_a_target_are_text_on_the_page():
    text = "".join(page(Kept((night(0, target="https://<b>&.example.com"),), ("<script>",))))
    assert "https://&lt;b&gt;&amp;.example.com" in text
    assert "<li>&lt;script&gt;</li>" in text


def test_json_says_the_same():
    [found] = document(ninety())["contracts"]
    assert found["requirements"][0] | {"runs": ()} == {
        "id": "close.rule-3", "level": "must", "now": "failed", "since": began(86), "failed_runs": 11, "flips": 3,
        "unrepeated_runs": 0,
        "repeats": "failed 3 of 3", "runs": (),
    }  # fmt: skip
    assert found["runs"][33] == {
        "name": "2026-10-04T03-17-00", "started_at": began(33), "verdict": None, "exit": 4, "moved": "", "worse": False,
        "source_moved": None, "source": [],
    }  # fmt: skip
    assert [one["what"] for one in found["changes"]] == ["kit", "source of the contract", "contract"]
    json.dumps(document(ninety()), allow_nan=False)


def metrics(text: str) -> dict[tuple[str, ...], float]:
    """The values by name and the labels that are not in all."""
    return {
        (
            one.name,
            *(value for name, value in one.labels.items() if name not in ("contract", "target")),
        ): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


def test_openmetrics_are_what_prometheus_reads():
    found = metrics(openmetrics(ninety()))
    assert found["sessions_tck_verdict", "not_conformant"] == 1
    assert found["sessions_tck_verdict", "conformant"] == 0
    assert found["sessions_tck_requirements", "must", "failed"] == 2
    assert found["sessions_tck_latency_seconds", "closeSession", "0.95"] == 0.021
    assert found["sessions_tck_requirement_broken", "must", "close.rule-3"] == 1
    assert found["sessions_tck_requirement_broken", "must", "update.rule-7"] == 0
    assert found["sessions_tck_requirement_flips", "must", "update.rule-7"] == 16


def test_all_runs_can_be_filled_in_with_their_times():
    families = list(text_string_to_metric_families(openmetrics(ninety(), backfill=True)))
    [duration] = [one for one in families if one.name == "sessions_tck_run_duration_seconds"]
    assert len(duration.samples) == 88
    first, second = (float(one.timestamp) for one in duration.samples[:2])
    assert second - first == 86_400


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_result(tmp_path / "one.json", build_result(facts(settled(Outcome.FAILED))))
    return tmp_path


def test_the_command_prints_the_morning_and_writes_what_it_is_asked_for(folder: Path, capsys):
    html, text = folder / "out" / "page.html", folder / "out" / "metrics.txt"
    assert main(["history", str(folder), f"--html={html}", f"--openmetrics={text}"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("rooms:\n  Not conformant since 2026-09-21 14:13 (1 run).\n")
    assert said.endswith(f"{text}\n{html}\n")
    assert html.read_text().startswith("<!doctype html>")
    assert text.read_text().endswith("# EOF\n")
    assert main(["history", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["schema_version"] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "nowhere is no folder"),
        (["tck"], "tck holds no result that can be read."),
        (["{folder}", "--backfill"], "--backfill needs --openmetrics=FILE."),
        (["{folder}", "--html={folder}"], "cannot be written"),
    ],
)
def test_bad_input_is_one_sentence(folder: Path, capsys, arguments, said):
    assert main(["history", *(one.format(folder=folder) for one in arguments)]) == 4
    assert said in capsys.readouterr().err


def test_without_the_extra_it_says_what_to_install(monkeypatch, folder: Path, capsys):
    monkeypatch.setitem(__import__("sys").modules, "prometheus_client", None)
    assert main(["history", str(folder), f"--openmetrics={folder / 'x'}"]) == 4
    assert "pip install prometheus-client" in capsys.readouterr().err
