"""`python -m tck waivers` writes what a person has still to fill in."""

from datetime import date
from typing import Any

import pytest

from tck.__main__ import main
from tck.cli.waivers import template
from tck.contract.waivers import load_waivers
from tck.errors import KitError

FAILED: Any = [
    {"id": "close.is-terminal", "level": "must", "statement": "A closed session\nstays closed."},
    {"id": "close.says-why", "level": "should", "statement": "A refusal says: why."},
]
TODAY = date(2026, 11, 20)


def test_the_template_is_refused_until_it_is_filled_in(tmp_path):
    path = tmp_path / "waivers.yaml"
    known = [one["id"] for one in FAILED]
    text = "\n".join(template(FAILED, TODAY))
    path.write_text(text)
    with pytest.raises(KitError, match="`reason` is empty"):
        load_waivers(path, known, TODAY)
    path.write_text(text.replace('reason: ""', "reason: known").replace('ticket: ""', "ticket: T-1"))
    waivers = load_waivers(path, known, TODAY)
    assert [(one.requirement, one.days_left(TODAY)) for one in waivers.values()] == [
        (name, 30) for name in known
    ]


def test_what_is_wrong_is_one_sentence(tmp_path, capsys):
    assert main(["waivers", f"--from={tmp_path / 'none.json'}"]) == 4
    assert main(["waivers"]) == 4
    first, second = capsys.readouterr().err.splitlines()
    assert first.endswith("none.json cannot be read: No such file or directory.")
    assert "--from" in second
