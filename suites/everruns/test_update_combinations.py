"""Updates by every combination of the update array: each writes what it names, however it is sent."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pytest

from suites.everruns.support.api import LiveSession
from suites.everruns.support.doors import SIMPLE, body_of, combinations, sent_by
from suites.everruns.support.rows import each_tag, tags_of, title_of
from suites.everruns.support.update import arranged
from tck.checking import (
    Asked,
    Check,
    Combination,
    JsonValue,
    NotApplicable,
    Reply,
    Row,
    asked,
    encoded,
    response_rules,
    words_of,
)
from tck.run import Run

PLAIN_MEMBERS = ("title", "tags", "both", "no-tags")
"""The members of a body with nothing in it that a server may refuse."""


@dataclass
class Updates:
    """Updates of one session, with the row before each and the row as it was read after."""

    session: LiveSession
    before: dict[str, Row] = field(default_factory=dict)
    read: dict[str, Row] = field(default_factory=dict)

    @cached_property
    def every(self) -> Asked:
        """All combinations, one after the other."""
        return asked(self._ask, combinations("update"), SIMPLE)

    def _ask(self, words: Combination) -> Reply:
        mark = self.session.sessions.run.new_name()
        title, tags = f"Sent {mark} \U0001f600 é", [mark, "\U0001f600", "e\u0301", "A", "a"]
        same = words["values"] == "same"
        before = arranged(self.session, **({"title": title, "tags": tags} if same else {}))
        reply = sent_by(self.session.sessions, self.session.id, body_of(words, title, tags), words)
        if reply.succeeded and reply.is_object:
            self.before[reply.exchange] = before
            self.read[reply.exchange] = self.session.eventually_shows_written(reply)
        return reply

    def rows_after(self, member: str) -> Iterator[tuple[str, Any, list[Row]]]:
        """For each accepted update that names a member: the combination, what was sent and the rows after."""
        for words, reply in self.every.accepted:
            sent = _sent(reply).get(member)
            if sent is not None and reply.exchange in self.read:
                yield words_of(words), sent, [reply.row, self.read[reply.exchange]]

    def rows_without(self, member: str) -> Iterator[tuple[str, Row, list[Row]]]:
        """For each accepted update that leaves a member out: the combination, the row before, those after."""
        for words, reply in self.every.accepted:
            if member not in _sent(reply) and reply.exchange in self.read:
                rows = [reply.row, self.read[reply.exchange]]
                yield words_of(words), self.before[reply.exchange], rows


def _sent(reply: Reply) -> dict[str, Any]:
    sent: dict[str, Any] = json.loads(reply.call.body or b"{}")
    return sent


@pytest.mark.requirement(
    "update.answers-200",
    "update.media-type-variants-accepted",
    "update.equivalent-paths-find-the-same",
    "update.success-is-json",
    "update.success-matches-schema",
    "update.returns-addressed-session",
    "update.sets-title",
    "update.replaces-tags",
    "update.empty-tags-empty-the-row",
    "update.omitted-title-stays",
    "update.omitted-tags-stay",
)
def test_an_update_writes_what_it_names_however_it_is_sent(
    check: Check, run: Run, session: LiveSession
) -> None:
    updates = Updates(session)
    every = updates.every
    with check.judging("update.answers-200"):
        every.took("spelling", "accept", "coding", "values", "together")
        response_rules.all_answer(200, ((words_of(words), reply) for words, reply in every.accepted))
    with check.judging("update.media-type-variants-accepted"):
        every.took("media")
    with check.judging("update.equivalent-paths-find-the-same"):
        every.took("path")
    every.judge_form(
        check, run.api, "Session", is_json="update.success-is-json", matches="update.success-matches-schema"
    )
    with check.judging("update.returns-addressed-session"):
        for words, reply in every.accepted:
            assert reply["id"] == session.id, words_of(words)
    judge_members(check, updates)


def judge_members(check: Check, updates: Updates) -> None:
    """Judge what the rows after each update show of its title and tags, named or left out."""
    with check.judging("update.sets-title"):
        for about, sent, rows in updates.rows_after("title"):
            assert [title_of(row) for row in rows] == [sent, sent], about
    with check.judging("update.replaces-tags"):
        for about, sent, rows in updates.rows_after("tags"):
            for row in rows:
                assert each_tag(row) == sorted(sent), about
    with check.judging("update.empty-tags-empty-the-row"):
        for about, sent, rows in updates.rows_after("tags"):
            for row in rows:
                assert (tags_of(row) == []) == (sent == []), about
    with check.judging("update.omitted-title-stays"):
        for about, before, rows in updates.rows_without("title"):
            for row in rows:
                assert title_of(row) == title_of(before), about
    with check.judging("update.omitted-tags-stay"):
        for about, before, rows in updates.rows_without("tags"):
            for row in rows:
                assert tags_of(row) == tags_of(before), about


@pytest.mark.requirement("update.sets-title", "update.replaces-tags")
def test_an_update_in_chunks_is_written(check: Check, session: LiveSession) -> None:
    before = arranged(session)
    body = {"title": f"In chunks after {title_of(before).value}", "tags": ["in", "chunks"]}
    reply = session.update(raw=encoded(body), chunked=True)
    if reply.refused:
        raise NotApplicable("the target takes no chunked bodies")
    row = session.written(check.accepted(reply))
    with check.judging("update.sets-title"):
        assert [title_of(row.told), title_of(row.read)] == [body["title"], body["title"]]
    with check.judging("update.replaces-tags"):
        assert tags_of(row.told) == body["tags"]
        assert tags_of(row.read) == body["tags"]


@pytest.mark.requirement("update.sets-title", "update.replaces-tags", "update.seen-by-get")
@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"title": "The first of all"}, id="title"),
        pytest.param({"tags": ["first", "of", "all"]}, id="tags"),
        pytest.param({"tags": ["first"], "title": "The first of all"}, id="both"),
    ],
)
def test_the_first_update_of_a_session_is_written_and_seen(
    check: Check, fresh_session: LiveSession, body: dict[str, JsonValue]
) -> None:
    before = fresh_session.read()
    reply = check.accepted(fresh_session.update(body))
    row = fresh_session.written(reply)
    wanted = {"title": title_of(before).value, "tags": tags_of(before).value, **body}
    with check.judging("update.sets-title"):
        assert title_of(row.told) == wanted["title"]
    with check.judging("update.replaces-tags"):
        assert tags_of(row.told) == wanted["tags"]
    with check.judging("update.seen-by-get"):
        assert title_of(row.read) == wanted["title"]
        assert tags_of(row.read) == wanted["tags"]
