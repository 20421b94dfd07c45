"""Words for the shell in which variables stand for what earlier replies showed and for secrets."""

import shlex
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from tck.recording.curl import REDACTED, escaped
from tck.reports.reproduce.known_values import KnownValues, Pieces, Variable

FAILED = "could_not_run 'python3 failed'"


@dataclass
class Words:
    """Makes words; pieces of known values get variables of their own, which `derived` sets beforehand.

    `keys` are the variables that hold secrets, `named` those of them that a word has named.
    """

    known: KnownValues
    base: str
    keys: Collection[str]
    named: set[str] = field(default_factory=set)
    _done: dict[Variable, str] = field(default_factory=dict)
    _new: list[Variable] = field(default_factory=list)

    def word(self, text: str) -> str:
        """One word; the address of the target at its beginning is a variable, too."""
        if text.startswith(self.base):
            rest = text[len(self.base) :]
            return '"$BASE_URL"' + (self.joined(self.known.pieces(rest)) if rest else "")
        return self.joined(self.known.pieces(text))

    def printf(self, text: str) -> str:
        """The command that prints a text with any bytes in it; those that are not UTF-8 are surrogates."""
        runs = groupby(self.known.pieces(text), lambda piece: isinstance(piece, Variable))
        return "; ".join(
            f"printf '%s' {self.joined(tuple(run))}"
            if known
            else f"printf '%b' {self.joined(tuple(run), _escaped)}"
            for known, run in runs
        )

    def joined(self, pieces: Pieces, made: Callable[[str], str] = str) -> str:
        """The pieces as one word; `made` is what is done to the literal ones."""
        words = (
            f'"${self._name(piece)}"' if isinstance(piece, Variable) else self._literal(piece, made)
            for piece in pieces
        )
        return "".join(words) or "''"

    def derived(self) -> Iterator[str]:
        """The lines that set the variables which are new since the last call."""
        for one in self._new:
            given = f"\"${one.name}\" '{one.change}' {one.start} {one.end}"
            yield f"{self._done[one]}=$(part {given}) || {FAILED}"
        self._new = []

    def _name(self, variable: Variable) -> str:
        if variable.is_whole:
            return variable.name
        if variable not in self._done:
            self._done[variable] = f"{variable.name}_part_{len(self._done) + 1}"
            self._new.append(variable)
        return self._done[variable]

    def _literal(self, text: str, made: Callable[[str], str]) -> str:
        words, done = [], 0
        for match in REDACTED.finditer(text):
            if match["env"] in self.keys:
                self.named.add(match["env"])
                words += [plain(made(text[done : match.start()])), f'"${match["env"]}"']
                done = match.end()
        return "".join([*words, plain(made(text[done:]))])


def plain(text: str) -> str:
    """A literal part of a word."""
    return shlex.quote(text) if text else ""


def _escaped(text: str) -> str:
    return escaped(text.encode("utf-8", "surrogateescape"))
