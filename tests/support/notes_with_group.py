"""The contract of notes with an optional group in it: the size of a note, which a server may lack."""

import shutil
from pathlib import Path

from tck.paths import ROOT

SOURCE = ROOT / "tests" / "support" / "contract_dir"
GROUP = """
groups:
  sizes:
    about: The size of a note.
    operations: [sizeOfNote]
    probe: [{operation: sizeOfNote, method: GET, path: '/notes/{address}/size'}]
    sessions: 2
    calls: {sizeOfNote: 4}
    large_bodies: 1
"""
REQUIREMENTS = """
  - id: sizes.counts-characters
    level: must
    statement: The size of a note is the number of its characters.
    source: {page: notes, at: Size}
    group: sizes
"""
CHECK = '''"""The size of a note."""

import pytest

from suites.notes.support import Notes
from tck.checking import Check


@pytest.mark.requirement("sizes.counts-characters")
def test_the_size_is_the_number_of_characters(check: Check, notes: Notes) -> None:
    made = check.control(notes.create("four"), "create.fuzz-valid-data-accepted")
    size = notes.send("sizeOfNote", "GET", f"/notes/{made['id'].value}/size", None)
    assert size["size"] == 4
'''
ROUTE = """            Operation("delete", "DELETE", "/notes/{session}", self.delete),
"""
MORE = """            Operation("size", "GET", "/notes/{session}/size", self.size),
"""
METHOD = """
    def size(self, call: Call) -> Reply:
        return Reply(200, {"size": len(self.found(call)["text"])%s})

    def found("""
OPERATION = """
  /notes/{note}/size:
    get:
      operationId: sizeOfNote
      parameters: [{name: note, in: path, required: true, schema: {type: string}}]
      responses: {'200': {description: The size}}
"""
COSTS = """
groups:
  sizes:
    shared: [0, 0]
    once: [3, 1]
    written:
      "test_sizes.py::test_the_size_is_the_number_of_characters": [3, 1]
    generated: {}
"""


def write_notes(folder: Path, *, offered: bool = True, wrong: bool = False) -> Path:
    """Write the contract; its reference offers the group or not, and counts wrongly or not."""
    shutil.copytree(SOURCE, folder, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    spec, suites = folder / "spec" / "notes", folder / "suites" / "notes"
    _add(spec / "contract.yaml", GROUP)
    _add(spec / "requirements.yaml", REQUIREMENTS)
    _add(spec / "costs.yaml", COSTS)
    openapi = spec / "openapi.yaml"
    openapi.write_text(openapi.read_text().replace("\ncomponents:", f"{OPERATION}components:", 1))
    (suites / "test_sizes.py").write_text(CHECK)
    server = folder / "reference" / "notes" / "__init__.py"
    text = server.read_text()
    if offered:
        text = text.replace(ROUTE, ROUTE + MORE)
        text = text.replace("\n    def found(", METHOD % (" + 1" if wrong else ""), 1)
    server.write_text(text)
    return folder


def _add(path: Path, text: str) -> None:
    path.write_text(path.read_text().rstrip("\n") + text)
