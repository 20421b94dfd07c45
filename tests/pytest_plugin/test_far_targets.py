"""tck.pytest_plugin.far_targets: what the options of a run tell of its work before anything is collected."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tck.pytest_plugin.collection import long_ones_early
from tck.pytest_plugin.command_line import PLAN
from tck.pytest_plugin.far_targets import AUTO, may_spread, send_one_by_one, start, stay_alone, work_of
from tck.run.inputs import make_plan
from tests.support.fuzz_harness import options_of

URL = "http://sessions.example.com"
WHOLE = "suites"


def config(folder: Path, args: tuple[str, ...] = (WHOLE,), asked: bool = False, **more: Any) -> Any:
    """What pytest knows of a command: its options by pytest's names, and those of the kit that are given."""
    own = {name: value for name, value in more.items() if hasattr(options_of(folder), name)}
    given = {"numprocesses": None, "dist": "no", "tx": [], "maxprocesses": None, "maxschedchunk": None,
             "usepdb": False, "capture": "fd", "keyword": "", "lf": False}  # fmt: skip
    options = options_of(folder, URL)
    plan = make_plan(replace(options, **own), date(2026, 11, 30))
    kept = {name: value for name, value in more.items() if name not in own}
    return SimpleNamespace(
        option=SimpleNamespace(**{**given, **kept}), args=args, stash={PLAN: plan, AUTO: asked}
    )


def test_a_whole_run_is_the_work_of_all_checks(tmp_path: Path):
    work = work_of(config(tmp_path))
    assert work is not None
    assert work.requests > 9_000
    assert work.fits(8)
    assert (work.rate, work.least, work.most) == (None, 1, 16)


@pytest.mark.parametrize(
    ("less", "share"),
    [
        ({"groups": ("core",)}, 0.95),
        ({"quick": True}, 0.8),
        ({"args": ("suites/trigger/test_close.py", "suites/trigger/test_addresses.py")}, 0.07),
        ({"args": ("suites/trigger/test_fuzz.py::test_close",)}, 0.15),
        ({"requirement": ("create.*",)}, 0.36),
    ],
)
def test_a_part_of_the_checks_is_less_work(tmp_path: Path, less: dict[str, Any], share: float):
    work, whole = work_of(config(tmp_path, **less)), work_of(config(tmp_path))
    assert work is not None
    assert 0 < work.requests < share * whole.requests


@pytest.mark.parametrize(
    "few", [{"keyword": "close"}, {"lf": True}, {"max_sessions": 20}, {"max_requests": 90}]
)
def test_few_checks_and_what_limits_refuse_are_no_work_to_spread(tmp_path: Path, few: dict[str, Any]):
    assert work_of(config(tmp_path, **few)) is None


def test_a_limit_on_sessions_is_asked_for_each_number_of_processes(tmp_path: Path):
    whole = work_of(config(tmp_path, max_sessions=440))
    assert whole is not None
    assert whole.fits(2)
    assert not whole.fits(16)


@pytest.mark.parametrize(
    ("option", "may"),
    [({}, True), ({"numprocesses": 0}, False), ({"numprocesses": 4}, False), ({"tx": ["popen"]}, False),
     ({"usepdb": True}, False), ({"capture": "no"}, False), ({"base_url": ""}, False),
     ({"numprocesses": 1, "tx": ["popen"], "asked": True}, True)],
)  # fmt: skip
def test_who_says_how_many_processes_decides(tmp_path: Path, option: dict[str, Any], may: bool):
    assert may_spread(config(tmp_path, **option)) is may


def test_xdist_is_told_as_by_n(tmp_path: Path):
    told = config(tmp_path)
    start(told, 3)
    send_one_by_one(told)
    assert (told.option.numprocesses, told.option.dist, told.option.tx) == (3, "load", ["popen"] * 3)
    assert told.option.maxschedchunk == 1
    asked = config(tmp_path, asked=True, numprocesses=1, dist="load", tx=["popen"])
    stay_alone(asked)
    assert (asked.option.numprocesses, asked.option.dist, asked.option.tx) == (0, "no", [])


def item(name: str, *marks: str) -> Any:
    return SimpleNamespace(nodeid=name, get_closest_marker=lambda mark: mark in marks or None)


def test_long_checks_begin_first_in_several_processes_and_none_with_many_requests_last():
    items = [item(name) for name in "abcd"] + [item("fuzz", "fuzz"), item("walks", "lifecycle")]
    items += [item("e"), item("f")]
    long_ones_early(items, {"a": 80, "e": 90, "f": 39})
    assert [one.nodeid for one in items] == ["fuzz", "a", "walks", "b", "c", "e", "d", "f"]
