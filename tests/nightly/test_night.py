"""What a night does around its run: the run itself is a stand-in that leaves the result it is given."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tck.__main__ import main
from tck.child import Ended
from tck.cleanup.ledger_lock import LedgerLock
from tck.contract.contract import load_contract
from tck.history.store import read_history, results_in
from tck.nightly import Night, Settings, night
from tck.nightly.found import Places, for_cleanup
from tck.notify import Word
from tck.results.document import Result
from tck.results.outcomes import Settled
from tck.results.result_file import build_result, sealed, write_result
from tck.vocabulary import Outcome
from tests.support.result_samples import facts, settled

GOOD, BAD = Outcome.PASSED, Outcome.FAILED
START = 4_000_000_000.0
"""The runs of the stand-in begin long after now, a day apart."""
DAY = 86_400.0


@dataclass
class Site:
    """A site of nights in a folder; `said` is what was printed, `ran` the commands, and `sent` the word."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    said: list[str] = field(default_factory=list)
    ran: list[list[str]] = field(default_factory=list)
    sent: list[Word] = field(default_factory=list)
    number: int = 0

    def __post_init__(self) -> None:
        (self.folder / "step").mkdir()
        self.settings = Settings(
            contract=load_contract("trigger"),
            base_url="https://rooms.example.com",
            reports=self.folder / "latest",
            history=self.folder / "history",
            urls=("json://example.com",),
        )
        self.environment = {
            "GITHUB_OUTPUT": str(self.folder / "step" / "output"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "step" / "summary"),
        }
        self.monkeypatch.setattr(night, "send", self._send)

    def _send(self, _, word: Word) -> tuple[str, ...]:
        self.sent.append(word)
        return ("Sent notification 1 (json).",)

    def judged(
        self,
        outcome: Outcome | None,
        code: int | None = None,
        leaves: Callable[[], None] | None = None,
        error: str = "",
        **how,
    ) -> int:
        """One night, with such an outcome of its one requirement; None leaves no result."""
        self.number += 1

        def kit(arguments: list[str]) -> Ended:
            self.ran.append(arguments)
            if leaves is not None:
                leaves()
            if arguments[0] == "run" and outcome is not None:
                write_result(self.settings.reports / "result.json", self.result(settled(outcome)))
            return Ended(code if code is not None else int(outcome is not GOOD), error)

        self.monkeypatch.setattr(night, "kit", kit)
        self.monkeypatch.setattr(night, "_now", lambda: self.result()["started_at"])
        self.said.clear()
        return Night(replace(self.settings, **how), self.said.append, self.environment).go()

    def result(self, *found: Settled) -> Result:
        made = build_result(facts(*found, started_at=START + DAY * self.number))
        return sealed({**made, "contract": {**made["contract"], "name": "trigger"}})


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(tmp_path, monkeypatch)


def test_the_run_gets_what_it_needs(site: Site):
    site.judged(GOOD, options=("-n", "4", "--rate-limit=5/s"), quiet=True)
    assert site.ran == [
        [
            "run", "-q", "--base-url=https://rooms.example.com", "--contract=trigger",
            f"--report-dir={site.folder / 'latest'}", "--confirm=2", "-n", "4", "--rate-limit=5/s",
        ]
    ]  # fmt: skip


def test_nights_are_compared_kept_and_told(site: Site):
    assert site.judged(GOOD) == 0
    assert site.said[0] == "There is no earlier result to compare with."
    assert site.sent == []

    assert site.judged(BAD) == 1
    assert site.said[0].startswith("WORSE: 1 broke.")
    assert site.sent[-1].title == "WORSE: trigger at https://rooms.example.com"
    assert "Sent notification 1 (json)." in site.said
    assert any(line.startswith("Not conformant since 2096-10-04") for line in site.said)

    assert site.judged(BAD) == 1
    assert site.said[0].startswith("Nothing moved: not conformant before and after.")
    assert len(site.sent) == 1

    assert site.judged(GOOD) == 0
    assert site.sent[-1].title == "Mended: trigger at https://rooms.example.com"
    kept = read_history(site.settings.history)
    assert [(one.note.exit, one.note.worse) for one in kept.nights] == [
        (0, False),
        (1, True),
        (1, False),
        (0, False),
    ]
    assert site.said[-1] == f"History: {site.settings.history / 'index.html'} (4 kept)."
    assert "flipped 2 times" in (site.settings.history / "index.html").read_text(encoding="utf-8")


def test_a_workflow_gets_its_outputs_and_its_summary(site: Site):
    site.judged(GOOD)
    site.judged(BAD)
    output = Path(site.environment["GITHUB_OUTPUT"]).read_text().splitlines()
    assert output == ["verdict=conformant", "kept=true", "verdict=not_conformant", "worse=true", "kept=true"]
    assert "## WORSE: 1 broke." in Path(site.environment["GITHUB_STEP_SUMMARY"]).read_text()
    assert "## WORSE: 1 broke." in (site.settings.reports / "changes.md").read_text()


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (4, "the kit could not start"),
        (3, "the kit broke"),
        (2, "it was interrupted"),
        (0, "nothing was judged"),
    ],
)
def test_a_night_without_a_result_is_noted_and_word_of_it_is_sent_once(site: Site, code, why):
    site.judged(GOOD)
    assert site.judged(None, code) == code
    assert site.said[0] == f"This run left no result: {why} (exit code {code})."
    assert site.judged(None, code) == code
    assert [one.title for one in site.sent] == ["NO RESULT: trigger at https://rooms.example.com"]
    assert [one.digest is None for one in read_history(site.settings.history).nights].count(True) == 2


def test_why_a_night_could_not_start_is_said_kept_and_sent(site: Site):
    site.judged(GOOD)
    site.judged(None, 4, error="--base-url=x is no URL.")
    end = "no result: the kit could not start (exit code 4): --base-url=x is no URL"
    assert site.said[0] == f"This run left {end}."
    assert end in (site.settings.history / "index.html").read_text()
    assert end in site.sent[0].lines[0]


def test_an_error_of_a_run_that_started_is_no_reason(site: Site):
    site.judged(None, 2, error="--base-url=x is no URL.")
    assert site.said[0] == "This run left no result: it was interrupted (exit code 2)."


def test_tonights_run_is_kept_whatever_the_clock_says(site: Site):
    for number in (5, 6, 0):
        site.number = number
        site.judged(GOOD, keep=2)
    names = [one.name for one in read_history(site.settings.history).nights]
    assert names == ["2096-10-03T07-06-40", "2096-10-09T07-06-40"]


def test_the_result_of_another_night_is_not_taken_for_this_ones(site: Site):
    site.settings.reports.mkdir()
    old = build_result(facts(settled(GOOD)))
    write_result(site.settings.reports / "result.json", old)
    site.judged(None, 1)
    assert site.said[0].startswith("This run left no result:")


def test_what_was_left_open_is_closed_as_the_run_was_told_to(site: Site):
    def leaves() -> None:
        site.settings.reports.mkdir(exist_ok=True)
        (site.settings.reports / "ledger-tck-1-main.jsonl").touch()

    site.judged(GOOD, leaves=leaves, options=("--rate-limit", "5/s", "-n", "2"))
    assert site.ran[1:] == [["cleanup", str(site.settings.reports), "--rate-limit=5/s"]]


def test_what_a_run_beside_the_directory_left_open_is_closed_too(site: Site):
    def leaves() -> None:
        beside = site.settings.reports.with_name("latest-2")
        beside.mkdir(exist_ok=True)
        (beside / "ledger-tck-1-main.jsonl").touch()

    site.judged(GOOD, leaves=leaves)
    assert site.ran[1:] == [["cleanup", str(site.folder / "latest-2")]]


def test_old_nights_are_removed(site: Site):
    for _ in range(4):
        site.judged(GOOD, keep=2)
    assert site.said[-1].endswith("(2 kept, 1 older removed).")
    assert len(read_history(site.settings.history).nights) == 2


def test_a_second_start_judges_nothing(site: Site):
    site.settings.history.mkdir()
    lock = LedgerLock(site.settings.history / "nightly")
    assert lock.take()
    try:
        assert site.judged(GOOD) == 5
    finally:
        lock.release()
    assert site.said == [
        f"another nightly run is under way and writes to {site.settings.history}; this one judged nothing."
    ]
    assert site.ran == []
    assert site.judged(GOOD) == 0


def test_a_history_that_cannot_be_written_is_told_and_the_verdict_stands_where_it_is_worse(site: Site):
    def leaves() -> None:
        (site.settings.history / "index.html").mkdir(parents=True, exist_ok=True)

    assert site.judged(GOOD, leaves=leaves) == 3
    page = site.settings.history / "index.html"
    assert f"ERROR: the history was not kept up to date: {page}: Is a directory." in site.said
    assert site.judged(None, 2) == 2


def test_a_last_result_that_was_edited_is_left_out_and_named(site: Site):
    site.judged(GOOD)
    [path] = results_in(site.settings.history)
    path.write_text(path.read_text().replace('"outcome": "passed"', '"outcome": "waived"'))
    assert site.judged(GOOD) == 0
    assert site.said[0] == "There is no earlier result to compare with."
    assert any(line.startswith(f"Left out: {path} was changed after it was written") for line in site.said)


PAGE = "trigger-close-session"


def test_a_moved_source_is_told_noted_and_sent_once(site: Site, tmp_path: Path):
    source = tmp_path / f"{PAGE}.md"
    source.write_text("# Another page altogether\n")
    for _ in range(2):
        site.judged(GOOD, sources=(str(source),))
        assert any(line.startswith("MOVED: ") for line in site.said)
    assert [one.title for one in site.sent] == ["MOVED: the source of trigger"]
    last = read_history(site.settings.history).nights[-1].note
    assert last.source_moved
    assert last.source[0].startswith("MOVED: ")


def test_a_source_that_cannot_be_read_changes_nothing(site: Site):
    assert site.judged(GOOD, sources=("nowhere.md",)) == 0
    assert any(line.startswith("WARNING: the source of the contract was not compared:") for line in site.said)
    assert read_history(site.settings.history).nights[-1].note.source_moved is None


def test_a_new_result_is_found_beside_the_directory_too_whatever_the_clocks_say(tmp_path: Path):
    def put(name: str, started: str) -> None:
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / "result.json").write_text(json.dumps({"started_at": started}))

    put("latest", "2026-02-01")
    put("latest-2", "2026-01-01")
    before = Places.of(tmp_path / "latest")
    assert Places.of(tmp_path / "latest").new_since(before) is None
    put("latest-eu", "2026-01-04")
    assert Places.of(tmp_path / "latest").new_since(before) is None, "the directory of another site"
    put("latest-2-partial", "2026-01-02")
    put("latest-partial", "2026-01-03")
    after = Places.of(tmp_path / "latest")
    assert after.new_since(before) == tmp_path / "latest-partial" / "result.json"
    assert [one.name for one in after.folders] == ["latest", "latest-2", "latest-2-partial", "latest-partial"]


def test_a_history_with_a_later_run_than_this_one_is_named(site: Site):
    site.number = 5
    site.judged(GOOD)
    assert not any("set back" in line for line in site.said)
    site.number = 0
    assert site.judged(BAD) == 1
    assert site.said[0] == (
        "WARNING: the history holds a run of 2096-10-08 07:06 UTC, which is later than this one; if the clock was "
        f"set back, remove it: {site.settings.history / '2096-10-08T07-06-40'}.*"
    )
    assert site.said[1].startswith("WORSE: 1 broke.")


def test_the_options_that_cleanup_takes_too():
    given = [
        "-n",
        "4",
        "--ca-file",
        "ca.pem",
        "--client-key=k.pem",
        "--no-trace-headers",
        "-k",
        "x",
        "--rate-limit",
    ]
    assert for_cleanup(given) == ["--ca-file=ca.pem", "--client-key=k.pem", "--no-trace-headers"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "sessions-tck nightly: the following arguments are required: --base-url; see"),
        (["--base-url="], "sessions-tck nightly: --base-url is empty; see sessions-tck nightly --help."),
        (
            ["--base-url=http://127.0.0.1:9", "--keep=few"],
            "--keep takes a whole number from 0 to 100000, not 'few'.",
        ),
        (
            ["--base-url=http://127.0.0.1:9", "--confirm=-1"],
            "--confirm takes a whole number from 0 to 100000, not '-1'.",
        ),
        (["--base-url=nowhere"], "nowhere"),
        (["--base-url=http://127.0.0.1:9", "--contract=other"], "other"),
        (["--base-url=http://127.0.0.1:9", "--notify=NOT_SET"], "--notify needs NOT_SET"),
        (["--base-url=http://127.0.0.1:9", "--history={file}"], "cannot be written to"),
        (["--base-url=http://127.0.0.1:9", "--history="], "--history is empty"),
        (["--base-url=http://127.0.0.1:9", "--report-dir= "], "--report-dir is empty"),
        (["--base-url=http://127.0.0.1:9", "--openmetrics="], "--openmetrics is empty"),
        (["--base-url=http://127.0.0.1:9", "--contract-source="], "--contract-source is empty"),
        (
            ["--base-url=http://127.0.0.1:9", "--contract-source=closing=https://me:pw@x/"],
            "'closing' is no page of the contract; its pages are trigger-create-session, ",
        ),
        (["--base-url=http://127.0.0.1:9", "--contract-source=http://[x/"], "begins with http is not a URL."),
        (
            ["--base-url=http://127.0.0.1:9", "--history=a/../b", "--report-dir=b"],
            "--history and --report-dir are both a/../b; give the history a folder of its own.",
        ),
    ],
)
def test_bad_input_is_one_sentence_and_nothing_is_judged(
    tmp_path: Path, capsys, monkeypatch, arguments, said
):
    monkeypatch.setattr(night, "kit", lambda arguments: pytest.fail("it judged"))
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "file"
    file.touch()
    assert main(["nightly", *(one.format(file=file) for one in arguments)]) == 4
    error = capsys.readouterr().err
    assert said in error
    assert error.startswith("ERROR: ")
    assert error.count("\n") == 1
    assert [one.name for one in tmp_path.iterdir()] == ["file"]
