"""Whether a pytest sends generated requests at all: importing and asking Schemathesis takes a second."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Protocol, TypeVar

import pytest

from tck.pytest_internals import Expression
from tck.vocabulary import FUZZ, GENERATED

PLUGIN = "schemathesis.pytest.plugin"
"""What makes items of them; pyproject.toml keeps pytest from loading it before it is needed."""
MANY_MARKS = 6
NAME = re.compile(r"[^\s()=,]+")


def draws_cases(config: pytest.Config, wanted: Collection[str] = ()) -> bool:
    """Whether this pytest runs checks, and may come upon those that are marked fuzz.

    It does not where `-m` leaves them out, where no file that it collects holds the mark, or where those that
    do name none of the `wanted` requirements.
    """
    if config.option.collectonly or getattr(config.option, "plan", False):
        return False
    return _may_select_fuzz(config.option.markexpr) and any(
        _holds_fuzz(path, wanted) for path in _collected(config)
    )


def _collected(config: pytest.Config) -> Iterator[Path]:
    for place in config.args:
        path = config.invocation_params.dir / place.partition("::")[0]
        yield from path.rglob("test_*.py") if path.is_dir() else [path]


def _holds_fuzz(path: Path, wanted: Collection[str]) -> bool:
    if not path.is_file():
        return True  # as a name of a module: pytest itself finds what it means
    text = path.read_text(encoding="utf-8")
    return f"pytest.mark.{FUZZ}" in text and (not wanted or any(f'"{name}"' in text for name in wanted))


def _may_select_fuzz(marks: str) -> bool:
    others = sorted(set(NAME.findall(marks)) - {FUZZ, GENERATED, "and", "or", "not"})
    if not marks or len(others) > MANY_MARKS:
        return True
    try:
        expression = Expression.compile(marks)
    except SyntaxError:
        return True  # which pytest itself will report
    assumed = (dict(zip(others, held, strict=True)) for held in product((True, False), repeat=len(others)))
    return any(expression.evaluate(_matcher({**held, FUZZ: True, GENERATED: True})) for held in assumed)


def _matcher(held: Mapping[str, bool]) -> Callable[..., bool]:
    return lambda name, /, **_: held.get(name, False)


def load_schemathesis(config: pytest.Config) -> None:
    """Have Schemathesis make items of the generated checks, unless something else loaded it already."""
    known = (config.pluginmanager.get_plugin(name) for name in (PLUGIN, "schemathesis"))
    if not any(known):
        config.pluginmanager.import_plugin(PLUGIN)


Test = TypeVar("Test", bound=Callable[..., None])


class FuzzedApi(Protocol):
    """What makes items of generated requests: a Schemathesis document, or what stands for it."""

    def include(self, *, operation_id: str) -> "FuzzedApi":
        """The operation of this id alone."""

    def parametrize(self) -> Callable[[Test], Test]:
        """Make an item for each operation."""


class Undrawn:
    """Stands for the document where no request is generated: the same items, which are not run."""

    def include(self, *, operation_id: str) -> "Undrawn":  # noqa: ARG002 - each is as empty as another
        """The operation of this id alone."""
        return self

    def parametrize(self) -> Callable[[Test], Test]:
        """One item, with the id that it has when it is run."""
        return pytest.mark.parametrize("case", [None], ids=[pytest.HIDDEN_PARAM])
