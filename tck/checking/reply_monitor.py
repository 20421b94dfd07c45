"""What is judged of every reply to a documented operation, whatever the check that asked for it is about."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from tck.checking import allowed_differences, response_rules
from tck.checking.check import Check
from tck.contract.openapi import Api
from tck.transport.messages import Reply
from tck.values.mismatch import Mismatch

Judgement = tuple[str, Mismatch | None]
"""A requirement, and what is wrong; None when it held."""
ODD_VALUE = "NUL, half a surrogate pair, deep nesting or a number beyond all range"


@dataclass(frozen=True)
class ReplyMonitor(ABC):
    """Judges each reply to a documented operation; `keys` are the secrets of the run by their names.

    A contract says which requirements judge a success or a refusal; `stored` are the members of a row that
    show what callers have sent.
    """

    stored: ClassVar[frozenset[str]] = frozenset()
    schemas: ClassVar[Mapping[str, str]] = {}
    """By operation, the schema of a success."""
    instants_given: ClassVar[frozenset[str]] = frozenset()
    """The instants of a row that callers write."""
    judges_headers: ClassVar[bool] = False

    api: Api
    keys: Mapping[str, str]

    def __call__(self, check: Check, reply: Reply) -> None:
        """Tell the check what the reply shows of each requirement."""
        if reply.call.operation:
            for requirement, problem in self.judged(reply):
                check.observe_reply(requirement, problem, reply)
            for difference, seen in self.differences(reply):
                check.differs(difference, True, [reply.exchange], seen)

    def judged(self, reply: Reply) -> Iterator[Judgement]:
        """Each requirement that a reply shows something of."""
        failed_at = self.odd_part(reply) if reply.status >= response_rules.SERVER_ERROR else ""
        if failed_at:
            said = f"{reply.call.operation} answered {reply.status} to {failed_at}"
            yield "replies.no-server-error-at-odd-values", Mismatch(said, "no 5xx", reply.told)
        else:
            yield "replies.no-server-error", response_rules.is_no_server_error(reply)
        yield "replies.no-secret-in-body", self.shows_no_secret(reply)
        if self.judges_headers:
            yield "replies.no-secret-in-headers", response_rules.holds_no_secret(self.keys, reply)
        yield "replies.hold-no-stack-trace", self.shows_no_stack_trace(reply)
        if reply.succeeded:
            yield from self.judged_success(reply)
        elif reply.refused:
            yield from self.judged_refusal(reply)

    def odd_part(self, reply: Reply) -> str:
        """What of a request a sound server may be unable to serve, in words; empty when nothing is."""
        return ODD_VALUE if reply.asked_for_something_exotic else ""

    def differences(self, reply: Reply) -> Iterator[allowed_differences.Seen]:
        """What a reply shows that the pages leave open."""
        yield from allowed_differences.of_headers(reply)
        if reply.succeeded and reply.is_object and reply.call.operation in self.schemas:
            schema = self.schemas[reply.call.operation]
            yield from allowed_differences.of_row(self.api, schema, reply.parsed, self.instants_given)

    @abstractmethod
    def judged_success(self, reply: Reply) -> Iterator[Judgement]:
        """What a 2xx shows."""

    def judged_refusal(self, reply: Reply) -> Iterator[Judgement]:  # noqa: ARG002 - contracts use it
        """What a 4xx shows."""
        return iter(())

    def shows_no_secret(self, reply: Reply) -> Mismatch | None:
        """No secret key of the run stands in a body."""
        return response_rules.shows_no_secret(self.keys, reply, response_rules.shown_text(reply))

    def shows_no_stack_trace(self, reply: Reply) -> Mismatch | None:
        """No body holds a stack trace; what a caller has stored or sent does not count."""
        return response_rules.shows_no_stack_trace(reply, self.of_the_server)

    def of_the_server(self, reply: Reply) -> str:
        """The body of a success without what callers have stored; any other body whole."""
        return response_rules.of_the_server(reply, self.stored)
