"""What a generated case becomes in any contract: requests whose answer is certain or left open."""

import itertools
from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from tck.randomized.fuzzing.bodies import as_bytes, parsed_strictly, unreadable
from tck.randomized.fuzzing.body_oracle import Schema, ambiguities, unambiguous, violations
from tck.randomized.fuzzing.case import NOTHING, Answer, Case, CaseResult, Rule, SchemathesisCase
from tck.randomized.fuzzing.schemathesis_internals import NOT_SET

LOOKS_EVERY = 4
"""After one in so many refusals the kit looks whether anything changed."""


class BodyDriver(ABC):
    """Drives one operation that takes JSON; a contract says where requests are sent and what else is certain.

    `schema` is that of the body. `body_inside` and `body_outside` are sizes in bytes that every server takes,
    or refuses; 0 means that the contract names none. `rules` judge beside those of every contract.
    """

    method: str
    body_inside: int = 0
    body_outside: int = 0

    def __init__(self, schema: Schema, rules: Mapping[str, Rule], sessions: int, wanted: int) -> None:
        self.schema, self.rules = schema, rules
        self.sessions, self.wanted_sessions = sessions, wanted
        self._refused = itertools.count()

    @abstractmethod
    def odd(self) -> Iterator[Case]:
        """What is sent in every run, whatever is generated."""

    @abstractmethod
    def place_for(self, answer: Answer) -> object:
        """Where a request with that answer is sent."""

    def after(self, case: Case) -> Hashable:  # noqa: ARG002 - contracts use it
        """What the case waits for: all before it, unless a contract says of what sessions it is."""
        return self.method

    @abstractmethod
    def send(self, case: Case, *, fresh: bool = False) -> CaseResult:
        """Put the names of the run in and send it, on `fresh` sessions to see whether it happens again."""

    # What a generated case becomes

    def cases(self, generated: SchemathesisCase) -> Iterator[Case]:
        """The requests that one generated case becomes."""
        yield from self.requests(generated)

    def requests(self, generated: SchemathesisCase) -> Iterator[Case]:
        """The requests with the right key."""
        label = label_of(generated)
        if generated.body is NOT_SET:
            yield self.without_body(label)
        elif isinstance(generated.body, bytes):
            yield self.of_bytes(label, generated.body)
        elif "Content-Type" in generated.headers:
            yield from self.of_another_type(label, generated.body, str(generated.headers["Content-Type"]))
        else:
            yield from self.of_value(label, generated.body)

    def of_value(self, label: str, generated: Any) -> Iterator[Case]:
        """A JSON body as it was generated and, unless it is bad, also without what is ambiguous in it."""
        value = self.fit(generated)
        first = self.judged(Case(label, self.method, None), value)
        yield first
        if first.answer is Answer.OPEN:
            plain = self.disambiguated(value) if isinstance(value, dict) else value
            second = self.judged(replace(first, label=f"{label}, tamed"), plain)
            yield from [second] if plain != value else []

    def of_bytes(self, label: str, raw: bytes) -> Case:
        """Bytes that were meant to be no JSON."""
        bad = unreadable(raw)
        answer = Answer.REFUSED if bad else Answer.OPEN
        why = "the body is not JSON" if bad else ""
        return Case(label, self.method, self.place_for(answer), raw, answer=answer, why=why)

    def of_another_type(self, label: str, generated: Any, media_type: str) -> Iterator[Case]:
        """A JSON body that says it is something else."""
        body = as_bytes(self.fit(generated))
        yield Case(label, self.method, self.place_for(Answer.OPEN), body, content_type=media_type)

    def without_body(self, label: str) -> Case:
        """No body and no media type."""
        return Case(label, self.method, self.place_for(Answer.OPEN), content_type=None)

    def odd_case(self, name: str, raw: bytes) -> Case:
        """An odd body; it must be refused when that is certain for what it says."""
        value = parsed_strictly(raw)
        wrong = [] if value is NOTHING else self.wrong(value, len(raw))
        answer = Answer.REFUSED if wrong else Answer.OPEN
        where, why = self.place_for(answer), "; ".join(wrong[:2])
        return Case(f"odd values: {name}", self.method, where, raw, answer=answer, why=why, looks_after=True)

    # What is certain of the answer to a body

    def judged(self, case: Case, value: Any) -> Case:
        """The case with this body, and what is certain of its answer."""
        body, size = as_bytes(value), len(as_bytes(self.as_sent(value)))
        wrong, ambiguous = self.wrong(value, size), self.ambiguous(value, size)
        answer = Answer.REFUSED if wrong else Answer.OPEN if ambiguous else Answer.ACCEPTED
        where = self.place_for(answer)
        looks = answer is Answer.REFUSED and next(self._refused) % LOOKS_EVERY == 0
        why = "; ".join(wrong[:2])
        return replace(case, place=where, body=body, value=value, answer=answer, why=why, looks_after=looks)

    def with_value(self, case: Case, value: Any) -> Case:
        """The case with another body, for the same kind of place."""
        again = self.judged(case, self.fit(value))
        same = again.answer is case.answer
        return replace(again, place=case.place if same else again.place, looks_after=case.looks_after)

    def wrong(self, value: Any, size: int) -> list[str]:
        """Why the body must be refused."""
        too_large = [f"the body has {size} bytes"] if self.body_outside and size >= self.body_outside else []
        return violations(self.schema, self.as_sent(value)) + too_large

    def ambiguous(self, value: Any, size: int) -> list[str]:
        """Why a sound server may refuse the body."""
        large = ["the body is large"] if self.body_inside and size > self.body_inside else []
        return ambiguities(self.schema, self.as_sent(value)) + large

    def fit(self, generated: Any) -> Any:
        """The generated value with the names that the run uses."""
        return generated

    def disambiguated(self, value: dict[str, Any]) -> Any:
        """The value without what is ambiguous in it."""
        return self.fit(unambiguous(self.schema, value))

    def as_sent(self, value: Any) -> Any:
        """The body with names as long as those that will be sent."""
        return value


def label_of(generated: SchemathesisCase) -> str:
    """Which part of Schemathesis made the case, and what it meant by it."""
    meta = generated.meta
    if meta is None:
        return "a case of no phase"
    said = meta.phase.data.description or ""
    return f"{meta.phase.name.value}, {meta.generation.mode.value}: {said[:120]}".rstrip(": ")
