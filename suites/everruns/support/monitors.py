"""What is judged of every reply to an update, whatever the check that asked for it is about."""

from collections.abc import Iterator
from dataclasses import dataclass

from suites.everruns.support.api import OPERATION
from tck.checking import response_rules
from tck.checking.check import Check
from tck.contract.openapi import Api
from tck.run.context import Monitor, Run
from tck.transport.messages import Reply

ROW = "Session"
STORED = frozenset({"title", "tags"})
"""Members that show what callers have sent."""


@dataclass(frozen=True)
class ReplyMonitor:
    """Judges each reply to an update by all the rules that speak of it."""

    api: Api
    keys: dict[str, str]

    def __call__(self, check: Check, reply: Reply) -> None:
        """Tell the check what the reply shows of each rule."""
        if reply.call.operation == OPERATION:
            for requirement, problem in self.judged(reply):
                check.observe(requirement, problem, reply)

    def judged(self, reply: Reply) -> Iterator[tuple[str, str | None]]:
        """Each requirement that a reply shows something of, and what is wrong."""
        yield "replies.no-server-error", response_rules.is_no_server_error(reply)
        yield (
            "replies.no-secret-in-body",
            response_rules.shows_no_secret(self.keys, reply, response_rules.shown_text(reply)),
        )
        yield (
            "replies.no-stack-trace",
            response_rules.shows_no_stack_trace(reply, response_rules.of_the_server(reply, STORED)),
        )
        if reply.succeeded:
            yield "update.success-is-json", response_rules.is_json(reply)
            yield "update.success-matches-schema", response_rules.matches(self.api, ROW, reply)


def monitors(run: Run) -> tuple[Monitor, ...]:
    """The monitors of a run of this contract."""
    return (ReplyMonitor(run.api, dict(run.target.credentials)),)
