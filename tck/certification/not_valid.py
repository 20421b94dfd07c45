"""What is raised for a certificate that proves nothing."""


class NotValid(Exception):  # noqa: N818 - what a certificate is
    """A certificate proves nothing of a result; the message is a predicate without its subject."""
