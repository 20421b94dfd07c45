"""Closed rows: nothing moves them but a run that ends after the close, which is seen without a write.

The run of a session may end a little later than the session is closed, and touch currentRunId and updatedAt.
Where only these have moved, a session that was closed and is read alone is the control.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from suites.trigger.support.api import LiveSession, made
from suites.trigger.support.bodies import Bodies
from suites.trigger.support.close import is_closed
from tck.checking import NotTested, Reply, Row, Waited, eventually

RESTING = 10
"""Looks in a row that show one and the same row, with growing pauses, before it counts as being at rest."""
Send = Callable[[], Reply]


@dataclass(frozen=True)
class Repeat:
    """One more write to a closed session: its reply, and the row as it was read right after."""

    reply: Reply
    row: Row


@dataclass(frozen=True)
class Repeats:
    """Writes that must change nothing of a closed session, and the row before them."""

    before: Row
    each: tuple[Repeat, ...]


def repeated(session: LiveSession, closed: Row, sends: Sequence[Send]) -> Repeats:
    """Send them to a closed session in turn, up to one that changes the row.

    Where the row moves after a close by itself, they are sent to it once it is at rest.
    """
    each = _sent(session, closed, sends)
    rows = [row for repeat in each for row in (repeat.row, *_shown_by(repeat.reply))]
    if not all(_moved_by_itself(closed, row) for row in rows) or not any(row != closed for row in rows):
        return Repeats(closed, each)
    if not moves_after_a_close(session):
        return Repeats(closed, each)
    resting = _at_rest(session)
    return Repeats(resting, _sent(session, resting, sends))


def still_whole(session: LiveSession, before: Row) -> Row:
    """The closed row while reads show it whole as it was before; what moves by itself does not count."""
    return but_for_its_run(session, before, session.still(before, whole=True))


def but_for_its_run(session: LiveSession, before: Row, row: Row) -> Row:
    """A closed row, compared without what moves by itself where only that differs from before."""
    alone = row != before and _moved_by_itself(before, row)
    return row.without_volatile() if alone and moves_after_a_close(session) else row


def moves_after_a_close(session: LiveSession) -> bool:
    """Whether a closed row that nobody writes to moves within the kit's wait, and rests then.

    What moves with every look is moved by the looks. Looked for once a run.
    """
    run = session.sessions.run
    return bool(run.once("closed-rows-move", lambda: _moves(made(session.sessions, Bodies(run).complete()))))


def _moves(control: LiveSession) -> bool:
    closed = control.sessions.close(control.id, {})
    if not closed.succeeded or not closed.is_object:
        raise NotTested(f"close answered {closed.status}", judged_by="close.answers-200")
    control.eventually_shows(is_closed)
    moved = eventually(control.read, lambda row: row != closed.row and _moved_by_itself(closed.row, row))
    return moved.held and _looked_at_until_it_rests(control).held


def _sent(session: LiveSession, before: Row, sends: Sequence[Send]) -> tuple[Repeat, ...]:
    done: list[Repeat] = []
    for send in sends:
        done.append(Repeat(send(), session.still(before, whole=True)))
        if done[-1].row != before:
            break
    return tuple(done)


def _shown_by(reply: Reply) -> list[Row]:
    return [reply.row] if reply.succeeded and reply.is_object else []


def _moved_by_itself(before: Row, row: Row) -> bool:
    """Whether nothing but what may move by itself is different."""
    return row.without_volatile() == before.without_volatile()


def _at_rest(session: LiveSession) -> Row:
    """The row once it moves no more; without what goes on moving at the end of the kit's wait."""
    waited = _looked_at_until_it_rests(session)
    return waited.value if waited.held else waited.value.without_volatile()


def _looked_at_until_it_rests(session: LiveSession) -> Waited[Row]:
    rows = [session.read()]

    def rests(row: Row) -> bool:
        rows.append(row)
        return len(rows) > RESTING and all(one == row for one in rows[-RESTING:])

    return eventually(session.read, rests)
