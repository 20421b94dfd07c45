"""A pytest plugin that writes what processor time a run's checks took, and the processes that it started."""

import json
import os
import resource
import time
from collections.abc import Generator
from pathlib import Path

import pytest

WRITTEN_TO = "SESSIONS_TCK_BENCH_LOOP"
"""The environment variable that names the file."""
TOOK: pytest.StashKey[float] = pytest.StashKey()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Measure the checks alone, without the start and the end of the run."""
    started = time.process_time()
    try:
        return (yield)
    finally:
        session.config.stash[TOOK] = time.process_time() - started


def pytest_unconfigure(config: pytest.Config) -> None:
    """Write both, in seconds; the embedded reference has ended by now."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = {"checks": config.stash.get(TOOK, 0.0), "children": used.ru_utime + used.ru_stime}
    Path(os.environ[WRITTEN_TO]).write_text(json.dumps(told), encoding="utf-8")
