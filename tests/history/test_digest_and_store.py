"""Results by date: each with a digest that fits it, what is cut or edited named and left out, old ones removed."""

from errno import ENOSPC
from pathlib import Path

import pytest

from tck.errors import KitError
from tck.history.digest import digest_of, read_digest
from tck.history.note import Note, read_note
from tck.history.store import keep_note, keep_result, last_alike, prune, read_history
from tck.results.document import Result
from tck.results.repeats import Trial, repeats_by_failure
from tck.results.result_file import build_result, write_result
from tck.vocabulary import Level, Outcome
from tests.support.made_nights import digest, night
from tests.support.result_samples import exchange, facts, finding, settled, version_1

START = 1_790_000_000.0
DAY = 86_400.0


def result(number: int = 0, **values) -> Result:
    found = [settled(Outcome.PASSED), settled(Outcome.FAILED, Level.SHOULD, "open.answers-201")]
    return build_result(facts(*found, started_at=START + number * DAY, **values))


def kept(folder: Path, *results: Result) -> list[str]:
    beside = folder.with_name("result.json")
    names = []
    for one in results:
        write_result(beside, one)
        names.append(keep_result(folder, beside, one["started_at"]))
    return names


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "history"


def test_a_digest_says_what_its_result_says():
    again = repeats_by_failure([Trial("close.is-terminal", finding().check, Outcome.PASSED)])
    shown = {"main-1": exchange(duration=0.02), "main-2": exchange(id="main-2", duration=0.5)}
    made = digest_of(build_result(facts(settled(Outcome.FAILED), repeats=again, exchanges=shown)), "f" * 64)
    assert made.kinds == {"close.is-terminal": "failed"}
    assert made.repeats == {"close.is-terminal": "failed 1 of 2"}
    assert made.flaky == {"close.is-terminal"}
    assert (made.verdict, made.causes) == ("not_conformant", ("close.is-terminal",))
    assert made.latency["closeRoom"] == {
        "replies": 2,
        "p50": 20.0,
        "p95": 500.0,
        "p99": 500.0,
        "longest": 500.0,
    }
    assert read_digest(made.rendered()) == made


@pytest.mark.parametrize("change", [("passed", "failed"), ('"requests":11000', '"requests":1'), ("}", "")])
def test_a_digest_that_was_changed_is_none(change):
    assert read_digest(digest().rendered()) == digest()
    assert read_digest(digest().rendered().replace(*change)) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"seal": "x"}', "[" * 100_000])
def test_other_texts_are_no_digests_and_no_notes(text):
    assert read_digest(text) is None
    assert read_note(text) is None


def test_results_are_kept_by_date_with_a_digest_beside_each(folder: Path):
    names = kept(folder, result(1), result(0), result(0))
    assert names == ["2026-09-22T14-13-20", "2026-09-21T14-13-20", "2026-09-21T14-13-20-2"]
    assert {path.name for path in folder.iterdir()} == {
        f"{name}{ending}" for name in names for ending in (".json", ".digest.json")
    }
    found = read_history(folder)
    assert [one.name for one in found.nights] == sorted(names)
    assert found.nights[0].digest.kinds == {"close.is-terminal": "passed", "open.answers-201": "deviating"}
    assert found.left_out == ()


def test_a_result_without_a_fitting_digest_gets_one(folder: Path):
    [name] = kept(folder, result())
    beside = folder / f"{name}.digest.json"
    first = beside.read_bytes()
    for damage in (b"", first.replace(b"passed", b"failed"), None):
        beside.write_bytes(damage) if damage is not None else beside.unlink()
        assert read_history(folder).nights[0].digest.kinds["close.is-terminal"] == "passed"
        assert beside.read_bytes() == first


def test_cut_and_edited_results_are_named_and_left_out(folder: Path):
    cut, edited, good = kept(folder, result(0), result(1), result(2))
    whole = {name: (folder / f"{name}.json") for name in (cut, edited)}
    whole[cut].write_bytes(whole[cut].read_bytes()[:-100])
    whole[edited].write_text(whole[edited].read_text().replace('"outcome": "passed"', '"outcome": "failed"'))
    (folder / "foreign.json").write_text('{"some": "thing"}')
    found = read_history(folder)
    assert [one.name for one in found.nights] == [good]
    assert found.left_out == (
        f"{whole[cut]} is not a whole result: it is not JSON; it may have been cut.",
        f"{whole[edited]} was changed after it was written: its digest does not match what it says.",
        f"{folder / 'foreign.json'} is not a result of this kit.",
    )


def test_a_night_without_a_result_is_there_by_its_note(folder: Path):
    [name] = kept(folder, result())
    keep_note(folder, name, Note(result()["started_at"], 1, "WORSE: 1 broke.", worse=True))
    keep_note(folder, "", Note("2026-09-23T03:17:00.000Z", 4))
    (folder / "2026-09-24T03-17-00.night.json").write_text("{}")
    found = read_history(folder)
    assert [(one.name, one.digest is not None, one.note.exit) for one in found.nights] == [
        (name, True, 1),
        ("2026-09-23T03-17-00", False, 4),
    ]
    assert found.nights[1].note.end == "no result: the kit could not start (exit code 4)"
    assert found.left_out == (f"{folder / '2026-09-24T03-17-00'}.night.json is no note of this kit.",)


def test_old_nights_are_removed_and_nothing_that_is_not_ours(folder: Path):
    names = kept(folder, *map(result, range(4)))
    keep_note(folder, names[0], Note(result()["started_at"], 0))
    (folder / "index.html").write_text("mine")
    (folder / "mine.json").write_text("{}")
    assert prune(folder, 2) == 2
    assert {path.name for path in folder.iterdir()} == {
        "index.html",
        "mine.json",
        *(f"{name}{ending}" for name in names[2:] for ending in (".json", ".digest.json")),
    }
    assert prune(folder, 2) == 0


def test_a_result_is_compared_with_the_last_that_is_as_whole():
    nights = [night(0), night(1, partial=True), night(2, contract="other")]
    assert last_alike(nights, digest(3)) == nights[0]
    assert last_alike(nights, digest(3, partial=True)) == nights[1]
    assert last_alike(nights, digest(3, contract="third")) is None


def test_a_folder_that_is_not_there_is_one_sentence(folder: Path):
    with pytest.raises(
        KitError, match="history is no folder; give one with results, such as reports/history"
    ):
        read_history(folder)


def test_the_first_version_of_results_is_read_too(folder: Path):
    """Its results have no latency, no groups and no causes of their own."""
    folder.mkdir()
    write_result(folder / "old.json", version_1(build_result(facts(settled(Outcome.FAILED)))))
    [found] = read_history(folder).nights
    assert (found.digest.latency, found.digest.causes) == ({}, ("close.is-terminal",))


def test_a_result_that_cannot_be_kept_whole_leaves_nothing(folder: Path, monkeypatch):
    result = folder / "result.json"
    write_result(result, build_result(facts(settled(Outcome.PASSED))))
    kept = folder / "kept"
    kept.mkdir()
    (kept / ".2026-01-01T00-00-00.part").write_text("of a process that was killed")

    def full(_, aside: Path) -> None:
        aside.write_text("{")
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr("tck.history.store.shutil.copyfile", full)
    with pytest.raises(OSError, match="No space left"):
        keep_result(kept, result, "2026-01-02T00:00:00.000Z")
    assert list(kept.iterdir()) == []
    monkeypatch.undo()
    keep_result(kept, result, "2026-01-02T00:00:00.000Z")
    assert len(read_history(kept).nights) == 1
