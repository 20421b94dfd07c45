"""Calls on channels that are answered in every way: accepted, refused, and by nobody that is known."""

from suites.trigger.support.channels.api import Channels
from suites.trigger.support.channels.intruders import bad_credentials
from suites.trigger.support.channels.logs import Log, some
from suites.trigger.support.shared_sessions import SharedSessions
from tck.checking import Reply
from tck.run import Run

FAR = 10**9
"""A number behind the last record of every log."""


def every_kind_of_reply(run: Run, log: Log, sessions: SharedSessions) -> list[Reply]:
    """Replies to appends, drains and subscriptions on a filled log, on a closed session, and on none."""
    channels, session, io = log.channels, log.session, log.io
    last = some(log.settled()).numbers[-1]
    closed, own = sessions.closed(), sessions.open()
    bearing = channels.bearing(session.token)
    stranger = channels.bearing(own.token)
    intruders = [stranger, *map(channels.using, bad_credentials(run, session))]
    replies = [
        channels.append(own.id, io, "a word"),
        stranger.append(own.id, io, "a word with the token"),
        channels.append(closed.id, io, "too late"),
        channels.append(f"{session.id}x", io, "to nobody"),
        *(one.drain(address, io, after) for one in (channels, bearing) for address in session.addresses
          for after in (None, 3, last, FAR)),
        channels.drain(closed.id, io),
        channels.drain(f"{session.id}x", io),
        *(one.subscribe_until(session.id, io, last, after).reply for one in (channels, bearing)
          for after in (None, 3)),
        _first_of(channels, closed.id, io),
        _first_of(channels, f"{session.id}x", io),
    ]  # fmt: skip
    for intruder in intruders:
        replies += [
            intruder.append(session.id, io, "of an intruder"),
            intruder.drain(session.id, io),
            _first_of(intruder, session.id, io),
        ]
    return replies


def _first_of(channels: Channels, address: str, io: str) -> Reply:
    """The reply to a subscription that needs to show no more than one event."""
    return channels.subscribe(address, io, idle=1, seconds=2, enough=lambda _: True).reply
