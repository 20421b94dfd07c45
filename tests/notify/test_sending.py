"""Word goes out through Apprise; whatever happens there, no secret is shown and the verdict stands."""

import json
import sys
from threading import Event

import pytest

from tck.__main__ import main
from tck.notify import Word, send, sending
from tck.results.result_file import build_result, write_result
from tck.vocabulary import Outcome
from tests.support.result_samples import facts, settled
from tests.support.stand_ins import closed_port, serving

SECRET = "s3cret-of-the-hook"
WORD = Word("WORSE: rooms", ("WORSE: 1 broke.", "Failed now: close.is-terminal"), True)


@pytest.fixture
def results(tmp_path):
    """The paths of a good result and of a bad one."""
    paths = [tmp_path / "good.json", tmp_path / "bad.json"]
    for path, outcome in zip(paths, (Outcome.PASSED, Outcome.FAILED), strict=True):
        write_result(path, build_result(facts(settled(outcome))))
    return [str(path) for path in paths]


@pytest.fixture
def hook():
    """A webhook: its address with a secret for Apprise, and the bodies that it was sent."""
    bodies = []

    def answer(handler):
        bodies.append(handler.sent)
        handler.send_response(200)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with serving(answer, bodies=True) as (url, _):
        yield f"json://{url.removeprefix('http://')}/{SECRET}", bodies


def test_what_got_worse_is_sent_to_each_url(results, hook, monkeypatch, capsys):
    url, bodies = hook
    monkeypatch.setenv("TCK_NOTIFY_URLS", f"{url}\n  {url}")
    good, bad = results
    assert main(["diff", good, bad, "--notify"]) == 1
    told = capsys.readouterr()
    assert told.err == "Sent notification 1 (json).\nSent notification 2 (json).\n"
    assert SECRET not in told.out + told.err
    sent = [json.loads(body) for body in bodies]
    assert [one["title"] for one in sent] == ["WORSE: rooms at https://rooms.example.com"] * 2
    assert sent[0]["message"].startswith("WORSE: 1 broke.\nNOT CONFORMANT: ")
    assert sent[0]["type"] == "failure"
    assert main(["diff", bad, good, "--notify"]) == 0
    assert json.loads(bodies[-1])["type"] == "success"


def test_nothing_is_sent_where_nothing_moved(results, hook, monkeypatch, capsys):
    url, bodies = hook
    monkeypatch.setenv("OF_OURS", url)
    assert main(["diff", results[1], results[1], "--notify=OF_OURS"]) == 0
    assert bodies == []
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "url", ["json://127.0.0.1:{port}/{secret}", "slack://{secret}/b/c/#d", "juggle://{secret}"]
)
def test_a_failing_notifier_is_a_warning(url, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{closed_port()}")
    [told] = send([url.format(port=closed_port(), secret=SECRET)], WORD)
    scheme = url.partition(":")[0]
    assert told == f"WARNING: notification 1 ({scheme}) was not sent; the verdict stands."


def test_a_notifier_that_raises_is_a_warning(monkeypatch):
    def raising(*args, **kwargs):
        raise RuntimeError(SECRET)

    monkeypatch.setattr("apprise.Apprise.notify", raising)
    [told] = send([f"json://127.0.0.1/{SECRET}"], WORD)
    assert told == "WARNING: notification 1 (json) was not sent (RuntimeError); the verdict stands."


def test_a_notifier_that_does_not_end_is_a_warning(monkeypatch):
    ended = Event()
    monkeypatch.setattr("apprise.Apprise.notify", lambda *args, **kwargs: ended.wait(60))
    monkeypatch.setattr(sending, "LONGEST", 0.05)
    try:
        [told] = send([f"json://127.0.0.1/{SECRET}"], WORD)
    finally:
        ended.set()
    assert told == "WARNING: notification 1 (json) was not sent within 0.05 seconds; the verdict stands."


def test_a_failing_notifier_changes_no_verdict(results, monkeypatch, capsys):
    monkeypatch.setenv("TCK_NOTIFY_URLS", f"json://127.0.0.1:{closed_port()}/{SECRET}")
    good, bad = results
    assert main(["diff", bad, good, "--notify"]) == 0
    assert main(["diff", good, bad, "--notify"]) == 1
    told = capsys.readouterr()
    assert told.err == "WARNING: notification 1 (json) was not sent; the verdict stands.\n" * 2


@pytest.mark.parametrize(
    ("option", "urls", "said"),
    [
        ("--notify", None, "--notify needs TCK_NOTIFY_URLS: one or more URLs of notification services"),
        ("--notify=OF_OURS", "  ", "--notify needs OF_OURS: one or more URLs of notification services"),
        (
            f"--notify=json://x/{SECRET}",
            "",
            "--notify takes the name of an environment variable, as the URLs",
        ),
        (f"--notify={SECRET}", "", "--notify takes the name of an environment variable, as the URLs"),
        (
            "--notify=OF_OURS",
            f"json://127.0.0.1 juggle://{SECRET}",
            "OF_OURS: URL 2 of 2 is none that Apprise can",
        ),
    ],
)
def test_what_cannot_be_sent_to_is_one_sentence(results, monkeypatch, capsys, option, urls, said):  # noqa: PLR0917
    monkeypatch.delenv("TCK_NOTIFY_URLS", raising=False)
    if urls is not None:
        monkeypatch.setenv("OF_OURS", urls)
    assert main(["diff", *results, option]) == 4
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"ERROR: {said}")
    assert told.err.count("\n") == 1
    assert SECRET not in told.err


def test_without_the_extra_it_is_one_sentence(results, monkeypatch, capsys):
    monkeypatch.setenv("TCK_NOTIFY_URLS", f"json://127.0.0.1/{SECRET}")
    monkeypatch.setitem(sys.modules, "apprise", None)
    assert main(["diff", *results, "--notify"]) == 4
    assert capsys.readouterr().err == (
        "ERROR: notifications need a package that is not installed; pip install apprise.\n"
    )
    [told] = send([f"json://127.0.0.1/{SECRET}"], WORD)
    assert told.startswith("WARNING: notification 1 (json) was not sent: notifications need a package")
