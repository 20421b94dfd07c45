"""What users do with the optional groups under load: lists that follow a session, and logs that keep."""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import inf
from random import Random

from suites.trigger.randomized.log_rounds import KEPT_ONCE, ONE_LOG, ORDER
from suites.trigger.support.api import LiveSession, Sessions, made
from suites.trigger.support.bodies import Bodies
from suites.trigger.support.channels.api import IN, OUT, Channels
from suites.trigger.support.channels.logs import Log
from suites.trigger.support.lists.lists import Page, page_of
from tck.checking import (
    Append,
    Check,
    Fate,
    Indeterminate,
    Mismatch,
    Row,
    compared,
    listed_within,
    loaded_wait,
)
from tck.randomized import log_finding
from tck.run import Run

FILTERED, NEW, UPDATED, CLOSED = (
    "list.filter-external-id",
    "list.shows-new-sessions",
    "list.shows-updates",
    "list.shows-closes",
)
APPENDS = range(2, 7)
Wrong = Callable[[Row], Sequence[Mismatch]]


def list_life(run: Run, check: Check, draw: Random, mark: str) -> None:
    """A session that is looked for in lists while it is made, updated and closed."""
    sessions = Sessions(run, check, run.authorization("key"))
    session = made(sessions, Bodies(run).minimal(tags=[run.tag, mark], metadata={"by": mark}))
    follow = partial(_follow, check, session)
    if not follow(NEW, lambda _: []):
        return
    new, words = draw.sample(range(1000), 2)
    body = {"tags": [f"{mark}-{new}"], "metadata": {"by": f"{mark}-{words}"}}
    if sessions.update(session.id, body).succeeded and not follow(UPDATED, partial(_missing, body)):
        return
    reason = f"{mark} is over"
    if sessions.close(session.id, {"reason": reason}).succeeded:
        follow(CLOSED, partial(_missing, {"closedReason": reason}))


def _missing(expected: Mapping[str, object], row: Row) -> list[Mismatch]:
    return [compared("==", row[name], value) for name, value in expected.items() if row[name] != value]


def _follow(check: Check, session: LiveSession, requirement: str, wrong: Wrong) -> bool:
    """Judge that a list shows the session, with nothing wrong, within the time that lists may lag."""

    def look() -> Page:
        return page_of(session.sessions.list({"filter[externalId]": session.external_id}))

    def problem(page: Page) -> Mismatch | None:
        row = next((one for one in page.rows if one["id"] == session.id), None)
        if row is None:
            return Mismatch("the list does not show the session", f"the row of {session.id}", "no such row")
        return next(iter(wrong(row)), None)

    page = loaded_wait(look, lambda page: problem(page) is None, listed_within()).value
    others = [row for row in page.rows if row["externalId"] != session.external_id]
    strange = compared("==", others[0]["externalId"], session.external_id) if others else None
    check.observe(FILTERED, strange, page.reply)
    found = problem(page)
    check.observe(requirement, found, page.reply)
    return found is None and strange is None


def channel_life(run: Run, check: Check, draw: Random, mark: str) -> None:
    """A session whose logs are appended to and drained by both of its addresses."""
    session = made(Sessions(run, check, run.authorization("key")), Bodies(run).minimal())
    channels = Channels(run, check, run.authorization("key"))
    log = Log(session, channels, draw.choice((IN, OUT)))
    for number in range(draw.choice(APPENDS)):
        text = draw.choice(("words {}", '{{"mark": "{}"}}', "{} \U0001f600")).format(f"{mark}-{number}")
        part = draw.choice(("", f"part {number}"))
        started = time.perf_counter()
        try:
            log.send(text, part, draw.choice(session.addresses))
        except Indeterminate:
            log.appends.append(Append(text, Fate.UNKNOWN, started, inf, part))
    model = log.model
    drained = run.patience.wait(
        lambda: log.drained(address=draw.choice(session.addresses)),
        lambda seen: model.lost(seen) is None and model.doubled(seen) is None,
    ).value
    if log.io == IN:  # to the other log, the session's task may write, too
        strange = next((one for one in drained.records if model.text_of(one) is None), None)
        foreign = Mismatch(
            "a log that one user alone appends to shows a record of others", "no such record",
            strange.words if strange else "", drained.exchanges,
        )  # fmt: skip
        check.observe_all("channels.sessions-are-apart", foreign if strange else None, drained.exchanges)
    problems = {
        KEPT_ONCE: model.lost(drained) or model.doubled(drained),
        ORDER: model.misordered(drained),
        ONE_LOG: model.unsorted(drained),
    }
    for requirement, problem in problems.items():
        if problem is None:
            check.observe_all(requirement, None, drained.exchanges)
        else:
            check.find(log_finding(run, check.node, requirement, problem, model))
