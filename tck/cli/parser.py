"""The command line of a subcommand; what is wrong with it is one sentence."""

import argparse
from typing import NoReturn

from tck.errors import KitError


class Arguments(argparse.ArgumentParser):
    """A parser that raises KitError instead of printing its usage and leaving."""

    def error(self, message: str) -> NoReturn:
        """Raise the complaint as a sentence."""
        raise KitError(f"{self.prog}: {message}; see {self.prog} --help.")
