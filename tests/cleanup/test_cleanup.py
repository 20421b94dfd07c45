"""`python -m tck cleanup`: it closes what a ledger names and nothing else, and says what it could not do."""

import json
import sqlite3
from pathlib import Path

import httpx
import pytest

from reference.everruns import EverrunsReference
from reference.serving import Server
from reference.trigger import TriggerReference
from tck.__main__ import main
from tck.cleanup.ledger import Ledger
from tck.cli import cleanup

KEY, OTHER = "tr_dev_cleanup_one", "tr_dev_cleanup_two"
SESSIONS = "/api/v1/sessions"


class Target:
    """A reference, and what a run left on it."""

    def __init__(self, url: str, database: Path, reports: Path) -> None:
        self.url, self.database, self.reports = url, database, reports

    def create(self, name: str, key: str = KEY) -> str:
        body = {
            "type": "chat.agent", "taskIdentifier": "t", "externalId": name, "triggerConfig": {"basePayload": {}},
        }  # fmt: skip
        headers = {"authorization": f"Bearer {key}"}
        made = httpx.post(f"{self.url}{SESSIONS}", json=body, headers=headers, trust_env=False)
        return str(made.json()["id"])

    def ledger(self, name: str = "ledger-tck-0123-main.jsonl", **more) -> Ledger:
        return Ledger(self.reports / name, self.url, "trigger", {"task_identifier": "t"}, **more)

    @property
    def open(self) -> set[str]:
        connection = sqlite3.connect(self.database)
        rows = connection.execute("SELECT external_id FROM sessions WHERE closed_at IS NULL").fetchall()
        connection.close()
        return {name for (name,) in rows}


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tck.cleanup.cleanup.pause", lambda seconds: None)
    monkeypatch.setenv("TRIGGER_SECRET_KEY", KEY)
    monkeypatch.delenv("TRIGGER_OTHER_SECRET_KEY", raising=False)
    reports = tmp_path / "reports"
    reports.mkdir()
    server = TriggerReference(tmp_path / "rows.sqlite", {"env_main": KEY, "env_other": OTHER})
    with Server(server.app()) as url:
        yield Target(url, tmp_path / "rows.sqlite", reports)


def clean(target: Target, *arguments: str) -> int:
    return main(["cleanup", str(target.reports), *arguments])


def test_what_the_ledger_names_is_closed_and_nothing_else_is_touched(target, capsys):
    ledger = target.ledger()
    ledger.plan("ours", "key")
    ledger.made(target.create("ours"), "key", "ours")
    ledger.plan("in flight", "key")
    target.create("in flight")
    ledger.plan("never made", "key")
    target.create("somebody else's")
    ledger.close()
    assert clean(target) == 0
    assert target.open == {"somebody else's"}
    assert list(target.reports.iterdir()) == []
    assert f"of 3 sessions at {target.url}: 2 closed, 1 not found." in capsys.readouterr().out
    assert clean(target) == 0


def test_a_session_of_the_second_environment_needs_its_key(target, capsys, monkeypatch):
    ledger = target.ledger()
    ledger.made(target.create("ours"), "key", None)
    ledger.made(target.create("theirs", OTHER), "other", None)
    ledger.close()
    assert clean(target) == 1
    assert target.open == {"theirs"}
    told = capsys.readouterr().out
    assert "1 of them was made with TRIGGER_OTHER_SECRET_KEY, which is not set." in told
    assert f"Kept, to go on from: {ledger.path}" in told
    monkeypatch.setenv("TRIGGER_OTHER_SECRET_KEY", OTHER)
    assert clean(target) == 0
    assert (
        "of 1 session " in capsys.readouterr().out
    )  # the one that was closed already is not asked for again
    assert target.open == set()


def test_the_key_of_another_environment_is_not_taken_for_success(target, capsys, monkeypatch):
    ledger = target.ledger()
    ledger.made(target.create("ours"), "key", None)
    ledger.close()
    monkeypatch.setenv("TRIGGER_SECRET_KEY", OTHER)
    assert clean(target) == 1
    assert "None of the sessions that the run made was found: set the key" in capsys.readouterr().out
    monkeypatch.setenv("TRIGGER_SECRET_KEY", "tr_dev_unknown")
    assert clean(target) == 1
    assert target.open == {"ours"}
    assert ledger.path.exists()
    assert OTHER not in ledger.path.read_text()


def test_several_runs_are_cleaned_up_after_at_once_and_one_ledger_alone(target, capsys):
    for run in ("a1", "b2"):
        for worker in ("gw0", "gw1"):
            ledger = target.ledger(f"ledger-tck-{run}-{worker}.jsonl")
            ledger.made(target.create(f"{run} {worker}"), "key", None)
            ledger.close()
    assert main(["cleanup", str(target.reports / "ledger-tck-a1-gw0.jsonl")]) == 0
    assert target.open == {"a1 gw1", "b2 gw0", "b2 gw1"}
    assert clean(target) == 0
    assert target.open == set()
    assert [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()] == [
        "ledger-tck-a1-gw0.jsonl", "ledger-tck-a1-gw1.jsonl", "ledger-tck-b2-gw0.jsonl",
    ]  # fmt: skip


def test_a_run_that_is_still_going_is_left_alone(target, capsys, monkeypatch):
    monkeypatch.setattr(cleanup, "ORPHANS", 0)
    ledger = target.ledger()
    ledger.made(target.create("ours"), "key", None)
    assert clean(target) == 4
    assert "has not ended; wait for it, or stop it first." in capsys.readouterr().err
    assert target.open == {"ours"}
    ledger.close()
    assert clean(target) == 0


def test_a_run_that_ends_while_it_is_waited_for_has_closed_its_own(tmp_path, monkeypatch, capsys):
    ledger = tmp_path / "ledger-tck-1-main.jsonl"
    ledger.touch()
    monkeypatch.setattr(cleanup, "wait_for_the_end", lambda paths: ledger.unlink())
    assert main(["cleanup", str(tmp_path)]) == 0
    assert capsys.readouterr().out == (
        f"The run that wrote to {tmp_path} ended meanwhile and left no session open.\n"
    )


def test_the_sessions_of_an_embedded_reference_ended_with_it(target, capsys):
    ledger = target.ledger(embedded=True)
    ledger.made(target.create("ours"), "key", None)
    ledger.close()
    assert clean(target) == 0
    assert "its reference ended with the run, and 1 open session with it." in capsys.readouterr().out
    assert target.open == {"ours"}  # nobody was asked


def test_a_target_that_is_gone_keeps_the_ledger(target, capsys):
    ledger = Ledger(target.reports / "ledger-x-main.jsonl", "http://127.0.0.1:9", "trigger", {})
    ledger.made("session_1", "key", None)
    ledger.close()
    assert clean(target, "--rate-limit=100/s", "--request-timeout=1") == 1
    assert "of 1 session at http://127.0.0.1:9: 1 still open." in capsys.readouterr().out
    assert ledger.path.exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"event": "made", "address": "a", "credential": "key"}\n', "it does not say which target it is about"),
        ('{"event": "run", "base_url": "x", "contract": "none"}\n{"event": "planned", "address": "a", "credential": "key"}\n',
         "There is no contract 'none'"),
    ],
)  # fmt: skip
def test_what_is_no_ledger_is_refused_in_a_sentence(target, capsys, text, sentence):
    path = target.reports / "ledger-x-main.jsonl"
    path.write_text(text)
    assert clean(target) == 4
    assert sentence in capsys.readouterr().err
    assert path.exists()


def test_a_missing_key_and_bad_arguments_are_told_in_a_sentence(target, capsys, monkeypatch):
    ledger = target.ledger()
    ledger.made("session_1", "key", None)
    ledger.close()
    monkeypatch.delenv("TRIGGER_SECRET_KEY")
    for arguments, sentence in (
        ([], "TRIGGER_SECRET_KEY is not set."), (["--rate-limit=5"], "--rate-limit takes a number of requests"),
        (["--request-timeout=no"], "--request-timeout takes seconds"), (["--soon"], "unrecognized arguments: --soon"),
    ):  # fmt: skip
        assert clean(target, *arguments) == 4
        [line] = capsys.readouterr().err.splitlines()
        assert sentence in line
    assert main(["sweep"]) == 4
    assert "ERROR: sweep is no command; sessions-tck --help lists them." in capsys.readouterr().err


def test_a_file_that_a_kill_left_before_its_first_line_is_taken_away(target, capsys):
    path = target.reports / "ledger-x-main.jsonl"
    path.write_text('{"event": "ru')
    assert clean(target) == 0
    assert not path.exists()


def test_a_lent_session_is_put_back(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("tck.cleanup.cleanup.pause", lambda seconds: None)
    monkeypatch.setenv("EVERRUNS_API_KEY", KEY)
    server = EverrunsReference(tmp_path / "rows.sqlite", KEY)
    with (
        Server(server.app()) as url,
        httpx.Client(base_url=url, headers={"authorization": KEY}, trust_env=False) as http,
    ):
        lent = http.post("/v1/sessions", json={"title": "Mine", "tags": ["a"]}).json()["id"]
        ledger = Ledger(tmp_path / "ledger-x-main.jsonl", url, "everruns", {"auth_scheme": "bare"})
        ledger.borrowed(lent, {"title": "Mine", "tags": ["a"]})
        ledger.close()
        http.patch(f"/v1/sessions/{lent}", json={"title": "The kit's", "tags": ["kit"]})
        assert main(["cleanup", str(tmp_path)]) == 0
        row = http.get(f"/v1/sessions/{lent}").json()
    assert (row["title"], row["tags"]) == ("Mine", ["a"])
    assert not ledger.path.exists()
    assert "no session was left open" in capsys.readouterr().out
    assert json.dumps(KEY) not in str(list(tmp_path.iterdir()))
