"""Who may append, drain and subscribe: the secret key, and tokens as far as their scopes go."""

from functools import partial

import pytest

from suites.trigger.support.access.minted_tokens import minted
from suites.trigger.support.access.public_tokens import READ, WRITE, created_at, key_of
from suites.trigger.support.access.two_environments import NOT_FROM_ABROAD, Environments
from suites.trigger.support.channels.api import IN, OUT, Channels
from suites.trigger.support.channels.intruders import NOT_ALLOWED, UNAUTHORIZED, Door, bad_credentials
from suites.trigger.support.channels.logs import Log, once, shows_all_of, some, whole
from suites.trigger.support.channels.made import NewLog, SharedLogs
from suites.trigger.support.shared_sessions import SharedSessions
from tck.checking import Broken, Check, Mismatch
from tck.run import Run

FORBIDDEN = 403
LONG_AGO = 600


@pytest.mark.requirement(
    "append.bad-credential-answers-401",
    "drain.bad-credential-answers-401",
    "subscribe.bad-credential-answers-401",
)
@pytest.mark.parametrize("io", [IN, OUT])
def test_a_bad_credential_opens_no_channel(run: Run, check: Check, new_log: NewLog, io: str) -> None:
    log = new_log(io)
    log.add("of the owner")
    door = Door(check, log, UNAUTHORIZED)
    for credential in bad_credentials(run, log.session):
        door.tries(log.channels.using(credential))
    door.judge(
        append="append.bad-credential-answers-401",
        drain="drain.bad-credential-answers-401",
        subscribe="subscribe.bad-credential-answers-401",
    )


@pytest.mark.requirement(
    "append.token-appends-to-in", "append.token-cannot-append-to-out", "append.token-on-out-answers-403"
)
def test_a_token_appends_to_in_alone(check: Check, new_log: NewLog) -> None:
    log = new_log()
    out = log.other(OUT)
    bearing = log.channels.bearing(log.session.token)
    with check.judging("append.token-appends-to-in"):
        for address in log.session.addresses:
            check.accepted(
                log.send(f"a token, to {len(address)} characters", address=address, channels=bearing)
            )
        log.holds(whole, once)
    with check.judging("append.token-cannot-append-to-out"):
        out.add("of the owner")
        check.control(log.send("a token once more", channels=bearing), judged_by="append.token-appends-to-in")
        for address in log.session.addresses:
            reply = out.send("of a token", address=address, channels=bearing)
            if reply.status not in NOT_ALLOWED:
                said = "a token's append to out was not refused as it must be"
                raise Broken(said, "401, 403 or 404", reply.told, reply.exchange)
            departs = Mismatch(f"it answered {reply.status}", str(FORBIDDEN), reply.told)
            check.observe(
                "append.token-on-out-answers-403", None if reply.status == FORBIDDEN else departs, reply
            )
        out.still_holds(once)


@pytest.mark.requirement("drain.token-reads-both-logs", "subscribe.token-reads-both-logs")
@pytest.mark.parametrize("io", [IN, OUT])
def test_a_token_reads_both_logs(check: Check, filled_logs: SharedLogs, io: str) -> None:
    log = filled_logs.filled(io)
    bearing = log.channels.bearing(log.session.token)
    drained = some(log.settled())
    with check.judging("drain.token-reads-both-logs"):
        for address in log.session.addresses:
            check.accepted(bearing.drain(address, io))
            log.holds(whole, once, read=partial(log.drained, address=address, channels=bearing))
    with check.judging("subscribe.token-reads-both-logs"):
        for address in log.session.addresses:
            listened = bearing.subscribe_until(address, io, drained.numbers[-1])
            check.accepted(listened.reply)
            shows_all_of(drained, listened, log)


@pytest.mark.requirement(
    "append.foreign-token-is-refused",
    "drain.foreign-token-is-refused",
    "subscribe.foreign-token-is-refused",
    "append.record-is-kept-once",
)
def test_a_token_of_another_session_opens_no_channel(
    check: Check, new_log: NewLog, shared_sessions: SharedSessions
) -> None:
    log, stranger = new_log(), shared_sessions.open()
    log.add("of the owner")
    bearing = log.channels.bearing(log.session.token)
    key = key_of(log.session)
    log.add("of its token", address=key, channels=bearing, judged_by="append.token-appends-to-in")
    door = Door(check, log, NOT_ALLOWED, filled_out(log))
    door.tries(log.channels.bearing(stranger.token))
    log.send("of an intruder with a part", "the part", channels=log.channels.bearing(stranger.token))
    door.judge(
        append="append.foreign-token-is-refused",
        drain="drain.foreign-token-is-refused",
        subscribe="subscribe.foreign-token-is-refused",
    )
    with check.judging("append.record-is-kept-once"):
        log.add("of an intruder with a part", "the part")
        log.holds(whole)


def filled_out(log: Log) -> Log:
    """The log `out` of the same session, with a record."""
    out = log.other(OUT)
    out.add("of the owner, to out")
    return out


@pytest.mark.requirement(
    "append.read-scope-is-refused",
    "drain.write-scope-is-refused",
    "subscribe.write-scope-is-refused",
    "channels.expired-token-is-refused",
)
def test_a_token_does_what_its_scopes_say_until_it_expires(run: Run, check: Check, new_log: NewLog) -> None:
    log = new_log()
    session, channels, key = log.session, log.channels, key_of(log.session)
    reads = channels.bearing(minted(run, session, [READ + key]))
    writes = channels.bearing(minted(run, session, [WRITE + key]))
    check.control(log.send("with the write scope", channels=writes), judged_by="append.token-appends-to-in")
    check.control(reads.drain(session.id, IN), judged_by="drain.token-reads-both-logs")
    out = filled_out(log)
    door = Door(check, log, NOT_ALLOWED, out)
    door.tries_to_append(reads)
    door.tries_to_read(writes)
    door.judge(
        append="append.read-scope-is-refused",
        drain="drain.write-scope-is-refused",
        subscribe="subscribe.write-scope-is-refused",
    )
    with check.judging("channels.expired-token-is-refused"):
        end = int(created_at(session.created)) - LONG_AGO
        door = Door(check, log, UNAUTHORIZED, out)
        door.tries(channels.bearing(minted(run, session, exp=end, iat=end - 3600)))
        door.were_refused(*door.every)
        log.still_holds(once)


@pytest.mark.requirement(
    "append.crosses-no-environment", "drain.crosses-no-environment", "subscribe.crosses-no-environment"
)
def test_a_key_of_another_environment_opens_no_channel(
    run: Run, check: Check, environments: Environments
) -> None:
    session = environments.at_home()
    log = Log(session, Channels(run, check, environments.home.authorization, environments.home.credential))
    log.add("at home")
    door = Door(check, log, NOT_FROM_ABROAD, filled_out(log))
    door.tries(log.channels.using(environments.abroad.authorization))
    door.judge(
        append="append.crosses-no-environment",
        drain="drain.crosses-no-environment",
        subscribe="subscribe.crosses-no-environment",
    )
    namesake, abroad = environments.namesake(session), environments.abroad
    other = Log(namesake, Channels(run, check, abroad.authorization, abroad.credential))
    with check.judging("drain.crosses-no-environment"):
        assert log.model.texts(other.drained()) == [], "a session of the same name shows a record from abroad"
