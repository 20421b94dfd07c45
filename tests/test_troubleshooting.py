"""docs/troubleshooting.md holds every sentence with which a command exits with 4."""

import ast
import re
from collections.abc import Iterator

import pytest

from tck.paths import ROOT
from tck.transport.failures import IN_TLS

PAGE = " ".join((ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8").split())
MADE_ELSEWHERE = {"…", "… …", "…: …"}
"""Sentences that other sentences are put into."""


def text_of(node: ast.expr) -> str:
    """A string as a page writes it: … for each value in it."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(map(text_of, parts))
        case _:
            return "…"


def raised() -> Iterator[str]:
    """The sentence of each KitError that is made in tck, or returned for one to be made of it."""
    for path in sorted((ROOT / "tck").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "KitError"
            )
            if called and isinstance(node, ast.Call):
                yield text_of(node.args[0])
    for node in ast.walk(ast.parse((ROOT / "tck/costs/estimate.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name == "refusal":
            yield from (
                text_of(one.value) for one in ast.walk(node) if isinstance(one, ast.Return) and one.value
            )


def looked() -> Iterator[str]:
    """The sentences of looks that are put together from a beginning called `said`."""
    for name in ("looks", "accounting"):
        for node in ast.walk(ast.parse((ROOT / f"tck/run/{name}.py").read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.targets[0], ast.Name)
                and node.targets[0].id == "said"
            ):
                yield text_of(node.value)


@pytest.mark.parametrize("sentence", sorted({text.strip() for text in raised()} - MADE_ELSEWHERE - {""}))
def test_every_sentence_that_exits_with_4_is_explained(sentence):
    assert f"`{' '.join(sentence.split())}`" in PAGE


@pytest.mark.parametrize("beginning", sorted(set(looked())))
def test_every_sentence_of_a_look_is_explained(beginning):
    pieces = [piece.strip(" ;,.()") for piece in re.split("…", beginning)]
    assert [piece for piece in pieces if piece not in PAGE] == []


@pytest.mark.parametrize("said", sorted(meant.said for _, meant in IN_TLS))
def test_every_reason_for_no_reply_is_explained(said):
    assert said in PAGE
