"""A run whose output nobody reads any more, as behind `| head`: it goes on, and exits as it would."""

import os
import sys
from typing import Any, TextIO


class Unread:
    """Writes to a file until its reader is gone, and nowhere from then on."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> int:
        """Write; without a reader the text is dropped."""
        try:
            return self._file.write(text)
        except BrokenPipeError:
            self._to_nowhere()
            return len(text)

    def flush(self) -> None:
        try:
            self._file.flush()
        except BrokenPipeError:
            self._to_nowhere()

    def _to_nowhere(self) -> None:
        """Put the null device in the place of the pipe, so that python's own last flush succeeds as well."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for handle in (self._file.fileno(), sys.__stdout__.fileno() if sys.__stdout__ else -1):
            if handle >= 0:
                os.dup2(nowhere, handle)
        os.close(nowhere)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)
