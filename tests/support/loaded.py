"""Loads of a server in this process, by the command in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reference.serving import Server
from reference.trigger import TriggerReference
from tests.support.trigger_server import KEY, KEYS, OTHER_KEY

SECRETS = {"TRIGGER_SECRET_KEY": KEY, "TRIGGER_OTHER_SECRET_KEY": OTHER_KEY}


class Watched(TriggerReference):
    """Counts how many sessions are open at the same time, and how many calls come."""

    def __init__(self, database: Path) -> None:
        super().__init__(database, KEYS)
        self.open: set[str] = set()
        self.most_open = 0
        self.calls = 0

    def new_row(self, environment, fields):
        row = super().new_row(environment, fields)
        self.open.add(row.id)
        self.most_open = max(self.most_open, len(self.open))
        return row

    def closed_row(self, change):
        self.open.discard(change.row.id)
        return super().closed_row(change)


@dataclass(frozen=True)
class Loaded:
    """What the command left."""

    code: int
    out: str
    reports: Path

    @property
    def result(self) -> dict[str, Any]:
        return dict(json.loads((self.reports / "result.json").read_text(encoding="utf-8")))

    @property
    def load(self) -> dict[str, Any]:
        return dict(self.result["load"])


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", "tck", "load", *arguments]


def environment(secrets: Mapping[str, str] = SECRETS) -> dict[str, str]:
    names = ("EVERRUNS_API_KEY", "TRIGGER_SECRET_KEY", "TRIGGER_OTHER_SECRET_KEY")
    return {**{name: value for name, value in os.environ.items() if name not in names}, **secrets}


def load(reports: Path, *arguments: str, secrets: Mapping[str, str] = SECRETS) -> Loaded:
    """Run the command to its end."""
    given = command(*arguments, f"--report-dir={reports}")
    ran = subprocess.run(
        given,
        check=False,
        env=environment(secrets),
        capture_output=True,
        text=True,
        cwd=reports.parent,
        timeout=300,
    )
    return Loaded(ran.returncode, ran.stdout + ran.stderr, reports)


@contextmanager
def served(application: Watched) -> Iterator[str]:
    app = application.app()

    async def counted(scope: Any, receive: Any, send: Any) -> None:
        application.calls += scope["type"] == "http"
        await app(scope, receive, send)

    with Server(counted) as url:
        yield url


def texts_in(reports: Path) -> Sequence[tuple[str, str]]:
    """Each report by its name, as text."""
    found = sorted(path for path in reports.rglob("*") if path.is_file())
    return [(path.name, path.read_text(encoding="utf-8", errors="replace")) for path in found]
