"""The rules of this contract by which generated requests are judged, beside those of every contract."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from suites.trigger.randomized.fuzzing.session_pool import Stand
from suites.trigger.support.replies import rules
from tck.checking.reply_monitor import ReplyMonitor
from tck.randomized.fuzzing.attempt import NOTHING, Answer, Rule, Trial
from tck.randomized.fuzzing.rules import COMMON_RULES, Spoken, is_call, leak_rules
from tck.values.json_equality import JsonValue, Kind, contains_json
from tck.values.row import Row

NEVER_CHANGE = ("id", "externalId", "type", "taskIdentifier", "createdAt")
SERVER_ERRORS = 500


def shows_a_row(trial: Trial) -> bool:
    """Whether the reply is a success with a row."""
    return is_call(trial) and trial.reply.succeeded and trial.reply.is_object


def keeps_its_invariants(trial: Trial) -> str | None:
    """A row is the one that was asked for, has not changed who it is, and is open or closed as it must be."""
    reply = trial.reply
    told = rules.is_closed_or_shows_no_close(reply) or rules.is_updated_after_created(reply.parsed)
    return told or next(_differences(trial), None)


def _differences(trial: Trial) -> Iterator[str]:
    row, known = trial.reply.row, _stand(trial).known
    if not str(row["id"].value).startswith("session_"):
        yield f"id is {row['id']!r}"
    for name in ("runId", "currentRunId"):
        if not row[name].is_null and not str(row[name].value).startswith("run_"):
            yield f"{name} is {row[name]!r}"
    if known is None:
        if trial.reply.call.operation != "createSession":
            yield f"a session is shown at an address that nobody has: {row['id']!r}"
        return
    yield from (said for said in known.live.created.row.differences(row) if said.split()[0] in NEVER_CHANGE)
    if known.closed:
        yield from (said for said in known.row.differences(row) if said.startswith("closed"))
    elif trial.reply.call.operation == "closeSession":
        yield from ["closedAt is null after a close"] if row["closedAt"].is_null else []
    elif not row["closedAt"].is_null:
        yield f"an open session shows closedAt {row['closedAt']!r}"


def is_kept(trial: Trial) -> bool:
    """Whether the reply shows what a request without doubts has stored."""
    if (
        not shows_a_row(trial)
        or trial.attempt.answer is not Answer.ACCEPTED
        or trial.attempt.value is NOTHING
    ):
        return False
    return trial.reply.parsed.get("isCached") is not True and not _was_closed(trial)


def shows_what_was_sent(trial: Trial) -> str | None:
    """Every member that the request sent is shown as it was sent."""
    row, sent = trial.reply.row, json.loads(trial.reply.call.body or b"{}")
    wrong = (said for name, value in sent.items() if (said := _wrong_member(row, name, value)))
    return next(wrong, None)


def _wrong_member(row: Row, name: str, value: Any) -> str | None:
    shown = row["closedReason" if name == "reason" else name]
    if name == "triggerConfig":
        return None if shown.is_null else _wrong_config(shown.value, value)
    same = JsonValue(shown.value, Kind.UNORDERED) == value if isinstance(value, list) else shown == value
    empty = value in ("", []) and shown.value in (None, "", [])
    return None if same or empty else f"{name} was sent as {JsonValue(value)!r} and is shown as {shown!r}"


def _wrong_config(shown: Any, sent: Mapping[str, Any]) -> str | None:
    tags = {"tags": shown["tags"]} if isinstance(shown, dict) and _same_tags(shown, sent) else {}
    kept = contains_json(shown, {**sent, **tags})
    return (
        None
        if kept
        else f"triggerConfig was sent as {JsonValue(sent)!r} and is shown as {JsonValue(shown)!r}"
    )


def _same_tags(shown: Mapping[str, Any], sent: Mapping[str, Any]) -> bool:
    return "tags" in sent and JsonValue(shown.get("tags"), Kind.UNORDERED) == sent["tags"]


def is_refused_whole(trial: Trial) -> str | None:
    """A request that must be refused is, and changes nothing."""
    problem = COMMON_RULES["invalid-data-refused"].problem(trial)
    changed = _stand(trial).changed
    return problem or (f"it was refused, but {changed}" if changed else None)


def is_no_server_error(trial: Trial) -> str | None:
    """Neither the reply nor a retrieve after it is a server error."""
    after = _stand(trial).after
    if after is not None and after.status >= SERVER_ERRORS:
        return f"a retrieve after it was answered with {after.status}"
    return COMMON_RULES["no-server-error"].problem(trial)


def _stand(trial: Trial) -> Stand:
    assert isinstance(trial.about, Stand)
    return trial.about


def _was_closed(trial: Trial) -> bool:
    known = _stand(trial).known
    return known is not None and known.closed


def rules_of(monitor: ReplyMonitor) -> dict[str, Rule]:
    """The rules of a run whose replies this monitor judges."""
    refused, common = COMMON_RULES["invalid-data-refused"], COMMON_RULES["no-server-error"]
    return {
        "no-server-error": Spoken(common.speaks, is_no_server_error),
        "invalid-data-refused": Spoken(refused.speaks, is_refused_whole),
        **leak_rules(monitor),
        "invariants": Spoken(shows_a_row, keeps_its_invariants),
        "shows-what-was-sent": Spoken(is_kept, shows_what_was_sent),
    }


def documented_status_but(*statuses: int) -> Rule:
    """The rule of documented statuses, for an operation whose page leaves out some that its siblings have."""
    common = COMMON_RULES["documented-status"]
    return Spoken(
        common.speaks, lambda trial: None if trial.reply.status in statuses else common.problem(trial)
    )
