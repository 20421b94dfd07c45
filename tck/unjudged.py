"""What a check, a fixture or the kit raises when nothing can be said of a requirement."""

import pytest


class Unjudged(pytest.skip.Exception):  # type: ignore[misc, name-defined]  # pytest has no other public name
    """Nothing can be said of a requirement; `capability` names what is missing, if that is why."""

    def __init__(self, reason: str, capability: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.capability = capability


class NotTested(Unjudged):
    """A precondition or control failed; the message names the requirement that judges it, if any."""


class NotApplicable(Unjudged):
    """The target lacks a capability that the requirement needs."""
