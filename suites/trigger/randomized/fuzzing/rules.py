"""The rules of this contract by which generated requests are judged, beside those of every contract."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from suites.trigger.randomized.fuzzing.session_pool import Stand
from suites.trigger.support.replies import rules
from tck.checking import JsonValue, Kind, Mismatch, ReplyMonitor, Row, compared, contains_json
from tck.randomized.fuzzing import COMMON_RULES, NOTHING, Answer, Rule, Spoken, Trial, is_call, leak_rules

NEVER_CHANGE = ("id", "externalId", "type", "taskIdentifier", "createdAt")
SERVER_ERRORS = 500


def shows_a_row(trial: Trial) -> bool:
    """Whether the reply is a success with a row."""
    return is_call(trial) and trial.reply.succeeded and trial.reply.is_object


def keeps_its_invariants(trial: Trial) -> Mismatch | None:
    """A row is the one that was asked for, has not changed who it is, and is open or closed as it must be."""
    reply = trial.reply
    told = rules.is_closed_or_shows_no_close(reply) or rules.is_updated_after_created(reply.parsed)
    return told or next(_differences(trial), None)


def _differences(trial: Trial) -> Iterator[Mismatch]:
    row, known = trial.reply.row, _stand(trial).known
    if not str(row["id"].value).startswith("session_"):
        yield _wrong("id", 'a text that begins with "session_"', row)
    for name in ("runId", "currentRunId"):
        if not row[name].is_null and not str(row[name].value).startswith("run_"):
            yield _wrong(name, 'null, or a text that begins with "run_"', row)
    if known is None:
        if trial.reply.call.operation != "createSession":
            said = f"a session is shown at an address that nobody has: {row['id']!r}"
            yield Mismatch(said, "no session", trial.reply.told)
        return
    yield from (said for said in known.live.created.row.differences(row) if said.split()[0] in NEVER_CHANGE)
    if known.closed:
        yield from (said for said in known.row.differences(row) if said.startswith("closed"))
    elif trial.reply.call.operation == "closeSession":
        yield from [_wrong("closedAt", "the time of the close", row)] if row["closedAt"].is_null else []
    elif not row["closedAt"].is_null:
        yield _wrong("closedAt", "null, as the session is open", row)


def _wrong(member: str, expected: str, row: Row) -> Mismatch:
    seen = f"{member}: {row[member]!r}"
    return Mismatch(f"{member} is {row[member]!r}", f"{member}: {expected}", seen, (row.origin.exchange,))


def is_kept(trial: Trial) -> bool:
    """Whether the reply shows what a request without doubts has stored."""
    if (
        not shows_a_row(trial)
        or trial.attempt.answer is not Answer.ACCEPTED
        or trial.attempt.value is NOTHING
    ):
        return False
    return trial.reply.parsed.get("isCached") is not True and not _was_closed(trial)


def shows_what_was_sent(trial: Trial) -> Mismatch | None:
    """Every member that the request sent is shown as it was sent."""
    row, sent = trial.reply.row, json.loads(trial.reply.call.body or b"{}")
    wrong = (said for name, value in sent.items() if (said := _wrong_member(row, name, value)))
    return next(wrong, None)


def _wrong_member(row: Row, name: str, value: Any) -> Mismatch | None:
    shown = row["closedReason" if name == "reason" else name]
    if name == "triggerConfig":
        return None if shown.is_null else _wrong_config(shown, value)
    same = JsonValue(shown.value, Kind.UNORDERED) == value if isinstance(value, list) else shown == value
    empty = value in ("", []) and shown.value in (None, "", [])
    return None if same or empty else compared("==", shown, value)


def _wrong_config(shown: JsonValue, sent: Mapping[str, Any]) -> Mismatch | None:
    held = shown.value if isinstance(shown.value, dict) else {}
    tags = {"tags": held["tags"]} if _same_tags(held, sent) else {}
    wanted = {**sent, **tags}
    if contains_json(shown.value, wanted):
        return None
    return compared("==", shown.made({name: held[name] for name in wanted if name in held}), wanted)


def _same_tags(shown: Mapping[str, Any], sent: Mapping[str, Any]) -> bool:
    return "tags" in sent and JsonValue(shown.get("tags"), Kind.UNORDERED) == sent["tags"]


def is_refused_whole(trial: Trial) -> Mismatch | None:
    """A request that must be refused is, and changes nothing."""
    problem = COMMON_RULES["invalid-data-refused"].problem(trial)
    changed = _stand(trial).changed
    if problem or not changed:
        return problem
    said = f"it was refused, but {changed}"
    return Mismatch(said, changed.expected, changed.seen, changed.exchanges)


def is_no_server_error(trial: Trial) -> Mismatch | None:
    """Neither the reply nor a retrieve after it is a server error."""
    after = _stand(trial).after
    if after is not None and after.status >= SERVER_ERRORS:
        said = f"a retrieve after it was answered with {after.status}"
        return Mismatch(said, "no 5xx", after.told, (after.exchange,))
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
