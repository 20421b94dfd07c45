"""A life of a session whose writes get no clear reply: everything that may be is allowed, and nothing else."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from tck.errors import Indeterminate
from tck.load.life import MOST_PENDING, Life
from tck.load.users_run import LoadPatience
from tck.randomized import Sending, WalkedSession, Walker
from tck.transport.messages import Reply
from tck.values.mismatch import Mismatch
from tests.support.histories import Register, reply

LOST = None
"""No clear reply."""


class Model(Register):
    """The register as walks ask it: a reply shows what is stored."""

    def after(self, states: Sequence[str], ask: str, got: Reply) -> list[str]:
        now = [state if ask == "get" else ask.removeprefix("put ") for state in states]
        return [state for state in dict.fromkeys(now) if got.parsed == state]

    def complaint(self, states: Sequence[str], ask: str, got: Reply) -> Mismatch:
        return Mismatch(f"{ask} showed {got.parsed}", " or ".join(states), str(got.parsed))

    def shown(self, state: str, event: Any) -> list[str]:
        return [state] if event.reply.parsed == state else []

    def differences(self, state: str, row: Any) -> dict[str, Mismatch]:  # noqa: ARG002
        return {}


class Registers(Walker[str, str, str, WalkedSession[str]]):
    """Goes steps such as `put x` and `get`, each with the answer that is written beside it."""

    model = Model()
    touched = "updatedAt"

    def __init__(self, answers: list[str | None]) -> None:
        super().__init__(SimpleNamespace(patience=LoadPatience()), None)  # type: ignore[arg-type]
        self.known["A"] = WalkedSession(["0"])
        self.answers = answers

    def ready(self, step: str) -> Sending[str, str]:
        return Sending(step, "A", step, step, self._answer)

    def _answer(self) -> Reply:
        told = self.answers.pop(0)
        if told is LOST:
            raise Indeterminate("no complete reply within 10 seconds")
        return reply(200, told)

    def learn(self, sending: Sending[str, str], reply: Reply) -> None:
        known = self.known["A"]
        known.states = self.model.after(known.states, sending.ask, reply)

    def requirement_of(self, step: str) -> str:  # noqa: ARG002
        return "register"

    def answered(self, reply: Reply) -> str:
        return str(reply.parsed)


class Collector:
    """Counts failures, and wants none."""

    def __init__(self) -> None:
        self.broken: list[str] = []

    def wants(self, requirement: str) -> bool:  # noqa: ARG002
        return False

    def breaks(self, finding: Any, exchanges: Any) -> None:  # noqa: ARG002
        raise AssertionError

    def breaks_again(self, requirement: str) -> None:
        self.broken.append(requirement)


def gone(*told: tuple[str, str | None]) -> tuple[bool, Life]:
    walker, collector = Registers([answer for _, answer in told]), Collector()
    life = Life(walker.run, walker, collector, lambda: False, lambda: None)  # type: ignore[arg-type]
    held = life.go([step for step, _ in told])
    assert held == (not collector.broken)
    return held, life


@pytest.mark.parametrize(
    "told",
    [
        [("put 1", "1"), ("get", "1")],
        [("put 1", LOST), ("get", "0")],
        [("put 1", LOST), ("get", "1")],
        [("put 1", LOST), ("get", "0"), ("get", "1")],
        [("put 1", LOST), ("put 2", "2"), ("get", "1")],
        [("put 1", LOST), ("put 2", LOST), ("get", "1"), ("get", "2")],
        [("put 1", LOST), ("put 2", "1")],
        [("get", LOST), ("get", "0")],
    ],
    ids=str,
)
def test_what_may_be_is_no_failure(told):
    assert gone(*told)[0]


@pytest.mark.parametrize(
    "told",
    [
        [("put 1", "0")],
        [("put 1", "1"), ("put 2", LOST), ("put 3", "0")],
        [("put 1", LOST), ("put 2", "3")],
    ],
    ids=str,
)
def test_what_cannot_be_is_a_failure_also_after_a_write_without_a_reply(told):
    assert not gone(*told)[0]


def test_a_life_ends_where_too_much_is_possible():
    told = [(f"put {number}", LOST) for number in range(MOST_PENDING + 5)]
    held, life = gone(*told)
    assert held
    assert len(life.pending) == MOST_PENDING + 1


def test_what_held_is_counted():
    assert gone(("put 1", "1"), ("put 2", LOST), ("get", "2"))[1].judged == {"register": 2}
