"""What moved between the kept facts and what the vendor publishes now; pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tck.drift.kept_facts import KeptPage
from tck.drift.operation_facts import OperationFacts
from tck.drift.page_text import PageText
from tck.drift.resting import Resting

LIMITS = frozenset(
    {"minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
    | {
        "minItems",
        "maxItems",
        "uniqueItems",
        "minProperties",
        "maxProperties",
        "pattern",
        "enum",
        "const",
        "not",
    }
)
NEW, GONE, CHANGED = "new", "gone", "changed"


@dataclass(frozen=True)
class Move:
    """One thing that is new, gone or changed; `before` is empty for a new one, `after` for one that is gone.

    `kind` is page, operation, member, limit, status, security, body or words; `where` an operation's key or a
    page's id; `place` the member or the status, empty where the whole is meant; of `words`, `after` names the
    places that are described otherwise. `requirements` rest on it.
    """

    kind: str
    change: str
    where: str
    place: str
    before: str
    after: str
    requirements: tuple[str, ...]


def page_moves(page: str, kept: KeptPage, now: PageText, resting: Resting) -> Iterator[Move]:
    """The move of a page's text, if any; `after` quotes what is new on it."""
    if now.digest == kept.digest:
        return
    known, present = set(kept.passages), now.passage_digests
    added = [text for text, digest in zip(now.passages, present, strict=True) if digest not in known]
    lost = len(known - set(present))
    gone = f"{lost} {'passage is' if lost == 1 else 'passages are'} gone or reworded" if lost else ""
    yield Move("page", CHANGED, page, "", gone, " / ".join(added), resting.on_page(page))


def operation_moves(kept: OperationFacts, now: OperationFacts, resting: Resting) -> Iterator[Move]:
    """All moves of one operation; the words count only where both sides are the vendor's."""
    key, page = kept.key, kept.page
    whole = resting.on_operation(key, page)
    if kept.body != now.body:
        yield Move("body", CHANGED, key, "request", kept.body, now.body, whole)
    for status in sorted({*kept.statuses, *now.statuses}):
        if (status in kept.statuses) is not (status in now.statuses):
            rest = resting.on_status(key, page, status)
            yield _moved("status", key, status, status in now.statuses, rest)
    for way in sorted({*kept.security, *now.security}):
        if (way in kept.security) is not (way in now.security):
            yield _moved("security", key, way, way in now.security, resting.on_security(key, page))
    yield from _member_moves(kept, now, resting)
    reworded = tuple(_reworded(kept, now))
    if reworded:
        rest = tuple(dict.fromkeys(name for place in reworded for name in _on(kept, place, resting)))
        yield Move(
            "words", CHANGED, key, "", "", ", ".join(place or "the operation" for place in reworded), rest
        )


def operation_gone(kept: OperationFacts, resting: Resting) -> Move:
    return _moved("operation", kept.key, "", False, resting.on_operation(kept.key, kept.page))


def operation_new(key: str) -> Move:
    return _moved("operation", key, "", True, ())


def is_near(key: str, known: Iterable[str]) -> bool:
    """Whether an operation is on a path of a known one, or below it."""
    path = key.partition(" ")[2]
    return any(
        path == other or path.startswith(f"{other}/") for other in (one.partition(" ")[2] for one in known)
    )


def _moved(kind: str, where: str, place: str, is_there: bool, rest: tuple[str, ...]) -> Move:
    shown = place or where
    if is_there:
        return Move(kind, NEW, where, place, "", shown, rest)
    return Move(kind, GONE, where, place, shown, "", rest)


def _member_moves(kept: OperationFacts, now: OperationFacts, resting: Resting) -> Iterator[Move]:
    told: list[str] = []
    for place in dict.fromkeys([*kept.members, *now.members]):
        before, after = kept.members.get(place), now.members.get(place)
        if _is_status_alone(place, kept, now) or any(_is_below(place, other) for other in told):
            continue
        rest = resting.on_member(kept.key, kept.page, place)
        if before is None or after is None:
            told.append(place)
            yield Move(
                "member", GONE if after is None else NEW, kept.key, place, _shown(before), _shown(after), rest
            )
            continue
        for name in dict.fromkeys([*before, *after]):
            yield from _fact_move(kept.key, place, name, (before.get(name), after.get(name)), rest)


def _reworded(kept: OperationFacts, now: OperationFacts) -> Iterator[str]:
    """The places whose description changed, of those that are still there; the operation's is empty."""
    if kept.words and kept.words != now.words:
        yield ""
    for place, facts in kept.members.items():
        if "words" in facts and place in now.members and facts["words"] != now.members[place].get("words"):
            yield place


def _on(kept: OperationFacts, place: str, resting: Resting) -> tuple[str, ...]:
    if place:
        return resting.on_member(kept.key, kept.page, place)
    return resting.on_operation(kept.key, kept.page)


def _fact_move(
    key: str, place: str, name: str, pair: tuple[Any, Any], rest: tuple[str, ...]
) -> Iterator[Move]:
    before, after = pair
    if before == after or name == "words":
        return
    change = NEW if before is None else GONE if after is None else CHANGED
    was, now = ("" if value is None else f"{name} {_text(value)}" for value in pair)
    yield Move("limit" if name in LIMITS else "member", change, key, place, was, now, rest)


def _is_below(place: str, other: str) -> bool:
    return place.startswith(other) and place[len(other) : len(other) + 1] in (".", "[", "|", " ")


def _is_status_alone(place: str, kept: OperationFacts, now: OperationFacts) -> bool:
    """Whether this belongs to a status that is new or gone itself."""
    status = place.partition(".")[0].partition(" ")[0].partition("[")[0]
    return (status in kept.statuses) is not (status in now.statuses)


def _shown(facts: Mapping[str, Any] | None) -> str:
    if facts is None:
        return ""
    told = [f"{name} {_text(value)}" for name, value in facts.items() if name not in ("words", "type")]
    return ", ".join([str(facts.get("type", "any value")), *told])


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
