"""Judging under load: Locust's users walk through the lives of sessions, and every reply is judged.

Locust needs gevent, which must patch sockets before TLS and HTTP are imported. So it runs in child processes
(`python -m tck.load.engine`); the command that starts them looks at the target before, and closes, settles
and reports after.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tck.child import kit


@dataclass(frozen=True)
class Loaded:
    """What became of a load: the exit code of the command, and where its result is, if it wrote one."""

    exit: int
    result: Path


def load(arguments: Sequence[str], report_dir: Path) -> Loaded:
    """Run `sessions-tck load` with these arguments in a child process; its reports go to the directory."""
    ended = kit(["load", *arguments, f"--report-dir={report_dir}"])
    return Loaded(ended.code, report_dir / "result.json")
