"""`sessions-tck load`: each mistake is one sentence and exit 4, and nothing begins."""

import pytest

from tck.__main__ import main
from tests.support.stand_ins import closed_port

AWAY = "--base-url=https://sessions.example.com"


@pytest.fixture
def told(capsys, monkeypatch, tmp_path):
    """Runs the command in an empty folder: its exit code, and what it says of an error."""
    monkeypatch.chdir(tmp_path)
    for name in ("TRIGGER_SECRET_KEY", "TRIGGER_OTHER_SECRET_KEY", "TCK_HEADERS", "EVERRUNS_API_KEY"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments):
        code = main(["load", *arguments])
        return code, capsys.readouterr().err

    return run


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--users=0"], "--users takes a whole number from 1 to 100000, not '0'."),
        (["--users=ten"], "--users takes a whole number from 1 to 100000, not 'ten'."),
        (["--minutes=0"], "--minutes takes a number above 0, not '0'."),
        (["--minutes=-1"], "--minutes takes a number above 0, not '-1'."),
        (["--minutes=99999"], "--minutes takes at most 10080, which is a week, not '99999'."),
        (["--spawn-rate=fast"], "--spawn-rate takes a number above 0, not 'fast'."),
        (["--requests=0"], "--requests takes a whole number from 1 to 999999999, not '0'."),
        (["--shape=wave"], "--shape=wave is no shape; there are: steady, ramp, spike."),
        (["--shape=ramp", "--requests=9"], "--shape=ramp needs --minutes, as its course takes a known time."),
        (["--seed="], "--seed is empty; give a number or a text."),
        (["--processes=-1"], "--processes takes a whole number from 0 to 256, not '-1'."),
        (["--rate-limit=10"], "--rate-limit takes a number of requests over s, m or h, such as 10/s, not '10'."),
        (["--slo=create"], "--slo=create is not OPERATION:QUANTILE=TIME; give one such as --slo=OPERATION:p95=300ms."),
        (["--max-sessions=0"], "--max-sessions takes a whole number from 1 to 999999999, not '0'."),
        (["--report-dir="], "--report-dir is empty; give a directory."),
        (["--web-port=0"], "--web-port takes a whole number from 1 to 65535, not '0'."),
        (["--base-url=ftp://x"], "--base-url='ftp://x' is not an http or https URL; give one such as"),
        (["--frobnicate"], "sessions-tck load: unrecognized arguments: --frobnicate; see sessions-tck load --help."),
        (["--contract=none"], "There is no contract 'none'; there are everruns, trigger;"),
        (
            ["--contract=everruns", "--task-identifier=x"],
            "--task-identifier is an option of the contract trigger, not of everruns; leave it out, or add",
        ),
        (
            ["--contract=everruns", "--session-id=x"],
            "--session-id is for a run: users of a load make sessions of their own.",
        ),
        ([AWAY], "--base-url is not this machine: say with --max-requests and --max-sessions how much load may"),
        ([AWAY, "--max-requests=10"], "--base-url is not this machine"),
        ([AWAY, "--max-sessions=10"], "--base-url is not this machine"),
        (["--worker"], "--worker needs --master-host, the machine that leads."),
        (["--worker", "--master"], "--worker and --master exclude each other: a machine leads, or is led."),
        (
            ["--worker", "--master-host=x", "--users=3"],
            "--users is for the machine that leads; --worker takes it from there.",
        ),
        (["--master-host=x"], "--master-host is for --worker; a machine that leads waits for workers."),
        (["--master"], "--master needs --base-url: no other machine reaches the embedded reference."),
        (["--expect-workers=2"], "--expect-workers is for --master; --processes says how many processes of users"),
        (["--master-port=1"], "--master-port is for --master; --processes says how many processes of users"),
        (
            ["--master", "--base-url=http://127.0.0.1:1", "--processes=2"],
            "--processes is for a load without --master: where one leads, no user runs.",
        ),
        (["--base-url=http://127.0.0.1:1"], "TRIGGER_SECRET_KEY is not set."),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence(told, tmp_path, arguments, sentence):
    code, said = told(*arguments)
    assert code == 4
    assert sentence in said
    assert said.count("\n") == 1
    assert said.startswith("ERROR: ")
    assert list(tmp_path.iterdir()) == []


def test_where_nobody_listens_it_ends_with_the_sentence_of_a_run(told, tmp_path, monkeypatch):
    monkeypatch.setenv("TRIGGER_SECRET_KEY", "tr_dev_0123456789abcdef")
    code, said = told(f"--base-url=http://127.0.0.1:{closed_port()}")
    assert code == 4
    assert "no connection" in said
    assert list(tmp_path.iterdir()) == []


def test_without_locust_it_says_what_to_install(told, monkeypatch):
    monkeypatch.setattr("tck.cli.load.find_spec", lambda name: None)
    code, said = told("--users=1")
    assert (code, said) == (
        4,
        "ERROR: load needs a package that is not installed; pip install locust.\n",
    )
