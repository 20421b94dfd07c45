"""Requests that carry a credential which is good for nothing: what they are answered, show and do."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, groupby, product
from typing import Any
from urllib.parse import unquote

from suites.trigger.support.api import LiveSession, Sessions
from suites.trigger.support.bodies import Bodies, Body
from suites.trigger.support.close import is_closed
from suites.trigger.support.closed_rows import still_whole
from suites.trigger.support.known_sessions import row_now
from suites.trigger.support.shared_sessions import mark_of
from tck.checking import Broken, Check, Mismatch, NotApplicable, Reply, Row, joined, read_token

TELLING = ("id", "externalId", "currentRunId", "runId", "tags", "metadata", "triggerConfig", "closedReason")
"""Members of a row whose texts a refusal may not show."""
SHORTEST_TELLING = 12
"""Characters below which a text may stand in a reply by chance."""
DOCUMENTED = 401
Ask = Callable[[Sessions, str], Reply]
"""Sends a request about a session with other operations, by an address."""
ALLOWED_NOTHING = frozenset({DOCUMENTED})


@dataclass(frozen=True)
class Intruder:
    """An Authorization header (None: none) that is not good for a request, and the requirement that says so.

    Where other answers than 401 will do, `deviation` may name the SHOULD that it is 401. `shows` may name the
    requirement that judges what a refusal shows; it is the same one otherwise.
    """

    requirement: str
    about: str
    authorization: str | None
    answers: frozenset[int] = ALLOWED_NOTHING
    deviation: str = ""
    shows: str = ""


@dataclass(frozen=True)
class IntruderCall:
    """One request of an intruder, and the texts of the row that the reply gave away."""

    intruder: Intruder
    reply: Reply
    leaked: tuple[str, ...] = ()


@dataclass(frozen=True)
class IntruderCalls:
    """All requests of the intruders of one requirement, and what they changed all the same."""

    requirement: str
    each: tuple[IntruderCall, ...]
    done: Mismatch | None = None

    def were_refused(self, check: Check) -> None:
        """Raise Broken unless each was answered as it must be and did nothing; tell of deviations."""
        for attempt in self.each:
            _was_refused(check, attempt)
        if self.done is not None:
            said = f"a refused request took effect: {self.done}"
            raise Broken(said, self.done.expected, self.done.seen, *self.done.exchanges)

    def showed_nothing(self, judged_by: str) -> None:
        """Raise Broken when a reply whose showing this requirement judges gave something of the row away."""
        for attempt in self.each:
            if (
                attempt.reply.refused
                and attempt.leaked
                and (attempt.intruder.shows or self.requirement) == judged_by
            ):
                seen = f"{', '.join(attempt.leaked)} in {attempt.reply.told}"
                reason = f"{_asked(attempt)} was shown something of the row"
                raise Broken(reason, "no text of the row in the reply", seen, attempt.reply.exchange)


def judge(check: Check, attempts: Iterable[IntruderCalls]) -> None:
    """Judge each requirement by the attempts that belong to it."""
    for family in attempts:
        with check.judging(family.requirement):
            family.were_refused(check)
            family.showed_nothing(family.requirement)
        for requirement in sorted({attempt.intruder.shows for attempt in family.each} - {""}):
            with check.judging(requirement):
                family.showed_nothing(requirement)


def judge_if(
    taken: bool,
    check: Check,
    attempts: Sequence[IntruderCalls],
    requirements: Collection[str],
    otherwise: str,
) -> None:
    """Judge attempts whose like the secret key may send; else say why these requirements do not apply."""
    judge(check, attempts if taken else ())
    for requirement in () if taken and attempts else requirements:
        with check.judging(requirement):
            raise NotApplicable(otherwise)


def _was_refused(check: Check, attempt: IntruderCall) -> None:
    intruder, reply = attempt.intruder, attempt.reply
    if reply.status not in intruder.answers:
        expected = " or ".join(str(status) for status in sorted(intruder.answers))
        reason = f"{_asked(attempt)} was not refused as it must be"
        raise Broken(reason, expected, reply.told, reply.exchange)
    if intruder.deviation:
        said = f"{_asked(attempt)} was answered with {reply.status}, documented is {DOCUMENTED}"
        departs = Mismatch(said, str(DOCUMENTED), reply.told)
        check.observe(intruder.deviation, departs if reply.status != DOCUMENTED else None, reply)


def _asked(attempt: IntruderCall) -> str:
    return f"{attempt.reply.call.operation} with {attempt.intruder.about}"


def at_create(intruders: Iterable[Intruder], owner: Sessions, bodies: Bodies) -> list[IntruderCalls]:
    """Creates with one externalId, which afterwards finds nothing; else each requirement's with its own."""
    each = _by_requirement(intruders)

    def ask(members: list[Intruder], body: Body) -> tuple[IntruderCall, ...]:
        return tuple(IntruderCall(one, owner.using(one.authorization).create(body)) for one in members)

    shared = bodies.minimal()
    families = [IntruderCalls(requirement, ask(members, shared)) for requirement, members in each]
    found = owner.retrieve(shared["externalId"])
    if not found.succeeded:
        return families
    apart: list[IntruderCalls] = []
    for requirement, members in each:
        body = bodies.minimal()
        calls, made = ask(members, body), owner.retrieve(body["externalId"])
        apart.append(IntruderCalls(requirement, calls, _was_made(made) if made.succeeded else None))
    if not any(family.done for family in apart):
        apart[-1] = replace(apart[-1], done=_was_made(found))
    return apart


def _was_made(found: Reply) -> Mismatch:
    return Mismatch("a session was made", "no session at the externalId", found.told, [found.exchange])


def at_known_create(
    intruders: Iterable[Intruder], session: LiveSession, bodies: Bodies
) -> list[IntruderCalls]:
    """Creates that name the externalId of an open session, which the secret key would be shown."""
    body = bodies.minimal(externalId=session.external_id)
    return _at_row(intruders, session, lambda intruder, _: intruder.create(body))


def at_retrieve(
    intruders: Iterable[Intruder],
    session: LiveSession,
    addresses: Sequence[str] = (),
    shown: Row | None = None,
) -> list[IntruderCalls]:
    """Retrieves of a session, by these addresses or by its own in turn, the last one first.

    `shown` is its row where that is known.
    """
    before = row_now(session) if shown is None else shown
    turns = cycle(session.addresses[::-1])
    families = []
    for requirement, group in groupby(intruders, lambda one: one.requirement):
        members = list(group)
        asked = product(members, addresses) if addresses else _in_turn(members, turns)
        replies = [
            (one, session.sessions.using(one.authorization).retrieve(address)) for one, address in asked
        ]
        each = [
            IntruderCall(one, reply, leaked(reply, before, session.created.row)) for one, reply in replies
        ]
        families.append(IntruderCalls(requirement, tuple(each)))
    return families


def _in_turn(members: list[Intruder], turns: Iterator[str]) -> list[tuple[Intruder, str]]:
    """Each intruder at the next address; one that is alone at two of them."""
    asking = members * 2 if len(members) == 1 else members
    return [(one, next(turns)) for one in asking]


def at_update(intruders: Iterable[Intruder], session: LiveSession, *bodies: Body) -> list[IntruderCalls]:
    """Updates of a session with these bodies, by each of its addresses in turn."""
    asks = [lambda who, address, body=body: who.update(address, body) for body in bodies]
    return _at_row(intruders, session, *asks)


def at_close(intruders: Iterable[Intruder], session: LiveSession, *bodies: Body) -> list[IntruderCalls]:
    """Closes of a session with these bodies, by each of its addresses in turn."""
    asks = [lambda who, address, body=body: who.close(address, body) for body in bodies]
    return _at_row(intruders, session, *asks)


def at_close_without_body(intruders: Iterable[Intruder], session: LiveSession) -> list[IntruderCalls]:
    """The same with no body at all."""
    return _at_row(intruders, session, lambda intruder, address: intruder.close_without_body(address))


def intrusion(bodies: Bodies) -> Body:
    """An update body that the secret key may send, and that would show."""
    mark = mark_of(bodies)
    return {"tags": [mark], "metadata": {"intruder": mark}}


def _at_row(intruders: Iterable[Intruder], session: LiveSession, *asks: Ask) -> list[IntruderCalls]:
    families = []
    before = row_now(session)
    for ask, (requirement, members) in product(asks, _by_requirement(intruders)):
        each = []
        for intruder, address in zip(members, cycle(session.addresses), strict=False):
            reply = ask(session.sessions.using(intruder.authorization), address)
            each.append(IntruderCall(intruder, reply, leaked(reply, before, session.created.row)))
        after = still_whole(session, before) if is_closed(before) else session.still(before)
        families.append(IntruderCalls(requirement, tuple(each), changes(before, after)))
        before = after
    return families


def _by_requirement(intruders: Iterable[Intruder]) -> list[tuple[str, list[Intruder]]]:
    return [(name, [*members]) for name, members in groupby(intruders, lambda one: one.requirement)]


def changes(before: Row, after: Row) -> Mismatch | None:
    """What is different in a row that nobody should have changed, but for what moves by itself."""
    still = (before, after) if is_closed(before) else (before.without_volatile(), after.without_volatile())
    found = still[0].differences(still[1])
    return joined(found) if found else None


def leaked(reply: Reply, *rows: Row) -> tuple[str, ...]:
    """The texts of these rows that a reply shows and that the request did not hold itself."""
    return _rows_texts_in(reply.text, reply, rows)


def given_away(reply: Reply, *rows: Row) -> tuple[str, ...]:
    """As `leaked`, in the headers of the reply as well."""
    headers = "".join(f"{name}: {value}\n" for name, value in reply.headers)
    return _rows_texts_in(f"{unquote(headers)}{reply.text}", reply, rows)


def _rows_texts_in(said: str, reply: Reply, rows: Sequence[Row]) -> tuple[str, ...]:
    texts = {text for row in rows for name in TELLING for text in _texts(row[name].value)}
    seen = [text for text in sorted(texts) if len(text) >= SHORTEST_TELLING and text in said]
    known = _known(reply) if seen else ""
    return tuple(text for text in seen if text not in known)


def shows_nothing(reply: Reply, *rows: Row) -> Mismatch | None:
    """A reply shows no text of these rows that the request did not hold itself."""
    texts = leaked(reply, *rows)
    if not texts:
        return None
    return Mismatch(
        f"the reply shows {texts[0]} of the row",
        "no text of the row in the reply",
        f"{texts[0]} in the reply",
    )


def _known(reply: Reply) -> str:
    """All that whoever sent the request knew: its address, body and credential, a token's claims included."""
    credential = (reply.call.authorization or "").rpartition(" ")[2]
    sent = (reply.call.body or b"").decode("utf-8", "replace")
    return "\n".join((unquote(reply.call.path), sent, credential, *_claims(credential)))


def _claims(credential: str) -> list[str]:
    try:
        return list(_texts(dict(read_token(f"{credential.rpartition('.')[0]}.x").claims)))
    except Broken:
        return []


def _texts(value: Any) -> Sequence[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for item in inner for text in _texts(item)]
