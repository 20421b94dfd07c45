"""When a certified run ended, and until when its certificate holds."""

from datetime import UTC, date, datetime, timedelta

from tck.errors import KitError
from tck.results.document import Result


def today() -> date:
    """The day, by this machine's clock."""
    return datetime.now(UTC).date()


def ended_at(result: Result) -> datetime:
    """The end of a run; raises KitError for a time that is none."""
    try:
        started = datetime.fromisoformat(result["started_at"]).astimezone(UTC)
        return started + timedelta(seconds=result["duration_seconds"])
    except (ValueError, OverflowError):
        raise KitError("its run began or ended at a time that does not exist.") from None


def expires(result: Result) -> date:
    """The last day of a certificate: twelve months after the end of its run. Raises KitError."""
    end = ended_at(result).date()
    if end.year == date.max.year:
        raise KitError("its run ended in the last year that a date can have.")
    if (end.month, end.day) == (2, 29):
        return date(end.year + 1, 2, 28)
    return end.replace(year=end.year + 1)


def told(moment: datetime) -> str:
    """The instant as it stands in a certificate."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
