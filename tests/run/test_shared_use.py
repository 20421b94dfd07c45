from types import SimpleNamespace
from typing import Any, cast

import pytest

from tck.run import shared_use
from tck.run.shared_use import SharedUse
from tck.unjudged import NotTested


@pytest.fixture
def shared(tmp_path):
    return SharedUse(cast("Any", SimpleNamespace(target=SimpleNamespace(shared=tmp_path))), "array")


def test_waits_for_nobody_when_all_others_have_ended(shared):
    for node in ("test_a.py::test_one[é/x]", "test_a.py::test_two"):
        shared.has_ended(node)
        shared.has_ended(node)
    shared.wait_for(["test_a.py::test_one[é/x]", "test_a.py::test_two"])


def test_a_check_that_never_ends_is_not_waited_for_for_ever(shared, monkeypatch):
    monkeypatch.setattr(shared_use, "LONGEST_WAIT", 0.0)
    shared.has_ended("test_a.py::test_one")
    with pytest.raises(NotTested, match="other checks of the same sessions were still under way"):
        shared.wait_for(["test_a.py::test_one", "test_a.py::test_two"])


def test_looks_again_until_the_last_one_has_ended(shared, monkeypatch):
    monkeypatch.setattr("tck.waiting.time.sleep", lambda _: shared.has_ended("late"))
    shared.wait_for(["late"])


def test_users_of_other_things_do_not_count(shared):
    SharedUse(shared.run, "shelf").has_ended("test_a.py::test_one")
    assert shared._ended() == set()
