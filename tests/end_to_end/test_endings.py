import itertools
import json
import os
import re
import signal
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from reference.application import Reply
from reference.serving import Server
from reference.trigger import Row, TriggerReference
from tests.support.kit_tree import GOOD, KEYS, Tree
from tests.support.stand_ins import Gate

WAITING = """
import pytest
@pytest.mark.requirement("create.answers-201")
def test_a_create(create): assert create().status == 201
@pytest.mark.requirement("retrieve.finds")
def test_b_waits(create, run):
    create()
    KNOCK
@pytest.mark.requirement("create.keeps-tags")
@pytest.mark.parametrize("number", range(12))
def test_c_goes_on(create, number): assert create().status == 201
"""


def files(reports: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in reports.iterdir()}


def waiting(tree: Tree, gate: Gate) -> None:
    tree.suite(WAITING.replace("KNOCK", gate.knock))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("workers", [(), ("-n2",)])
def test_an_interrupted_run_closes_what_it_made_and_tells_what_it_saw(
    tree: Tree, target, gate: Gate, workers, number
):
    waiting(tree, gate)
    process = tree.start(*workers, target=target, env=KEYS)
    gate.await_knock()
    process.send_signal(number)
    ran = tree.ended(process)
    assert ran.summary == (2, "partial", True), ran.text
    assert ran.outcomes["retrieve.finds"] == "not_tested"
    assert ran.result["sessions_left_open"] == 0
    assert ran.ledgers == []
    assert "Traceback" not in ran.text


def test_ctrl_c_at_a_terminal_reaches_the_workers_too(tree: Tree, target, gate: Gate):
    waiting(tree, gate)
    process = tree.start("-n2", target=target, env=KEYS)
    gate.await_knock()
    os.killpg(process.pid, signal.SIGINT)
    ran = tree.ended(process)
    assert ran.summary == (2, "partial", True), ran.text
    assert ran.ledgers == []


def test_a_killed_run_leaves_no_server_but_its_ledger_which_the_next_run_mentions(
    tree: Tree, gate: Gate, target
):
    earlier = files(tree.pytest("-k", "answers_201").reports)
    waiting(tree, gate)
    process = tree.start()
    url = gate.await_knock()
    host, port = re.fullmatch(r"http://(.+):(\d+)", url).groups()
    with socket.create_connection((host, int(port)), timeout=60) as reference:
        process.kill()
        assert reference.recv(1) == b""
    killed = tree.ended(process)
    assert earlier.items() <= files(killed.reports).items()
    [left] = killed.ledgers
    before = left.read_bytes()
    events = [json.loads(line)["event"] for line in before.splitlines()]
    assert events == ["run", "planned", "made", "planned", "made"]
    gate.open()
    tree.suite(GOOD)
    ran = tree.pytest(target=target, env=KEYS)
    assert ran.code == 0
    mentions = [line for line in ran.out.splitlines() if left.name in line]
    assert len(mentions) == 1
    assert "left 2 sessions that may still be open" in mentions[0]
    assert ran.ledgers == [left]
    assert left.read_bytes() == before


def test_a_target_that_dies_half_way_is_indeterminate_from_there(tree: Tree, gate: Gate, tmp_path):
    waiting(tree, gate)
    keys = {"env_main": KEYS["TRIGGER_SECRET_KEY"], "env_other": KEYS["TRIGGER_OTHER_SECRET_KEY"]}
    with Server(TriggerReference(tmp_path / "rows.sqlite", keys).app()) as url:
        process = tree.start("--patience=1", target=url, env=KEYS)
        gate.await_knock()
    gate.open()
    ran = tree.ended(process)
    assert ran.summary == (1, "inconclusive", False), ran.text
    assert ran.outcomes == {
        "create.answers-201": "passed", "retrieve.finds": "passed", "create.keeps-tags": "indeterminate",
    }, ran.reasons  # fmt: skip
    assert "no connection" in ran.reasons["create.keeps-tags"]
    assert "the target stopped answering" in str(ran.result)
    assert ran.result["sessions_left_open"] >= 2
    assert len(ran.ledgers) == 1
    assert ran.ledgers[0].name in ran.out


class FailsOneCloseOnce(TriggerReference):
    """The answer to the second close is a 500."""

    closes = itertools.count(1)

    def closed_reply(self, row: Row) -> Reply:
        reply = super().closed_reply(row)
        return replace(reply, status=500) if next(self.closes) == 2 else reply


def test_a_session_that_could_not_be_closed_is_closed_after_the_others(tree: Tree, tmp_path):
    keys = {"env_main": KEYS["TRIGGER_SECRET_KEY"], "env_other": KEYS["TRIGGER_OTHER_SECRET_KEY"]}
    with Server(FailsOneCloseOnce(tmp_path / "rows.sqlite", keys).app()) as url:
        ran = tree.pytest(target=url, env=KEYS)
    assert ran.summary == (0, "conformant", False), ran.text
    assert ran.result["sessions_left_open"] == 0
    assert ran.ledgers == []


def test_a_worker_that_dies_is_an_error_of_the_kit_and_leaves_nothing_open(tree: Tree, target):
    source = (
        GOOD
        + """
@pytest.mark.requirement("retrieve.finds")
def test_dies(create):
    create()
    __import__("os")._exit(7)
"""
    )
    tree.suite(source)
    ran = tree.pytest("-n2", target=target, env=KEYS)
    assert ran.summary == (1, "partial", True), ran.text
    assert ran.outcomes["retrieve.finds"] == "error"
    assert ran.reasons["retrieve.finds"] == "the worker that ran its check crashed"
    assert ran.ledgers == []


def test_a_check_that_ends_the_run_is_an_interruption(tree: Tree, target):
    tree.suite(GOOD.replace("assert create().status == 201", "create(); pytest.exit('enough')"))
    ran = tree.pytest(target=target, env=KEYS)
    assert ran.summary == (2, "partial", True), ran.text
    assert ran.ledgers == []
