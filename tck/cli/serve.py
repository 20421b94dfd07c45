"""`sessions-tck serve`: the reference as `python -m reference` serves it."""

import os
import sys
from argparse import Namespace
from typing import NoReturn

from tck import paths

PROGRAM = "REFERENCE_PROGRAM"
"""The variable by which the reference is told what its user has called."""


def main(given: Namespace) -> NoReturn:
    sys.stdout.flush()
    path = os.pathsep.join(filter(None, [str(paths.ROOT), os.environ.get("PYTHONPATH", "")]))
    environment = {**os.environ, "PYTHONPATH": path, PROGRAM: "sessions-tck serve"}
    command = [sys.executable, "-P", "-m", "reference", *given.arguments]
    os.execve(command[0], command, environment)  # noqa: S606 - our own command
