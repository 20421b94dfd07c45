"""What the checks share: a known state before, an update and a read after it, and what a refusal left."""

from collections.abc import Iterable

from suites.everruns.support.api import Body, LiveSession
from suites.everruns.support.rows import without_volatile
from tck.checking import Broken, Check, NotApplicable, Reply, Row, Written, joined, parse_instant, pause

BEYOND_A_TICK = 1.25
"""How many ticks of its clock a target gets to move on."""
SLOWEST_TICK = 2.0
"""Seconds of a tick beyond which a clock is not waited for."""


def arranged(session: LiveSession, **members: object) -> Row:
    """The row as read after an update that gave it a title and tags of its own; a precondition.

    Where both cannot be written together, the one that can be written alone is as good, unless `members` asks
    for the other one.
    """
    mark = session.sessions.run.new_name()
    body = {"title": f"Before {mark}", "tags": ["before", mark], **members}
    reply = session.update(body)
    if not reply.succeeded:
        alone = {name: session.update({name: value}) for name, value in body.items()}
        refused = [one for name, one in alone.items() if name in members and not one.succeeded]
        taken = [one for one in alone.values() if one.succeeded]
        reply = (refused or taken or [reply])[-1]
    return session.arranged(reply, judged_by="update.answers-200")


def written(check: Check, session: LiveSession, body: Body) -> Written:
    """What an update told and a read then showed; a refusal is Broken."""
    return session.written(check.accepted(session.update(body)))


def written_where_accepted(session: LiveSession, reply: Reply, what: str) -> Written:
    """What an update told and a read then showed; NotApplicable when it was refused, as no page forbids."""
    if reply.refused:
        raise NotApplicable(f"the target refuses {what}, and the page promises no limit")
    return session.written(session.sessions.check.control(reply, judged_by="replies.no-server-error"))


def nobodys(session: LiveSession, ids: Iterable[str]) -> list[str]:
    """Those of the ids that no session has: ids may be counted up."""
    shown = {one: session.sessions.read(one) for one in ids}
    return [one for one, reply in shown.items() if not reply.is_object or reply["id"] != one]


def left_alone(session: LiveSession, reply: Reply, before: Row) -> None:
    """Raise Broken when a refused update changed something; NotApplicable when it was not refused."""
    if not reply.refused:
        raise NotApplicable(f"the update was answered with {reply.status} and not refused")
    differences = without_volatile(before).differences(without_volatile(session.still(before)))
    if differences:
        changed = joined(differences)
        said = f"a refused update took effect: {changed}"
        raise Broken(said, changed.expected, changed.seen, *changed.exchanges)


def is_refused(reply: Reply) -> None:
    """Raise Broken unless the reply is a 4xx."""
    if not reply.refused:
        raise Broken("a bad request was not refused", "a 4xx", reply.told, reply.exchange)


def let_the_clock_move(row: Row) -> None:
    """Wait until a clock of the precision that the row shows has moved on; raises Broken if it shows none."""
    try:
        tick = float(parse_instant(str(row["updated_at"].value)).precision)
    except ValueError as problem:
        raise Broken(f"updated_at: {problem}", "an RFC 3339 date-time", repr(row["updated_at"])) from None
    pause(min(tick, SLOWEST_TICK) * BEYOND_A_TICK)
