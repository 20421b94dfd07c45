"""What generated requests need to know of this contract."""

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from schemathesis import Case
from schemathesis.core import NOT_SET

from suites.everruns.randomized.model import GIVEN
from suites.everruns.support.api import LiveSession, encoded
from suites.everruns.support.monitors import STORED
from suites.everruns.support.rows import as_replied, settled, tags_of
from tck.checking import response_rules
from tck.randomized.fuzzing.attempt import NOTHING, Answer, Attempt, Rule, Trial
from tck.randomized.fuzzing.body_oracle import Schema, doubts, faults, tamed
from tck.randomized.fuzzing.edge_payloads import odd_bodies, oddities
from tck.randomized.fuzzing.rules import COMMON_RULES, Spoken, is_call
from tck.run.context import Run
from tck.values.json_equality import JsonValue
from tck.values.row import Row

SHOWN = "the session"
LOOKS_EVERY = 4
"""After one in so many refusals the kit looks whether anything changed."""
LONGEST = 100_000
"""Bytes of the longest odd text."""
DEEPEST = 300


@dataclass(frozen=True)
class Known:
    """The session as it was before a request, and what a refused one has changed all the same."""

    before: Row
    changed: str | None = None


class UpdateDriver:
    """Sends generated updates to one session, and to a fresh one those that failed."""

    def __init__(self, run: Run, session: LiveSession, another: Callable[[], LiveSession]) -> None:
        self.run, self.session, self.another = run, session, another
        self.sessions = self.wanted_sessions = 1
        self.schema: Schema = run.api.schema("UpdateSessionRequest")
        self.rules: Mapping[str, Rule] = rules_of(run.target.credentials)
        self._told: dict[str, Row] = {session.id: session.look()}
        self._fresh: LiveSession | None = None
        self._refused = itertools.count()

    def odd(self) -> Iterator[Attempt]:
        """The odd texts, numbers and bytes."""
        odd = oddities(LONGEST, DEEPEST)
        for name, raw in (
            *odd_bodies({"tags": ["odd"]}, "title", ("@",), odd),
            *odd_bodies({"title": "Odd"}, "tags", ('["~"]',), odd),
        ):
            yield Attempt(f"odd values: {name}", "PATCH", SHOWN, raw, looks_after=True)

    def attempts(self, case: Case[Any]) -> Iterator[Attempt]:
        """The requests that one generated case becomes."""
        if case.method.upper() != "PATCH" or case.body is NOT_SET or "Content-Type" in case.headers:
            return
        label = _label(case)
        if isinstance(case.body, bytes):
            yield Attempt(label, "PATCH", SHOWN, case.body, looks_after=True)
            return
        first = self.with_value(Attempt(label, "PATCH", SHOWN), case.body)
        yield first
        if first.answer is Answer.OPEN and isinstance(case.body, dict):
            plain = {name: item for name, item in tamed(self.schema, case.body).items() if item is not None}
            yield from (
                [self.with_value(replace(first, label=f"{label}, tamed"), plain)]
                if plain != case.body
                else []
            )

    def with_value(self, attempt: Attempt, value: Any) -> Attempt:
        """The attempt with this JSON for its body, and what is then certain of its answer."""
        wrong = faults(self.schema, value)
        doubtful = doubts(self.schema, value) + _asks_nothing(value)
        answer = Answer.REFUSED if wrong else Answer.OPEN if doubtful else Answer.ACCEPTED
        looks = answer is Answer.REFUSED and next(self._refused) % LOOKS_EVERY == 0
        return replace(
            attempt,
            body=_as_bytes(value),
            value=value,
            answer=answer,
            why="; ".join(wrong[:2]),
            looks_after=looks,
        )

    def send(self, attempt: Attempt, *, fresh: bool = False) -> Trial:
        """Send it, to a fresh session to see whether it happens again."""
        session = self._another() if fresh else self.session
        before = self._told.get(session.id) or session.look()
        reply = session.update(raw=attempt.body or b"")
        changed = None
        if reply.failed_at_something_exotic:
            self.session, self._fresh = self.another(), None
        if attempt.looks_after and reply.refused:
            after = session.shows(lambda row: not _changes(before, row))
            changed = "; ".join(_changes(before, after)[:3])
        if reply.succeeded and reply.is_object:
            self._told[session.id] = reply.row
        return Trial(attempt, reply, Known(before, changed))

    def _another(self) -> LiveSession:
        self._fresh = self._fresh or self.another()
        return self._fresh


def _changes(before: Row, now: Row) -> list[str]:
    return as_replied(settled(before)).differences(settled(now))


def _asks_nothing(value: Any) -> list[str]:
    """Why the page leaves open whether a body without faults is accepted."""
    if not isinstance(value, dict) or not value:
        return ["it names nothing"]
    return [f"{name} is null" for name, item in value.items() if item is None]


def _as_bytes(value: Any) -> bytes:
    try:
        return encoded(value)
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()


def _label(case: Case[Any]) -> str:
    meta = case.meta
    if meta is None:
        return "a case of no phase"
    said = meta.phase.data.description or ""
    return f"{meta.phase.name.value}, {meta.generation.mode.value}: {said[:120]}".rstrip(": ")


# Rules


def _succeeded(trial: Trial) -> bool:
    return is_call(trial) and trial.reply.succeeded


def _of_successes(name: str) -> Rule:
    return Spoken(_succeeded, COMMON_RULES[name].problem)


def _has_row(trial: Trial) -> bool:
    return _succeeded(trial) and trial.reply.is_object


def _known(trial: Trial) -> Known:
    assert isinstance(trial.about, Known)
    return trial.about


def _is_kept(trial: Trial) -> bool:
    return _has_row(trial) and trial.attempt.answer is Answer.ACCEPTED and trial.attempt.value is not NOTHING


def _not_kept(trial: Trial) -> str | None:
    row, sent = trial.reply.row, json.loads(trial.reply.call.body or b"{}")
    title = "" if row["title"].is_null else row["title"].value
    if "title" in sent and JsonValue(title) != sent["title"]:
        return f"title was sent as {JsonValue(sent['title'])!r} and is shown as {row['title']!r}"
    if "tags" in sent and tags_of(row) != sent["tags"]:
        return f"tags were sent as {JsonValue(sent['tags'])!r} and are shown as {row['tags']!r}"
    return None


def _moved(trial: Trial) -> str | None:
    told = _known(trial).before.differences(trial.reply.row)
    return next((said for said in told if said.split(" ", 1)[0] in GIVEN), None)


def rules_of(keys: Mapping[str, str]) -> dict[str, Rule]:
    """The rules of a run with these keys, beside those of every contract."""

    def leaks(trial: Trial) -> str | None:
        return response_rules.shows_no_secret(keys, trial.reply, response_rules.shown_text(trial.reply))

    def traces(trial: Trial) -> str | None:
        return response_rules.shows_no_stack_trace(
            trial.reply, response_rules.of_the_server(trial.reply, STORED)
        )

    return {
        "content-type": _of_successes("content-type"),
        "response-schema": _of_successes("response-schema"),
        "refused-changes-nothing": Spoken(
            lambda trial: _known(trial).changed is not None, lambda trial: _known(trial).changed or None
        ),
        "shows-what-was-sent": Spoken(_is_kept, _not_kept),
        "invariants": Spoken(_has_row, _moved),
        "no-secret": Spoken(lambda _: True, leaks),
        "no-stack-trace": Spoken(lambda _: True, traces),
    }
