import json
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from tck.__main__ import main
from tck.cleanup.ledger import (
    Entry,
    Ledger,
    held_ledgers,
    ledger_files,
    read_ledger,
    remove_ledgers,
    remove_lone_locks,
)
from tck.cleanup.ledger_lock import LedgerLock
from tck.paths import ROOT
from tck.run.controller import leftover_line
from tck.run.options import Options


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path / "ledger-one.jsonl", "http://x", "some")


def states(ledger):
    return {entry.address: (entry.made, entry.closed) for entry in read_ledger([ledger.path])}


def test_the_first_event_makes_the_file_and_says_whose_it_is(ledger):
    assert not ledger.path.exists()
    ledger.plan("mine", "key")
    first = json.loads(ledger.path.read_text().splitlines()[0])
    assert (first["event"], first["base_url"], first["contract"]) == ("run", "http://x", "some")
    assert read_ledger([ledger.path]) == [Entry("mine", "key", made=False)]
    assert ledger.path.stat().st_mode & 0o077 == 0


def test_what_was_made_is_known_by_the_address_that_the_target_gave(ledger):
    ledger.plan("mine", "key")
    ledger.made("s1", "key", "mine")
    ledger.made("s2", "other", None)
    assert states(ledger) == {"s1": (True, False), "s2": (True, False)}


@pytest.mark.parametrize("address", ["s1", "mine"])
def test_closing_by_either_address_closes_the_one_session(ledger, address):
    ledger.plan("mine", "key")
    ledger.made("s1", "key", "mine")
    ledger.closed(address)
    assert states(ledger) == {"s1": (True, True)}


def test_a_second_create_of_an_open_session_changes_nothing(ledger):
    ledger.plan("mine", "key")
    ledger.made("s1", "key", "mine")
    ledger.plan("mine", "key")
    assert states(ledger) == {"s1": (True, False)}


def test_a_session_made_anew_under_the_address_of_a_closed_one_is_open(ledger):
    ledger.plan("mine", "key")
    ledger.made("s1", "key", "mine")
    ledger.closed("mine")
    ledger.plan("mine", "key")
    assert states(ledger) == {"s1": (True, True), "mine": (False, False)}
    ledger.made("s2", "key", "mine")
    assert states(ledger) == {"s1": (True, True), "s2": (True, False)}


def test_what_turned_out_to_be_somebody_elses_is_never_touched(ledger):
    ledger.plan("q", "key")
    ledger.not_ours("q")
    ledger.plan("mine", "key")
    ledger.made("s1", "key", "mine")
    ledger.not_ours("s1")
    assert states(ledger) == {"s1": (True, False)}


def test_a_line_cut_by_a_crash_is_passed_over(ledger):
    ledger.plan("mine", "key")
    ledger.made("s1", "key", "mine")
    whole = ledger.path.read_bytes()
    for cut in range(len(whole)):
        ledger.path.write_bytes(whole[:cut])
        assert len(read_ledger([ledger.path])) <= 1
    ledger.path.write_bytes(whole + b'{"event": "made", "address": "\xff')
    assert states(ledger) == {"s1": (True, False)}
    ledger.path.write_bytes(whole + b'[1]\n{"event": "news"}\n7\n')
    assert states(ledger) == {"s1": (True, False)}


def test_a_session_closed_by_another_worker_is_closed(tmp_path):
    made, closing = (Ledger(tmp_path / f"ledger-{name}.jsonl", "http://x", "some") for name in ("gw1", "gw0"))
    made.made("s1", "key", None)
    closing.closed("s1")
    assert [entry.closed for entry in read_ledger(ledger_files(tmp_path))] == [True]


def test_leftovers_are_told_in_one_line(tmp_path, ledger):
    options = Options("rooms", "", tmp_path, False, (), None, 0, None, None, None, 10.0, {})
    assert leftover_line(options) == ""
    ledger.made("s1", "key", None)
    assert leftover_line(options) == ""  # the run that writes it is still going
    ledger.close()
    assert leftover_line(options) == (
        f"an earlier run left 1 session that may still be open, as {ledger.path} says; "
        f"sessions-tck cleanup {tmp_path} closes it"
    )
    outside = replace(options, contract_dir=Path("/contracts"))
    assert leftover_line(outside).endswith(
        f"sessions-tck cleanup {tmp_path} --contract-dir=/contracts closes it"
    )
    ledger.closed("s1")
    assert leftover_line(options) == ""


def test_each_ledger_says_once_whose_it_is_and_each_event_when_it_came(ledger):
    ledger.plan("mine", "key")
    ledger.closed("mine")
    events = [json.loads(line) for line in ledger.path.read_text().splitlines()]
    assert [event["event"] for event in events] == ["run", "planned", "closed"]
    assert all(isinstance(event["at"], float) for event in events)


def test_a_session_is_known_with_the_credential_that_made_it(ledger):
    ledger.plan("mine", "key")
    ledger.made("s1", "other", "mine")
    assert read_ledger([ledger.path]) == [Entry("s1", "other", made=True)]


def test_a_session_made_under_its_planned_address_is_one_session(ledger):
    ledger.plan("mine", "key")
    ledger.made("mine", "key", "mine")
    assert states(ledger) == {"mine": (True, False)}


def test_a_session_whose_plan_was_lost_is_known_all_the_same(ledger):
    ledger.made("s1", "key", "mine")
    assert states(ledger) == {"s1": (True, False)}


def test_a_session_planned_again_under_its_own_address_stays_made(ledger):
    ledger.made("s1", "key", None)
    ledger.plan("s1", "key")
    ledger.not_ours("s1")
    assert states(ledger) == {"s1": (True, False)}


def test_a_broken_line_hides_none_of_those_after_it(ledger):
    ledger.plan("mine", "key")
    ledger.path.write_bytes(ledger.path.read_bytes() + b'{"event": "ma\n')
    ledger.made("s1", "key", None)
    assert states(ledger) == {"mine": (False, False), "s1": (True, False)}


def test_a_lent_session_is_noted_as_it_was_and_is_none_of_those_to_close(ledger):
    ledger.borrowed("lent", {"title": "T"})
    event = json.loads(ledger.path.read_text().splitlines()[1])
    assert {name: event[name] for name in ("event", "address", "members")} == {
        "event": "borrowed",
        "address": "lent",
        "members": {"title": "T"},
    }
    assert read_ledger([ledger.path]) == []


def test_a_ledger_is_held_until_it_is_closed_by_whichever_thread(tmp_path, ledger):
    assert held_ledgers([ledger.path]) == []
    first = threading.Thread(target=ledger.plan, args=("mine", "key"))
    first.start()
    first.join()
    assert held_ledgers([ledger.path]) == [ledger.path]
    assert read_ledger([ledger.path]) == [Entry("mine", "key", made=False)]
    ledger.close()
    assert held_ledgers([ledger.path]) == []
    assert list(tmp_path.iterdir()) == [ledger.path]


def test_a_lock_without_a_ledger_is_removed_unless_a_process_holds_it(tmp_path, ledger):
    """A process that is killed before its first event leaves one."""
    ledger.plan("mine", "main")
    ledger.close()
    of_a_ledger = ledger.path.with_name(f"{ledger.path.name}.lock")
    lone, held = tmp_path / "ledger-tck-1-gw1.jsonl.lock", LedgerLock(tmp_path / "ledger-tck-1-gw2.jsonl")
    lone.touch()
    of_a_ledger.touch()
    assert held.take()
    remove_lone_locks(tmp_path)
    assert not lone.exists()
    assert of_a_ledger.exists()
    assert (tmp_path / "ledger-tck-1-gw2.jsonl.lock").exists()
    held.release()
    remove_lone_locks(ledger.path)  # which is no folder


def test_cleanup_removes_the_lock_of_a_process_that_wrote_nothing(tmp_path, capsys):
    lone = tmp_path / "ledger-tck-1-gw1.jsonl.lock"
    lone.touch()
    assert main(["cleanup", str(tmp_path)]) == 0
    assert "contains no ledger" in capsys.readouterr().out
    assert not lone.exists()


def test_a_further_event_takes_hold_of_the_ledger_again(ledger):
    ledger.plan("mine", "key")
    ledger.close()
    ledger.made("s1", "key", "mine")
    assert held_ledgers([ledger.path]) == [ledger.path]
    assert states(ledger) == {"s1": (True, False)}


def test_a_writer_that_is_killed_holds_its_ledger_no_longer(tmp_path, ledger):
    source = """
import sys
from pathlib import Path
from tck.cleanup.ledger import Ledger
ledger = Ledger(Path(sys.argv[1]), "http://x", "some")
ledger.made("s1", "key", None)
print("made", flush=True)
sys.stdin.read()
"""
    command = [sys.executable, "-c", source, str(ledger.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as writer:
        assert writer.stdout.readline() == b"made\n"
        assert held_ledgers([ledger.path]) == [ledger.path]
        writer.kill()
    assert held_ledgers([ledger.path]) == []
    assert states(ledger) == {"s1": (True, False)}
    remove_ledgers([ledger.path])
    assert list(tmp_path.iterdir()) == []
