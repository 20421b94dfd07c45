"""What is raised of a reply that breaks a requirement."""

from tck.checking import Broken, Reply


def broken(reply: Reply, reason: str, expected: str) -> Broken:
    """The finding that a reply makes, with its status and the beginning of its body."""
    return Broken(reason, expected, reply.told, reply.exchange)
