"""Wrong credentials by every combination of address and body: what they are answered, and what they did."""

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from suites.trigger.support.addresses import unknown_id
from suites.trigger.support.api import LiveSession, Sessions, path_of
from suites.trigger.support.bodies import Bodies, Body, padded_to
from suites.trigger.support.body_sizes import CLOSE_OUTSIDE, OUTSIDE
from suites.trigger.support.doors.arrays import Combination, combinations, words_of
from suites.trigger.support.replies.broken import broken
from tck.checking import Broken, Check, Reply, encoded, near_keys
from tck.run import Run

ANSWERED = 401
UNREADABLE = ("unparsable", "oversize")
"""Bodies that proxies refuse before a server asks who sent them."""
JUDGED_BY = {
    "absent": "credentials.none-answers-401",
    "empty": "credentials.none-answers-401",
    "made-up": "credentials.unknown-key-answers-401",
    "near-miss": "credentials.near-miss-key-answers-401",
}
METHODS = {"retrieveSession": "GET", "updateSession": "PATCH", "closeSession": "POST"}
GOOD: dict[str, Body] = {
    "updateSession": {"tags": ["intruder"], "metadata": {"intruder": True}},
    "closeSession": {"reason": "intruder"},
}
INVALID: dict[str, Body] = {"updateSession": {"tags": 7}, "closeSession": {"reason": 7}}


@dataclass(frozen=True)
class Tried:
    """One combination and its reply."""

    words: Combination
    reply: Reply

    @property
    def fits(self) -> Collection[int]:
        """The statuses that refuse it for its credential; a scheme without a credential is malformed, too."""
        return (ANSWERED, 400) if self.words["credential"] == "empty" else (ANSWERED,)

    @property
    def is_readable(self) -> bool:
        """Whether its body is one that a server has no reason to refuse before it asks who sent it."""
        return self.words.get("body") not in UNREADABLE

    @property
    def about(self) -> str:
        """The combination for a person."""
        return f"{self.reply.call.operation} with {words_of(self.words)}"


@dataclass(frozen=True)
class Intruder:
    """Asks by every combination of an array, about an open and a closed session of ours and one abroad."""

    run: Run
    sessions: Sessions
    bodies: Bodies
    opened: LiveSession
    closed: LiveSession
    abroad: LiveSession | None = None

    def reads(self) -> Iterator[Tried]:
        """Every combination of the array of retrieves."""
        for words in self._possible("wrong-credential-reads"):
            yield Tried(words, self._ask("retrieveSession", words, None))

    def writes(self) -> Iterator[Tried]:
        """Every combination of the array of updates and closes."""
        for words in self._possible("wrong-credential-writes"):
            operation = words["operation"]
            body = self._body(words, GOOD[operation], INVALID[operation])
            yield Tried(words, self._ask(operation, words, body))

    def creates(self, new_name: str) -> Iterator[Tried]:
        """Every combination of the array of creates; a new one would have this externalId."""
        names = {"new": new_name, "open": self.opened.external_id, "closed": self.closed.external_id}
        for words in combinations("wrong-credential-creates"):
            good = self.bodies.minimal(externalId=names.get(words["name"], new_name))
            if words["name"] == "left-out":
                del good["externalId"]
            raw = self._body(words, good, {**good, "tags": 7})
            yield Tried(words, self.sessions.using(self._header(words["credential"])).create(raw=raw))

    def _possible(self, array: str) -> Iterator[Combination]:
        for words in combinations(array):
            if self.abroad is not None or not words["address"].startswith("foreign"):
                yield words

    def _ask(self, operation: str, words: Combination, body: bytes | None) -> Reply:
        path = path_of(self._address(words["address"])) + ("/close" if operation == "closeSession" else "")
        header = self._header(words["credential"])
        return self.sessions.using(header).send(operation, METHODS[operation], path, body)

    def _address(self, form: str) -> str:
        whose, _, kind = form.partition("-")
        if whose == "unknown":
            return unknown_id(self.opened.id) if kind == "id" else self.bodies.new_name()
        session = {"open": self.opened, "closed": self.closed}.get(whose, self.abroad)
        assert session is not None
        return session.id if kind == "id" else session.external_id

    def _header(self, credential: str) -> str | None:
        key = self.run.target.credentials["key"]
        made_up = self.run.made_up(f"tr_dev_{hashlib.sha256(self.run.tag.encode()).hexdigest()[:24]}")
        near = near_keys(key)["the key with its last character changed"]
        wrong = {"empty": "Bearer", "made-up": f"Bearer {made_up}", "near-miss": f"Bearer {near}"}
        return wrong.get(credential)

    def _body(self, words: Combination, good: Body, invalid: Body) -> bytes:
        outside = CLOSE_OUTSIDE if words.get("operation") == "closeSession" else OUTSIDE
        return {
            "good": encoded(good),
            "invalid": encoded(invalid),
            "unparsable": encoded(good)[:-1],
            "oversize": padded_to(outside, good, "filling"),
        }[words["body"]]


def judge(check: Check, tried: list[Tried], done: str) -> None:
    """Judge each requirement by its combinations; `done` says what was changed all the same."""
    for requirement in sorted(set(JUDGED_BY.values())):
        with check.judging(requirement):
            for one in (one for one in tried if JUDGED_BY[one.words["credential"]] == requirement):
                if one.is_readable and one.reply.status not in one.fits:
                    raise broken(one.reply, f"{one.about} was not refused as it must be", "401")
    unreadable = [one for one in tried if not one.is_readable]
    with check.judging("credentials.refused-whatever-the-body"):
        for one in (one for one in tried if not one.reply.refused):
            raise broken(one.reply, f"{one.about} was not refused", "a 4xx")
        if done:
            raise Broken("a refused request took effect", "no effect", done, tried[-1].reply.exchange)
    if unreadable:
        with check.judging("credentials.looked-at-before-the-body"):
            for one in (one for one in unreadable if one.reply.status not in one.fits):
                raise broken(one.reply, f"{one.about} was not answered with 401", "401")
