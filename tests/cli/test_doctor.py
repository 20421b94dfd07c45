"""`sessions-tck doctor`: each look with what it found, and the sentence with which no run can begin."""

import pytest

from reference.serving import Server
from reference.trigger import TriggerReference
from tck.__main__ import main
from tests.support.one_task import OneTask
from tests.support.stand_ins import closed_port
from tests.support.trigger_server import KEY, KEYS, OTHER_KEY


@pytest.fixture
def told(capsys, monkeypatch):
    """Runs the doctor with these keys: its exit code, its lines by name, and what it says of an error."""

    def run(*arguments, **environment):
        for name in ("TRIGGER_SECRET_KEY", "TRIGGER_OTHER_SECRET_KEY", "TCK_HEADERS", "EVERRUNS_API_KEY"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        code = main(["doctor", *arguments])
        said = capsys.readouterr()
        return code, {line[:16].strip(): line[16:] for line in said.out.splitlines()}, said.out + said.err

    return run


def test_a_good_target_is_described_line_by_line(told, tmp_path):
    reference = TriggerReference(tmp_path / "rows.sqlite", KEYS)
    with Server(reference.app()) as url:
        code, lines, text = told(
            f"--base-url={url}/", TRIGGER_SECRET_KEY=KEY, TRIGGER_OTHER_SECRET_KEY=OTHER_KEY,
            TCK_HEADERS="X-Gate: a-secret-of-the-gate",
        )  # fmt: skip
    assert code == 0, text
    assert text.endswith("A run can begin.\n")
    port = url.rpartition(":")[2]
    assert lines["target"] == f"127.0.0.1, port {port}, without TLS"
    assert lines["DNS"] == "127.0.0.1"
    assert lines["headers"] == "X-Gate are sent for a gateway"
    assert lines["address"] == "answers: GET 404, POST 422"
    assert lines["session"] == "a create is answered with 201"
    assert lines["key other apart"] == "a session of TRIGGER_SECRET_KEY is answered with 404"
    assert lines["close"] == "the session is closed with 200"
    assert lines["clock"] == "that of the replies' Date is right to two seconds"
    assert lines["latency"].endswith(" ms at most")
    assert lines["rate limit"] == "no header names one"
    assert lines["cost"].startswith("a whole run sends at most ")
    assert [secret for secret in (KEY, OTHER_KEY, "a-secret-of-the-gate") if secret in text] == []
    with reference.reading() as db:
        assert db.execute("select count(*) from sessions where closed_at is null").fetchone() == (0,)


def test_a_task_that_is_not_there_is_noted_and_its_name_is_an_option(told, tmp_path):
    with Server(OneTask(tmp_path / "rows.sqlite", KEYS).app()) as url:
        code, lines, text = told(f"--base-url={url}", TRIGGER_SECRET_KEY=KEY)
        assert lines["session"] == 'refused: 422 {"error": "Task my-chat does not exist"}'
        assert "NOTE: POST /api/v1/sessions was refused with 422" in text
        named = told(f"--base-url={url}", "--task-identifier=real-task", TRIGGER_SECRET_KEY=KEY)
    assert code == 0
    assert named[1]["session"] == "a create is answered with 201"


def test_where_nobody_listens_it_ends_with_the_sentence_of_a_run(told):
    url = f"http://127.0.0.1:{closed_port()}"
    code, lines, text = told(f"--base-url={url}", TRIGGER_SECRET_KEY=KEY)
    assert code == 4
    assert lines["address"].startswith("no connection: ")
    assert text.splitlines()[-1].startswith(f"ERROR: {url} cannot be reached (no connection: ")
    assert "session" not in lines
    assert "cost" not in lines


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "ERROR: sessions-tck doctor needs --base-url, the address to look at."),
        (("--base-url=ftp://x",), "ERROR: --base-url='ftp://x' is not an http or https URL"),
        (("--base-url=http://127.0.0.1:1",), "ERROR: TRIGGER_SECRET_KEY is not set. Set TRIGGER_SECRET_KEY to"),
        (("--base-url=http://127.0.0.1:1", "--contract=x"), "ERROR: There is no contract 'x'"),
        (("--base-url=http://127.0.0.1:1", "--request-timeout=0"), "ERROR: --request-timeout takes seconds"),
        (("--base-url=http://127.0.0.1:1", "--task=x"), "ERROR: sessions-tck doctor: unrecognized arguments: --task=x"),
        (("--base-url=http://127.0.0.1:1", "--client-key=x", "--contract=everruns"), "ERROR: --client-key needs --client-cert"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence(told, arguments, sentence):
    code, _, text = told(*arguments)
    assert (code, text.count("\n")) == (4, 1)
    assert text.startswith(sentence)


def test_an_option_of_another_contract_is_refused(told):
    code, _, text = told("--base-url=http://127.0.0.1:1", "--harness-id=1", TRIGGER_SECRET_KEY=KEY)
    assert code == 4
    assert text.startswith("ERROR: --harness-id is an option of the contract everruns, not of trigger;")
