"""Rounds on one log: several callers append at once, while others listen, drain and go on after cuts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from random import Random

import pytest

from suites.trigger.support.channels.api import IN, OUT
from suites.trigger.support.channels.logs import Log
from suites.trigger.support.channels.made import NewLog
from suites.trigger.support.channels.subscribers import listen_in_pieces, listen_to_all
from tck.checking import Append, Check, Fate, LogProblem, NotTested, Reading
from tck.randomized import RoundResult, log_finding, seed_of, together
from tck.run import Run

KEPT_ONCE = "channels.races-keep-each-record-once"
ORDER = "channels.races-keep-the-order"
ONE_LOG = "channels.races-show-one-log"
MISS_NOTHING = "channels.races-let-readers-miss-nothing"
JUDGED = (KEPT_ONCE, ORDER, ONE_LOG, MISS_NOTHING)
APPENDERS, RECORDS, READERS = 4, 5, 3
KINDS = ("words {}", '{{"mark": "{}", "list": [1, null]}}', "{}\n\ndata: more\n", "{} \U0001f600 €")


@dataclass(frozen=True)
class PlannedAppend:
    """One append that a round will send."""

    text: str
    part: str = ""


@dataclass(frozen=True)
class LogRound:
    """Plays rounds that are drawn from a seed."""

    run: Run
    check: Check
    new_log: NewLog
    seed: str
    appenders: int = APPENDERS
    readers: int = READERS

    def play(self, number: int) -> RoundResult:
        """One round, on a new session."""
        draw = Random(f"{self.seed}-log-{number}")  # noqa: S311 - a stream of its own
        log = self.new_log(draw.choice((IN, OUT)))
        plans = list(self._plans(draw))
        texts = {one.text for plan in plans for one in plan}
        cut = draw.randint(2, 4)
        readings: list[Reading] = []
        self.run.client.wait(self.run.client.pacer.burst(len(plans) * RECORDS + self.readers))
        with self.run.client.in_flight.aside():
            together([
                *(self._appender(log, place, plan) for place, plan in enumerate(plans, 1)),
                lambda: readings.append(listen_to_all(log, texts)),
                lambda: readings.append(listen_in_pieces(log, texts, cut)),
            ])  # fmt: skip
        return self._judged(log, readings)

    def _plans(self, draw: Random) -> Iterator[list[PlannedAppend]]:
        """What each caller appends: records of its own, some with a part, and one that all of them send."""
        shared = PlannedAppend("the record of all", "the part of all")
        for caller in range(1, self.appenders + 1):
            own = [
                PlannedAppend(
                    draw.choice(KINDS).format(f"{caller}.{step}"),
                    draw.choice(("", f"part {caller}.{step}")),
                )
                for step in range(1, RECORDS)
            ]
            own.insert(draw.randrange(RECORDS), shared)
            yield own

    def _appender(self, log: Log, place: int, plan: list[PlannedAppend]) -> Callable[[], None]:
        def append() -> None:
            for one in plan:
                log.send(one.text, one.part, by=f"caller {place}")

        return append

    def _judged(self, log: Log, readings: list[Reading]) -> RoundResult:
        """What the round showed."""
        model = log.model
        if not any(one.fate is Fate.KEPT for one in log.appends):
            raise NotTested("no append was accepted", judged_by="append.answers-200")
        drained = self.run.patience.wait(
            log.drained, lambda seen: model.lost(seen) is None and model.doubled(seen) is None
        ).value
        problems: dict[str, LogProblem | None] = {
            KEPT_ONCE: model.lost(drained) or model.doubled(drained),
            ORDER: model.misordered(drained),
            ONE_LOG: _first(
                chain.from_iterable(
                    (model.unsorted(one), model.disagreement(drained, replace(one, after=None)))
                    for one in readings
                    if one.records
                )
            )
            or model.unsorted(drained),
            MISS_NOTHING: _first(
                problem for one in readings for problem in (model.lost(one), model.doubled(one))
            ),
        }
        found = [
            log_finding(self.run, self.check.node, requirement, problem, model)
            for requirement, problem in problems.items()
            if problem is not None
        ]
        lost = "an append was not answered" if any(_unsure(one) for one in log.appends) else ""
        held = tuple(name for name in JUDGED if problems[name] is None)
        exchanges = tuple(filter(None, [*(one.exchange for one in log.appends), *drained.exchanges]))
        return RoundResult(tuple(found), held, lost, together=True, exchanges=exchanges)


def _first(problems: Iterator[LogProblem | None]) -> LogProblem | None:
    return next(filter(None, problems), None)


def _unsure(one: Append) -> bool:
    return one.fate is Fate.UNKNOWN


@pytest.fixture
def log_round(run: Run, check: Check, new_log: NewLog, pytestconfig: pytest.Config) -> LogRound:
    """Plays rounds on logs."""
    return LogRound(run, check, new_log, str(seed_of(pytestconfig)))
