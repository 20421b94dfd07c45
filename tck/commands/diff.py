"""`python -m tck diff OLD.json NEW.json`."""

from collections.abc import Sequence


def main(argv: Sequence[str]) -> int:
    """Say what moved between two results."""
    raise NotImplementedError(argv)
