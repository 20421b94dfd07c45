"""Overload, outages and broken connections: what may be tried again, after how long, and when to give up."""

import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from tck.recording.exchange import Headers, header

TOO_MANY = 429
BUSY = 503
WEATHER = frozenset({TOO_MANY, 502, BUSY, 504})
"""Statuses that say nothing about the target's rules."""
FIRST_PAUSE = 0.5
"""Seconds before the first retry."""
MOST_RETRIES = 5
"""Retries of an overloaded target that does not say how long to wait."""
READ_RETRIES = 2
SLOW = 2.0
"""Seconds after which a failed read is not tried again."""
RESETS = ("x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset")
RESET_PARAMETER = re.compile(r"(?:^|[;,\s])(?:t|reset)=([0-9]{1,15})")
"""The seconds in a RateLimit field, as newer and older drafts of the IETF write them."""
NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,9})?")
FIRST_INSTANT = 1e9
"""Seconds since 1970 in 2001. Less is a time to wait, a thousand times as much counts milliseconds."""


@dataclass(frozen=True)
class Attempt:
    """What one attempt brought, as far as it decides on the next; without a reply `status` is None."""

    status: int | None
    headers: Headers
    duration: float
    timed_out: bool = False


def retry_pause(
    method: str, attempt: Attempt, retries: int, repeatable: bool, idempotent: bool = False
) -> float | None:
    """Seconds to wait before the same request may be sent again, None when it may not.

    A 429 was not carried out; a write that met a 503 may have been, and is sent again only where told so.
    One that is `idempotent` is sent again like a read.
    """
    asked = retry_after(attempt.headers)
    if attempt.status == TOO_MANY and asked is None:
        asked = limit_reset(attempt.headers)
    if attempt.status == TOO_MANY or (attempt.status == BUSY and method == "GET"):
        return max(asked, FIRST_PAUSE) if asked is not None else _longer_and_longer(retries)
    if attempt.status == BUSY and repeatable and asked is not None:
        return max(asked, FIRST_PAUSE)
    failed = (attempt.status is None and not attempt.timed_out) or attempt.status in WEATHER
    if failed and (idempotent or method == "GET") and retries < READ_RETRIES and attempt.duration < SLOW:
        return FIRST_PAUSE * (retries + 1)
    return None


def turns_away(attempt: Attempt) -> bool:
    """Whether the target says that it is overloaded and, with a 503, when to come again."""
    told = attempt.status == BUSY and retry_after(attempt.headers) is not None
    return told or attempt.status == TOO_MANY


def retry_after(headers: Headers) -> float | None:
    """The seconds of a Retry-After header, a number or a date by the sender's clock; None without one."""
    said = header(headers, "retry-after").strip()
    if said.isascii() and said.isdigit():
        return float(said[:9])
    if not said:
        return None
    try:
        now = parsedate_to_datetime(header(headers, "date"))
        return max(0.0, (parsedate_to_datetime(said) - now).total_seconds())
    except (ValueError, TypeError):
        return None


def limit_reset(headers: Headers) -> float | None:
    """The seconds until a limit is reset, by x-ratelimit-reset and the like; None without one.

    It holds seconds to wait, or an instant in seconds or milliseconds since 1970, by the sender's clock.
    """
    said = [header(headers, name).strip() for name in RESETS]
    listed = RESET_PARAMETER.search(header(headers, "ratelimit"))
    number = next((float(text) for text in said if NUMBER.fullmatch(text)), None)
    if listed is not None and number is None:
        return float(listed[1])
    if number is None:
        return None
    if number < FIRST_INSTANT:
        return number
    try:
        now = parsedate_to_datetime(header(headers, "date")).timestamp()
    except (ValueError, TypeError):
        return None
    return max(0.0, (number / 1000 if number >= FIRST_INSTANT * 1000 else number) - now)


def _longer_and_longer(retries: int) -> float | None:
    return FIRST_PAUSE * 2**retries if retries < MOST_RETRIES else None
