"""One generated request, what is certain of its answer, and what came of it."""

import hashlib
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, TypeAlias

import schemathesis

from tck.recording.in_words import body_in_words
from tck.transport.messages import Reply
from tck.values.interoperability import is_exotic
from tck.values.mismatch import Mismatch

SchemathesisCase: TypeAlias = schemathesis.Case[Any]
"""A generated case of any operation."""
NOTHING: Any = object()
"""Stands for no body at all."""


class Answer(StrEnum):
    """What the contract says of the answer to a request."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    OPEN = "left open"


class Bearer(StrEnum):
    """Which credential a request carries."""

    KEY = "the right key"
    NONE = "no credential"
    UNKNOWN = "an unknown key"


@dataclass(frozen=True)
class Case:
    """One request before the names of the run stand in it.

    `place` names what it is sent to, `tail` more of the address, percent-encoded. `value` is the JSON that
    `body` was made of, NOTHING when it was made of none. `probe` asks for something that is not documented,
    and after `looks_after` the driver looks what has become of the place.
    """

    label: str
    method: str
    place: object
    body: bytes | None = None
    value: Any = NOTHING
    answer: Answer = Answer.OPEN
    why: str = ""
    tail: str = ""
    content_type: str | None = "application/json"
    bearer: Bearer = Bearer.KEY
    probe: bool = False
    looks_after: bool = False

    @property
    def is_exotic(self) -> bool:
        """Whether it holds what a sound server may be unable to carry."""
        return is_exotic(self.body, self.tail)

    @property
    def told(self) -> str:
        """The request for a person."""
        body = body_in_words(self.body or b"")
        carrying = "" if self.bearer is Bearer.KEY else f" with {self.bearer}"
        return f"{self.method} {self.place}{self.tail}{carrying}: {body}"

    def fingerprint(self) -> bytes:
        """What makes it another request than others."""
        where = (self.method, str(self.place), self.tail, str(self.content_type))
        parts = (self.label, *where, self.bearer, self.answer)
        body = b"-" if self.body is None else b"+" + self.body
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass") + b"\0" + body).digest()


@dataclass(frozen=True)
class CaseResult:
    """A case and its reply; `about` is what the driver knows of its place."""

    case: Case
    reply: Reply
    about: Any = None
    complaints: Mapping[str, Mismatch] = field(default_factory=dict)


class Rule(Protocol):
    """Judges replies by one requirement."""

    def speaks(self, result: CaseResult) -> bool:
        """Whether the result shows anything of it."""

    def problem(self, result: CaseResult) -> Mismatch | None:
        """What is wrong; None when it held."""


class Driver(Protocol):
    """What a contract knows of fuzzing one of its operations."""

    rules: Mapping[str, Rule]
    """By the end of the requirement's id; those of every contract are there already."""
    sessions: int
    wanted_sessions: int

    def odd(self) -> Iterable[Case]:
        """What is sent in every run, whatever is generated."""

    def cases(self, generated: SchemathesisCase) -> Iterator[Case]:
        """The requests that one generated case becomes."""

    def with_value(self, case: Case, value: Any) -> Case:
        """The case with another JSON value for its body, and what is then certain of its answer."""

    def after(self, case: Case) -> Hashable:
        """What cases wait for that must go one after the other; None for one that waits for no other."""

    def send(self, case: Case, *, fresh: bool = False) -> CaseResult:
        """Put the names of the run in and send it, on `fresh` sessions to see whether it happens again."""
