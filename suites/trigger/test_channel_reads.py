"""Draining and subscribing: every reader is shown the same log, whatever it begins with."""

from dataclasses import replace
from functools import partial

import pytest

from suites.trigger.support.channels.api import IN, OUT, Channels
from suites.trigger.support.channels.concurrent import at_once
from suites.trigger.support.channels.framings import heard_in, records_in
from suites.trigger.support.channels.logs import (
    Log,
    once,
    records_of,
    same_log,
    shows_all_of,
    some,
    subscribed,
    whole,
)
from suites.trigger.support.channels.made import NewLog, SharedLogs
from suites.trigger.support.channels.subscribers import (
    ALLOWANCE,
    IDLE,
    SOON,
    Listening,
    Way,
    arrivals,
    heard_in_pieces,
)
from suites.trigger.support.channels.texts import ANY_TEXT, HALF, of_bytes
from tck.checking import Broken, Check, Listened, NotTested, Reading, reading, response_rules
from tck.run import Run

FAR_BEYOND = 100_000
"""How far behind the last record of a log nothing is."""
SHORTLY = 0.4
"""Seconds for which a subscriber listens that should be shown nothing."""
OK = 200
NEW = ("new 1\n\ndata: not an event of its own", f"new 2 {'x' * 9_000}", "new 3 \U0001f600")
"""Records that come while somebody listens: with line ends, longer than notices usually are, and wide."""
TURNS, AT_ONCE = 22, 10
"""Appends at once, and how often, for a log of more records than pages and buffers usually hold."""
both = pytest.mark.parametrize("io", [IN, OUT])


@pytest.mark.requirement("drain.answers-200", "drain.success-matches-schema")
@both
def test_a_drain_is_a_page_of_records(run: Run, check: Check, filled_logs: SharedLogs, io: str) -> None:
    log = filled_logs.filled(io)
    replies = [
        *(log.channels.drain(one, io, after) for one in log.session.addresses for after in (None, 3)),
        *(
            log.channels.drain(log.session.id, io, **reading({"accept": one}))
            for one in ("absent", "anything")
        ),
    ]
    with check.judging("drain.answers-200"):
        for reply in replies:
            assert reply.status == OK
    with check.judging("drain.success-matches-schema"):
        for reply in replies:
            check.accepted(reply)
            check.held(response_rules.is_json(reply), reply)
            check.held(response_rules.matches(run.api, "DrainedRecords", reply), reply)


@pytest.mark.requirement("channels.either-address-is-one-log")
@both
def test_id_and_external_id_lead_to_one_log(filled_logs: SharedLogs, io: str) -> None:
    log = filled_logs.filled(io)
    drained = [some(log.settled()), *(log.drained(address=one) for one in log.session.addresses[1:])]
    last = drained[0].numbers[-1]
    for other in drained[1:]:
        same_log(drained[0], other, log.model)
        if other.numbers != drained[0].numbers:
            said = "a drain by the externalId does not show what one by the id shows"
            exchanges = (*drained[0].exchanges, *other.exchanges)
            raise Broken(said, str(drained[0].numbers), str(other.numbers), *exchanges)
    for address in log.session.addresses:
        shows_all_of(drained[0], log.channels.subscribe_until(address, io, last), log)


@pytest.mark.requirement("drain.after-event-id-is-exclusive")
@both
def test_a_drain_goes_on_strictly_behind_a_number(filled_logs: SharedLogs, io: str) -> None:
    log = filled_logs.filled(io)
    numbers = some(log.settled()).numbers
    for place, after in enumerate(numbers):
        page = records_of(log.channels.drain(log.session.id, io, after))
        seen = [record.number for record in page]
        expected = numbers[place + 1 : place + 1 + max(1, len(seen))]
        if seen != expected:
            said = f"a drain behind {after} does not go on with the records that follow"
            raise Broken(said, f"records {expected}", f"records {seen}", log.check.exchanges[-1])
    beyond = log.channels.drain(log.session.id, io, numbers[-1] + FAR_BEYOND)
    records = [] if beyond.refused else records_of(beyond)
    assert records == [], "a drain behind the end shows records"


@pytest.mark.requirement("drain.pages-join")
@both
def test_pages_join(filled_logs: SharedLogs, io: str) -> None:
    log = filled_logs.filled(io)
    log.settled()
    joins(log)


@pytest.mark.requirement(
    "append.record-is-kept-once",
    "drain.pages-join",
    "subscribe.shows-the-log-from-the-start",
    "append.same-part-is-added-once",
)
def test_a_long_log_is_whole(run: Run, check: Check, new_log: NewLog) -> None:
    log = new_log(OUT)
    log.add("the first of all", "the first part")
    for turn in range(TURNS):
        at_once(run, [partial(log.send, f"record {number} of {turn}") for number in range(AT_ONCE)])
    with check.judging("append.record-is-kept-once"):
        log.holds(whole, once)
    drained = some(log.settled())
    with check.judging("drain.pages-join"):
        joins(log, log.channels.bearing(log.session.token))
    with check.judging("subscribe.shows-the-log-from-the-start"):
        shows_all_of(drained, heard_until(log, drained.numbers[-1]), log)
    with check.judging("append.same-part-is-added-once"):
        log.add("the first of all", "the first part")
        log.add("the last of all")
        rest = check.last_look(
            partial(log.drained, drained.numbers[-1]), lambda rest: "the last of all" in log.model.texts(rest)
        )
        check.note(rest.exchanges)
        assert log.model.texts(rest) == ["the last of all"], "a part that was sent again is there again"


def joins(log: Log, caller: Channels | None = None) -> None:
    """Raise Broken unless the pages of a log, as a caller is shown it, join without a gap or a repeat."""
    pages = list(log.pages(channels=caller))
    numbers = [record.number for page in pages for record in page.records]
    exchanges = [page.exchange for page in pages]
    log.check.note(tuple(exchanges))
    joined = Reading(
        "a drain page by page", tuple(one for page in pages for one in page.records), tuple(exchanges)
    )
    for problem in (log.model.lost(joined), log.model.doubled(joined)):
        if problem is not None:
            raise problem.mismatch.as_broken()
    if len(set(numbers)) < len(numbers):
        raise Broken("pages repeat records", str(sorted(set(numbers))), str(numbers), *exchanges)


@pytest.mark.requirement("drain.leaves-the-log")
@both
def test_a_drain_takes_nothing_from_the_log(check: Check, new_log: NewLog, io: str) -> None:
    log = new_log(io)
    for text in NEW:
        log.add(text)
    first = some(log.settled())
    again = log.drained()
    check.note((*first.exchanges, *again.exchanges))
    if again.numbers != first.numbers:
        said = "a second drain does not show what the first has shown"
        raise Broken(said, str(first.numbers), str(again.numbers), *first.exchanges, *again.exchanges)


@pytest.mark.requirement("subscribe.answers-event-stream", "subscribe.framing-is-documented")
@both
def test_a_subscription_is_a_stream_of_events(check: Check, filled_logs: SharedLogs, io: str) -> None:
    log = filled_logs.filled(io)
    last = some(log.settled()).numbers[-1]
    heard = [log.channels.subscribe_until(address, io, last) for address in log.session.addresses]
    with check.judging("subscribe.answers-event-stream"):
        for one in heard:
            assert one.reply.status == OK
            assert one.reply.media_type == "text/event-stream"
    with check.judging("subscribe.framing-is-documented"):
        for one in heard:
            check.accepted(one.reply)
            if not heard_in(one).records:
                said = "no event of the stream carries a record"
                raise Broken(said, "the records of the log", f"{len(one.events)} events", one.exchange)
            check.note((one.exchange,))


@pytest.mark.requirement("subscribe.shows-the-log-from-the-start", "subscribe.resumes-after-any-number")
@both
def test_a_subscriber_is_shown_what_a_drain_shows(check: Check, filled_logs: SharedLogs, io: str) -> None:
    log = filled_logs.filled(io)
    drained = some(log.settled())
    last = drained.numbers[-1]
    with check.judging("subscribe.shows-the-log-from-the-start"):
        shows_all_of(drained, heard_until(log, last), log)
    with check.judging("subscribe.resumes-after-any-number"):
        for after in drained.numbers[:-1]:
            shows_all_of(drained, heard_until(log, last, after), log, after)


def resumed_after(one: Listened) -> int | None:
    """The number that a subscription went on from."""
    given = one.reply.call.headers.get("Last-Event-ID")
    return None if given is None else int(given)


def heard_until(log: Log, last: int, after: int | None = None) -> Listened:
    """What a subscriber hears up to a number; a precondition but for what the records are."""
    listened = log.channels.subscribe_until(log.session.id, log.io, last, after)
    subscribed(listened.reply)
    return listened


@pytest.mark.requirement("subscribe.goes-on-after-a-cut")
@both
def test_a_subscriber_whose_connection_broke_goes_on(filled_logs: SharedLogs, io: str) -> None:
    log = filled_logs.filled(io)
    drained = some(log.settled())
    heard = heard_in_pieces(log, drained.numbers[-1], 3)
    same_log(drained, heard, log.model)
    if heard.numbers != drained.numbers:
        said = "a subscriber that goes on after broken connections is not shown each record once"
        exchanges = (*heard.exchanges, *drained.exchanges)
        raise Broken(said, str(drained.numbers), str(heard.numbers), *exchanges)


@pytest.mark.requirement("subscribe.text-is-shown-whole")
def test_a_subscriber_is_shown_any_text(new_log: NewLog) -> None:
    log = new_log()
    for text in (*ANY_TEXT, *(one.text for one in of_bytes(HALF, "large"))):
        log.send(text)
    last = some(log.settled()).numbers[-1]
    log.holds(whole, once, read=partial(log.heard, last))


@pytest.mark.requirement(
    "subscribe.shows-new-records", "subscribe.record-arrives-within-two-seconds", "drain.answers-200"
)
@both
def test_a_subscriber_is_shown_new_records(check: Check, new_log: NewLog, io: str) -> None:
    log = new_log(io)
    with check.judging("drain.answers-200"):
        assert log.channels.drain(log.session.id, io).status == OK
    early = Listening(log, ["the first"], within=SHORTLY, accepted=check.accepted)
    with check.judging("subscribe.shows-new-records"), early:
        log.add("the first")
    log.add("the second")
    begun = some(log.settled())
    with check.judging("subscribe.shows-new-records"):
        for one in early.every:
            shows_all_of(replace(begun, records=begun.records[:1]), one, log)
    bearing = log.channels.bearing(log.session.token)
    ways: list[Way] = [
        (one, caller, None) for caller in (log.channels, bearing) for one in log.session.addresses
    ]
    ways.append((log.session.id, log.channels, begun.numbers[0]))
    listening = Listening(log, NEW, len(ways), ways)
    with listening:
        for text in NEW[:-1]:
            log.add(text)
        if io == IN:
            log.add(NEW[-1], channels=bearing, judged_by="append.token-appends-to-in")
        else:
            log.add(NEW[-1])
    acknowledged = log.appends[2:]
    with check.judging("subscribe.shows-new-records"):
        drained = log.holds(whole)
        for one in listening.every:
            shows_all_of(drained, one, log, resumed_after(one))
    with check.judging("subscribe.record-arrives-within-two-seconds"):
        late = listening.delays(acknowledged)
        if not late:
            raise NotTested("no record arrived", judged_by="subscribe.shows-new-records")
        if max(late) > SOON:
            said = f"a record arrived {max(late):.1f} seconds after its append was acknowledged"
            raise Broken(said, f"{SOON:g} seconds at most", f"{max(late):.1f}", listening.heard.exchange)
        check.note((listening.heard.exchange,))


@pytest.mark.requirement("subscribe.ends-after-its-timeout", "subscribe.resumes-after-any-number")
def test_a_stream_with_nothing_new_ends_after_its_timeout(check: Check, filled_log: Log) -> None:
    log = filled_log
    last = some(log.settled()).numbers[-1]
    heard = log.channels.subscribe(log.session.id, log.io, last, idle=1, seconds=1 + 2 * ALLOWANCE)
    check.control(heard.reply, judged_by="subscribe.answers-event-stream")
    beyond = log.channels.subscribe(log.session.id, log.io, last + FAR_BEYOND, idle=1, seconds=SHORTLY)
    with check.judging("subscribe.resumes-after-any-number"):
        shows_nothing(heard, last)
        shows_nothing(beyond, last)
    with check.judging("subscribe.ends-after-its-timeout"):
        ends_in_time(check, heard)


def shows_nothing(heard: Listened, last: int) -> None:
    """Raise Broken when a subscriber that goes on behind the last record was shown records."""
    shown = heard_in(heard, after=last).numbers
    if shown:
        said = "a subscriber that names the last record, or one behind it, is shown records"
        raise Broken(said, "no record", f"records {shown[:10]}", heard.exchange)


def ends_in_time(check: Check, heard: Listened) -> None:
    """Raise Broken unless a stream of one second's Timeout-Seconds ended within a second of it."""
    took = heard.ended - max([heard.started, *(event.at for event in heard.events if records_in(event))])
    check.note((heard.exchange,))
    if not 1 - ALLOWANCE / 2 <= took <= 1 + ALLOWANCE:
        said = "a stream did not end within a second of its Timeout-Seconds"
        expected = "its end 1 to 2 seconds after the last record"
        raise Broken(said, expected, f"{took:.1f} seconds ({heard.end})", heard.exchange)


@pytest.mark.requirement("subscribe.idle-subscribers-hinder-nobody")
def test_thirty_idle_subscribers_hinder_nobody(check: Check, new_log: NewLog, filled_log: Log) -> None:
    idle, other = new_log(), filled_log
    idle.add("the first")
    with Listening(idle, ["the first", "the last"], IDLE) as many:
        took = arrivals(other)
        idle.add("the last")
    check.note(other.drained().exchanges)
    if took > SOON:
        said = f"beside {IDLE} idle subscribers a drain and a subscription took {took:.1f} seconds"
        raise Broken(said, f"{SOON:g} seconds at most", f"{took:.1f} seconds", *check.exchanges[-2:])
    silent = [one for one in many.every if len(heard_in(one).records) < 2]
    if silent:
        said = f"{len(silent)} of {IDLE} subscribers were not shown a new record"
        raise Broken(said, "each is shown both records", f"{len(silent)} were not", silent[0].exchange)
