"""Whole runs against targets that misbehave: the right outcome with a sentence, in time, and a whole report."""

import json
import re
import ssl
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import trustme

from tck.recording.har import read_har
from tck.results.result_file import read_result
from tests.support.kit_tree import CONFTEST, GOOD, KEYS, Ran, Tree
from tests.support.rogue import Rogue, packed_bomb

TIMEOUT = 1
MEMORY = """
import resource, pathlib
def pytest_unconfigure(config):
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pathlib.Path(config.getoption("--report-dir"), "peak.txt").write_text(str(peak))
"""
MOST_MEMORY = 64 * 1024
"""Kilobytes that a run may cost more than one against an honest target."""
ALL, NOTHING_SEEN, TAGS = ("passed",) * 3, ("indeterminate",) * 3, ("passed", "failed", "failed")
EXPECTED: dict[str, tuple[str, tuple[str, ...], str]] = {
    "honest": ("conformant", ALL, ""),
    "http-1.0": ("conformant", ALL, ""),
    "deep": ("conformant", ALL, ""),
    "long-numbers": ("conformant", ALL, ""),
    "invalid-utf-8": ("not_conformant", TAGS, "the body is not a JSON object"),
    "cut-by-length": ("not_conformant", TAGS, "the body is not a JSON object"),
    "drips-a-body": ("inconclusive", NOTHING_SEEN, "no complete reply within 1 second"),
    "endless": ("inconclusive", NOTHING_SEEN, "the reply's body is longer than 1048576 bytes"),
    "a-gigabyte": ("inconclusive", NOTHING_SEEN, "the reply's body is longer than 1048576 bytes"),
    "gzip-bomb": ("inconclusive", NOTHING_SEEN, "the reply's body is longer than 1048576 bytes"),
    "half-then-reset": ("inconclusive", NOTHING_SEEN, r"POST /api/v1/sessions: .*(reset|closed)"),
    "too-short": ("inconclusive", NOTHING_SEEN, "peer closed connection without sending complete message body"),
    "many-headers": ("inconclusive", NOTHING_SEEN, "headers"),
    "elsewhere-later": ("not_conformant", ("failed",) * 3, ""),
    "loop-later": ("not_conformant", ("failed",) * 3, ""),
}  # fmt: skip
"""By behaviour: the verdict, the outcomes of the three requirements, and what a reason says."""
SUITE = GOOD.replace('look(create()["id"].value).status == 200', "look(create()['id'].value).status < 300")


def told(ran: Ran) -> tuple[str, tuple[str, ...]]:
    return ran.result["verdict"], tuple(ran.outcomes.values())


def longest(reports: Path) -> float:
    return max(one.duration for one in read_har(reports / "exchanges.har"))


def test_every_target_that_misbehaves_has_its_outcome_in_time_and_a_whole_report(tree: Tree, tmp_path: Path):
    tree.suite(SUITE)
    tree.write("suites/trigger/conftest.py", CONFTEST + MEMORY)
    packed_bomb()

    def run(name: str) -> Ran:
        reports = tmp_path / name
        reports.mkdir()
        process = tree.start(
            f"--report-dir={reports}", f"--request-timeout={TIMEOUT}", target=rogue.at(name), env=KEYS
        )
        return replace(tree.ended(process), reports=reports)

    with Rogue() as rogue, ThreadPoolExecutor(3) as pool:
        ran = dict(zip(EXPECTED, pool.map(run, EXPECTED), strict=True))
        assert rogue.seen["elsewhere"] == 0
    wrong: dict[str, Any] = {}
    for name, (verdict, outcomes, sentence) in EXPECTED.items():
        one = ran[name]
        read_result(one.reports / "result.json")
        if told(one) != (verdict, outcomes) or not re.search(sentence, " ".join(one.reasons.values())):
            wrong[name] = (told(one), one.reasons, one.text[-2000:])
    assert wrong == {}
    assert [name for name, one in ran.items() if "Traceback" in one.text] == []
    assert {
        name: longest(one.reports) for name, one in ran.items() if longest(one.reports) > TIMEOUT + 1
    } == {}
    peaks = {name: int((one.reports / "peak.txt").read_text()) for name, one in ran.items()}
    assert {name: peak for name, peak in peaks.items() if peak > peaks["honest"] + MOST_MEMORY} == {}
    kept = b"".join(
        path.read_bytes() for one in ran.values() for path in one.reports.rglob("*") if path.is_file()
    )
    assert [secret for secret in KEYS.values() if secret.encode() in kept] == []


def test_a_target_that_gives_no_reply_to_any_look_is_told_in_a_sentence(tree: Tree):
    with Rogue() as rogue:
        for name in ("never-answers", "drips-headers"):
            ran = tree.pytest(f"--request-timeout={TIMEOUT}", target=rogue.at(name), env=KEYS)
            ran.says_one_sentence("cannot be reached", "no complete reply within 1 second")
        assert (rogue.seen["never-answers"], rogue.seen["drips-headers"]) == (2, 2)


def test_a_certificate_that_nobody_trusts_is_told_in_a_sentence(tree: Tree):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with Rogue(lambda plain: context.wrap_socket(plain, server_side=True)) as rogue:
        ran = tree.pytest(target=rogue.at("honest").replace("http:", "https:"), env=KEYS)
        ran.says_one_sentence("cannot be reached", "that this machine does not trust", "in --ca-file")
        assert not rogue.bearers


def test_a_redirect_from_the_start_is_told_without_being_followed(tree: Tree):
    with Rogue() as rogue:
        for name, place in (("elsewhere", "http://localhost"), ("loop", rogue.at("loop"))):
            tree.pytest(target=rogue.at(name), env=KEYS).says_one_sentence("redirects to", place)
        assert (rogue.seen["elsewhere"], rogue.seen["loop"]) == (3, 3)


def test_a_connection_refused_in_the_middle_is_indeterminate_from_there(tree: Tree):
    tree.suite(SUITE)
    with Rogue() as rogue:
        ran = tree.pytest("--patience=0", target=rogue.at("refused-later"), env=KEYS)
    assert told(ran) == ("inconclusive", ("passed", "indeterminate", "indeterminate")), ran.reasons
    lost = ran.reasons["create.keeps-tags"]
    assert "no connection" in lost or "Connection reset" in lost  # where one had just been accepted
    assert ran.result["sessions_left_open"] >= 1


def test_a_report_is_small_however_large_the_replies_are(tree: Tree, tmp_path: Path):
    """A megabyte in every reply: the report keeps the beginning of what it has no room for."""
    source = """
import pytest
@pytest.mark.requirement("create.answers-201")
@pytest.mark.parametrize("number", range(40))
def test_create(create, number): assert create().status == 201
"""
    tree.suite(source)
    with Rogue() as rogue:
        ran = tree.pytest(target=rogue.at("large"), env=KEYS)
    assert ran.outcomes["create.answers-201"] == "passed"
    assert (ran.reports / "exchanges.har").stat().st_size < 16 * 1024 * 1024
    entries = json.loads((ran.reports / "exchanges.har").read_text())["log"]["entries"]
    cut = [one["response"]["content"] for one in entries if "cut: the first 8192 of" in str(one["response"])]
    assert len(cut) > 20
    assert all(one["size"] > 900_000 for one in cut)
