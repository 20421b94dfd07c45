"""What replies show of a target that the pages of no contract speak of: each in words, or None."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from tck.contract.openapi import Api
from tck.transport.messages import Reply
from tck.values.rfc3339 import is_date_time

USUAL_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
FEW = 5
Seen = tuple[str, str]
"""The id of a difference, and what showed it."""


def of_row(api: Api, schema: str, row: Mapping[str, Any], given: Collection[str] = ()) -> Iterator[Seen]:
    """What the members of a row show, by its documented schema; `given` are instants that callers write."""
    members = api.members(schema)
    extra = [name for name in row if name not in members]
    if extra:
        yield "replies.extra-members", _named(extra)
    absent = [name for name in members if name not in row]
    if absent:
        yield "replies.nulls-left-out", _named(absent)
    instants = (row.get(name) for name, form in members.items() if form == "date-time" and name not in given)
    odd = [one for one in instants if isinstance(one, str) and is_date_time(one)]
    unusual = next((one for one in odd if not USUAL_TIMESTAMP.fullmatch(one)), None)
    if unusual is not None:
        yield "replies.timestamps-in-another-form", unusual


def of_headers(reply: Reply) -> Iterator[Seen]:
    """What the headers of a reply show."""
    if reply.header("set-cookie"):
        yield "replies.sets-a-cookie", ""


def _named(names: list[str]) -> str:
    more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
    return ", ".join(names[:FEW]) + more
