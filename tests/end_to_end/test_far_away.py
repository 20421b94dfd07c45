"""A target that is far away, and one that limits requests: as many processes as it bears, and the same outcomes."""

import itertools
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.distance import Distance
from reference.application import Call, Reply
from reference.serving import Server
from reference.trigger import TriggerReference
from tests.support.kit_tree import KEYS, Tree

LATENCY = 0.06
IDS = {"env_main": KEYS["TRIGGER_SECRET_KEY"], "env_other": KEYS["TRIGGER_OTHER_SECRET_KEY"]}


class Limited(TriggerReference):
    """Refuses every sixth request, and lets it be sent again after a second."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._count = itertools.count(1)
        self._lock = threading.Lock()

    def obey(self, operation: Any, call: Call) -> Reply:
        with self._lock:
            number = next(self._count)
        if number % 6 == 0:
            return Reply(429, {"error": "Too many requests"}, {"retry-after": "1"})
        return super().obey(operation, call)


@pytest.fixture(scope="module")
def far(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    reference = TriggerReference(tmp_path_factory.mktemp("far") / "rows.sqlite", IDS)
    with Server(reference.app()) as url, Distance(url, LATENCY) as distance:
        yield distance.url


def test_processes_are_chosen_for_a_far_target_and_said_with_the_reason(module_tree: Tree, far: str):
    ran = module_tree.pytest("-n", "auto", "--maxprocesses=2", target=far, env=KEYS)
    assert ran.code == 0, ran.text
    said = " ".join(ran.out.split())
    assert ", so 2 processes run the checks" in said
    assert "created: 2/2 workers" in said
    assert ran.ledgers == []


def test_little_work_is_done_by_one_process(module_tree: Tree, far: str):
    ran = module_tree.pytest(target=far, env=KEYS)
    assert ran.code == 0, ran.text
    assert "; one process runs the checks: this takes about" in ran.out
    assert "workers" not in ran.out


def test_a_near_target_is_judged_in_one_process(module_tree: Tree, target: str):
    ran = module_tree.pytest("-n", "auto", target=target, env=KEYS)
    assert ran.code == 0, ran.text
    assert "a reply takes" not in ran.out
    assert "workers" not in ran.out


def test_a_target_that_is_not_there_is_one_sentence_and_starts_no_process(tree: Tree):
    ran = tree.pytest("-n", "auto", target="http://127.0.0.1:9", env=KEYS)
    ran.says_one_sentence("http://127.0.0.1:9 cannot be reached")
    assert "workers" not in ran.out


def test_fewer_go_at_once_on_a_target_that_limits_them_and_outcomes_stay(module_tree: Tree, tmp_path: Path):
    digests = []
    for number, arguments in enumerate((("-n0",), ("-n3",))):
        server = Limited(tmp_path / f"rows-{number}.sqlite", IDS)
        with Server(server.app()) as url:
            ran = module_tree.pytest(*arguments, target=url, env=KEYS)
        assert ran.code == 0, ran.text
        digests.append(ran.result["outcomes_digest"])
    assert digests[0] == digests[1]
    assert "a reply takes" not in ran.out
    assert "NOTE: the target answered 429 to" in ran.out
    assert "of 3 requests at once, at times one alone was sent." in " ".join(ran.out.split())
