"""What is judged of every reply to an operation of an optional group, by requirements of the group's own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from suites.trigger.support.replies import rules
from tck.checking import Check, Judgement, Mismatch, Reply, response_rules

CHANNELS, LIST = "channels", "list"


@dataclass(frozen=True)
class GroupMonitor:
    """Judges each reply to an operation of a group; `keys` are the secrets of the run by their names."""

    group: str
    keys: Mapping[str, str]

    def __call__(self, check: Check, reply: Reply) -> None:
        """Tell the check what the reply shows of each requirement."""
        for requirement, problem in self.judged(reply):
            check.observe_reply(requirement, problem, reply)

    def judged(self, reply: Reply) -> Iterator[Judgement]:
        """Each requirement that a reply shows something of; a 5xx of lists is judged by their odd queries."""
        if self.group == CHANNELS:
            yield "channels.no-server-error", response_rules.is_no_server_error(reply)
        yield f"{self.group}.no-secret-in-replies", shows_no_secret(self.keys, reply)
        yield f"{self.group}.hold-no-stack-trace", rules.shows_no_stack_trace(reply)


def shows_no_secret(keys: Mapping[str, str], reply: Reply) -> Mismatch | None:
    """No secret key stands in a body, an event or a header, no token, nor what a caller was let in with."""
    return (
        rules.shows_no_secret(keys, reply)
        or response_rules.holds_no_secret(keys, reply)
        or _shows_what_it_was_asked_with(reply)
    )


def _shows_what_it_was_asked_with(reply: Reply) -> Mismatch | None:
    presented = (reply.call.authorization or "").rpartition(" ")[2]
    if not reply.succeeded or len(presented) < response_rules.SHORTEST_SECRET:
        return None
    if presented not in reply.text or presented in response_rules.sent_text(reply):
        return None
    said = f"a reply to {reply.call.operation} holds the credential that it was asked with"
    return Mismatch(said, "no credential in the body", "the caller's own")
