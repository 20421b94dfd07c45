"""Show which faults in the kit's core its own tests miss, by mutmut.

mutmut keeps its copies in a folder `mutants`, as our package is called: it works on a copy of the tree in
`.mutmut`. What it mutates and which tests it runs stands in pyproject.toml, under `[tool.mutmut]`.
"""

import argparse
import shutil
import subprocess
import sys
from collections import Counter

from tck.paths import ROOT

COPY = ROOT / ".mutmut"
COPIED = ("conftest.py", "pyproject.toml", "spec", "tck", "tests")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "node_modules")
CAUGHT = ("killed", "timeout")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--max-children", default="2", help="mutants tried at a time (2)")
    parser.add_argument("names", nargs="*", help="mutants, such as 'tck.cleanup.ledger.*'; all without one")


def main(given: argparse.Namespace) -> int:
    """Run mutmut on a fresh copy, show what survived and count; 0 when mutmut could work."""
    fresh_copy()
    code = mutmut("run", f"--max-children={given.max_children}", *given.names).returncode
    if code == 0:
        report()
    return code


def fresh_copy() -> None:
    """Copy what the tests of the core need."""
    shutil.rmtree(COPY, ignore_errors=True)
    COPY.mkdir()
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, COPY / name, ignore=LEFT_OUT)
        else:
            shutil.copy2(ROOT / name, COPY / name)


def report() -> None:
    """Print each mutant that nothing caught, as a diff, and the figures of each module."""
    lines = mutmut("results", "--all=true", quiet=True).stdout.splitlines()
    states = dict(line.strip().split(": ", 1) for line in lines if line.startswith("    tck."))
    for name, state in states.items():
        if state not in (*CAUGHT, "not checked"):
            print(mutmut("show", name, quiet=True).stdout)
    counted = Counter((name.rpartition(".")[0], state) for name, state in states.items())
    for module in dict.fromkeys(module for module, _ in counted):
        figures = {state: count for (one, state), count in counted.items() if one == module}
        told = ", ".join(f"{count} {state}" for state, count in sorted(figures.items()))
        print(f"{module:<20}{sum(figures.values()):>4} mutants: {told}")


def mutmut(*arguments: str, quiet: bool = False) -> subprocess.CompletedProcess[str]:
    """Run one of mutmut's commands on the copy."""
    output = subprocess.PIPE if quiet else None
    return subprocess.run(
        [sys.executable, "-m", "mutmut", *arguments], cwd=COPY, check=False, text=True, stdout=output
    )
