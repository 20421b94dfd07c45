"""A run against a target nearby: how its time compares with that of sending the same requests raw."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from bench.far import waits_in
from bench.judging import judged_here
from bench.raw import Sent, sent_raw
from tck.contract.contract import load_contract
from tck.errors import KitError
from tck.recording.exchange import Exchange

BOUND = 1.5
"""What judging may take, in terms of sending the same requests raw."""
PAIRS = 3
"""Runs, each compared with sending its own requests raw at once afterwards."""


@dataclass(frozen=True)
class Near:
    """A run in one process from `began`, in seconds since 1970, for so many seconds.

    The checks lie between its start, up to their first request, and its end, after their last reply.
    """

    began: float
    seconds: float
    exchanges: Sequence[Exchange]

    @cached_property
    def of_checks(self) -> list[Exchange]:
        """The exchanges that checks asked for, and not the kit by itself."""
        return [one for one in self.exchanges if "::" in one.check]

    @property
    def sent_again(self) -> list[Exchange]:
        """Those of checks and of the kit that can be sent raw: with a whole reply, no stream of events."""
        return [one for one in self.exchanges if one.status is not None and not one.is_stream]

    @property
    def start(self) -> float:
        """Seconds from the command until the first request of a check."""
        return min(one.started_at for one in self.of_checks) - self.began

    @property
    def end(self) -> float:
        """Seconds from the last reply to a check until the command has ended."""
        ended = max(one.started_at + one.duration for one in self.of_checks)
        return self.began + self.seconds - ended

    @property
    def waits(self) -> float:
        """Seconds in which checks waited as the pages say, for a deadline or a stream."""
        return waits_in(self.of_checks)

    @property
    def judging(self) -> float:
        """Seconds that the checks took, without what they waited."""
        return self.seconds - self.start - self.end - self.waits


@dataclass(frozen=True)
class Pair:
    """A run, and what it took to send its requests raw.

    `cpu` are the seconds of the processor that its checks and the reference took.
    """

    run: Near
    raw: Sent
    cpu: float = 0.0
    sessions: int = 0
    memory: float = 0.0

    @property
    def ratio(self) -> float:
        """Judging in terms of raw sending."""
        return self.run.judging / self.raw.seconds

    @property
    def cpu_ratio(self) -> float:
        """The same of the processor's time, which other programs on the machine hardly lengthen."""
        return self.cpu / self.raw.cpu


def add_pairs(parser: ArgumentParser) -> None:
    about = f"runs, each compared with raw sending by itself ({PAIRS})"
    parser.add_argument("--pairs", type=_at_least_one, default=PAIRS, metavar="N", help=about)


def _at_least_one(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise ArgumentTypeError(f"it takes a number from 1 on, not {text!r}")
    return int(text)


def ratio_of(pairs: Sequence[Pair]) -> float:
    """The ratio of judging to raw sending in the middle of several."""
    return median(one.ratio for one in pairs)


def measured_pair(name: str, arguments: Sequence[str]) -> Pair:
    """Judge the embedded reference in one process, and send the same requests raw at once afterwards."""
    here = judged_here(name, 0, *arguments)
    run = Near(here.did.began, here.did.wall, here.exchanges)
    url = here.result["target"]["base_url"]
    checks = frozenset(one.id for one in run.of_checks)
    if not checks:
        raise KitError("no check of this run sent a request, so there is nothing to compare.")
    raw = sent_raw(load_contract(name), url, run.sent_again, checks)
    return Pair(run, raw, here.cpu, here.result["sessions_created"], here.memory)
