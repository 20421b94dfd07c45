"""What a check, a fixture or the kit raises when the answer is not simply "held" or "broken"."""

from _pytest.outcomes import Skipped

__all__ = [
    "Broken", "Indeterminate", "KitError", "NotApplicable", "NotTested", "Skipped", "Unjudged", "Unreachable",
]  # fmt: skip


class KitError(Exception):
    """The kit cannot start or go on; the message is one sentence for the user (exit 4)."""


class Indeterminate(Exception):  # noqa: N818 - an outcome
    """The transport failed, timed out or stayed overloaded: it says nothing about the target."""

    def __init__(self, reason: str, exchange: str = "") -> None:
        super().__init__(reason)
        self.exchange = exchange


class Unreachable(Indeterminate):
    """No connection to the target could be made, so that nothing was sent."""


class Broken(AssertionError):  # noqa: N818 - an outcome
    """The target broke a requirement; says what was expected and what was seen."""

    def __init__(self, reason: str, expected: str = "", seen: str = "", exchange: str = "") -> None:
        super().__init__(reason)
        self.expected = expected
        self.seen = seen
        self.exchange = exchange


class Unjudged(Skipped):
    """Nothing can be said of a requirement; `capability` names what lacks, if that is why."""

    def __init__(self, reason: str, capability: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.capability = capability


class NotTested(Unjudged):
    """A precondition or control failed; the message names the requirement that judges it, if any."""


class NotApplicable(Unjudged):
    """The target lacks a capability that the requirement needs."""
