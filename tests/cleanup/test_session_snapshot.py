"""A session that is lent to a run: what is noted of it, and how it is put back."""

import json
from dataclasses import replace

import pytest

from tck.cleanup.session_snapshot import Borrowed, borrow, give_back
from tck.contract.contract import load_contract
from tck.errors import Indeterminate
from tck.transport.messages import Call, Reply
from tck.values.row import RowShape

CONTRACT = load_contract("everruns")
OWN = {"auth_scheme": "bare", "harness_id": "", "session_id": "session_1"}


class Target:
    """Holds one row; `deaf` takes updates and does not write them, `status` is what reads answer."""

    def __init__(self, row, status=200, deaf=False):
        self.row, self.status, self.deaf = row, status, deaf
        self.writes = []

    def __call__(self, call: Call) -> Reply:
        if self.status is None:
            raise Indeterminate("no connection")
        assert call.path == "/v1/sessions/session_1"
        if call.method == "PATCH":
            self.writes.append(json.loads(call.body))
            self.row = self.row if self.deaf else {**self.row, **self.writes[-1]}
        return Reply(call, "main-1", self.status, (), json.dumps(self.row).encode(), RowShape({}))


@pytest.mark.parametrize(
    ("row", "members", "lost"),
    [
        ({"title": "T", "tags": ["b", "a"], "status": "idle"}, {"title": "T", "tags": ["b", "a"]}, []),
        ({"title": None}, {"title": None, "tags": []}, ["title"]),
        ({"title": ""}, {"title": "", "tags": []}, []),
    ],
)
def test_what_can_be_put_back_is_noted(row, members, lost):
    borrowed = borrow(CONTRACT, OWN, Target(row))
    assert borrowed == Borrowed("session_1", members)
    assert borrowed.lost == lost


@pytest.mark.parametrize("target", [Target({}, 404), Target([]), Target({}, None)])
def test_what_cannot_be_read_is_left_to_the_checks(target):
    assert borrow(CONTRACT, OWN, target) is None


def test_nothing_is_lent_where_no_option_names_a_session():
    assert borrow(CONTRACT, {**OWN, "session_id": ""}, Target({})) is None
    assert borrow(load_contract("trigger"), {"task_identifier": "x"}, Target({})) is None


def test_a_session_that_is_as_it_was_is_not_touched():
    target = Target({"title": "T", "tags": []})
    assert give_back(CONTRACT, Borrowed("session_1", {"title": "T", "tags": []}), target) == ""
    assert target.writes == []


def test_a_session_is_put_back_as_it_was():
    target = Target({"title": "Changed", "tags": ["x"]})
    assert give_back(CONTRACT, Borrowed("session_1", {"title": "T", "tags": ["b", "a"]}), target) == ""
    assert target.row == {"title": "T", "tags": ["b", "a"]}


@pytest.mark.parametrize("target", [Target({"title": "X"}, deaf=True), Target({"title": "X"}, None)])
def test_a_session_that_cannot_be_put_back_is_told(target):
    told = give_back(CONTRACT, Borrowed("session_1", {"title": "T", "tags": []}), target)
    assert told == 'WARNING: session_1 could not be put back as it was: {"title": "T", "tags": []}'


def test_a_contract_without_rules_for_it_puts_nothing_back():
    bare = replace(CONTRACT, restore=None)
    assert borrow(bare, OWN, Target({"title": "T"})) is None
    assert give_back(bare, Borrowed("session_1", {"title": "T"}), Target({})) == ""
