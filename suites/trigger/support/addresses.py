"""Addresses of a session, and texts that only look like one of them."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from suites.trigger.support.api import LiveSession, Sessions
from suites.trigger.support.bodies import ID_PREFIX
from suites.trigger.support.known_sessions import row_now
from tck.checking import JsonValue, NotTested, Reply, eventually

SHORTEST_UNKNOWN = 9
"""Characters behind the prefix of an unknown id: where ids are counted, nobody has come so far."""
Change = Callable[[str], str]

NEAR_MISSES: tuple[Change, ...] = (
    lambda name: name[:-1],
    lambda name: name[1:],
    lambda name: f"{name}x",
    lambda name: f"x{name}",
    str.upper,
    str.lower,
    lambda name: f"{name[:-1]}_",
    lambda name: f"{name[:-1]}%",
    lambda name: name.replace("-", "_"),
    lambda name: name.replace("-", " "),
)
"""Ways to come close to an externalId that has letters in both cases."""


def near_misses(name: str) -> list[str]:
    """Every near miss of an externalId that has letters in both cases."""
    return [change(name) for change in NEAR_MISSES]


def unknown_id(known: str) -> str:
    """An id that no session has, in the form of a known one: each letter and each digit is another one.

    It takes the place of the next of its kind among those that the known one has, so that what was of lower
    case, or hexadecimal, stays so.
    """
    rest = known.removeprefix(ID_PREFIX)
    kinds = (str.isdigit, str.islower, str.isupper)
    other = dict(pair for kind in kinds for pair in _turned(filter(kind, rest)))
    filling = "".join(character for character in rest if character in other) or "0"
    turned = "".join(other.get(character, character) for character in rest)
    return ID_PREFIX + turned + (filling * SHORTEST_UNKNOWN)[: max(0, SHORTEST_UNKNOWN - len(rest))]


def _turned(characters: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each character with the next one in order, the last with the first; a single one with its neighbour."""
    found = sorted(set(characters))
    if len(found) == 1:
        found = [*found, chr(ord(found[0]) + (1 if found[0] not in "9FZfz" else -1))]
    return zip(found, [*found[1:], *found[:1]], strict=True)


def known_to_be_unknown(sessions: Sessions, address: str) -> str:
    """The address, once a retrieve has found nothing there; raises NotTested when it finds something."""
    status = sessions.retrieve(address).status
    if status != 404:
        raise NotTested(
            f"a retrieve of an unknown address answered {status}",
            judged_by=("retrieve.unknown-id-answers-404", "retrieve.unknown-external-id-answers-404"),
        )
    return address


def found(reply: Reply) -> bool:
    """Whether a retrieve showed a row."""
    return reply.status == 200 and reply.is_object


def reached(session: LiveSession, address: str) -> Reply:
    """What a retrieve by one of the session's own addresses shows; raises NotTested when it shows nothing."""
    waited = eventually(lambda: session.sessions.retrieve(address), found)
    if not waited.held:
        raise NotTested(
            f"retrieve answered {waited.value.status}",
            judged_by=("retrieve.by-id-answers-200", "retrieve.by-external-id-answers-200"),
        )
    return waited.value


def ones_own_values(session: LiveSession) -> list[str]:
    """Texts that stand in this session's row alone, made by the run or the target, and are no address."""
    row = row_now(session)
    values: list[Any] = [
        session.id.removeprefix(ID_PREFIX),
        session.created["runId"].value,
        row["currentRunId"].value,
        row["type"].value,
        row["closedReason"].value,
        *session.sent["tags"][1:],
        *session.sent["metadata"].values(),
        *session.sent["triggerConfig"]["basePayload"].values(),
        *session.sent["triggerConfig"]["tags"],
    ]
    return [value for value in values if isinstance(value, str) and value not in ("", *session.addresses)]


def sent_members(shown: JsonValue, sent: dict[str, Any]) -> JsonValue:
    """A shown object without the members that were not sent."""
    if not isinstance(shown.value, dict):
        return shown
    return shown.made({name: value for name, value in shown.value.items() if name in sent})
