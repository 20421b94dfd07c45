"""Whether a session is closed: only a 2xx closes, and what nobody finds was never there."""

import pytest

from tck.cleanup.close_session import Closed, close_session
from tck.cleanup.ledger import Entry
from tck.contract.contract import load_contract
from tck.errors import Indeterminate
from tck.transport.messages import Call, Reply
from tck.values.row import RowShape

CONTRACT = load_contract("trigger")
MADE, PLANNED = (Entry("s", "key", made=made) for made in (True, False))


def close(entry: Entry, closing: int, looking: int | None = None, closes: bool = False):
    """Close against a target that answers the close and a retrieve so; it must be asked no other thing."""
    asked: list[str] = []

    def send(call: Call, credential: str) -> Reply:
        status = closing if call.method == "POST" else looking
        asked.append(call.method)
        if status is None:
            raise Indeterminate("nobody there")
        return Reply(call, "x-1", status, (), b"", RowShape({}))

    attempt = close_session(CONTRACT, entry, send, closes)
    return attempt.became, attempt.why, asked


@pytest.mark.parametrize("status", [200, 202, 204])
def test_any_success_closes(status: int) -> None:
    assert close(MADE, status) == (Closed.CLOSED, "", ["POST"])


@pytest.mark.parametrize(
    ("entry", "closing", "looking", "became"),
    [
        (MADE, 404, 404, Closed.NOT_FOUND),
        (MADE, 404, 200, Closed.STILL_OPEN),
        (MADE, 405, 200, Closed.STILL_OPEN),
        (MADE, 404, 400, Closed.STILL_OPEN),
        (MADE, 404, None, Closed.STILL_OPEN),
        (PLANNED, 404, 200, Closed.STILL_OPEN),
        (PLANNED, 400, 400, Closed.NOT_FOUND),
        (PLANNED, 404, 401, Closed.STILL_OPEN),
    ],
)
def test_what_a_close_does_not_find_is_looked_for(entry, closing, looking, became) -> None:
    found, why, asked = close(entry, closing, looking)
    assert (found, asked) == (became, ["POST", "GET"])
    assert bool(why) is (became is Closed.STILL_OPEN)


def test_a_session_that_may_never_have_been_made_is_not_looked_for_where_closing_works() -> None:
    assert close(PLANNED, 404, 200, closes=True) == (Closed.NOT_FOUND, "", ["POST"])
    assert close(MADE, 404, 200, closes=True)[0] is Closed.STILL_OPEN


@pytest.mark.parametrize(
    ("status", "said"), [(401, "TRIGGER_SECRET_KEY is not the key"), (500, "answered with 500")]
)
def test_why_a_session_stays_open_is_said(status: int, said: str) -> None:
    became, why, asked = close(MADE, status)
    assert (became, asked) == (Closed.STILL_OPEN, ["POST"])
    assert said in why
