"""Create: a value at its limit is accepted and kept whole, one beyond it is refused."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from suites.trigger.support.addresses import found
from suites.trigger.support.api import made
from suites.trigger.support.bodies import Bodies, with_trigger
from suites.trigger.support.create import FITS_AN_UNKNOWN_NAME, Creates, Path, put, with_each
from suites.trigger.support.shared_sessions import SharedSessions
from tck.checking import Check, NotApplicable, NotTested, Reply

Value = Callable[[Bodies], Any]
LETTERS = "abcdefghijklmnopqrstuvwxyz"
LONGEST_32_BITS = 2_147_483_647
BEYOND_32_BITS = 4_294_967_301


@dataclass(frozen=True)
class Limit:
    """One end of what a member may be: the value at the end, and values beyond it."""

    accepted: str
    refused: str
    path: Path
    within: Value
    beyond: tuple[Value, ...]


def limit(
    words: str, *path: str, accepted: str, refused: str, within: Value, beyond: tuple[Value, ...]
) -> pytest.ParameterSet:
    """One case of the table of limits."""
    marks = pytest.mark.requirement(accepted, refused)
    return pytest.param(Limit(accepted, refused, path, within, beyond), marks=marks, id=words)


def letters(count: int) -> str:
    """A text of so many different-looking letters."""
    return (LETTERS * (count // len(LETTERS) + 1))[:count]


def text(count: int) -> Value:
    """A text of so many letters."""
    return lambda bodies: letters(count)  # noqa: ARG005


def number(value: int) -> Value:
    """A number."""
    return lambda bodies: value  # noqa: ARG005


def tags(count: int) -> Value:
    """So many tags, the run's among them."""
    return lambda bodies: [bodies.run.tag, *(f"tag-{place}" for place in range(1, count))]


def long_tag(length: int) -> Value:
    """The run's tag and one of this length."""
    return lambda bodies: [bodies.run.tag, letters(length)]


def name(length: int) -> Value:
    """An externalId of the run's own with this length."""
    return lambda bodies: (bodies.new_name() + "-" + letters(length))[:length]


LIMITS = [
    limit(
        "shortest-type", "type", within=text(1), beyond=(text(0),),
        accepted="create.type-min-length-accepted", refused="create.type-empty-refused",
    ),
    limit(
        "longest-type", "type", within=text(64), beyond=(text(65),),
        accepted="create.type-max-length-accepted", refused="create.type-too-long-refused",
    ),
    limit(
        "longest-external-id", "externalId", within=name(256), beyond=(name(257),),
        accepted="create.external-id-max-length-accepted", refused="create.external-id-too-long-refused",
    ),
    limit(
        "most-tags", "tags", within=tags(10), beyond=(tags(11),),
        accepted="create.ten-tags-accepted", refused="create.eleven-tags-refused",
    ),
    limit(
        "longest-tag", "tags", within=long_tag(128), beyond=(long_tag(129),),
        accepted="create.tag-max-length-accepted", refused="create.tag-too-long-refused",
    ),
    limit(
        "most-trigger-tags", "triggerConfig", "tags", within=tags(5), beyond=(tags(6),),
        accepted="create.five-trigger-tags-accepted", refused="create.six-trigger-tags-refused",
    ),
    limit(
        "longest-trigger-tag", "triggerConfig", "tags", within=long_tag(128), beyond=(long_tag(129),),
        accepted="create.trigger-tag-max-length-accepted", refused="create.trigger-tag-too-long-refused",
    ),
    limit(
        "fewest-attempts", "triggerConfig", "maxAttempts", within=number(1), beyond=(number(0), number(-1)),
        accepted="create.max-attempts-bounds-accepted", refused="create.max-attempts-too-low-refused",
    ),
    limit(
        "most-attempts", "triggerConfig", "maxAttempts", within=number(10), beyond=(number(11), number(1000)),
        accepted="create.max-attempts-bounds-accepted", refused="create.max-attempts-too-high-refused",
    ),
    limit(
        "shortest-duration", "triggerConfig", "maxDuration", within=number(1), beyond=(number(0), number(-1)),
        accepted="create.max-duration-minimum-accepted", refused="create.max-duration-too-low-refused",
    ),
    limit(
        "shortest-idle-timeout", "triggerConfig", "idleTimeoutInSeconds",
        within=number(1), beyond=(number(0), number(-1)),
        accepted="create.idle-timeout-bounds-accepted", refused="create.idle-timeout-too-low-refused",
    ),
    limit(
        "longest-idle-timeout", "triggerConfig", "idleTimeoutInSeconds",
        within=number(3600), beyond=(number(3601), number(86400)),
        accepted="create.idle-timeout-bounds-accepted", refused="create.idle-timeout-too-high-refused",
    ),
]  # fmt: skip


def together(limits: Sequence[Limit]) -> list[list[Limit]]:
    """The limits in as few groups as there are members with several: no group has two of one member."""
    groups: list[list[Limit]] = []
    for limit in limits:
        fitting = (group for group in groups if all(limit.path != other.path for other in group))
        group = next(fitting, None)
        groups += [[limit]] if group is None else []
        if group is not None:
            group.append(limit)
    return groups


def at_its_limit(creates: Creates, shared_sessions: SharedSessions, limit: Limit) -> tuple[Reply, Any]:
    """The reply to a create with a value at its limit, and the value.

    Members are at their limits together in one session, unless that is refused.
    """
    limits: list[Limit] = [case.values[0] for case in LIMITS]  # type: ignore[misc]
    group = next(group for group in together(limits) if limit in group)
    body = creates.bodies.minimal()
    for one in group:
        body = put(body, one.path, one.within(creates.bodies))
    with suppress(NotTested):
        session = shared_sessions.shared(f"limits-{group[0].accepted}", lambda: made(creates.sessions, body))
        return session.created, at(session.sent, limit.path)
    value = limit.within(creates.bodies)
    return creates.sessions.create(put(creates.bodies.minimal(), limit.path, value)), value


def refuses_beyond(creates: Creates, limit: Limit) -> None:
    """Judge that a create is refused with each value beyond a limit."""
    beyond = [value(creates.bodies) for value in limit.beyond]
    if limit.path == ("externalId",):
        creates.refused(put(creates.bodies.minimal(), limit.path, *beyond))
    else:
        creates.all_refused(with_each(creates.bodies.minimal(), limit.path, beyond))


def at(body: Mapping[str, Any], path: Path) -> Any:
    """The value at a path of a body."""
    return body[path[0]] if len(path) == 1 else body[path[0]][path[1]]


@pytest.mark.parametrize("limit", LIMITS)
def test_a_value_at_its_limit_is_accepted_and_one_beyond_it_is_refused(
    check: Check, creates: Creates, shared_sessions: SharedSessions, limit: Limit
) -> None:
    within, value = at_its_limit(creates, shared_sessions, limit)
    with check.judging(limit.accepted):
        check.accepted(within)
        assert creates.shown(within, *limit.path) == value
    with check.judging(limit.refused):
        refuses_beyond(creates, limit)
        check.control(within, judged_by=limit.accepted)


@pytest.mark.requirement("create.max-duration-has-no-maximum")
def test_a_very_long_duration_is_accepted(creates: Creates, bodies: Bodies) -> None:
    reply = creates.sessions.create(with_trigger(bodies.minimal(), maxDuration=LONGEST_32_BITS))
    creates.check.accepted(reply)
    assert creates.shown(reply, "triggerConfig", "maxDuration") == LONGEST_32_BITS


@pytest.mark.requirement("create.returns-trigger-config-as-sent")
def test_a_duration_beyond_32_bits_is_kept_where_it_is_taken(creates: Creates, bodies: Bodies) -> None:
    reply = creates.sessions.create(with_trigger(bodies.minimal(), maxDuration=BEYOND_32_BITS))
    if not reply.succeeded:
        raise NotApplicable("the target takes no maxDuration beyond 32 bits")
    assert creates.shown(reply, "triggerConfig", "maxDuration") == BEYOND_32_BITS


@pytest.mark.requirement("create.external-id-min-length-accepted", "retrieve.by-external-id-answers-200")
def test_an_external_id_of_one_character_is_accepted(check: Check, creates: Creates) -> None:
    reply = creates.named_by_one_character()
    sent = creates.sent(reply)
    with check.judging("create.external-id-min-length-accepted"):
        check.accepted(reply)
        assert reply["externalId"] == sent["externalId"]
    with check.judging("retrieve.by-external-id-answers-200"):
        check.control(reply, judged_by="create.external-id-min-length-accepted")
        found = check.last_look(
            lambda: creates.sessions.retrieve(sent["externalId"]), lambda reply: reply.succeeded
        )
        assert found["id"] == reply["id"]


@pytest.mark.requirement(
    "create.lengths-count-characters",
    "retrieve.encoded-external-id-found",
    "update.encoded-external-id-found",
    "close.encoded-external-id-found",
)
def test_lengths_are_counted_in_characters(check: Check, creates: Creates, bodies: Bodies) -> None:
    sent = bodies.minimal(type="ж" * 64, tags=[bodies.run.tag, "字" * 128])
    sent["externalId"] += "字" * (256 - len(sent["externalId"]))
    sent["triggerConfig"]["tags"] = [bodies.run.tag, "ж" * 128]
    reply = creates.sessions.create(sent)
    with check.judging("create.lengths-count-characters"):
        check.accepted(reply)
        assert reply["type"] == sent["type"]
        assert reply["externalId"] == sent["externalId"]
        assert reply["tags"] == sent["tags"]
        assert creates.shown(reply, "triggerConfig", "tags") == sent["triggerConfig"]["tags"]
    check.control(reply, judged_by="create.lengths-count-characters")
    name, sessions = sent["externalId"], creates.sessions
    with check.judging("retrieve.encoded-external-id-found"):
        assert check.last_look(lambda: sessions.retrieve(name), found)["id"] == reply["id"]
    with check.judging("update.encoded-external-id-found"):
        assert check.accepted(sessions.update(name, {}))["id"] == reply["id"]
    with check.judging("close.encoded-external-id-found"):
        assert check.accepted(sessions.close(name, {}))["id"] == reply["id"]


@pytest.mark.requirement("create.task-identifier-min-length-accepted")
def test_a_task_identifier_of_one_character_is_not_too_short(creates: Creates, bodies: Bodies) -> None:
    reply = creates.sessions.create(bodies.minimal(taskIdentifier="t"))
    creates.takes_invented("taskIdentifier", reply, bodies.minimal(taskIdentifier="invented-task"))
    creates.check.accepted(reply)
    assert reply["taskIdentifier"] == "t"


@pytest.mark.requirement(
    "create.task-identifier-max-length-accepted", "create.task-identifier-too-long-refused"
)
def test_a_task_identifier_may_have_128_characters(check: Check, creates: Creates, bodies: Bodies) -> None:
    task = letters(128)
    reply = creates.sessions.create(bodies.minimal(taskIdentifier=task))
    creates.takes_invented("taskIdentifier", reply, bodies.minimal(taskIdentifier="invented-task"))
    with check.judging("create.task-identifier-max-length-accepted"):
        check.accepted(reply)
        assert reply["taskIdentifier"] == task
    with check.judging("create.task-identifier-too-long-refused"):
        too_long = bodies.minimal(taskIdentifier=letters(129))
        creates.all_refused({"a taskIdentifier of 129 characters": too_long}, FITS_AN_UNKNOWN_NAME)
        check.control(reply, judged_by="create.task-identifier-max-length-accepted")


@pytest.mark.requirement("create.queue-max-length-accepted", "create.queue-too-long-refused")
def test_a_queue_may_have_128_characters(check: Check, creates: Creates, bodies: Bodies) -> None:
    queue = letters(128)
    reply = creates.sessions.create(with_trigger(bodies.minimal(), queue=queue))
    creates.takes_invented("queue", reply, with_trigger(bodies.minimal(), queue="invented-queue"))
    with check.judging("create.queue-max-length-accepted"):
        check.accepted(reply)
        assert creates.shown(reply, "triggerConfig", "queue") == queue
    with check.judging("create.queue-too-long-refused"):
        too_long = with_trigger(bodies.minimal(), queue=letters(129))
        creates.all_refused({"a queue of 129 characters": too_long}, FITS_AN_UNKNOWN_NAME)
        check.control(reply, judged_by="create.queue-max-length-accepted")
