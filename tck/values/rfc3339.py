"""RFC 3339 date-times: which texts are one."""

import re
from calendar import monthrange

DATE_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))", re.ASCII
)
MONTHS = range(1, 13)
HOURS = range(24)
MINUTES = range(60)
LEAP_SECOND = 60


def is_date_time(text: str) -> bool:
    """Whether the text is an RFC 3339 date-time: any fraction, leap seconds, T and Z in either case."""
    match = DATE_TIME.fullmatch(text)
    if match is None:
        return False
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    offset_hour, offset_minute = int(match[8] or 0), int(match[9] or 0)
    if month not in MONTHS or not 1 <= day <= monthrange(year, month)[1]:
        return False
    if hour not in HOURS or minute not in MINUTES or offset_hour not in HOURS or offset_minute not in MINUTES:
        return False
    if second in MINUTES:
        return True
    offset = (offset_hour * 60 + offset_minute) * (-1 if match[7] == "-" else 1)
    return second == LEAP_SECOND and (hour * 60 + minute - offset + 1) % (24 * 60) == 0
