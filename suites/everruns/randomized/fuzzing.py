"""What generated requests need to know of this contract."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from suites.everruns.randomized.model import GIVEN
from suites.everruns.support.api import LiveSession
from suites.everruns.support.monitors import ReplyMonitor
from suites.everruns.support.rows import as_replied, tags_of, without_volatile
from tck.checking import Mismatch, Row, compared, joined
from tck.randomized.fuzzing import (
    COMMON_RULES,
    NOTHING,
    Answer,
    BodyDriver,
    Case,
    CaseResult,
    Rule,
    SchemathesisCase,
    Spoken,
    is_call,
    odd_bodies,
    oddities,
    rules_of_monitor,
)
from tck.run import Run

SHOWN = "the session"
LONGEST = 100_000
"""Bytes of the longest odd text."""
DEEPEST = 300
COMMON_LENGTH, COMMON_NUMBER = 90, 10
"""Characters of a text, and texts of a list, that every server takes."""
COMMON_TEXT = "text"
"""In place of one that is empty or blank."""


@dataclass(frozen=True)
class BeforeUpdate:
    """The session as it was before a request, and what a refused one has changed all the same."""

    before: Row
    changed: list[Mismatch] | None = None


class UpdateDriver(BodyDriver):
    """Sends generated updates to one session, and to a fresh one those that failed."""

    method = "PATCH"

    def __init__(self, run: Run, session: LiveSession, another: Callable[[], LiveSession]) -> None:
        rules = rules_of(ReplyMonitor(run.api, run.target.credentials))
        super().__init__(run.api.schema("UpdateSessionRequest"), rules, sessions=1, wanted=1)
        self.session, self.another = session, another
        self._told: dict[str, Row] = {session.id: session.read()}
        self._fresh: LiveSession | None = None

    def odd(self) -> Iterator[Case]:
        """The odd texts, numbers and bytes; the page leaves open what is answered to them."""
        odd = oddities(LONGEST, DEEPEST)
        for name, raw in (
            *odd_bodies({"tags": ["odd"]}, "title", ("@",), odd),
            *odd_bodies({"title": "Odd"}, "tags", ('["~"]',), odd),
        ):
            yield self.of_bytes(f"odd values: {name}", raw)

    def requests(self, generated: SchemathesisCase) -> Iterator[Case]:
        """Updates with a body as JSON; the page says nothing of other media types, nor of no body."""
        yield from (one for one in super().requests(generated) if one.content_type == "application/json")

    def of_bytes(self, label: str, raw: bytes) -> Case:
        """Bytes as they are, of which the answer is open; a refusal is looked after."""
        return Case(label, self.method, SHOWN, raw, looks_after=True)

    def ambiguous(self, value: Any, size: int) -> list[str]:
        """As for all contracts; that an update names nothing, or has long or many texts, is open."""
        return super().ambiguous(value, size) + _asks_nothing(value) + _long_or_many(value)

    def disambiguated(self, value: dict[str, Any]) -> Any:
        """Without what is doubtful, without members that are null, in lines no longer than is common."""
        plain = super().disambiguated(value)
        return {name: _shortened(item) for name, item in plain.items() if item is not None}

    def place_for(self, answer: Answer) -> str:  # noqa: ARG002 - all updates go there
        """The session of the check."""
        return SHOWN

    def send(self, case: Case, *, fresh: bool = False) -> CaseResult:
        """Send it, to a fresh session to see whether it happens again."""
        session = self._another() if fresh else self.session
        before = self._told.get(session.id) or session.read()
        reply = session.update(raw=case.body or b"")
        changed: list[Mismatch] | None = None
        if reply.failed_at_something_exotic:
            self.session, self._fresh = self.another(), None
        if case.looks_after and reply.refused:
            after = session.eventually_shows(lambda row: not _changes(before, row))
            changed = _changes(before, after)
        if reply.succeeded and reply.is_object:
            self._told[session.id] = reply.row
        return CaseResult(case, reply, BeforeUpdate(before, changed))

    def _another(self) -> LiveSession:
        self._fresh = self._fresh or self.another()
        return self._fresh


def _changes(before: Row, now: Row) -> list[Mismatch]:
    return as_replied(without_volatile(before)).differences(without_volatile(now))


def _asks_nothing(value: Any) -> list[str]:
    """Why the page leaves open whether a body without faults is accepted."""
    if not isinstance(value, dict) or not value:
        return ["it names nothing"]
    return [f"{name} is null" for name, item in value.items() if item is None]


def _long_or_many(value: Any) -> list[str]:
    """Why a server with limits of its own, which the page leaves open, might refuse a body."""
    if not isinstance(value, dict):
        return []
    return [f"{name} is long, blank or no line" for name, item in value.items() if _shortened(item) != item]


def _shortened(item: Any) -> Any:
    if isinstance(item, str):
        line = "".join(one for one in item if one >= " " and not "\x7f" <= one <= "\x9f")
        return line[:COMMON_LENGTH].strip() or COMMON_TEXT
    return [_shortened(one) for one in item[:COMMON_NUMBER]] if isinstance(item, list) else item


# Rules


def _succeeded(result: CaseResult) -> bool:
    return is_call(result) and result.reply.succeeded


def _of_successes(name: str) -> Rule:
    return Spoken(_succeeded, COMMON_RULES[name].problem)


def _has_row(result: CaseResult) -> bool:
    return _succeeded(result) and result.reply.is_object


def _before(result: CaseResult) -> BeforeUpdate:
    assert isinstance(result.about, BeforeUpdate)
    return result.about


def _is_kept(result: CaseResult) -> bool:
    return _has_row(result) and result.case.answer is Answer.ACCEPTED and result.case.value is not NOTHING


def _not_kept(result: CaseResult) -> Mismatch | None:
    row, sent = result.reply.row, json.loads(result.reply.call.body or b"{}")
    title = row["title"].made("" if row["title"].is_null else row["title"].value)
    if "title" in sent and title != sent["title"]:
        return compared("==", title, sent["title"])
    if "tags" in sent and tags_of(row) != sent["tags"]:
        return compared("==", tags_of(row), sent["tags"])
    return None


def _changed(result: CaseResult) -> Mismatch | None:
    changed = _before(result).changed
    return joined(changed) if changed else None


def _moved(result: CaseResult) -> Mismatch | None:
    told = _before(result).before.differences(result.reply.row)
    return next((said for said in told if said.split(" ", 1)[0] in GIVEN), None)


def rules_of(monitor: ReplyMonitor) -> dict[str, Rule]:
    """The rules of a run whose replies this monitor judges, beside those of every contract."""
    return {
        "content-type": _of_successes("content-type"),
        "response-schema": _of_successes("response-schema"),
        "refused-changes-nothing": Spoken(lambda result: _before(result).changed is not None, _changed),
        "shows-what-was-sent": Spoken(_is_kept, _not_kept),
        "invariants": Spoken(_has_row, _moved),
        **rules_of_monitor(monitor),
    }
