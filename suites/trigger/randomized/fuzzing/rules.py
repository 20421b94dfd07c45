"""The rules of this contract by which generated requests are judged, beside those of every contract."""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from suites.trigger.randomized.fuzzing.session_pool import Stand
from suites.trigger.support.replies import rules
from tck.checking import JsonValue, Kind, Mismatch, ReplyMonitor, Row, compared, contains_json
from tck.randomized.fuzzing import (
    COMMON_RULES,
    NOTHING,
    Answer,
    CaseResult,
    Rule,
    Spoken,
    is_call,
    rules_of_monitor,
)

NEVER_CHANGE = ("id", "externalId", "type", "taskIdentifier", "createdAt")
SERVER_ERRORS = 500


def shows_a_row(result: CaseResult) -> bool:
    """Whether the reply is a success with a row."""
    return is_call(result) and result.reply.succeeded and result.reply.is_object


def keeps_its_invariants(result: CaseResult) -> Mismatch | None:
    """A row is the one that was asked for, has not changed who it is, and is open or closed as it must be."""
    reply = result.reply
    told = rules.is_closed_or_shows_no_close(reply) or rules.is_updated_after_created(reply.parsed)
    return told or next(_differences(result), None)


def _differences(result: CaseResult) -> Iterator[Mismatch]:
    row, known = result.reply.row, _stand(result).known
    if not str(row["id"].value).startswith("session_"):
        yield _wrong("id", 'a text that begins with "session_"', row)
    for name in ("runId", "currentRunId"):
        if not row[name].is_null and not str(row[name].value).startswith("run_"):
            yield _wrong(name, 'null, or a text that begins with "run_"', row)
    if known is None:
        if result.reply.call.operation != "createSession":
            said = f"a session is shown at an address that nobody has: {row['id']!r}"
            yield Mismatch(said, "no session", result.reply.told)
        return
    yield from (said for said in known.live.created.row.differences(row) if said.split()[0] in NEVER_CHANGE)
    if known.closed:
        yield from (said for said in known.row.differences(row) if said.startswith("closed"))
    elif result.reply.call.operation == "closeSession":
        yield from [_wrong("closedAt", "the time of the close", row)] if row["closedAt"].is_null else []
    elif not row["closedAt"].is_null:
        yield _wrong("closedAt", "null, as the session is open", row)


def _wrong(member: str, expected: str, row: Row) -> Mismatch:
    seen = f"{member}: {row[member]!r}"
    return Mismatch(f"{member} is {row[member]!r}", f"{member}: {expected}", seen, (row.origin.exchange,))


def is_kept(result: CaseResult) -> bool:
    """Whether the reply shows what a request without doubts has stored."""
    if not shows_a_row(result) or result.case.answer is not Answer.ACCEPTED or result.case.value is NOTHING:
        return False
    return result.reply.parsed.get("isCached") is not True and not _was_closed(result)


def shows_what_was_sent(result: CaseResult) -> Mismatch | None:
    """Every member that the request sent is shown as it was sent."""
    row, sent = result.reply.row, json.loads(result.reply.call.body or b"{}")
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


def is_refused_whole(result: CaseResult) -> Mismatch | None:
    """A request that must be refused is, and changes nothing."""
    problem = COMMON_RULES["invalid-data-refused"].problem(result)
    changed = _stand(result).changed
    if problem or not changed:
        return problem
    said = f"it was refused, but {changed}"
    return Mismatch(said, changed.expected, changed.seen, changed.exchanges)


def is_no_server_error(result: CaseResult) -> Mismatch | None:
    """Neither the reply nor a retrieve after it is a server error."""
    after = _stand(result).after
    if after is not None and after.status >= SERVER_ERRORS:
        said = f"a retrieve after it was answered with {after.status}"
        return Mismatch(said, "no 5xx", after.told, (after.exchange,))
    return COMMON_RULES["no-server-error"].problem(result)


def _stand(result: CaseResult) -> Stand:
    assert isinstance(result.about, Stand)
    return result.about


def _was_closed(result: CaseResult) -> bool:
    known = _stand(result).known
    return known is not None and known.closed


def rules_of(monitor: ReplyMonitor) -> dict[str, Rule]:
    """The rules of a run whose replies this monitor judges."""
    refused, monitored = COMMON_RULES["invalid-data-refused"], rules_of_monitor(monitor)
    return {
        **monitored,
        "no-server-error": Spoken(monitored["no-server-error"].speaks, is_no_server_error),
        "invalid-data-refused": Spoken(refused.speaks, is_refused_whole),
        "invariants": Spoken(shows_a_row, keeps_its_invariants),
        "shows-what-was-sent": Spoken(is_kept, shows_what_was_sent),
    }


def documented_status_but(statuses: Collection[int]) -> Rule:
    """The rule of documented statuses, for an operation whose page has none of those that may be answered."""
    common = COMMON_RULES["documented-status"]
    return Spoken(
        common.speaks, lambda result: None if result.reply.status in statuses else common.problem(result)
    )
