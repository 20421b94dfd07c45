"""Whole runs of the channels against streams that misbehave: the right outcomes, in time, at little memory."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tck.paths import ROOT
from tck.recording.har import read_har
from tck.results.document import RequirementEntry
from tck.results.result_file import read_result
from tests.support.hostile_streams import hostile_streams
from tests.support.kit_tree import environment

pytestmark = pytest.mark.slow
KEY = "tr_dev_main_0123456789abcdef"
WHOLE, ENDS = "subscribe.text-is-shown-whole", "subscribe.ends-after-its-timeout"
CHOSEN = "subscriber_is_shown_any_text or ends_after_its_timeout"
EXPECTED = {
    "never-ends": "passed",
    "floods-with-comments": "failed",
    "half-an-event": "failed",
    "wrong-encoding": "failed",
    "a-gigabyte": "failed",
}
"""By target: whether a subscriber is shown records whole."""
LONGEST_STREAM = 30
"""Seconds: more than a subscriber ever waits for a record, and far from endless."""
MOST_MEMORY = 128 * 1024
"""Kilobytes that a run may cost more than the one on streams of half an event."""


@dataclass(frozen=True)
class Judged:
    """What a run came to: its exit code, what it printed, its peak of memory in kilobytes, and its reports."""

    code: int
    text: str
    peak: int
    reports: Path


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Judged]]:
    """A run on each target, by its name."""
    place = tmp_path_factory.mktemp("streams")
    with hostile_streams(place, {"env_main": KEY}) as url, ThreadPoolExecutor(3) as pool:
        ran = pool.map(lambda name: judge(f"{url}/{name}", place / name), EXPECTED)
        yield dict(zip(EXPECTED, ran, strict=True))


def judge(url: str, reports: Path) -> Judged:
    command = [
        sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "--groups=channels",
        f"--base-url={url}", f"--report-dir={reports}", "-k", CHOSEN, "suites/trigger/test_channel_reads.py",
    ]  # fmt: skip
    printed = reports.with_suffix(".txt")
    with printed.open("wb") as file:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment({"TRIGGER_SECRET_KEY": KEY, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": ""}),
            stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT,
        )  # fmt: skip
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return Judged(process.returncode, printed.read_text(encoding="utf-8"), usage.ru_maxrss, reports)


def entry(ran: Judged, requirement: str) -> RequirementEntry:
    [found] = [
        one for one in read_result(ran.reports / "result.json")["requirements"] if one["id"] == requirement
    ]
    return found


@pytest.mark.parametrize("name", EXPECTED)
def test_streams_that_misbehave_have_their_outcome_in_time_and_a_whole_report(
    judged: dict[str, Judged], name: str
):
    ran = judged[name]
    assert entry(ran, WHOLE)["outcome"] == EXPECTED[name], ran.text
    assert (ran.code, "Traceback" in ran.text) == (int(EXPECTED[name] == "failed"), False)
    if EXPECTED[name] == "failed":
        assert entry(ran, WHOLE)["reason"] == "a subscriber does not show an acknowledged record whole"
    streams = [one for one in read_har(ran.reports / "exchanges.har") if one.operation == "subscribeChannel"]
    assert streams
    assert max(one.duration for one in streams) < LONGEST_STREAM
    assert KEY.encode() not in (ran.reports / "exchanges.har").read_bytes()


def test_a_stream_that_does_not_end_is_a_deviation(judged: dict[str, Judged]):
    found = entry(judged["never-ends"], ENDS)
    assert found["outcome"] == "failed"
    assert found["reason"] == "a stream did not end within a second of its Timeout-Seconds"


def test_no_stream_costs_much_memory(judged: dict[str, Judged]):
    least = judged["half-an-event"].peak
    assert {name: ran.peak for name, ran in judged.items() if ran.peak > least + MOST_MEMORY} == {}
