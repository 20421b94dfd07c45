"""The functions that a script uses, of the shell and of Python: these alone, below its steps."""

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from tck.reports.reproduce import compare

SHELL = Path(__file__).with_name("functions.sh")
PYTHON = Path(compare.__file__)
CALLED = "run_"
"""How the functions of Python begin that the shell calls."""


def shell_functions(text: str) -> list[str]:
    """Of the functions of the shell those that a text uses, and those that these use, in order."""
    every = SHELL.read_text(encoding="utf-8").rstrip("\n").split("\n\n")
    by_name = {re.findall(r"^(\w+)\(\)", one, re.MULTILINE)[0]: one for one in every}
    used, todo = set[str](), [text]
    while todo:
        code = (line for line in todo.pop().splitlines() if not line.startswith("#"))
        words = {word for line in code for word in re.findall(r"(?<![\w./$])\w+", line)}
        new = {name for name in by_name if name in words} - used
        used |= new
        todo += [by_name[name] for name in new]
    return [one for name, one in by_name.items() if name in used]


def called_in(functions: Iterable[str]) -> list[str]:
    """The functions of Python that those of the shell call."""
    return [name for one in functions for name in re.findall(r"\brun_python ([a-z_]+)", one)]


def python_program(names: Sequence[str]) -> list[str]:
    """The lines of a program that runs one of these functions, with what they need; none for none."""
    if not names:
        return []
    source = PYTHON.read_text(encoding="utf-8")
    parts = _parts(ast.parse(source))
    used, todo = set[str](), [*(CALLED + name for name in names), "sys"]
    while todo:
        name = todo.pop()
        if name in parts and name not in used:
            used.add(name)
            todo += [one.id for node in parts[name] for one in ast.walk(node) if isinstance(one, ast.Name)]
    table = ", ".join(f'"{name}": {CALLED}{name}' for name in names)
    end = f"sys.exit({{{table}}}[sys.argv[1]](*sys.argv[2:]))"
    return [*_imports(parts, used), "", *_definitions(parts, used, source), "", "", end]


Parts = Mapping[str, tuple[ast.stmt, ...]]
"""What defines a name: a statement, and the sentence below it."""


def _parts(module: ast.Module) -> Parts:
    parts: dict[str, tuple[ast.stmt, ...]] = {}
    for node, after in zip(module.body, [*module.body[1:], None], strict=True):
        told = (after,) if isinstance(after, ast.Expr) else ()
        for name in _names(node):
            parts[name] = (node, *told)
    return parts


def _names(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.Import() | ast.ImportFrom():
            yield from (one.name for one in node.names)
        case ast.FunctionDef():
            yield node.name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            yield name


def _imports(parts: Parts, used: Collection[str]) -> Iterator[str]:
    """The imports, without what is not used."""
    plain = [name for name, (node, *_) in parts.items() if name in used and isinstance(node, ast.Import)]
    yield from (f"import {name}" for name in plain)
    chosen: dict[str, list[str]] = {}
    for name, (node, *_) in parts.items():
        if name in used and isinstance(node, ast.ImportFrom):
            chosen.setdefault(str(node.module), []).append(name)
    yield from (f"from {module} import {', '.join(names)}" for module, names in chosen.items())


def _definitions(parts: Parts, used: Collection[str], source: str) -> Iterator[str]:
    lines = source.splitlines()
    for name, nodes in parts.items():
        if name in used and not isinstance(nodes[0], ast.Import | ast.ImportFrom):
            if isinstance(nodes[0], ast.FunctionDef):
                yield from ("", "")
            yield from lines[nodes[0].lineno - 1 : nodes[-1].end_lineno]
