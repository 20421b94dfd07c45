"""Published certificates: where they lie, what is refused there, and what to mend."""

import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tck.__main__ import main
from tck.certification.entries import place
from tck.certification.implementation import Implementation
from tests.support.certified import LAST_DAY, PLACE, WHO, certify, key_pair, on, submitted

MEND = "Restore the signed files, or run, certify and submit again."


@pytest.fixture(autouse=True)
def _on_a_day(monkeypatch: pytest.MonkeyPatch):
    on(monkeypatch)


@pytest.fixture
def root(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    root = submitted(tmp_path)
    capsys.readouterr()
    return root


def refused(capsys: pytest.CaptureFixture[str], root: Path, *arguments: str) -> list[str]:
    assert main(["submissions", str(root), *arguments]) == 1
    return [line.removeprefix(f"REFUSED: {root}/") for line in capsys.readouterr().err.splitlines()]


def test_it_is_laid_with_all_that_a_stranger_needs(root: Path, capsys: pytest.CaptureFixture[str]):
    entry = root / PLACE
    names = ["README.md", "certificate.json", "key.pub", "result.json"]
    assert sorted(path.name for path in entry.iterdir()) == names
    told = (entry / "README.md").read_text(encoding="utf-8")
    assert told.startswith(
        "# rooms-server 1.2.3: conformant with rooms 2027-01\n\nBy Rooms Ltd (conformance@"
    )
    kit = "The kit is sessions-tck 0.1.0: the commit that git log --grep='^Release 0.1.0$' shows in its repository."
    assert f"\n## Reproduce\n\n{kit}\n\nA run needs its keys in ROOMS_KEY:\n\n    sessions-tck " in told
    assert told.endswith("    sessions-tck diff result.json reports/again/result.json\n")
    keyid = json.loads((entry / "certificate.json").read_text())["signatures"][0]["keyid"]
    assert main(["submissions", str(root)]) == 0
    assert capsys.readouterr().out == f"{PLACE} is valid until 2027-09-21, signed by {keyid}\n"
    assert main(["verify", str(entry / "certificate.json"), f"--key={entry / 'key.pub'}"]) == 0


def test_a_readme_with_the_command_of_an_earlier_kit_holds(root: Path, capsys: pytest.CaptureFixture[str]):
    path = root / PLACE / "README.md"
    path.write_text(path.read_text().replace("    sessions-tck --base", "    uvx sessions-tck==0.1.0 --base"))
    assert main(["submissions", str(root)]) == 0
    assert "is valid until" in capsys.readouterr().out


def test_a_readme_that_is_there_is_kept(root: Path, tmp_path: Path):
    path = root / PLACE / "README.md"
    path.write_text(path.read_text() + "\n## Thanks\n")
    submitted(tmp_path, "--setup=Start it.")
    assert path.read_text().endswith("## Thanks\n")
    path.unlink()
    submitted(tmp_path, "--setup=Start it.")
    assert "\n\nStart it. A run needs" in path.read_text()
    assert main(["submissions", str(root)]) == 0


def test_names_make_folders_that_lie_where_they_should():
    named = {
        ("Rooms & Sons: Server", "v1.2 (beta)"): "rooms/rooms-sons-server/v1.2-beta",
        ("../../etc", "../.."): "rooms/etc",
        ("Zimmer_Übersicht", "2026-11"): "rooms/zimmer-übersicht/2026-11",
    }
    for (name, version), expected in named.items():
        record = Implementation.from_json({**WHO, "implementation": name, "version": version})
        assert str(place("rooms", record)) == expected
        assert ("must each have" in record.fault()) == (version == "../..")


def test_what_does_not_hold_is_not_laid_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    certify(tmp_path)
    _, other = key_pair(tmp_path, "other", seed=2)
    capsys.readouterr()
    path = tmp_path / "certificate.json"
    assert main(["submit", str(path), f"--key={other}", f"--to={tmp_path / 'certified'}"]) == 4
    assert capsys.readouterr().err.startswith(f"ERROR: not submitted: {path} is signed by another key: ")
    assert not (tmp_path / "certified").exists()


def _edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(entry: Path) -> None:
        text = (entry / name).read_text(encoding="utf-8")
        assert old in text
        (entry / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def _other_key(entry: Path) -> None:
    _, public = key_pair(entry.parent, "other", seed=2)
    public.replace(entry / "key.pub")
    (entry.parent / "other.pem").unlink()


def _private_key(entry: Path) -> None:
    private, public = key_pair(entry.parent, "other")
    private.replace(entry / "key.pub")
    public.unlink()


def _linked(entry: Path) -> None:
    moved = entry.parents[3] / "elsewhere.json"
    (entry / "result.json").replace(moved)
    (entry / "result.json").symlink_to(moved)


SPOILED: dict[str, tuple[Callable[[Path], object], str]] = {
    "edited result": (
        _edit("result.json", '"requests": 3', '"requests": 4'),
        f"{PLACE} {{entry}}/result.json was changed after it was written: its digest does not match what it says. {MEND}",
    ),
    "edited certificate": (
        _edit("certificate.json", '"payload": "', '"payload": "AAAA'),
        f"{PLACE} certificate.json was changed after it was signed: its signature does not match. {MEND}",
    ),
    "unsigned": (
        lambda entry: (entry / "certificate.json").unlink(),
        f"{PLACE} has no certificate.json; sessions-tck submit writes all four files.",
    ),
    "without a signature": (
        lambda entry: (entry / "certificate.json").write_text('{"payload": "", "signatures": []}'),
        f"{PLACE} certificate.json is not a certificate of this kit: it is not a DSSE envelope with one signature. {MEND}",
    ),
    "private key": (
        _private_key,
        f"{PLACE} {{entry}}/key.pub contains a private key; give the public key, and keep the private one secret. {MEND}",
    ),
    "a file too many": (
        lambda entry: (entry / "notes.txt").touch(),
        f"{PLACE} contains notes.txt, which is not part of an entry; delete it.",
    ),
    "a link": (_linked, f"{PLACE} contains result.json as a link; replace the link with the file."),
    "misplaced": (
        lambda entry: shutil.move(entry, entry.parents[1] / "other" / "1.2.3"),
        f"rooms/other/1.2.3 is in the wrong folder: its certificate belongs in {PLACE}; move it there.",
    ),
    "too high": (
        lambda entry: (entry / "result.json").replace(entry.parents[2] / "result.json"),
        "result.json is outside any entry; an entry is a folder <contract>/<implementation>/<version> with its files in it.",
    ),
    "no section": (
        _edit("README.md", "## Reproduce", "## Again"),
        f"{PLACE} README.md has no section '## Reproduce'; add it, with the setup of the target and the commands.",
    ),
    "no command": (
        _edit("README.md", " --hypothesis-seed=7", ""),
        f"{PLACE} the section '## Reproduce' of README.md has no such line of its own; add it: sessions-tck ",
    ),
    "command elsewhere": (
        _edit("README.md", "    sessions-tck diff", "## More\n\n    sessions-tck diff"),
        f"{PLACE} the section '## Reproduce' of README.md has no such line of its own; add it: sessions-tck diff ",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILED)
def test_what_may_not_stay_is_refused_with_what_to_mend(
    root: Path, capsys: pytest.CaptureFixture[str], name: str
):
    spoil, sentence = SPOILED[name]
    spoil(root / PLACE)
    told = refused(capsys, root)
    assert told[0].startswith(sentence.replace("{entry}", str(root / PLACE)))
    assert main(["matrix", str(root)]) == 1
    assert not (root / "index.html").exists()


def test_another_key_beside_it_is_seen(root: Path, capsys: pytest.CaptureFixture[str]):
    _other_key(root / PLACE)
    assert refused(capsys, root)[0].startswith(
        f"{PLACE} certificate.json is signed by another key: it names "
    )


def test_time_alone_refuses_only_what_is_new(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    def git(*arguments: str) -> None:
        who = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-q")
    git("commit", "-qm", "nothing", "--allow-empty")
    git("add", "certified")
    git("commit", "-qm", "an entry")
    on(monkeypatch, LAST_DAY + timedelta(days=1))
    for arguments in ([], ["--since=HEAD"]):
        assert main(["submissions", str(root), *arguments]) == 0
        assert f"{PLACE} expired on 2027-09-21, signed by" in capsys.readouterr().out
    assert refused(capsys, root, "--since=HEAD~1") == [
        f"{PLACE} certificate.json expired on 2027-09-21; certify a newer run."
    ]
    for commit in ("nowhere", "--all"):
        assert main(["submissions", str(root), f"--since={commit}"]) == 4
        assert capsys.readouterr().err == (
            f"ERROR: --since={commit} is not a commit of the repository that contains {root}.\n"
        )


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for command in ("submissions", "matrix"):
        assert main([command, str(tmp_path / "none")]) == 4
        assert capsys.readouterr().err == (
            f"ERROR: {tmp_path / 'none'} is not a folder; give the folder of the published certificates.\n"
        )
    assert main(["submissions", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"{tmp_path} contains no entry.\n"
