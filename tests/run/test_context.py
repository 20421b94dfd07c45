import json
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, cast

import pytest

from tck.checking.check import Check
from tck.cleanup.ledger import read_ledger
from tck.errors import Indeterminate, NoReply, Unreachable
from tck.run.context import Run, open_run
from tck.run.inputs import Plan, make_plan
from tck.run.options import Options
from tck.run.target import Target
from tck.transport.messages import Call, Reply
from tck.unjudged import NotTested
from tests.support.transport_samples import SHAPE, reply

PREFIX = "tck-0123456789-"


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    options = Options("trigger", "http://127.0.0.1:9", tmp_path_factory.mktemp("reports"), False, (), None, 0, None, None, None, 10.0,
                      {"task_identifier": "my-chat"})  # fmt: skip
    return make_plan(options, date(2026, 11, 21))


@pytest.fixture
def run(plan, tmp_path):
    reports = tmp_path / "reports"
    reports.mkdir()
    options = replace(plan.options, report_dir=reports)
    target = Target("http://127.0.0.1:9", False, {"key": "tr_dev_secret"}, PREFIX, tmp_path)
    run = open_run(Plan(options, plan.spec), target, "main")
    yield run
    run.client.close()


@dataclass
class StandIn:
    """A client that answers, or raises, as told, and notes what was on the ledger when it was to send."""

    run: Run
    answered: Reply | BaseException
    on_ledger: list[list[str]] = field(default_factory=list)

    def send(self, call, *_, **__):
        self.on_ledger.append(open_ones(self.run))
        if isinstance(self.answered, BaseException):
            raise self.answered
        return replace(self.answered, call=call)

    def close(self):
        """Hold nothing."""


@pytest.fixture
def create(run: Run):
    """Creates through a stand-in, which it returns."""

    def creating(answered, address=f"{PREFIX}1", method="POST", path="/api/v1/sessions"):
        run.client = client = cast("Any", StandIn(run, answered))
        body = json.dumps({"externalId": address}).encode()
        run.send(Call("", method, path, "Bearer x", "key", body), Check("c", ()))
        return client

    return creating


def entries(run):
    return read_ledger([run.ledger.path]) if run.ledger.path.exists() else []


def open_ones(run):
    return [entry.address for entry in entries(run) if not entry.closed]


def test_an_address_is_on_the_ledger_before_the_request_that_may_make_it_goes_out(create):
    client = create(reply(201, {"id": "session_1", "isCached": False}))
    assert client.on_ledger == [[f"{PREFIX}1"]]


def test_what_was_made_is_on_the_ledger_and_counted(run, create):
    create(reply(201, {"id": "session_1", "isCached": False}))
    assert open_ones(run) == ["session_1"]
    assert run.budget.sessions.count == 1


@pytest.mark.parametrize(
    "answered", [reply(500), reply(201, {"id": 7}), Indeterminate("lost", "main-3"), NoReply("cut off")]
)
def test_a_create_that_broke_is_counted_and_known_as_no_session(run, create, answered):
    with suppress(Indeterminate):
        create(answered)
    assert (run.budget.sessions.count, run.budget.broken.count, run.budget.made) == (1, 1, 0)
    create(reply(201, {"id": "session_1", "isCached": False}))
    assert (run.budget.sessions.count, run.budget.broken.count, run.budget.made) == (2, 1, 1)


def test_what_was_there_before_under_our_prefix_is_ours_but_not_counted(run, create):
    create(reply(200, {"id": "session_1", "isCached": True}))
    assert open_ones(run) == ["session_1"]
    assert run.budget.sessions.count == 0


@pytest.mark.parametrize(
    "answered",
    [reply(200, {"id": "session_9", "isCached": True}), reply(409), reply(422)],
    ids=["found", "409", "422"],
)
def test_what_may_be_somebody_elses_is_not_ours(run, create, answered):
    create(answered, address="q")
    assert open_ones(run) == []
    assert run.budget.sessions.count == 0


def test_a_refused_create_at_our_own_address_is_closed_for_sure_but_not_counted(run, create):
    create(reply(422))
    assert open_ones(run) == [f"{PREFIX}1"]
    assert run.budget.sessions.count == 0


@pytest.mark.parametrize(
    ("address", "left"), [(f"{PREFIX}1", 1), (f"{PREFIX}\0", 0), (f"{PREFIX}\ud800", 0), (f"{PREFIX}?é", 1)]
)
def test_a_create_that_broke_may_have_made_a_session_unless_no_server_can_hold_its_address(
    run, create, address, left
):
    create(reply(500), address=address)
    assert len(open_ones(run)) == left


def test_a_refused_create_is_on_no_ledger_when_no_server_can_hold_its_address(run, create):
    create(reply(422), address=f"{PREFIX}\0")
    assert open_ones(run) == []
    assert run.budget.sessions.count == 0


def test_the_ledger_tells_a_refused_create_from_one_that_broke(run, create):
    create(reply(422), address=f"{PREFIX}refused")
    create(reply(500), address=f"{PREFIX}broke")
    assert {entry.address: entry.refused for entry in read_ledger([run.ledger.path])} == {
        f"{PREFIX}refused": True,
        f"{PREFIX}broke": False,
    }
    assert run.budget.sessions.count == 1


@pytest.mark.parametrize(
    ("status", "left"), [(200, []), (202, []), (404, ["session_1"]), (500, ["session_1"])]
)
def test_a_close_that_shows_the_closed_row_with_any_success_closes(run, create, status, left):
    create(reply(201, {"id": "session_1", "isCached": False}))
    create(
        reply(status, {"id": "session_1", "closedAt": "2026-11-01T00:00:00Z"}),
        path="/api/v1/sessions/session_1/close",
    )
    assert open_ones(run) == left


@pytest.mark.parametrize(
    ("signal", "count"),
    [(Indeterminate("lost", "main-3"), 1), (NoReply("cut off"), 1), (NotTested("spent"), 0)],
)
def test_a_create_without_a_reply_may_have_been_carried_out(run, create, signal, count):
    with pytest.raises(type(signal)):
        create(signal)
    assert open_ones(run) == [f"{PREFIX}1"]
    assert run.budget.sessions.count == count


def test_a_create_that_was_never_sent_is_on_no_ledger_and_not_counted(run, create):
    with pytest.raises(Unreachable):
        create(Unreachable("no connection"))
    assert open_ones(run) == []
    assert run.budget.sessions.count == 0


def test_an_exchange_without_a_reply_belongs_to_its_check(run):
    run.client = cast("Any", StandIn(run, Indeterminate("lost", "main-3")))
    check = Check("c", ("a.one",))
    with pytest.raises(Indeterminate) as signal:
        run.send(Call("", "GET", "/x"), check)
    check.conclude(signal.value)
    assert check.findings[0].exchanges == ("main-3",)


def test_a_repeated_create_that_finds_a_session_says_nothing(run, create):
    with pytest.raises(Indeterminate, match="was sent again, so isCached says nothing"):
        create(replace(reply(200, {"id": "session_1", "isCached": True}), doubtful=True))


def test_a_close_that_shows_is_noted(run, create):
    create(reply(201, {"id": "session_1", "isCached": False}))
    create(reply(200, {"closedAt": None}), path="/api/v1/sessions/session_1/close")
    assert open_ones(run) == ["session_1"]
    create(reply(200, {"closedAt": "2026-01-02T03:04:05Z"}), path=f"/api/v1/sessions/{PREFIX}1/close")
    assert open_ones(run) == []


def test_what_is_made_once_is_the_same_for_all_and_a_reason_not_to_is_too(run):
    made = []
    assert [run.once("thing", lambda: made.append(1) or {"a": [1]}) for _ in range(2)] == [{"a": [1]}] * 2
    assert made == [1]

    def hopeless():
        made.append(2)
        raise NotTested("no luck")

    for _ in range(2):
        with pytest.raises(NotTested, match="no luck"):
            run.once("other", hopeless)
    assert made == [1, 2]
    with pytest.raises(Indeterminate):
        run.once("third", lambda: (_ for _ in ()).throw(Indeterminate("weather")))
    assert run.once("third", lambda: 3) == 3


def test_what_is_noted_is_clean_from_then_on(run):
    assert run.clean("by tr_dev_secret \ud83d") == "by [redacted TRIGGER_SECRET_KEY] \\ud83d"
    run.note("fuzz update", {"cases": 3, "last": ["tr_dev_secret"]})
    assert run.notes() == {"fuzz update": {"cases": 3, "last": ["[redacted TRIGGER_SECRET_KEY]"]}}


def test_the_shape_of_a_row_is_that_of_the_contract(run):
    assert run.client.shape.members["createdAt"] == "instant"
    assert run.client.shape.members["tags"] == "unordered"
    assert SHAPE.members.keys() <= run.client.shape.members.keys()
