"""The vendor's own JavaScript client, driven against the reference; skipped without Node or its registry."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from reference.trigger import TriggerReference
from reference.trigger.channels import Channel
from tests.support.trigger_server import KEY, running

FOLDER = Path(__file__).parent / "trigger_client"
INSTALL = ("npm", "ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error")


@pytest.fixture(scope="module")
def node():
    found = shutil.which("node")
    if found is None or shutil.which("npm") is None:
        lack("Node and npm are not installed")
    if not (FOLDER / "node_modules" / ".package-lock.json").exists():
        done = subprocess.run(INSTALL, cwd=FOLDER, capture_output=True, text=True, timeout=300, check=False)
        if done.returncode:
            lack(f"npm could not install the client: {done.stderr.strip()[-200:]}")
    return found


def lack(reason: str) -> None:
    """Skip, but where the client is what is tested."""
    (pytest.fail if "CLIENT_IS_REQUIRED" in os.environ else pytest.skip)(reason)


def story(node: str, name: str, server: TriggerReference):
    with running(server) as client:
        command = [node, name, str(client.http.base_url).rstrip("/"), KEY]
        environment = {**os.environ, "TRIGGER_SECRET_KEY": KEY}
        done = subprocess.run(
            command, cwd=FOLDER, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout), client


@pytest.fixture
def told(node, tmp_path):
    return story(node, "story.mjs", TriggerReference(tmp_path / "rows.sqlite", {"env_main": KEY}))[0]


@pytest.mark.slow
def test_the_client_starts_retrieves_updates_and_closes_a_session(told):
    started = told["started"]
    assert (started["isCached"], told["again"]["isCached"]) == (False, True)
    names = ("started", "again", "byId", "byName", "updated", "closed")
    assert {told[name]["id"] for name in names} == {started["id"]}
    assert told["byId"] == told["byName"]
    assert told["byId"]["metadata"] == {"nested": {"list": [1, None, "ü"]}}
    assert told["byId"]["triggerConfig"]["maxAttempts"] == 2
    assert (told["updated"]["tags"], told["updated"]["metadata"]) == (["renamed"], None)
    assert told["closed"]["closedReason"] == "done"
    assert told["closedAgain"] == told["closed"]
    assert (told["startedOnceMore"], told["unknown"], told["byToken"]) == (409, 404, 401)


@pytest.mark.slow
def test_the_client_walks_the_list_over_several_pages_and_back(node, tmp_path):
    told, _ = story(node, "list.mjs", TriggerReference(tmp_path / "rows.sqlite", {"env_main": KEY}))
    newest = told["started"][::-1]
    for walk in ("walked", "walkedByOnes", "openOrClosed", "sinceYesterday", "ofTheDay"):
        assert told[walk] == newest, walk
    assert told["odd"] == newest[1::2]
    assert (told["named"], told["closed"]) == ([told["started"][4]], [told["started"][1]])
    assert told["untilYesterday"] == []
    assert told["pages"] == [newest[:3], newest[3:6], newest[:3]]
    assert told["ends"] == [False, True, True]
    assert {"triggerConfig", "currentRunId"}.isdisjoint(told["members"])


class Batches(TriggerReference):
    FRAMING = "batches"


@pytest.mark.slow
def test_the_client_sends_to_in_and_reads_out(node, tmp_path):
    server = Batches(tmp_path / "rows.sqlite", {"env_main": KEY})
    told, _ = story(node, "channels.mjs", server)
    records = ["first", '{"second": [1, null]}', "the last"]
    assert told["read"] == records
    assert (told["resumed"], told["readWithToken"]) == (records[1:], records[2:])
    assert told["closed"] == 400
    with server.reading() as db:
        sent = server.records_after(db, Channel(told["id"], "in"), -1, 9)
    texts = ['{"type":"user-message","text":"hello\\nthere"}', "plain words", "from a browser"]
    assert [record.data for record in sent] == texts
    assert all(record.part for record in sent)
