"""The program that was called, as words for a shell that call it again."""

import os
import shlex
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import PurePath

from tck import paths

CALLED = "SESSIONS_TCK_CALLED"
"""The variable in which the command `sessions-tck` hands its own name to the pytest that it starts."""
SCRIPTS = frozenset({"pytest", "py.test", "sessions-tck"})
MODULES = frozenset({"pytest", "tck"})
WITH_VALUE = frozenset({"-W", "-X"})
"""Options of the interpreter that take the next word."""


def called_program() -> str:
    """What this process was called as; the usual name where another program runs pytest inside it."""
    return os.environ.get(CALLED) or program_of(sys.orig_argv, shutil.which) or paths.PROGRAM


def program_of(words: Sequence[str], which: Callable[[str], str | None]) -> str:
    """The program out of the words of a process; empty where it is none that runs the kit.

    The shell finds a script by PATH and passes its whole path on: of such a one only the name is kept.
    """
    if not words or "-c" in words[1:2]:
        return ""
    interpreter, flags, rest = words[0], list[str](), list(words[1:])
    while rest and rest[0].startswith("-") and rest[0] != "-m":
        flags += [rest.pop(0)]
        if flags[-1] in WITH_VALUE and rest:
            flags += [rest.pop(0)]
    if len(rest) > 1 and rest[0] == "-m" and rest[1] in MODULES:
        return shlex.join([_as_typed(interpreter, which), *flags, *rest[:2]])
    if rest and PurePath(rest[0]).name in SCRIPTS:
        return shlex.quote(_as_typed(rest[0], which))
    return ""


def command_of(program: str) -> str:
    """The command `sessions-tck` that stands beside a program that runs the checks."""
    *words, last = shlex.split(program)
    if last in MODULES and words and words[-1] == "-m":
        return shlex.join([*words, "tck"])
    return shlex.quote(str(PurePath(last).with_name("sessions-tck")))


def _as_typed(path: str, which: Callable[[str], str | None]) -> str:
    name = PurePath(path).name
    return name if which(name) == path else path
