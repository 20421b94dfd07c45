"""What a check, a fixture or the kit raises when nothing can be said of a requirement."""

from collections.abc import Sequence

import pytest

from tck.vocabulary import judging


class Unjudged(pytest.skip.Exception):  # type: ignore[misc, name-defined]  # pytest has no other public name
    """Nothing can be said of a requirement; `capability` names what is missing, if that is why."""

    def __init__(self, reason: str, capability: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.capability = capability


class NotTested(Unjudged):
    """A precondition or control failed; `judged_by` are the requirements that judge it, and are named."""

    def __init__(self, reason: str, capability: str = "", judged_by: str | Sequence[str] = ()) -> None:
        self.left_to = (judged_by,) if isinstance(judged_by, str) else tuple(judged_by)
        super().__init__(f"{reason}{judging(self.left_to)}", capability)

    @classmethod
    def again(cls, reason: str, capability: str, left_to: Sequence[str]) -> "NotTested":
        """The one that another process raised, whose reason names who judges it already."""
        made = cls(reason, capability)
        made.left_to = tuple(left_to)
        return made


class NotApplicable(Unjudged):
    """The target lacks a capability that the requirement needs."""
