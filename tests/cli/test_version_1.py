"""Every command reads a result that a kit of schema version 1 wrote, and certifies, verifies and shows it."""

import json
from pathlib import Path

import pytest

from tck.__main__ import main
from tck.results.result_file import write_result
from tests.support import certified
from tests.support.report_samples import hostile, written
from tests.support.result_samples import version_1


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> None:
    certified.on(monkeypatch)


def test_its_reports_are_written_again_with_a_cause_for_each_failure(tmp_path: Path, capsys):
    written(tmp_path)
    document = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    write_result(tmp_path / "result.json", version_1(document))
    assert main(["report", str(tmp_path)]) == 0
    text = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert "#### 1. MUST `close.is-terminal`" in text
    assert "Deviations (2 requirements)" in text


def test_it_is_compared_with_a_newer_one(tmp_path: Path, capsys):
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    write_result(old, version_1(hostile()[0]))
    write_result(new, hostile()[0])
    assert main(["diff", str(old), str(new)]) == 0
    assert capsys.readouterr().out.startswith("Nothing moved: ")


def test_waivers_are_drawn_up_from_it(tmp_path: Path, capsys):
    write_result(tmp_path / "result.json", version_1(hostile()[0]))
    assert main(["waivers", f"--from={tmp_path / 'result.json'}"]) == 0
    assert "  - requirement: close.is-terminal\n" in capsys.readouterr().out


def test_it_is_certified_and_verified(tmp_path: Path, capsys):
    assert certified.certify(tmp_path, version_1(certified.result())) == 0
    assert certified.verify(tmp_path) == 0
    assert "VALID" in capsys.readouterr().out


def test_it_is_published_and_shown_among_the_implementations(tmp_path: Path, capsys, monkeypatch):
    monkeypatch.setattr(certified, "result", lambda made=certified.result: version_1(made()))
    root = certified.submitted(tmp_path)
    assert main(["submissions", str(root)]) == 0
    assert main(["matrix", str(root)]) == 0
    assert "rooms-server 1.2.3" in (root / "README.md").read_text(encoding="utf-8")


def test_a_changed_byte_is_refused(tmp_path: Path, capsys):
    path = tmp_path / "result.json"
    write_result(path, version_1(hostile()[0]))
    path.write_text(
        path.read_text(encoding="utf-8").replace('"requests": 3', '"requests": 4'), encoding="utf-8"
    )
    assert main(["waivers", f"--from={path}"]) == 4
    assert "was changed after it was written" in capsys.readouterr().err
