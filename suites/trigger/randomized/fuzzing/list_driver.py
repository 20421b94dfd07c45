"""What a generated list becomes: its query, and what is certain of the answer to it."""

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urlencode

from suites.trigger.support.api import COLLECTION, Sessions
from suites.trigger.support.replies.monitors import ReplyMonitor
from tck.checking import Check, Mismatch, Row, near_keys
from tck.randomized.fuzzing import (
    NOTHING,
    Answer,
    Bearer,
    Case,
    CaseResult,
    Rule,
    SchemathesisCase,
    Spoken,
    is_call,
    label_of,
    rules_of_monitor,
)
from tck.run import Run

WITHOUT_THE_KEY_EVERY = 10
"""One in so many good requests is repeated without the right key."""
SIZES = range(1, 101)
LONGEST = 64
"""Characters of a filter's value that every server takes."""
PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]*", re.ASCII)
"""A value that every server reads alike, since it has no comma, space or sign in it."""
BAD_SIZE = re.compile(r"-[0-9]+|[A-Za-z]+[A-Za-z ]*", re.ASCII)
STATUSES = ("ACTIVE", "CLOSED", "EXPIRED")
Query = dict[str, str]


class ListDriver:
    """Sends generated queries; no session is made."""

    method = "GET"
    sessions = wanted_sessions = 0
    probed: ClassVar[tuple[str, ...]] = ("PUT", "PATCH")

    def __init__(self, run: Run, check: Check) -> None:
        monitor = ReplyMonitor(run.api, run.target.credentials, run.options.own["task_identifier"])
        self.rules: Mapping[str, Rule] = {
            **rules_of_monitor(monitor),
            "rows-fit": Spoken(_shows_rows, _misfits),
        }
        self.bearers = {
            Bearer.KEY: Sessions(run, check, run.authorization("key")),
            Bearer.NONE: Sessions(run, check, None),
            Bearer.UNKNOWN: Sessions(run, check, _unknown(run)),
        }
        self._good = itertools.count()

    def odd(self) -> Iterator[Case]:
        """What is sent in every run, whatever is generated."""
        odd = ("filter%5BexternalId%5D=%00", "page%5Bsize%5D=%FF", "filter%5Btags%5D=%ED%A0%80", "%", "=&=&&")
        for tail in odd:
            yield Case(f"odd values: {tail}", self.method, COLLECTION, tail=f"?{tail}", content_type=None)
        for size in ("0", "101", "words"):
            yield self.case("odd values: a bad size", {"page[size]": size})
        yield from self.without_the_key(self.case("a good query", {"page[size]": "5"}))
        for method in self.probed:
            yield Case(f"the method {method}", method, COLLECTION, b"{}", probe=True)

    def cases(self, generated: SchemathesisCase) -> Iterator[Case]:
        """The request that a generated case becomes, some of them again without the right key."""
        case = self.case(label_of(generated), dict(_flat(dict(generated.query or {}))))
        yield case
        if case.answer is not Answer.ACCEPTED:
            yield self.case(f"{case.label}, tamed", tamed(case.value))
        elif next(self._good) % WITHOUT_THE_KEY_EVERY == 0:
            yield from self.without_the_key(case)

    def without_the_key(self, case: Case) -> Iterator[Case]:
        """A good query with no credential, and with one that nobody has."""
        for bearer in (Bearer.NONE, Bearer.UNKNOWN):
            yield replace(case, bearer=bearer, answer=Answer.REFUSED)

    def case(self, label: str, query: Query) -> Case:
        """A query as a request, and what is certain of its answer."""
        tail = f"?{urlencode(query, errors='surrogatepass')}" if query else ""
        answers = {name: answer_to(name, value) for name, value in query.items()}
        bad = [name for name, answer in answers.items() if answer is Answer.REFUSED]
        is_open = Answer.OPEN in answers.values()
        answer = Answer.REFUSED if bad else Answer.OPEN if is_open else Answer.ACCEPTED
        why = f"{bad[0]} is {query[bad[0]]}" if bad else ""
        return Case(
            label, self.method, COLLECTION, value=query, answer=answer, why=why, tail=tail, content_type=None
        )

    def with_value(self, case: Case, value: Any) -> Case:
        """The case with another query."""
        query = {name: text for name, text in value.items() if isinstance(text, str)}
        return replace(self.case(case.label, query), bearer=case.bearer)

    def after(self, case: Case) -> None:
        """Queries change nothing, so none waits for another."""

    def send(self, case: Case, *, fresh: bool = False) -> CaseResult:  # noqa: ARG002 - nothing is made
        """Send a query, or another method."""
        sessions = self.bearers[case.bearer]
        if case.probe:
            return CaseResult(case, sessions.ask(case.method, COLLECTION, case.body))
        return CaseResult(case, sessions.list_by(case.tail.removeprefix("?")))


def answer_to(name: str, value: str) -> Answer:
    """What is certain of the answer to one parameter."""
    if name == "page[size]":
        if value.isascii() and value.isdecimal() and not value.startswith("0"):
            return Answer.ACCEPTED if int(value) in SIZES else Answer.REFUSED
        return Answer.REFUSED if BAD_SIZE.fullmatch(value) else Answer.OPEN
    if name == "filter[status]":
        return Answer.ACCEPTED if value in STATUSES else Answer.OPEN
    if name in FILTERED and PLAIN.fullmatch(value) and len(value) <= LONGEST:
        return Answer.ACCEPTED
    return Answer.OPEN


FILTERED = {
    "filter[type]": "type", "filter[tags]": "tags", "filter[taskIdentifier]": "taskIdentifier",
    "filter[externalId]": "externalId",
}  # fmt: skip
"""The member of a row that each filter is about."""


def tamed(query: Query) -> Query:
    """A query without what is bad or left open in it."""
    return {name: text for name, text in query.items() if answer_to(name, text) is Answer.ACCEPTED}


def _flat(query: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The parameters by the names that they have in a query, whether or not they stand in objects."""
    for name, value in query.items():
        if isinstance(value, Mapping):
            yield from _flat({f"{name}[{inner}]": one for inner, one in value.items()})
        elif isinstance(value, bool) or value is None:
            yield name, str(value).lower()
        elif isinstance(value, list):
            yield name, ",".join(map(str, value))
        else:
            yield name, str(value)


def _unknown(run: Run) -> str:
    key = run.target.credentials["key"]
    return f"Bearer {next(iter(near_keys(key).values()))}"


def _shows_rows(result: CaseResult) -> bool:
    certain = is_call(result) and result.case.answer is Answer.ACCEPTED and result.case.value is not NOTHING
    reply = result.reply
    return certain and reply.succeeded and reply.is_object and isinstance(reply.parsed.get("data"), list)


def _misfits(result: CaseResult) -> Mismatch | None:
    """Every row fits every filter, and there are no more rows than the size says."""
    query, rows = result.case.value, [row for row in result.reply.parsed["data"] if isinstance(row, dict)]
    most = int(query.get("page[size]", SIZES[-1]))
    if len(rows) > most:
        return Mismatch(
            f"a page of {most} holds {len(rows)} rows", f"at most {most} rows", f"{len(rows)} rows"
        )
    for name, member in FILTERED.items():
        for row in rows if name in query else ():
            shown = Row(row, result.reply.shape)[member]
            fits = query[name] in shown.value if isinstance(shown.value, list) else shown == query[name]
            if not fits:
                said = f"{name}={query[name]} shows a row with {member} {shown!r}"
                return Mismatch(said, f"{member}: {query[name]}", f"{member}: {shown!r}")
    return None
