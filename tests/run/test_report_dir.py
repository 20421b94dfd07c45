"""Reports replace earlier ones only when all of them are there, and never what the kit did not write."""

import json
from pathlib import Path

import pytest

from tck.cleanup.ledger_lock import LedgerLock
from tck.errors import KitError
from tck.run.report_dir import open_report_dir, writable_report_dir

NAMES = ("result.json", "junit.xml", "summary.md")
FULL = OSError(28, "No space left on device")


def result(partial: bool) -> str:
    return json.dumps({"kit": {"name": "sessions-tck"}, "partial": partial})


def put(directory: Path, partial: bool, *names: str, failing: bool = False) -> str:
    """Write some reports as a run does; the sentence about what went wrong."""

    def write(folder: Path) -> None:
        for name in names:
            (folder / name).write_text(result(partial))
        if failing:
            raise FULL

    reports = open_report_dir(directory, NAMES)
    try:
        return reports.put(partial, write)
    finally:
        reports.release()


def held(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_a_report_directory_is_made_and_the_new_folders_are_known(tmp_path):
    assert writable_report_dir(tmp_path / "a" / "b") == [tmp_path / "a" / "b", tmp_path / "a"]
    assert writable_report_dir(tmp_path / "a" / "b") == []
    assert list((tmp_path / "a" / "b").iterdir()) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(KitError, match="cannot be written to"):
        writable_report_dir(tmp_path / "file" / "deep")


def test_reports_take_the_place_of_earlier_ones_together(tmp_path):
    assert put(tmp_path, False, "result.json", "junit.xml") == ""
    assert put(tmp_path, False, "result.json", "summary.md") == ""
    assert held(tmp_path) == ["result.json", "summary.md"]


def test_reports_that_could_not_all_be_written_replace_nothing(tmp_path):
    put(tmp_path, False, *NAMES)
    (tmp_path / "junit.xml").write_text("earlier")
    said = put(tmp_path, False, "junit.xml", failing=True)
    assert said == (
        f"the reports could not be written to {tmp_path} (No space left on device); earlier ones are unchanged."
    )
    assert held(tmp_path) == sorted(NAMES)
    assert (tmp_path / "junit.xml").read_text() == "earlier"


def test_a_result_that_was_written_is_kept_aside_when_the_others_were_not(tmp_path):
    put(tmp_path, False, *NAMES)
    said = put(tmp_path, False, "result.json", failing=True)
    [aside] = tmp_path.glob("incomplete-*")
    assert f"{aside} has result.json of this run." in said
    assert held(aside) == ["result.json"]


def test_a_partial_result_goes_beside_a_whole_one_and_replaces_another_partial_one(tmp_path):
    latest, beside = tmp_path / "latest", tmp_path / "latest-partial"
    put(latest, True, "result.json")
    assert (held(tmp_path), held(latest)) == (["latest"], ["result.json"])
    put(latest, False, "result.json")
    for _ in range(2):
        put(latest, True, "result.json")
        assert [json.loads((place / "result.json").read_text())["partial"] for place in (latest, beside)] == [
            False,
            True,
        ]


def test_files_that_the_kit_did_not_write_are_never_overwritten(tmp_path):
    (tmp_path / "new").mkdir()
    for name, text in (("summary.md", "my notes"), ("result.json", "[1]"), ("result.json", '{"kit": 7}')):
        file = tmp_path / "new" / name
        file.write_text(text)
        with pytest.raises(KitError, match=f"holds {name}, which is no report of this kit"):
            open_report_dir(tmp_path / "new", NAMES)
        assert file.read_text() == text
        assert held(tmp_path / "new") == [name]
        file.unlink()
    put(tmp_path / "new", False, "result.json")


def test_a_file_that_is_not_ours_where_a_partial_result_would_go_is_found_before_the_run(tmp_path):
    put(tmp_path / "latest", False, "result.json")
    (tmp_path / "latest-partial").mkdir()
    (tmp_path / "latest-partial" / "summary.md").write_text("my notes")
    with pytest.raises(KitError, match=r"latest-partial holds summary\.md"):
        open_report_dir(tmp_path / "latest", NAMES)


def test_scripts_go_with_the_result_that_they_belong_to_and_others_stay(tmp_path):
    (tmp_path / "reproduce").mkdir()
    mine = tmp_path / "reproduce" / "mine.sh"
    mine.write_text("echo mine")
    told = {"kit": {"name": "sessions-tck"}, "partial": False, "causes": [{"requirement": "a.one"}]}

    def write(*names: str) -> str:
        def writing(folder: Path) -> None:
            (folder / "reproduce").mkdir()
            for name in names:
                (folder / "reproduce" / f"{name}.sh").write_text("curl")
            (folder / "result.json").write_text(
                json.dumps(told if "a.one" in names else {**told, "causes": []})
            )

        reports = open_report_dir(tmp_path, NAMES)
        said = reports.put(False, writing)
        reports.release()
        return said

    assert write("a.one") == ""
    assert held(mine.parent) == ["a.one.sh", "mine.sh"]
    assert "reproduce/mine.sh there is no report of this kit" in write("mine")
    assert write() == ""
    assert held(mine.parent) == ["mine.sh"]
    assert mine.read_text() == "echo mine"


def test_an_earlier_result_names_nothing_outside_its_scripts_that_is_removed(tmp_path):
    kept = tmp_path / "kept.sh"
    kept.write_text("echo kept")
    (tmp_path / "latest" / "reproduce").mkdir(parents=True)
    for causes in ([{"requirement": "../../kept"}], [{"requirement": ["odd"]}, "odd", {}], {"odd": 1}):
        told = {"kit": {"name": "sessions-tck"}, "partial": False, "causes": causes}
        (tmp_path / "latest" / "result.json").write_text(json.dumps(told))
        put(tmp_path / "latest", False, "result.json")
        assert kept.read_text() == "echo kept"


def test_the_second_run_into_a_directory_goes_to_another(tmp_path):
    first = open_report_dir(tmp_path / "latest", NAMES)
    second = open_report_dir(tmp_path / "latest", NAMES)
    assert (first.moved, first.directory) == ("", tmp_path / "latest")
    assert second.directory == tmp_path / "latest-2"
    assert second.moved == (
        f"another run is writing to {tmp_path / 'latest'}; this one writes to {tmp_path / 'latest-2'}"
    )
    first.release()
    third = open_report_dir(tmp_path / "latest", NAMES)
    assert (third.moved, third.directory) == ("", tmp_path / "latest")
    for run in (second, third):
        run.remove_own_folders()
    assert held(tmp_path) == ["latest"]


def test_a_lock_and_a_folder_of_a_killed_run_are_in_nobodys_way(tmp_path):
    (tmp_path / "run.lock").touch()
    (tmp_path / ".reports-0123").mkdir()
    assert put(tmp_path, False, "result.json") == ""
    assert held(tmp_path) == ["result.json"]
    assert not LedgerLock(tmp_path / "run").is_held()
