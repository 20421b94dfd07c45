"""Instants as whole milliseconds since 1970 UTC, and their RFC 3339 text for the years 0000 to 9999."""

import re
from datetime import date

MILLISECONDS_A_DAY = 86_400_000
_EPOCH = date(1970, 1, 1).toordinal()
_CYCLE_YEARS, _CYCLE_DAYS = 400, 146_097  # the calendar repeats, which gives year 0000 to `date`
_NUMBERS = ("year", "month", "day", "hour", "minute", "second", "zone_hour", "zone_minute")
_TEXT = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)[Tt](?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
    r"(?:\.(?P<fraction>\d+))?(?:[Zz]|(?P<sign>[+-])(?P<zone_hour>\d\d):(?P<zone_minute>\d\d))",
    re.ASCII,
)


def parse_instant(text: str) -> int:
    """Read an RFC 3339 date-time, finer digits cut; raises ValueError when it is none."""
    match = _TEXT.fullmatch(text)
    if match is None:
        raise ValueError("not an RFC 3339 date-time")
    part = {name: int(match[name] or 0) for name in _NUMBERS}
    if part["hour"] > 23 or part["minute"] > 59 or part["second"] > 60:  # noqa: PLR2004 - 60 is a leap second
        raise ValueError("no such time of day")
    if part["zone_hour"] > 23 or part["zone_minute"] > 59:  # noqa: PLR2004
        raise ValueError("no such zone offset")
    days = _days(part["year"], part["month"], part["day"])
    minutes = part["hour"] * 60 + part["minute"] - _offset(match["sign"], part)
    thousandths = int(((match["fraction"] or "") + "000")[:3])
    instant = days * MILLISECONDS_A_DAY + (minutes * 60 + part["second"]) * 1000 + thousandths
    if not _days(0, 1, 1) <= instant // MILLISECONDS_A_DAY <= _days(9999, 12, 31):
        raise ValueError("outside the years 0000 to 9999")
    return instant


def render_instant(instant: int) -> str:
    """RFC 3339 in UTC with milliseconds and Z."""
    days, rest = divmod(instant, MILLISECONDS_A_DAY)
    seconds, thousandths = divmod(rest, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    ordinal = days + _EPOCH
    shift = ordinal < 1
    day = date.fromordinal(ordinal + shift * _CYCLE_DAYS)
    year = day.year - shift * _CYCLE_YEARS
    return f"{year:04}-{day.month:02}-{day.day:02}T{hour:02}:{minute:02}:{second:02}.{thousandths:03}Z"


def _days(year: int, month: int, day: int) -> int:
    shift = year < _CYCLE_YEARS
    ordinal = date(year + shift * _CYCLE_YEARS, month, day).toordinal()
    return ordinal - shift * _CYCLE_DAYS - _EPOCH


def _offset(sign: str | None, part: dict[str, int]) -> int:
    minutes = part["zone_hour"] * 60 + part["zone_minute"]
    return -minutes if sign == "-" else minutes
