from types import SimpleNamespace

import pytest

from tck.contract.contract import load_contract
from tck.contract.credentials import credentials_from
from tck.errors import KitError
from tck.pytest_plugin.command_line import joined, read_base_url, read_options
from tck.run.finish import rerun_options

DEFAULTS = {
    "--contract": None, "--report-dir": "reports/latest", "--fail-on-deviations": False, "--accept-not-tested": [],
    "--without": [],
    "--requirement": [], "--waivers": None, "--plan": False, "--fuzz-examples": "50", "--rate-limit": None, "--max-requests": None,
    "--max-sessions": None, "--request-timeout": "10", "--patience": "60", "base_url": None, "--task-identifier": None,
    "--no-trace-headers": False, "--restart-command": "", "--machine": None, "--queue": None, "--region": None,
    "--lock-to-version": None, "--operation": [],
}  # fmt: skip

ALL = 340 + sum(group.sessions for group in load_contract("trigger").groups.values())
"""The usual limit on sessions: that of the core, and those of the groups beside it."""


def config(tmp_path, **given):
    values = {**DEFAULTS, **{f"--{name.replace('_', '-')}": value for name, value in given.items()}}
    values["base_url"] = given.get("base_url")
    return SimpleNamespace(
        getoption=lambda name, default=None: values.get(name, default),
        getini={"contract": "trigger", "base_url": ""}.get,
        invocation_params=SimpleNamespace(dir=tmp_path),
    )


@pytest.fixture(autouse=True)
def _no_url_from_outside(monkeypatch):
    monkeypatch.delenv("PYTEST_BASE_URL", raising=False)


def test_the_defaults_judge_the_embedded_reference(tmp_path):
    options = read_options(config(tmp_path))
    assert (options.contract, options.base_url, options.max_sessions) == ("trigger", "", None)
    assert options.report_dir == tmp_path / "reports" / "latest"
    named = dict.fromkeys(("machine", "queue", "region", "lock_to_version"), "")
    assert options.own == {"task_identifier": "my-chat", **named}
    assert options.on_loopback


@pytest.mark.parametrize(
    ("url", "limit"),
    [
        ("https://sessions.example.com", ALL), ("http://localhost:8080", None), ("http://127.0.0.9", None),
        ("http://[::1]:1", None), ("http://localhost.example.com", ALL), ("http://127.0.0.1.example.com", ALL),
    ],
)  # fmt: skip
def test_a_target_off_loopback_is_treated_with_care(tmp_path, url, limit):
    assert read_options(config(tmp_path, base_url=url)).max_sessions == limit
    assert read_options(config(tmp_path, base_url=url, max_sessions="7")).max_sessions == 7


def test_groups_are_named_once_in_the_order_of_the_contract_and_bring_their_sessions(tmp_path):
    options = read_options(config(tmp_path, base_url="https://x.example", groups="list, core,list"))
    assert options.groups == ("core", "list")
    assert (options.chooses("list"), options.chooses("channels")) == (True, False)
    assert options.max_sessions == 340 + load_contract("trigger").groups["list"].sessions
    assert "--groups=core,list" in rerun_options(options, embedded=True, seed=None)
    assert read_options(config(tmp_path, base_url="https://x.example", groups="core")).max_sessions == 340


def test_what_a_result_shows_of_the_options_depends_on_no_place(tmp_path):
    shown = read_options(config(tmp_path, base_url="https://x.example", requirement=["a.b"])).shown()
    assert str(tmp_path) not in str(shown)
    assert shown["requirement"] == ("a.b",)
    assert shown["task_identifier"] == "my-chat"


@pytest.mark.parametrize("wanted", [True, False])
def test_requests_carry_a_trace_unless_the_operator_wants_none(tmp_path, wanted):
    options = read_options(config(tmp_path, no_trace_headers=not wanted))
    assert options.trace_headers is wanted
    assert options.shown()["trace_headers"] is wanted
    again = rerun_options(options, embedded=True, seed=None)
    assert ("--no-trace-headers" in again) is not wanted


def test_a_rerun_has_every_option_that_matters(tmp_path):
    plain = rerun_options(read_options(config(tmp_path, base_url="https://x.example")), False, None)
    assert plain == ("--contract=trigger", "--base-url=https://x.example", "--task-identifier=my-chat")
    given = config(
        tmp_path, base_url="https://x.example", request_timeout="2.5", rate_limit="90/m", task_identifier="my task's",
        fail_on_deviations=True, fuzz_examples="7", max_sessions="99",
    )  # fmt: skip
    assert rerun_options(read_options(given), False, 3) == (
        "--contract=trigger", "--base-url=https://x.example", "--task-identifier=my task's", "--hypothesis-seed=3",
        "--fuzz-examples=7", "--max-sessions=99", "--request-timeout=2.5", "--rate-limit=1.5/s", "--fail-on-deviations",
    )  # fmt: skip


@pytest.mark.parametrize("url", ["https://x.example/", " https://x.example ", "https://x.example//"])
def test_a_url_loses_its_last_slash(tmp_path, url):
    assert read_base_url(config(tmp_path, base_url=url)) == "https://x.example"


@pytest.mark.parametrize(
    "url",
    ["x.example", "//x.example", "https:/x.example", "https://", "ftp://x.example", "https://x y", "https://[::1", "http://x:99999",
     "https://x.example?a", "https://x.example#a", "http://x\\y", "file:///etc/passwd"],
)  # fmt: skip
def test_what_is_no_url_is_refused(tmp_path, url):
    with pytest.raises(KitError, match="--base-url"):
        read_base_url(config(tmp_path, base_url=url))


def test_paths_after_a_space_are_joined_to_their_option():
    given = (
        "suites",
        "--report-dir",
        "/a b",
        "-n",
        "2",
        "--waivers=w",
        "--waivers",
        "x",
        "-k",
        "--report-dir",
    )
    assert joined(given) == (
        "suites",
        "--report-dir=/a b",
        "-n",
        "2",
        "--waivers=w",
        "--waivers=x",
        "-k",
        "--report-dir",
    )


def test_keys_come_from_the_environment_alone():
    contract = load_contract("trigger")
    found = credentials_from({"TRIGGER_SECRET_KEY": " one-key \n", "TRIGGER_OTHER_SECRET_KEY": ""}, contract)
    assert found == {"key": "one-key"}
    with pytest.raises(KitError, match="TRIGGER_SECRET_KEY is not set"):
        credentials_from({"TRIGGER_OTHER_SECRET_KEY": "two-key"}, contract)
    with pytest.raises(KitError, match="holds a character that no secret has") as error:
        credentials_from({"TRIGGER_SECRET_KEY": "clé-secrète"}, contract)
    assert "secrète" not in str(error.value)


def test_a_lack_is_declared_once_and_only_where_the_contract_lets_it(tmp_path):
    twice = ["second-environment", "second-environment"]
    assert read_options(config(tmp_path, without=twice)).without == ("second-environment",)
    with pytest.raises(KitError, match=r"^--without=authentication names no .* missing; there are: none\.$"):
        read_options(config(tmp_path, contract="everruns", without=["authentication"]))


def test_an_option_of_another_contract_is_named_as_such(tmp_path):
    with pytest.raises(KitError) as error:
        read_options(config(tmp_path, harness_id="h"))
    assert str(error.value) == (
        "--harness-id is an option of the contract everruns, not of trigger; "
        "leave it out, or add --contract=everruns."
    )
    assert read_options(config(tmp_path, harness_id="h", contract="everruns")).own["harness_id"] == "h"


def test_an_empty_value_is_refused_where_the_option_has_a_default(tmp_path):
    with pytest.raises(
        KitError, match=r"^--task-identifier is empty; leave it out for my-chat, or give a value\.$"
    ):
        read_options(config(tmp_path, task_identifier=" "))
    assert read_options(config(tmp_path, task_identifier="other")).own["task_identifier"] == "other"
