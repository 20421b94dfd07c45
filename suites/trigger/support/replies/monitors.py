"""What is judged of every reply of the run, whatever the check that asked for it is about."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from suites.trigger.support.bodies import names_something
from suites.trigger.support.replies import rules, silences
from suites.trigger.support.replies.texts import of_the_server
from tck import checking
from tck.checking import Judgement, Mismatch, Reply, response_rules

SUCCESS_IS_JSON = {
    "createSession": "create.success-is-json",
    "retrieveSession": "retrieve.success-is-json",
    "updateSession": "update.success-is-json",
    "closeSession": "close.success-is-json",
}
SUCCESS_MATCHES = {
    "createSession": "create.success-matches-schema",
    "retrieveSession": "retrieve.success-matches-schema",
    "updateSession": "update.success-matches-schema",
    "closeSession": "close.success-matches-schema",
}
REFUSAL_MATCHES = {
    "createSession": "create.error-422-matches-schema",
    "updateSession": "update.error-422-matches-schema",
}
"""The page of close documents no refusal of a body."""
REFUSES_A_BODY = frozenset({400, 409, 413, 422})
UNPROCESSABLE, CONFLICT = 422, 409
UNKNOWN_NAME = "the name of a task, machine, queue, region or version that it may lack"


@dataclass(frozen=True)
class ReplyMonitor(checking.ReplyMonitor):
    """Judges each reply to one of the four operations; `task` is the one that the operator named."""

    task: str = ""

    def odd_part(self, reply: Reply) -> str:
        """As in every contract, and names of what the target may lack."""
        return super().odd_part(reply) or (UNKNOWN_NAME if self._names_something(reply) else "")

    def _names_something(self, reply: Reply) -> bool:
        if reply.call.operation != "createSession":
            return False
        try:
            sent = json.loads(reply.call.body or b"{}")
        except (ValueError, RecursionError):
            return False
        if not isinstance(sent, dict):
            return False
        other_task = (
            self.task and isinstance(sent.get("taskIdentifier"), str) and sent["taskIdentifier"] != self.task
        )
        return other_task or names_something(sent)

    schemas: ClassVar[Mapping[str, str]] = rules.SUCCESS_SCHEMAS
    instants_given: ClassVar[frozenset[str]] = frozenset({"expiresAt"})

    judges_headers = True

    def shows_no_secret(self, reply: Reply) -> Mismatch | None:
        """No secret key of the run stands in a body, nor a token where none belongs."""
        return rules.shows_no_secret(self.keys, reply)

    def of_the_server(self, reply: Reply) -> str:
        """The body without what callers have sent, and without the token that a create returns."""
        return of_the_server(reply)

    def differences(self, reply: Reply) -> Iterator[tuple[str, str]]:
        """What a reply shows that the pages leave open."""
        yield from super().differences(reply)
        yield from silences.of_reply(reply, self.keys)

    def judged_success(self, reply: Reply) -> Iterator[Judgement]:
        """A success is the documented row as JSON, and says nothing that cannot be."""
        operation = reply.call.operation
        yield SUCCESS_IS_JSON[operation], response_rules.is_json(reply)
        yield SUCCESS_MATCHES[operation], rules.matches_success(self.api, reply)
        if reply.is_object:
            yield "replies.timestamps-are-rfc3339", rules.has_rfc3339_timestamps(reply.parsed)
            yield "replies.closed-fields-only-on-closed", rules.is_closed_or_shows_no_close(reply)
            yield "replies.created-before-updated", rules.is_updated_after_created(reply.parsed)

    def judged_refusal(self, reply: Reply) -> Iterator[Judgement]:
        """A refusal carries an error in the documented form."""
        operation, status = reply.call.operation, reply.status
        if status == UNPROCESSABLE and operation in REFUSAL_MATCHES:
            yield REFUSAL_MATCHES[operation], rules.matches_refusal(self.api, reply)
        if status == CONFLICT and operation == "createSession":
            yield "create.error-409-matches-schema", response_rules.carries_error(reply)
        if status in REFUSES_A_BODY and operation in REFUSAL_MATCHES and reply.is_object:
            yield "replies.error-bodies-carry-error", response_rules.carries_error(reply)
