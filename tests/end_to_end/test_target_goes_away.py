"""A target that is stopped and started again in the middle of a run costs the run nothing but time."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Timer

import pytest

from reference.serving import Server
from reference.trigger import TriggerReference
from tck.run.controller import REPORTS
from tests.support.kit_tree import GOOD, KEYS, REQUIREMENTS, Ran, Tree, environment
from tests.support.stand_ins import Gate

ENVIRONMENTS = {"env_main": KEYS["TRIGGER_SECRET_KEY"], "env_other": KEYS["TRIGGER_OTHER_SECRET_KEY"]}
AWAY = 2.5
"""Seconds for which the target is not there."""


def suite(tree: Tree, gate: Gate) -> None:
    """Checks of which the last waits, the first time, between its create and its read."""
    flag = tree.root / "knocked"
    waits = f"""
    if not pathlib.Path({str(flag)!r}).exists():
        pathlib.Path({str(flag)!r}).touch(); {gate.knock}"""
    checks = GOOD.replace(
        'assert look(create()["id"].value).status == 200',
        f'made = create()["id"].value{waits}\n    assert look(made).status == 200',
    ).replace("def test_retrieve_finds(create, look)", "def test_retrieve_finds(create, look, run)")
    tree.suite("import pathlib\n" + checks)


def serve(folder: Path, port: int = 0) -> Server:
    return Server(TriggerReference(folder / "rows.sqlite", ENVIRONMENTS).app(), port=port)


def ended_after_an_absence(
    tree: Tree, process: subprocess.Popen[str], gate: Gate, url: str, folder: Path
) -> Ran:
    """A run that goes on while nothing answers, and whose target comes back at the same address."""
    again: list[Server] = []

    def come_back() -> None:
        again.append(serve(folder, int(url.rpartition(":")[2])))
        again[0].__enter__()

    back = Timer(AWAY, come_back)
    back.start()
    gate.open()
    ran = tree.ended(process)
    back.join()
    again[0].__exit__(None, None, None)
    return ran


@pytest.mark.parametrize("workers", [(), ("-n2",)])
def test_the_check_that_was_hit_is_run_again_on_a_new_session(
    tree: Tree, tmp_path: Path, gate: Gate, workers
):
    suite(tree, gate)
    first = serve(tmp_path)
    url = first.__enter__()
    process = tree.start(*workers, "-p", "no:randomly", target=url, env=KEYS)
    gate.await_knock()
    first.__exit__(None, None, None)
    ran = ended_after_an_absence(tree, process, gate, url, tmp_path)
    assert ran.summary == (0, "conformant", False), ran.text
    assert "the target did not answer for" in ran.out
    assert "test_retrieve_finds was run again from its beginning" in ran.out
    assert "NOTE: connections to the target broke, up to" in ran.out
    assert ran.result["sessions_left_open"] == 0


LASTS = """

@pytest.mark.requirement("retrieve.rows-last")
def test_rows_last(create, look):
    assert look(create()["id"].value).status == 200
"""


def test_what_an_outage_lost_is_a_failure(tree: Tree, tmp_path: Path, gate: Gate):
    suite(tree, gate)
    tree.write("suites/trigger/test_lasting.py", "import pytest" + LASTS)
    tree.requirements({**REQUIREMENTS, "retrieve.rows-last": "must"})
    first = serve(tmp_path)
    url = first.__enter__()
    process = tree.start("-p", "no:randomly", "suites/trigger/test_tiny.py", target=url, env=KEYS)
    gate.await_knock()
    first.__exit__(None, None, None)
    (tmp_path / "rows.sqlite").unlink()
    ran = ended_after_an_absence(tree, process, gate, url, tmp_path)
    said = "this kit is unreleased: its verdict is as good, but no certificate can be made of it"
    assert said in ran.out
    assert "the target does not answer; the run waits for it, up to 60 s" in ran.out
    assert ran.outcomes["retrieve.finds"] == "passed", ran.text
    assert ran.outcomes["retrieve.rows-last"] == "failed"
    assert ran.reasons["retrieve.rows-last"] == "a session that was made before the target went away is gone"


def test_a_target_that_stays_away_ends_the_run_soon_and_in_order(tree: Tree, tmp_path: Path, gate: Gate):
    suite(tree, gate)
    server = serve(tmp_path)
    url = server.__enter__()
    process = tree.start("--patience=1", "-p", "no:randomly", target=url, env=KEYS)
    gate.await_knock()
    server.__exit__(None, None, None)
    gate.open()
    ran = tree.ended(process)
    assert ran.summary == (1, "inconclusive", False), ran.text
    assert ran.outcomes["retrieve.finds"] == "indeterminate"
    assert "may still be open" in ran.out


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="the system has no SIGHUP")
def test_a_hang_up_ends_a_run_like_an_interrupt(tree: Tree, target: str, gate: Gate):
    suite(tree, gate)
    process = tree.start("-p", "no:randomly", target=target, env=KEYS)
    gate.await_knock()
    os.kill(process.pid, signal.SIGHUP)
    ran = tree.ended(process)
    assert ran.summary == (2, "partial", True), ran.text
    assert ran.result["sessions_left_open"] == 0


def test_a_reader_that_leaves_ends_the_output_and_not_the_run(tree: Tree, target: str):
    arguments = [sys.executable, "-m", "pytest", "-v", f"--base-url={target}", f"--report-dir={tree.reports}"]
    plugins = ["-p", "xdist.plugin", "-p", "pytest_base_url.plugin", "-p", "no:cacheprovider"]
    with subprocess.Popen(
        [*arguments, *plugins], cwd=tree.root, env=environment(KEYS), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
        code = process.wait(timeout=60)
    assert (code, said) == (0, "")
    assert {path.name for path in tree.reports.iterdir()} >= set(REPORTS) - {"exchanges.har.gz"}
