"""The ways in which a result, or a session that is still open, could get lost; each is tried on a whole run."""

import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from reference.application import Call, Operation, Reply
from reference.serving import Server
from reference.trigger import TriggerReference
from tests.support.halfway import CreateAlone, WithoutClose
from tests.support.kit_tree import GOOD, KEYS, Ran, Tree
from tests.support.stand_ins import Gate

NAMES = {"env_main": KEYS["TRIGGER_SECRET_KEY"], "env_other": KEYS["TRIGGER_OTHER_SECRET_KEY"]}
FILLED = """
import pytest
@pytest.mark.requirement("create.answers-201")
def test_create(create): assert create().status == 201
@pytest.mark.requirement("retrieve.finds")
def test_retrieve_finds(run, create, look):
    assert look(create()["id"].value).status == 200
    FILL
"""
FILL = """
    from contextlib import suppress
    for size in (65536, 1):
        with suppress(OSError), (run.options.report_dir / "filler").open("ab", buffering=0) as file:
            for _ in range(1000): file.write(b"x" * size)
"""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with very little room."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("this user may mount no file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def tells_the_verdict_then_one_sentence(ran: Ran, verdict: str, *parts: str) -> None:
    lines = ran.out.splitlines()
    errors = [line for line in lines if line.startswith("ERROR: ")]
    assert ran.code == 3, ran.text
    assert len(errors) == 1, ran.text
    assert [part for part in parts if part not in errors[0]] == [], errors[0]
    [said] = [number for number, line in enumerate(lines) if line.startswith(verdict)]
    assert said < lines.index(errors[0])
    assert "Traceback" not in ran.text
    assert "INTERNALERROR" not in ran.text


def test_a_disk_too_small_for_all_reports_keeps_the_result(tree: Tree, target: str, small_disk: Path):
    tree.reports = small_disk / "reports"
    (small_disk / "filler").write_bytes(b"x" * 70_000)
    ran = tree.pytest(target=target, env=KEYS)
    tells_the_verdict_then_one_sentence(ran, "CONFORMANT", "No space left on device", "has exchanges.har")
    [kept] = tree.reports.glob("incomplete-*/result.json")
    assert '"verdict": "conformant"' in kept.read_text(encoding="utf-8")


def test_a_disk_that_is_full_in_the_middle_leaves_a_verdict(tree: Tree, target: str, small_disk: Path):
    """It is full once the last check has its reply: whether one more would find room is a matter of bytes."""
    tree.reports = small_disk / "reports"
    tree.suite(FILLED.replace("FILL", FILL), create__answers_201="must", retrieve__finds="must")
    env = {**KEYS, "TMPDIR": str(small_disk)}
    ran = tree.pytest("-o", f"cache_dir={small_disk}/cache", cache=True, target=target, env=env)
    tells_the_verdict_then_one_sentence(ran, "CONFORMANT", "No space left on device")
    assert ran.ledgers == []


def waiting(gate: Gate) -> str:
    """The tiny suite, whose first check makes a session and waits."""
    source = GOOD.replace("assert create().status == 201", f"create()\n    {gate.knock}")
    return source.replace("test_create_answers_201(create)", "test_create_answers_201(create, run)")


class Stuck(TriggerReference):
    """A server that, once it is stuck, answers no close until it is let go."""

    def hold(self) -> None:
        self.stuck, self.asked, self.let_go = threading.Event(), threading.Event(), threading.Event()

    def answer(self, operation: Operation, call: Call) -> Reply:
        if operation.name == "close" and self.stuck.is_set():
            self.asked.set()
            self.let_go.wait(60)
        return super().answer(operation, call)


@pytest.mark.parametrize("times", [2, 3])
def test_whoever_interrupts_again_and_again_is_told_what_is_left(tree: Tree, gate: Gate, tmp_path, times):
    tree.suite(waiting(gate))
    server = Stuck(tmp_path / "rows.sqlite", NAMES)
    server.hold()
    with Server(server.app()) as url:
        process = tree.start("--request-timeout=2", target=url, env=KEYS)
        gate.await_knock()
        server.stuck.set()
        process.send_signal(signal.SIGINT)
        assert server.asked.wait(60)
        for _ in range(times - 1):
            process.send_signal(signal.SIGINT)
        ran = tree.ended(process)
        server.let_go.set()
        assert ran.summary == (2, "partial", True), ran.text
        assert "Traceback" not in ran.text
        assert ran.text.count("WARNING: 1 session of this run may still be open") == 1
        assert f" -m tck cleanup {tree.reports} closes them" in ran.text
        assert len(ran.ledgers) == 1


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        (WithoutClose, "the close was answered with 404, a retrieve with 200"),
        (CreateAlone, "the target found none of them, and was never seen to close one"),
    ],
)
def test_what_is_open_is_never_called_closed(tree: Tree, tmp_path, kind, why):
    with Server(kind(tmp_path / "rows.sqlite", NAMES).app()) as url:
        ran = tree.pytest("-k", "answers_201", target=url, env=KEYS)
        assert ran.result["sessions_left_open"] == ran.result["sessions_created"], ran.text
        assert re.search(rf"WARNING: . sessions of this run may still be open \({why}\)", ran.text)
        assert len(ran.ledgers) == 1


def test_the_second_run_into_a_directory_says_so_and_goes_elsewhere(tree: Tree, gate: Gate, target: str):
    tree.suite(waiting(gate))
    first = tree.start(target=target, env=KEYS)
    gate.await_knock()
    tree.suite(GOOD)
    second = tree.pytest(target=target, env=KEYS)
    elsewhere = tree.reports.with_name("latest-2")
    assert f"another run is writing to {tree.reports}; this one writes to {elsewhere}" in second.text
    assert "an earlier run left" not in second.text
    gate.open()
    ran = tree.ended(first)
    assert [(folder / "result.json").exists() for folder in (tree.reports, elsewhere)] == [True, True]
    assert ran.ledgers == []
    assert list(elsewhere.glob("ledger-*")) == []


def test_a_partial_run_keeps_the_whole_result_and_says_where_its_own_is(tree: Tree, target: str):
    whole = tree.pytest(target=target, env=KEYS)
    assert whole.summary == (0, "conformant", False), whole.text
    partial = tree.pytest("-k", "answers_201", target=target, env=KEYS)
    assert partial.summary == (0, "conformant", False)
    beside = tree.reports.with_name("latest-partial")
    assert f"Reports: {beside / 'index.html'}" in partial.out
    assert f"This run is partial; {tree.reports} keeps the result of a whole run." in partial.out
    assert Ran(0, "", "", beside).summary == (0, "partial", True)


@pytest.mark.parametrize("workers", [(), ("-n1",)])
def test_a_file_of_somebody_elses_is_refused_before_the_first_request(tree: Tree, target: str, workers):
    tree.write("reports/latest/index.html", "<p>my page")
    ran = tree.pytest(*workers, target=target, env=KEYS)
    ran.says_one_sentence("holds index.html, which is no report of this kit")
    assert (tree.reports / "index.html").read_text() == "<p>my page"


def test_an_empty_report_directory_is_refused(tree: Tree, target: str):
    ran = tree.pytest("--report-dir=", target=target, env=KEYS)
    ran.says_one_sentence("--report-dir is empty; give a directory.")
