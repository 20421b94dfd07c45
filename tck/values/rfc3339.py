"""RFC 3339 date-times: which texts are date-times, and which instants they name."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache

_DATE_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))", re.ASCII
)
_EPOCH = date(1970, 1, 1).toordinal()
_MONTHS = range(1, 13)
_HOURS = range(24)
_MINUTES = range(60)
_LEAP_SECOND = 60
_USUAL = 40
"""Characters of a text that a run reads again and again, in one row after another."""
_CYCLE_YEARS, _CYCLE_DAYS = 400, 146_097
"""The Gregorian calendar repeats after this; it brings year 0 into the range of `date`."""


@dataclass(frozen=True)
class Instant:
    """A point in time in seconds since 1970 UTC, with the precision (in seconds) that its text shows."""

    seconds: Fraction
    precision: Fraction


def is_date_time(text: str) -> bool:
    """Whether the text is an RFC 3339 date-time: any fraction, leap seconds, T and Z in either case."""
    return _instant(text) is not None


def parse_instant(text: str) -> Instant:
    """Read an RFC 3339 date-time; raises ValueError for anything else."""
    instant = _instant(text)
    if instant is None:
        raise ValueError(f"{text!r} is not an RFC 3339 date-time")
    return instant


def compare_instants(left: str, right: str, allowance: float = 0.0) -> int:
    """-1, 0 or 1 as `left` is before, the same as or after `right`, at the coarser precision shown.

    They are the same when they are no more than `allowance` seconds apart. Whether a target cuts or rounds to
    that precision is its own affair. Raises ValueError for other texts.
    """
    first, second = parse_instant(left), parse_instant(right)
    apart = first.seconds - second.seconds
    if abs(apart) < max(first.precision, second.precision) or abs(apart) <= allowance:
        return 0
    return 1 if apart > 0 else -1


def _instant(text: str) -> Instant | None:
    return _read_before(text) if len(text) <= _USUAL else _read(text)


@lru_cache(maxsize=1024)
def _read_before(text: str) -> Instant | None:
    return _read(text)


def _read(text: str) -> Instant | None:
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    fraction, sign = match[7] or "", -1 if match[8] == "-" else 1
    offset_hour, offset_minute = int(match[9] or 0), int(match[10] or 0)
    if month not in _MONTHS or not 1 <= day <= monthrange(year, month)[1]:
        return None
    if not (hour in _HOURS and minute in _MINUTES and offset_hour in _HOURS and offset_minute in _MINUTES):
        return None
    minutes = hour * 60 + minute - sign * (offset_hour * 60 + offset_minute)
    if second not in _MINUTES and not (second == _LEAP_SECOND and (minutes + 1) % (24 * 60) == 0):
        return None
    days = (
        date(year + _CYCLE_YEARS, month, day).toordinal() - _CYCLE_DAYS
        if year == 0
        else date(year, month, day).toordinal()
    )
    whole = ((days - _EPOCH) * 24 * 60 + minutes) * 60 + second
    scale = 10 ** len(fraction)
    return Instant(whole + Fraction(int(fraction or 0), scale), Fraction(1, scale))
