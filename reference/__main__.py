"""`python -m reference`: a contract's server on a port, for people who need one to develop against."""

import argparse
import importlib
import json
import os
import pkgutil
import signal
import sqlite3
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn, TextIO

import reference
from reference.application import Application
from reference.serving import Server

Factory = Callable[[Path, Mapping[str, str]], tuple[Application, list[str]]]


class CannotStart(Exception):  # noqa: N818 - a sentence for the user
    """One sentence that says why the server did not start."""


class Arguments(argparse.ArgumentParser):
    """A parser whose complaint is one sentence."""

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing the usage and leaving."""
        raise CannotStart(message)


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """The command line; raises CannotStart."""
    folder = Arguments(add_help=False, allow_abbrev=False)
    folder.add_argument(
        "--contract-dir", metavar="DIR", type=Path, help="a folder with contracts outside the kit"
    )
    add_contracts(folder.parse_known_args(argv)[0].contract_dir)
    known = sorted(module.name for module in pkgutil.iter_modules(reference.__path__) if module.ispkg)
    parser = Arguments(
        parents=[folder],
        prog=os.environ.get("REFERENCE_PROGRAM", "python -m reference"),
        description="Serve a contract's reference.",
    )
    parser.add_argument("--contract", default="trigger", choices=known)
    parser.add_argument("--port", type=int, default=8080, help="0 picks a free one (default: %(default)s)")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--database", type=Path, help="a file to keep (default: one removed at exit)")
    parser.add_argument(
        "--announce", action="store_true",
        help='print only {"url": …} once it listens, and exit when standard input closes',
    )  # fmt: skip
    parsed = parser.parse_args(argv)
    if not 0 <= parsed.port <= 65535:  # noqa: PLR2004
        raise CannotStart(f"argument --port: {parsed.port} is not a port (0 to 65535)")
    return parsed


def add_contracts(folder: Path | None) -> None:
    """Let the contracts in a folder outside the kit be imported like those in it; raises CannotStart."""
    if folder is None:
        return
    if not (folder / "reference").is_dir():
        raise CannotStart(f"argument --contract-dir: {folder / 'reference'} is not a folder")
    reference.__path__.append(str((folder / "reference").resolve()))


def run(argv: Sequence[str] | None = None) -> None:
    """Serve until a signal comes or, with --announce, standard input closes; raises CannotStart."""
    parsed = arguments(argv)
    factory: Factory = importlib.import_module(f"reference.{parsed.contract}").from_environment
    with database_file(parsed.database) as database:
        application, made = build(factory, database)
        with serve(application, parsed.host, parsed.port) as url:
            stop = until_signal()
            if parsed.announce:
                announce(url, made)
                threading.Thread(target=wait_for_end_of_input, args=(stop,), daemon=True).start()
            else:
                say(sys.stdout, f"The {parsed.contract} reference listens on {url}; Ctrl-C stops it.", *made)
            stop.wait()


@contextmanager
def database_file(kept: Path | None) -> Iterator[Path]:
    """The file that was named, or one in a folder that is removed afterwards."""
    if kept is not None:
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="reference-", ignore_cleanup_errors=True) as directory:
        yield Path(directory) / "reference.sqlite"


def build(factory: Factory, database: Path) -> tuple[Application, list[str]]:
    """The contract's server; raises CannotStart."""
    try:
        return factory(database, os.environ)
    except ValueError as error:
        raise CannotStart(str(error)) from None
    except sqlite3.Error as error:
        raise CannotStart(f"the database {database} cannot be used: {error}") from None


def serve(application: Application, host: str, port: int) -> Server:
    """The server with its port taken; raises CannotStart."""
    try:
        return Server(application.app(), host, port)
    except (OSError, UnicodeError) as error:
        application.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise CannotStart(f"cannot listen on {host} port {port}: {reason}") from None


def until_signal() -> threading.Event:
    """An event that SIGINT or SIGTERM sets."""
    stop = threading.Event()

    def handle(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handle)
    return stop


def announce(url: str, made: Sequence[str]) -> None:
    """One JSON line on standard output; made-up keys go to standard error."""
    say(sys.stderr, *made)
    say(sys.stdout, json.dumps({"url": url}))


def wait_for_end_of_input(stop: threading.Event) -> None:
    """Set the event once standard input is closed, as it is when the parent is gone."""
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass
    stop.set()


def say(stream: TextIO, *lines: str) -> None:
    """Write lines at once."""
    for line in lines:
        print(line, file=stream, flush=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line: 0 after an ordinary end, 4 with one sentence when it cannot start."""
    try:
        run(argv)
    except CannotStart as reason:
        say(sys.stderr, f"ERROR: reference: {reason}")
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main())
