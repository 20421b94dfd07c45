"""Updates by every combination of the update array: what they are answered, write and show."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import pytest

from suites.trigger.support.access.public_tokens import key_of
from suites.trigger.support.api import LiveSession
from suites.trigger.support.body_sizes import INSIDE
from suites.trigger.support.doors.arrays import Combination, combinations, words_of
from suites.trigger.support.doors.shapes import OBJECTS, TAGS, times
from suites.trigger.support.doors.wire import PLAIN, sending, spelt
from suites.trigger.support.shared_sessions import SharedSessions, updated
from tck.checking import Asked, Check, Reply, Row, asked, response_rules
from tck.run import Run

SIMPLE: Combination = {**PLAIN, "address": "id", "metadata": "plain", "tags": "plain"}


@dataclass
class Updates:
    """Updates of one session, and how readers show it after each: by id, and the others in turn."""

    session: LiveSession

    def __post_init__(self) -> None:
        self.seen: dict[str, Mapping[str, Row]] = {}

    @cached_property
    def every(self) -> Asked:
        """All combinations, one after the other."""
        return asked(self._ask, combinations("update"), SIMPLE)

    def _ask(self, words: Combination) -> Reply:
        body = {
            "tags": TAGS.get(words["tags"], ["plain"]),
            "metadata": dict(OBJECTS.get(words["metadata"], {"plain": True})),
        }
        address = self.session.addresses[words["address"] != "id"]
        raw = spelt(words["spelling"], body, INSIDE)
        reply = self.session.sessions.update(address, raw=raw, **sending(words))
        if reply.succeeded:
            self.seen[reply.exchange] = self._readers(reply)
        return reply

    def _readers(self, reply: Reply) -> Mapping[str, Row]:
        ask, by_id = self.session.sessions, self.session.eventually_shows_written(reply)
        token = ask.bearing(self.session.token)
        others = {
            "by externalId": partial(ask.retrieve, self.session.external_id),
            "with a token": partial(token.retrieve, key_of(self.session)),
        }
        reader = list(others)[len(self.seen) % len(others)]
        look = self.session.sessions.check.last_look
        other = look(
            others[reader], lambda seen: seen.is_object and self.session.is_shown(reply.row, seen.row)
        )
        found = {reader: other.row} if other.succeeded and other.is_object else {}
        return {"the reply": reply.row, "by id": by_id, **found}


@pytest.mark.requirement(
    "update.answers-200",
    "update.media-type-variants-accepted",
    "update.body-inside-limit-accepted",
    "update.objects-of-any-shape-accepted",
    "update.success-is-json",
    "update.success-matches-schema",
    "update.tags-are-shown-once-each",
    "update.values-keep-metadata",
    "update.seen-by-retrieve",
)
def test_an_update_is_taken_and_seen_however_it_is_written(
    check: Check, run: Run, shared_sessions: SharedSessions
) -> None:
    session = shared_sessions.open()
    updates = Updates(session)
    every = updates.every
    with check.judging("update.media-type-variants-accepted"):
        every.took("media")
    with check.judging("update.body-inside-limit-accepted"):
        every.took("spelling", "together")
    with check.judging("update.objects-of-any-shape-accepted"):
        every.took("metadata", "tags")
    with check.judging("update.answers-200"):
        every.took("address", "accept", "coding")
        response_rules.all_answer(200, ((words_of(words), reply) for words, reply in every.accepted))
    every.judge_form(
        check,
        run.api,
        "SessionObject",
        is_json="update.success-is-json",
        matches="update.success-matches-schema",
    )
    with check.judging("update.tags-are-shown-once-each"):
        for _, reply in every.accepted:
            for reader, row in updates.seen[reply.exchange].items():
                assert times(row["tags"].value) == times(sent(reply)["tags"]), reader
    with check.judging("update.values-keep-metadata"):
        for _, reply in every.accepted:
            assert reply["metadata"] == sent(reply)["metadata"]
    with check.judging("update.seen-by-retrieve"):
        for _, reply in every.accepted:
            for reader, row in updates.seen[reply.exchange].items():
                assert row["metadata"] == sent(reply)["metadata"], reader
    updated(check, session, {"tags": ["plain"], "metadata": None})


def sent(reply: Reply) -> Mapping[str, Any]:
    """The body of an update."""
    body: Mapping[str, Any] = json.loads(reply.call.body or b"{}")
    return body
