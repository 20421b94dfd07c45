"""What is judged of every reply of the run, whatever the check that asked for it is about."""

from collections.abc import Iterator
from dataclasses import dataclass

from suites.trigger.support.replies import rules
from tck.checking.check import Check
from tck.contract.openapi import Api
from tck.run.context import Monitor, Run
from tck.transport.messages import Reply

Judgement = tuple[str, str | None]
"""A requirement, and what is wrong; None when it held."""
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
    "closeSession": "close.error-422-matches-schema",
}
REFUSES_A_BODY = frozenset({400, 409, 413, 422})
UNPROCESSABLE, CONFLICT = 422, 409


@dataclass(frozen=True)
class ReplyMonitor:
    """Judges each reply to a documented operation by all the rules that speak of it."""

    api: Api
    keys: dict[str, str]

    def __call__(self, check: Check, reply: Reply) -> None:
        """Tell the check what the reply shows of each rule."""
        if reply.call.operation not in SUCCESS_IS_JSON:
            return
        for requirement, problem in self.judged(reply):
            check.observe(requirement, problem, reply)

    def judged(self, reply: Reply) -> Iterator[Judgement]:
        """Each requirement that a reply shows something of."""
        yield "replies.no-server-error", rules.is_no_server_error(reply)
        yield "replies.no-secret-in-body", rules.shows_no_secret(self.keys, reply)
        yield "replies.no-stack-trace", rules.shows_no_stack_trace(reply)
        if reply.succeeded:
            yield from self._success(reply)
        elif reply.refused:
            yield from self._refusal(reply)

    def _success(self, reply: Reply) -> Iterator[Judgement]:
        operation = reply.call.operation
        yield SUCCESS_IS_JSON[operation], rules.is_json(reply)
        yield SUCCESS_MATCHES[operation], rules.matches_success(self.api, reply)
        if reply.is_object:
            yield "replies.timestamps-are-rfc3339", rules.has_rfc3339_timestamps(reply.parsed)
            yield "replies.closed-fields-only-on-closed", rules.is_closed_or_shows_no_close(reply)
            yield "replies.created-before-updated", rules.is_updated_after_created(reply.parsed)

    def _refusal(self, reply: Reply) -> Iterator[Judgement]:
        operation, status = reply.call.operation, reply.status
        if status == UNPROCESSABLE and operation in REFUSAL_MATCHES:
            yield REFUSAL_MATCHES[operation], rules.matches_refusal(self.api, reply)
        if status == CONFLICT and operation == "createSession":
            yield "create.error-409-matches-schema", rules.carries_error(reply)
        if status in REFUSES_A_BODY and operation in REFUSAL_MATCHES and reply.is_object:
            yield "replies.error-bodies-carry-error", rules.carries_error(reply)


def monitors(run: Run) -> tuple[Monitor, ...]:
    """The monitors of a run of this contract."""
    return (ReplyMonitor(run.api, dict(run.target.credentials)),)
