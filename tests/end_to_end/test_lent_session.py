"""Runs of the second contract on a session that the operator lends, and on servers that ask for more."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from reference.everruns import EverrunsReference
from reference.refusals import Refusal
from reference.serving import Server
from tck.paths import ROOT

KEY = "evr_" + "0123456789abcdef" * 4
BYSTANDERS = "suites/everruns/test_bystanders.py"
UPDATES = "suites/everruns/test_update.py"


class NeedsHarness(EverrunsReference):
    """Makes no session without a harness."""

    def check_create(self, body):
        if "harness_id" not in body:
            raise Refusal(422, "missing field harness_id")
        return super().check_create(body)


def judged(url: str, reports: Path, *arguments: str, key: str = KEY):
    environment = {name: value for name, value in os.environ.items() if name != "EVERRUNS_API_KEY"}
    command = [
        sys.executable, "-m", "pytest", "--contract=everruns", "-p", "no:cacheprovider", "-q",
        f"--base-url={url}", f"--report-dir={reports}", *arguments,
    ]  # fmt: skip
    known = {"EVERRUNS_API_KEY": key} if key else {}
    done = subprocess.run(
        command, cwd=ROOT, env={**environment, **known}, capture_output=True, text=True, check=False
    )
    result = json.loads((reports / "result.json").read_text())
    told = {one["id"]: (one["outcome"], one["reason"]) for one in result["requirements"]}
    return done, result, told


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    server = EverrunsReference(tmp_path_factory.mktemp("lent") / "rows.sqlite", KEY)
    with Server(server.app()) as url:
        headers = {"authorization": KEY}
        with httpx.Client(base_url=url, headers=headers, trust_env=False) as http:
            yield http


def test_a_lent_session_is_judged_and_put_back_and_nothing_is_made(
    target: httpx.Client, tmp_path: Path
) -> None:
    lent = target.post("/v1/sessions", json={"title": "Mine", "tags": ["b", "a", "b"]}).json()
    there_before = [one["id"] for one in target.get("/v1/sessions").json()["data"]]
    done, result, told = judged(
        str(target.base_url), tmp_path, f"--session-id={lent['id']}", BYSTANDERS, UPDATES, "-n", "2"
    )
    assert told["update.sets-title"][0] == "passed", done.stdout
    assert told["bystanders.update-leaves-others"][0] == "not_tested"
    assert "--session-id" in told["bystanders.update-leaves-others"][1]
    assert result["target"]["capabilities"]["own-sessions"] is False
    assert (result["sessions_created"], result["sessions_left_open"]) == (0, 0)
    after = target.get(f"/v1/sessions/{lent['id']}").json()
    assert (after["title"], after["tags"]) == ("Mine", ["b", "a", "b"])
    assert [one["id"] for one in target.get("/v1/sessions").json()["data"]] == there_before
    assert list(tmp_path.glob("ledger-*")) == []


def test_a_lent_session_without_a_title_is_left_alone(target: httpx.Client, tmp_path: Path) -> None:
    lent = target.post("/v1/sessions", json={}).json()
    _, _, told = judged(str(target.base_url), tmp_path, f"--session-id={lent['id']}", UPDATES)
    reason = "the session that --session-id names has no title, and none could be given back"
    assert told["update.sets-title"] == ("not_tested", reason)
    assert target.get(f"/v1/sessions/{lent['id']}").json() == lent


def test_a_server_that_needs_a_harness_is_told_by_its_option(tmp_path: Path) -> None:
    with Server(NeedsHarness(tmp_path / "rows.sqlite", KEY).app()) as url:
        _, _, told = judged(url, tmp_path / "without", BYSTANDERS)
        reason = "POST /v1/sessions answered 422; name a harness with --harness-id"
        assert told["bystanders.update-leaves-others"] == ("not_tested", reason)
        _, _, told = judged(
            url, tmp_path / "with", f"--harness-id=harness_{7:032x}", "--auth-scheme=Bearer", BYSTANDERS
        )
        assert told["bystanders.update-leaves-others"][0] == "passed"


def test_a_server_without_authentication_is_not_asked_about_it(tmp_path: Path) -> None:
    with Server(EverrunsReference(tmp_path / "rows.sqlite", None).app()) as url:
        _, result, told = judged(
            url, tmp_path / "reports", BYSTANDERS, "suites/everruns/test_credentials.py", key=""
        )
    assert told["credentials.no-key-refused"][0] == "not_applicable"
    assert "EVERRUNS_API_KEY is not set" in told["credentials.no-key-refused"][1]
    assert result["target"]["capabilities"]["authentication"] is False
