"""What updated_at says: when the session was updated, and that nothing but an update moves it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from suites.everruns.support.api import LiveSession
from tck.checking import (
    CLOCKS_DIFFER,
    Broken,
    Instant,
    JsonValue,
    NotTested,
    Reply,
    Row,
    compared,
    exchanges_of,
    parse_instant,
    pause,
)

LATER, LOOKS = 1.0, 5
"""Seconds after which a session would have got another status by itself as well, and reads of it then."""


@dataclass(frozen=True)
class Touched:
    """The reply to what was done, and updated_at as read twice before it and once after."""

    reply: Reply
    first: JsonValue
    second: JsonValue
    after: JsonValue

    @property
    def meanwhile(self) -> bool:
        """Whether updated_at moved while it was done."""
        return self.after != self.second

    @property
    def before(self) -> bool:
        """Whether it moved when nobody wrote."""
        return self.second != self.first


@dataclass
class Touches:
    """Looks at updated_at of one session around what is done, to itself or to another one."""

    session: LiveSession
    every: list[Touched] = field(default_factory=list)

    def around(self, act: Callable[[], Reply]) -> Reply:
        """Do it, between reads of the session."""
        first, second = (self.session.read()["updated_at"] for _ in range(2))
        reply = act()
        self.every.append(Touched(reply, first, second, self.session.read()["updated_at"]))
        return reply

    def judge(self, counts: Callable[[Reply], bool]) -> None:
        """Raise Broken when updated_at moved each time it was done, and never when nobody wrote.

        A session's agent may move it at any time, so that a single time proves nothing.
        """
        done = [one for one in self.every if counts(one.reply)]
        if done and all(one.meanwhile for one in done) and not any(one.before for one in self.every):
            raise compared("==", done[-1].after, done[-1].second).as_broken()


def status_stays(made: Sequence[Row], updated: Sequence[Row], quiet: LiveSession) -> None:
    """Raise Broken when updated sessions have another status than at first, and one that was not has not.

    `made` are their rows at first, and last of all that of the quiet one. Sessions may get another status by
    themselves, so that the quiet one is looked at again and again.
    """
    if any(now["status"] == was["status"] for now, was in zip(updated, made, strict=False)):
        return
    pause(LATER)
    if all(quiet.read()["status"] == made[-1]["status"] for _ in range(LOOKS)):
        said = "sessions that were updated have another status, and one that was made with them has not"
        exchanges = [exchange for row in (made[0], *updated) for exchange in exchanges_of(row)]
        raise Broken(said, str(made[0]["status"].value), str(updated[0]["status"].value), *exchanges)


def is_time_of_update(reply: Reply, seconds: float) -> None:
    """Raise Broken unless updated_at lies between the create and now, at most so many seconds later."""
    made, updated = (_instant(reply, name) for name in ("created_at", "updated_at"))
    coarse = float(max(made.precision, updated.precision))
    later = float(updated.seconds - made.seconds)
    if not -CLOCKS_DIFFER - coarse <= later <= seconds + CLOCKS_DIFFER + coarse:
        raise Broken(
            "updated_at is not the time of the update",
            f"at most {seconds:.1f} seconds after created_at, give or take {CLOCKS_DIFFER:g}",
            f"{later:.1f} seconds after it",
            reply.exchange,
        )


def _instant(reply: Reply, name: str) -> Instant:
    try:
        return parse_instant(str(reply[name].value))
    except ValueError:
        raise NotTested(f"{name} is no date-time", judged_by="update.success-matches-schema") from None
