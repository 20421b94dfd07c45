"""Command lines whose mistakes are told like all others: one sentence, exit 4."""

import argparse
from typing import NoReturn

from tck.signals import KitError


class Parser(argparse.ArgumentParser):
    """An argument parser that raises KitError for a mistake."""

    def error(self, message: str) -> NoReturn:
        """Raise it, with how the command is called."""
        raise KitError(f"{message}; {self.format_usage().strip()}")
