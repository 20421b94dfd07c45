"""A small load of a sound server and of one that loses writes: what it says, writes, and leaves behind."""

import json
import shlex
from xml.etree import ElementTree as ET

import pytest

from tck.__main__ import main
from tck.cli import load as command_line
from tck.cli.own_options import contracts_named_by
from tck.contract.contract import load_contract
from tests.support.loaded import SECRETS, Watched, load, served, texts_in

pytestmark = pytest.mark.slow
USERS = 6
SOUND = (f"--users={USERS}", "--requests=250", "--spawn-rate=100", "--seed=5")


class LosesWrites(Watched):
    """Acknowledges every ninth update with what it would have stored, and stores nothing."""

    updates = 0

    def save_row(self, db, row):
        self.updates += 1
        if self.updates % 9:
            super().save_row(db, row)


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A load of the reference: what the command left, and the server."""
    folder = tmp_path_factory.mktemp("sound")
    server = Watched(folder / "rows.sqlite")
    with served(server) as url:
        yield load(folder / "reports", f"--base-url={url}", *SOUND), server


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """A load of a server that loses writes."""
    folder = tmp_path_factory.mktemp("broken")
    with served(LosesWrites(folder / "rows.sqlite")) as url:
        yield load(folder / "reports", f"--base-url={url}", *SOUND)


def test_a_sound_server_breaks_nothing(sound):
    loaded, _ = sound
    assert loaded.code == 0, loaded.out
    assert loaded.load["broken"] == {}
    assert "UNDER LOAD: observed under the load of 6 users, " in loaded.out
    assert loaded.result["verdict"] == "partial"


def test_replies_own_sessions_shared_ones_and_groups_are_all_judged(sound):
    held = sound[0].load["held"]
    for name in (
        "replies.no-server-error", "lifecycle.model-create", "lifecycle.model-tokens", "lifecycle.model-close",
        "races.outcomes-have-an-order", "list.shows-new-sessions", "channels.races-keep-each-record-once",
    ):  # fmt: skip
        assert held.get(name, 0) > 0, name


def test_what_load_did_not_look_at_is_not_tested(sound):
    result = sound[0].result
    looked_at = {one["id"] for one in result["requirements"] if one["outcome"] == "passed"}
    assert looked_at == set(result["load"]["held"])
    others = [one for one in result["requirements"] if one["id"] not in looked_at]
    assert {(one["outcome"], one["reason"]) for one in others} == {("not_tested", "load does not look at it")}


def test_every_session_is_closed_and_no_user_has_two(sound):
    loaded, server = sound
    assert server.open == set()
    assert loaded.result["sessions_left_open"] == 0
    assert server.most_open <= USERS
    assert list(loaded.reports.glob("ledger-*")) == []


def test_calls_are_counted_by_operation_and_status(sound):
    loaded, server = sound
    rows = loaded.load["latency"]
    told = {(one["operation"], one["status"]): one["replies"] for one in rows}
    assert told["createSession", "201"] > 0
    assert told["closeSession", "200"] > 0
    assert loaded.result["requests"] == server.calls
    assert loaded.load["saturation"] == {}


def test_the_reports_are_those_of_a_run_and_the_page_of_locust(sound):
    loaded, _ = sound
    names = {name for name, _ in texts_in(loaded.reports)}
    assert names == {
        "result.json", "exchanges.har", "junit.xml", "index.html", "ctrf.json", "badge.json", "summary.md",
        "locust.html",
    }  # fmt: skip
    cases = ET.parse(loaded.reports / "junit.xml").getroot().iter("testcase")
    assert {one.get("name") for one in cases} == set(loaded.load["held"])


def test_no_report_and_no_line_holds_a_secret(sound, broken):
    for loaded in (sound[0], broken):
        told = [("the output", loaded.out), *texts_in(loaded.reports)]
        assert [name for name, text in told for secret in SECRETS.values() if secret in text] == []


def test_no_certificate_is_made_of_it(sound, tmp_path, capsys):
    key = tmp_path / "key.pem"
    code = main(["certify", str(sound[0].reports / "result.json"), f"--key={key}", "--organization=o"])
    said = capsys.readouterr().err
    assert code == 4
    assert "the result was observed under load, which looks at a part of the requirements" in said


def test_a_server_that_loses_writes_is_caught_with_a_story(broken):
    assert broken.code == 1, broken.out
    failed = {one["id"]: one for one in broken.result["requirements"] if one["outcome"] == "failed"}
    name = next(name for name in failed if name.startswith("lifecycle.model-"))
    [first, *_] = failed[name]["checks"]
    assert any("wrong: " in line for line in first["story"])
    assert any("curl " in line for line in first["story"])
    exchanges = json.loads((broken.reports / "exchanges.har").read_text(encoding="utf-8"))
    kept = {one["_id"] if "_id" in one else one.get("comment", "") for one in exchanges["log"]["entries"]}
    assert len(kept) > 0
    assert name in broken.out


def test_the_command_that_does_it_again_is_told(broken):
    [cause, *_] = broken.result["causes"]
    assert "load" in cause["rerun"]
    assert "--seed=5" in cause["rerun"]
    assert f"--users={USERS}" in cause["rerun"]
    words = shlex.split(cause["rerun"])
    given = words[words.index("load") + 1 :]
    parsed = command_line._parser(contracts_named_by(given, "load")).parse_args(given)
    settings = command_line._settings(parsed, load_contract(parsed.contract))
    assert (settings.users, settings.requests, settings.seed) == (USERS, 250, "5")


def test_few_failures_are_kept_and_all_are_counted(broken):
    checks = [one for each in broken.result["requirements"] for one in each["checks"]]
    failed = [one for one in checks if one["outcome"] == "failed"]
    assert sum(broken.load["broken"].values()) >= len(failed)
    assert (
        max(len([one for one in failed if one["check"] == name]) for name in {one["check"] for one in failed})
        <= 30
    )
