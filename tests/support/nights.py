"""What every scheduled run here needs: a deployment that changes overnight, and the kit where it would be installed."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mutants.trigger.close.terminal import SecondCloseAnswers409
from reference.serving import Server
from reference.trigger import TriggerReference
from tck.paths import ROOT

KEY = "tr_dev_of+the/night/0123456789"
NARROW = "--requirement=close.repeat-answers-200"
"""Keeps a night short; it is what breaks in a bad one."""
GOOD, BAD = TriggerReference, SecondCloseAnswers409


@contextmanager
def deployment(server: type[TriggerReference], folder: Path) -> Iterator[str]:
    """Such a deployment, with KEY."""
    folder.mkdir(parents=True, exist_ok=True)
    with Server(server(folder / "rows.sqlite", {"env_main": KEY}).app()) as url:
        yield url


def install(folder: Path) -> None:
    """Put the kit's commands into a folder, as pip would."""
    folder.mkdir(parents=True)
    for name, arguments in {"sessions-tck": "-P -m tck", "python": ""}.items():
        script = f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} {arguments} "$@"\n'
        (folder / name).write_text(script, encoding="utf-8")
        (folder / name).chmod(0o755)


def result_in(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "result.json").read_text(encoding="utf-8"))


def secret_told(*places: Path) -> list[Path]:
    """The files that hold the key."""
    files = [path for place in places for path in place.rglob("*") if path.is_file()]
    return [path for path in files if KEY.encode() in path.read_bytes()]
