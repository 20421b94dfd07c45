"""What every reply must be, whatever was asked: each rule says what is wrong with a reply, or None."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from suites.trigger.support.replies.texts import of_the_server, shown_text, stray_token
from tck.checking import Api, Mismatch, Reply, is_date_time, parse_instant, response_rules, shown

ROW = "SessionObject"
SUCCESS_SCHEMAS: Mapping[str, str] = {
    "createSession": "CreatedSessionObject",
    "retrieveSession": ROW,
    "updateSession": ROW,
    "closeSession": ROW,
}
INSTANTS = ("createdAt", "updatedAt", "closedAt", "expiresAt")
CLOCKS_DIFFER = Fraction(5)
"""Seconds by which two clocks of one target may differ."""


def matches_success(api: Api, reply: Reply) -> Mismatch | None:
    """The body of a success is what the operation documents."""
    return response_rules.matches(api, SUCCESS_SCHEMAS[reply.call.operation], reply)


def matches_refusal(api: Api, reply: Reply) -> Mismatch | None:
    """A 422 is application/json and the documented error body, its details included."""
    return response_rules.is_json(reply) or response_rules.matches(api, "ErrorWithDetailsResponse", reply)


def shows_no_secret(keys: Mapping[str, str], reply: Reply) -> Mismatch | None:
    """No secret key stands in a body, nor any token but the one that a successful create returns.

    `keys` are the secrets of the run by the words that name them.
    """
    return response_rules.shows_no_secret(keys, reply, shown_text(reply)) or stray_token(reply)


def shows_no_stack_trace(reply: Reply) -> Mismatch | None:
    """No body holds a stack trace; what a caller has stored or sent does not count."""
    return response_rules.shows_no_stack_trace(reply, of_the_server)


def has_rfc3339_timestamps(row: Mapping[str, Any]) -> Mismatch | None:
    """Every timestamp of a row is an RFC 3339 date-time."""
    given = {name: row[name] for name in INSTANTS if row.get(name) is not None}
    wrong = [name for name, value in given.items() if not (isinstance(value, str) and is_date_time(value))]
    if not wrong:
        return None
    seen = shown(given[wrong[0]])
    said = f"{wrong[0]} is {seen}, which is no RFC 3339 date-time"
    return Mismatch(said, f"{wrong[0]}: an RFC 3339 date-time", f"{wrong[0]}: {seen}")


def is_closed_or_shows_no_close(reply: Reply) -> Mismatch | None:
    """A row without closedAt has no closedReason, and one that a create returns is open."""
    row = reply.parsed
    if reply.call.operation == "createSession" and row.get("closedAt") is not None:
        seen = f"closedAt: {shown(row['closedAt'])}"
        return Mismatch(f"create returned a session with {seen}", "closedAt: null", seen)
    if row.get("closedAt") is None and row.get("closedReason") is not None:
        seen = f"closedReason: {shown(row['closedReason'])}"
        return Mismatch(f"closedAt is null or absent, but {seen}", "closedReason: null", seen)
    return None


def is_updated_after_created(row: Mapping[str, Any]) -> Mismatch | None:
    """A row was not updated before it was created, but for the seconds by which clocks differ."""
    created, updated = row.get("createdAt"), row.get("updatedAt")
    if created == updated or not all(
        isinstance(text, str) and is_date_time(text) for text in (created, updated)
    ):
        return None
    early = parse_instant(str(created)).seconds - parse_instant(str(updated)).seconds
    if early <= CLOCKS_DIFFER:
        return None
    said = f"updatedAt {updated} is before createdAt {created}"
    return Mismatch(said, f"updatedAt: not before {created} (createdAt)", f"updatedAt: {updated}")
