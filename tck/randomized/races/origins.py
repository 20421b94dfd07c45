"""What the reply to a write among others may show of a member: the values that were sent for it by then."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from tck.randomized.races.history import Event
from tck.values.json_equality import JsonValue, shown
from tck.values.mismatch import Mismatch
from tck.values.origin import exchanges_of

Operation = TypeVar("Operation")
Sent = Callable[[Operation], Sequence[Any]]


def unsent(
    event: Event[Operation],
    seen: JsonValue,
    writes: Sequence[Event[Operation]],
    sent: Sent[Operation],
    before: Any,
    *,
    replaces: bool,
) -> Mismatch | None:
    """What is wrong with a member that the reply shows with a value that no write can have given it.

    `sent` says what a call sends for the member; `before` is its value before all of these writes. A reply
    need not show what another write has just written; where a call `replaces` the value it shows its own, or
    that of a write under way at the same time.
    """
    own = list(sent(event.call))
    since = event.started if own and replaces else 0.0
    rivals = [one for one in writes if one is not event and one.started <= event.ended and one.ended >= since]
    values = own if own and replaces else [*own, before]
    values += [value for one in rivals if not _refused(one) for value in sent(one.call)]
    if any(seen == value for value in values):
        return None
    told = " or ".join(dict.fromkeys(map(shown, values)))
    said = f"{seen.origin.place or 'it'} is {seen!r}, which no call has given it by then"
    return Mismatch(said, told, repr(seen), exchanges_of(seen))


def _refused(event: Event[Any]) -> bool:
    return event.reply is not None and event.reply.refused
