"""What says that a target has too much to do, and nothing of its rules; pure."""

SATURATED = frozenset({"429", "502", "503", "504"})
"""Statuses that say that a target, or what is before it, has too much to do."""


def is_saturated(status: str) -> bool:
    """Whether a status, or the reason why there was none, says nothing of the rules."""
    return status in SATURATED or not status.isdigit()


def split(name: str) -> tuple[str, str]:
    """An operation and its status, or the reason why there was none, from the name that counts both."""
    operation, _, status = name.partition(": ")
    return operation, status
