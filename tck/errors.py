"""What is raised when the kit cannot go on, a requirement is broken, or a response says nothing."""


class KitError(Exception):
    """The kit cannot start or go on; the message is one sentence for the user (exit 4)."""


class Indeterminate(Exception):  # noqa: N818 - an outcome
    """The transport failed, timed out or stayed overloaded: it says nothing about the target."""

    def __init__(self, reason: str, exchange: str = "") -> None:
        super().__init__(reason)
        self.exchange = exchange


class BadGateway(Indeterminate):
    """Something in front of the target answered 502, 503 or 504 in its place, or the target is overloaded."""


class Overloaded(BadGateway):
    """The target is overloaded and says when to come again, to a request that is not sent twice."""


class SentAgain(Indeterminate):
    """A create was sent again and found a session: nothing tells whether its first try had made it."""


class NoReply(Indeterminate):
    """Not even the first line of a reply came; `advice` is what the operator can do about it, if known."""

    def __init__(self, reason: str, exchange: str = "", advice: str = "", timed_out: bool = False) -> None:
        super().__init__(reason, exchange)
        self.advice = advice
        self.timed_out = timed_out


class Unreachable(NoReply):
    """No connection to the target could be made, so that nothing was sent."""


class Broken(AssertionError):  # noqa: N818 - an outcome
    """The target broke a requirement; says what was expected, what was seen, and in which exchanges."""

    def __init__(self, reason: str, expected: str = "", seen: str = "", *exchanges: str) -> None:
        super().__init__(reason)
        self.expected = expected
        self.seen = seen
        self.exchanges = tuple(filter(None, exchanges))


class NotValid(Exception):  # noqa: N818 - what a certificate is
    """A certificate proves nothing of a result; the message is a predicate without its subject."""
