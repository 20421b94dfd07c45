"""Appending to the two channels of a session: what was acknowledged is there once, whole and in order."""

from collections.abc import Iterable
from itertools import permutations

import pytest

from suites.trigger.support.bodies import OMITTED
from suites.trigger.support.channels.api import IN, OUT
from suites.trigger.support.channels.concurrent import at_once
from suites.trigger.support.channels.ended import Ended
from suites.trigger.support.channels.logs import Log, growing, in_order, once, some, whole
from suites.trigger.support.channels.made import NewLog
from suites.trigger.support.channels.texts import (
    ALIKE,
    ANY_TEXT,
    BETWEEN,
    BEYOND,
    HALF,
    ODD_TEXT,
    filled,
    of_bytes,
)
from tck.checking import Broken, Check, NotApplicable, NotTested, Reading, Reply, response_rules, shown
from tck.run import Run

OK = 200
TOO_LARGE = 413
TWENTY = 20
both = pytest.mark.parametrize("io", [IN, OUT])


@pytest.mark.requirement("append.answers-200", "append.success-matches-schema")
@both
def test_a_record_is_accepted(run: Run, check: Check, new_log: NewLog, io: str) -> None:
    log = new_log(io)
    replies = [log.send('{"type": "user-message"}'), log.send("words", "part-1", log.session.external_id)]
    with check.judging("append.answers-200"):
        for reply in replies:
            assert reply.status == OK
    with check.judging("append.success-matches-schema"):
        for reply in replies:
            check.accepted(reply)
            check.held(response_rules.is_json(reply), reply)
            check.held(response_rules.matches(run.api, "AppendedRecord", reply), reply)


@pytest.mark.requirement(
    "append.record-is-kept-once", "append.order-is-kept", "drain.numbers-grow", "append.seq-is-its-number"
)
@both
def test_records_are_kept_once_and_in_their_order(check: Check, new_log: NewLog, io: str) -> None:
    log = new_log(io)
    replies = {
        text: log.add(text, address=log.session.addresses[number % 2])
        for number, text in enumerate(f"record {number}" for number in range(12))
    }
    with check.judging("append.record-is-kept-once"):
        log.holds(whole, once)
    with check.judging("append.order-is-kept"):
        log.holds(in_order)
    with check.judging("drain.numbers-grow"):
        log.holds(growing)
    with check.judging("append.seq-is-its-number"):
        shows_its_number(log.settled(), log, replies.items())


def shows_its_number(drained: Reading, log: Log, replies: Iterable[tuple[str, Reply]]) -> None:
    """Raise Broken where an append told another number than its record has, NotApplicable if none did."""
    numbers = {log.model.text_of(record): record.number for record in drained.records}
    told = [(text, reply) for text, reply in replies if "seq" in reply.parsed]
    if not told:
        raise NotApplicable("appends tell no number")
    for text, reply in told:
        if reply["seq"] != numbers.get(text):
            said = "an append told another number than its record has"
            seen = repr(reply["seq"])
            raise Broken(said, str(numbers.get(text)), seen, reply.exchange, *drained.exchanges)


@pytest.mark.requirement("append.text-is-kept-whole", "append.odd-text-is-kept-whole")
def test_a_record_is_any_text(check: Check, new_log: NewLog) -> None:
    log, odd = new_log(), new_log(OUT)
    with check.judging("append.text-is-kept-whole"):
        for text in ANY_TEXT:
            check.accepted(log.send(text))
        log.send("a record of unknown length", chunked=True)
        log.holds(whole, once)
    with check.judging("append.odd-text-is-kept-whole"):
        for text in ODD_TEXT:
            odd.send(text)
        odd.holds(whole)


@pytest.mark.requirement(
    "append.half-a-mebibyte-is-kept-whole",
    "append.more-than-a-mebibyte-is-refused",
    "append.too-large-answers-413",
    "append.a-megabyte-is-kept-whole",
)
def test_a_record_may_be_large_and_no_larger(check: Check, new_log: NewLog) -> None:
    log = new_log()
    inside, outside = of_bytes(HALF, "inside"), of_bytes(BEYOND, "outside")
    with check.judging("append.half-a-mebibyte-is-kept-whole"):
        for one in inside:
            check.accepted(log.send(one.text))
        log.holds(whole, once)
    with check.judging("append.more-than-a-mebibyte-is-refused"):
        if not all(log.model.least(one.text) for one in inside):
            raise NotTested(
                "a record inside the limit was refused", judged_by="append.half-a-mebibyte-is-kept-whole"
            )
        for one in outside:
            check.refused(log.send(one.text, "once more"), TOO_LARGE, "append.too-large-answers-413")
        small = log.send("small enough", "once more")
        log.still_holds(once)
        check.control(small, judged_by="append.answers-200")
    with check.judging("append.a-megabyte-is-kept-whole"):
        check.accepted(log.send(filled(BETWEEN, "between-", "x")))
        log.holds(whole)


@pytest.mark.requirement(
    "append.same-part-is-added-once", "append.equal-texts-are-two-records", "append.seq-is-its-number"
)
@both
def test_a_part_is_added_once_however_often_it_is_sent(check: Check, new_log: NewLog, io: str) -> None:
    log = new_log(io)
    with check.judging("append.same-part-is-added-once"):
        replies = [log.add("the record of part 1", "part 1"), log.add("the record of part 2", "part 2")][:1]
        log.add("one without a part")
        for address in (*log.session.addresses, log.session.id):
            replies.append(log.add("the record of part 1", "part 1", address))
        if io == IN:
            bearing = log.channels.bearing(log.session.token)
            log.add(
                "the record of part 1", "part 1", channels=bearing, judged_by="append.token-appends-to-in"
            )
        log.still_holds(once)
    with check.judging("append.seq-is-its-number"):
        shows_its_number(log.settled(), log, [("the record of part 1", reply) for reply in replies])
    with check.judging("append.equal-texts-are-two-records"):
        for part in ("part 3", "part 4", "Part 3", *ALIKE, "", ""):
            log.add("the same words", part)
        log.holds(whole, once)


@pytest.mark.requirement("append.part-belongs-to-one-log")
def test_a_part_of_another_log_is_another_record(new_log: NewLog) -> None:
    first, second = new_log(), new_log()
    logs = [first, first.other(OUT), second.other(OUT), second]
    for log in logs[:-1]:
        log.add("the record of the part", "the part")
    bearing = second.channels.bearing(second.session.token)
    judged_by = "append.token-appends-to-in"
    second.add("the record of the part", "the part", channels=bearing, judged_by=judged_by)
    for log in logs:
        log.holds(whole, once)


@pytest.mark.requirement("append.same-part-at-once-is-added-once")
def test_a_part_that_is_sent_twenty_times_at_once_is_added_once(run: Run, new_log: NewLog) -> None:
    log = new_log()
    log.add("before")
    replies = at_once(run, [lambda: log.send("the record of the part", "the part")] * TWENTY)
    if not any(reply.succeeded for reply in replies):
        raise NotTested("none of the appends was accepted", judged_by="append.answers-200")
    log.still_holds(whole, once)


@pytest.mark.requirement("append.same-part-after-a-lost-reply-is-added-once")
def test_a_part_whose_first_reply_was_lost_is_added_once(new_log: NewLog) -> None:
    log = new_log()
    log.add("before", "part 0")
    for number in range(3):
        log.lose(f"record {number}", f"lost {number}")
        log.add(f"record {number}", f"lost {number}")
    log.still_holds(whole, once)


@pytest.mark.requirement(
    "append.closed-session-is-refused",
    "append.ended-session-answers-400-or-409",
    "drain.closed-session-is-readable",
    "subscribe.closed-session-is-readable",
)
@both
def test_a_closed_session_takes_no_record_and_stays_readable(check: Check, new_log: NewLog, io: str) -> None:
    log = new_log(io)
    log.add("long before the close")
    log.add("before the close")
    reply = log.session.sessions.close(log.session.id, {"reason": "done"})
    check.control(reply, judged_by="close.answers-200")
    log.session.eventually_shows(lambda row: not row["closedAt"].is_null)
    bearing = log.channels.bearing(log.session.token)
    Ended(check, log, (bearing,) if io == IN else (), (bearing,)).judge("closed")


@pytest.mark.last
@pytest.mark.requirement(
    "append.expired-session-is-refused",
    "append.ended-session-answers-400-or-409",
    "drain.expired-session-is-readable",
    "subscribe.expired-session-is-readable",
)
def test_an_expired_session_takes_no_record_and_stays_readable(check: Check, expired_log: Log) -> None:
    Ended(check, expired_log, others=(expired_log.other(OUT),)).judge("expired")


@pytest.mark.requirement(
    "append.unknown-session-answers-404",
    "drain.unknown-session-answers-404",
    "subscribe.unknown-session-answers-404",
)
def test_an_unknown_session_has_no_channels(check: Check, filled_log: Log) -> None:
    log = filled_log
    unknown = (f"{log.session.id}x", log.channels.run.new_name())
    check.control(log.channels.drain(log.session.id, log.io), judged_by="drain.answers-200")
    for io in (IN, OUT):
        with check.judging("append.unknown-session-answers-404"):
            for address in unknown:
                assert log.channels.append(address, io, "to nobody").status == 404
        with check.judging("drain.unknown-session-answers-404"):
            for address in unknown:
                assert log.channels.drain(address, io).status == 404
        with check.judging("subscribe.unknown-session-answers-404"):
            for address in unknown:
                assert log.channels.subscribe(address, io, idle=1).reply.status == 404


@pytest.mark.requirement(
    "channels.in-and-out-are-apart", "channels.sessions-are-apart", "append.closed-session-is-refused"
)
def test_logs_are_apart(check: Check, new_log: NewLog) -> None:
    first, second, third = new_log(externalId=OMITTED), new_log(), new_log(externalId=OMITTED)
    logs = {
        "in of the first": first, "out of the first": first.other(OUT),
        "in of the second": second, "out of the second": second.other(OUT),
        "in of the third": third,
    }  # fmt: skip
    for turn in range(3):
        for name, log in logs.items():
            log.add(f"{turn} {name}")
    seen = {name: log.settled() for name, log in logs.items()}
    heard = {name: log.heard(some(seen[name]).numbers[-1]) for name, log in logs.items()}
    for requirement, same_session in (
        ("channels.in-and-out-are-apart", True),
        ("channels.sessions-are-apart", False),
    ):
        with check.judging(requirement):
            for name, other in permutations(logs, 2):
                if (name.split()[-1] == other.split()[-1]) is same_session:
                    shows_none_of(logs[other], other, seen[name], heard[name])
    check.control(third.session.sessions.close(third.session.id), judged_by="close.answers-200")
    third.session.eventually_shows(lambda row: not row["closedAt"].is_null)
    Ended(check, third).judge_appends("closed")


def shows_none_of(log: Log, name: str, *readings: Reading) -> None:
    """Raise Broken when a reading of another log shows a record of this one."""
    for reading in readings:
        strange = log.model.texts(reading)
        if strange:
            said = f"{reading.by} shows a record of another log, {name}"
            raise Broken(said, f"no record of {name}", shown(strange[0]), *reading.exchanges)
        log.check.note(reading.exchanges)
