"""The walks are the same everywhere, and few sessions tell much."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from suites.trigger.randomized.walk_machine import NAMELESS, SessionWalk, Step, sessions_made, told_by
from tck.paths import ROOT
from tck.randomized.walks.generate import digest_of, most_telling, walks_of

MAKE = (
    "from suites.trigger.randomized.walk_machine import SessionWalk; from tck.randomized.walks.generate import digest_of, walks_of;"
    "print(digest_of(walks_of(SessionWalk, 20, 20, {seed!r}, 'lifecycle')))"
)


def digest(seed: int | str = 0) -> str:
    walks_of.cache_clear()
    return digest_of(walks_of(SessionWalk, 20, 20, seed, "lifecycle"))


def digest_elsewhere(folder: Path, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", MAKE.format(seed=0)], cwd=folder, capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )  # fmt: skip
    assert list(folder.iterdir()) == []
    return done.stdout.strip()


def test_in_another_process_and_directory_with_other_hashes(tmp_path: Path) -> None:
    assert digest_elsewhere(tmp_path, PYTHONHASHSEED="7") == digest()


def test_twice_in_one_process() -> None:
    assert digest() == digest()


@pytest.mark.parametrize("seed", [1, "words"])
def test_another_seed_makes_other_walks(seed: int | str) -> None:
    assert digest(seed) == digest(seed) != digest()


@pytest.mark.parametrize("sessions", [0, 4, 10])
def test_walks_make_no_more_sessions_than_allowed(sessions: int) -> None:
    made_up = walks_of(SessionWalk, 20, 20, 0, "lifecycle")
    chosen = most_telling(made_up, 20, sessions, sessions_made, told_by)
    assert sum(map(sessions_made, chosen)) <= sessions


def test_the_most_telling_walks_come_first() -> None:
    made_up = walks_of(SessionWalk, 20, 20, 0, "lifecycle")
    few = most_telling(made_up, 3, 100, sessions_made, told_by)
    more = most_telling(made_up, 6, 100, sessions_made, told_by)
    assert more[:3] == few


def test_every_walk_ends_with_a_look_at_each_session() -> None:
    for walk in walks_of(SessionWalk, 20, 20, 0, "lifecycle"):
        used = {step.session for step in walk if step.ask.action == "create"}
        looks = walk[-len(used) :]
        assert {step.session for step in looks if step.ask.action == "retrieve"} == used


def test_a_nameless_session_is_only_ever_addressed_by_what_the_server_gave() -> None:
    steps: list[Step] = [step for walk in walks_of(SessionWalk, 20, 20, 0, "x") for step in walk]
    assert any(step.session == NAMELESS for step in steps)
    assert all(
        "{own}" not in step.ask.body
        for step in steps
        if step.session == NAMELESS and step.ask.action == "create"
    )
