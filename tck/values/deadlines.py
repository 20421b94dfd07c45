"""Deadlines that ordinary servers take: some weeks ahead, by this machine's clock, the same all day."""

from datetime import UTC, datetime, timedelta

from tck.values.rfc3339 import is_date_time, parse_instant

WEEKS = 2
"""How far ahead a deadline lies unless told otherwise."""
SOONEST, LATEST = timedelta(days=7), timedelta(days=45)
"""Between these a deadline is taken by servers that ask for a minute's notice or retain for two months."""


def weeks_ahead(weeks: int = WEEKS) -> str:
    """An instant so many weeks from today, with milliseconds and in UTC."""
    day = datetime.now(UTC).date() + timedelta(weeks=weeks)
    return f"{day.isoformat()}T05:04:03.000Z"


def is_weeks_ahead(text: str) -> bool:
    """Whether a text is an instant that lies some weeks ahead."""
    if not is_date_time(text):
        return False
    ahead = float(parse_instant(text).seconds) - datetime.now(UTC).timestamp()
    return SOONEST.total_seconds() <= ahead <= LATEST.total_seconds()
