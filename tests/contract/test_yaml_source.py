"""tck.contract.yaml_source: files of our own that cannot be read at all, and how values come out."""

from pathlib import Path

import pytest

from tck.contract.yaml_source import read_document
from tck.errors import KitError
from tck.paths import ROOT, spec_dir


def read(tmp_path: Path, content: bytes) -> object:
    path = tmp_path / "a.yaml"
    path.write_bytes(content)
    return read_document(path).value


def test_a_missing_file_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(KitError, match=r"a\.yaml cannot be read: No such file or directory\.$"):
        read_document(tmp_path / "a.yaml")


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(KitError, match="cannot be read: Is a directory"):
        read_document(tmp_path)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"a: 1\nb: \xff\n", ":2: this is not UTF-8 text."),
        (b"a: 1\nb: \x00\n", ":1: this is not YAML: unacceptable character #x0000: "),
        (b"", ":1: the file is empty."),
        (b"a: 1\n---\nb: 2\n", ":2: this is not YAML: "),
        (b"a: &x [1, *x]\n", ":1: this value contains itself."),
        (b"a: *x\n", ":1: this is not YAML: found undefined alias"),
        (b"a: 1\n? [b]\n: 2\n", ":2: a key must be text."),
        (b"a: 1\nb: !thing 2\n", ":2: the value '2' cannot be read."),
    ],
)
def test_what_is_no_good_yaml_is_told_by_its_line(tmp_path: Path, content: bytes, told: str) -> None:
    with pytest.raises(KitError) as caught:
        read(tmp_path, content)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_values_come_out_as_json_has_them(tmp_path: Path) -> None:
    content = b"{a: 1, b: 2.5, c: true, d: null, e: x, f: [1], 201: y, g: 2026-11-21, h: 2026-11-21T08:00Z}"
    assert read(tmp_path, content) == {
        "a": 1, "b": 2.5, "c": True, "d": None, "e": "x", "f": [1], "201": "y", "g": "2026-11-21",
        "h": "2026-11-21T08:00Z",
    }  # fmt: skip


def test_a_value_may_stand_in_several_places(tmp_path: Path) -> None:
    assert read(tmp_path, b"a: &x [1]\nb: *x\nc: [*x, *x]\n") == {"a": [1], "b": [1], "c": [[1], [1]]}


def test_a_file_of_the_kit_is_named_from_its_root_on() -> None:
    assert read_document(spec_dir("trigger") / "contract.yaml").name == "spec/trigger/contract.yaml"
    assert (ROOT / "spec/trigger/contract.yaml").is_file()
