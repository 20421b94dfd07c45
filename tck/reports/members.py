"""What was expected and what was seen, member by member, as two texts name them alike."""

import re
from itertools import zip_longest
from typing import NamedTuple

MEMBER = r"(?:the status|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[[^\]]{1,80}\])*)"
NAMED = re.compile(rf"({MEMBER}): (.*)", re.DOTALL)
NEXT = re.compile(rf"; (?={MEMBER}: )")
MORE = re.compile(r"; (and (\d+) more differences?)\Z")


class Member(NamedTuple):
    """A member that differs; without a `name` the sides are sentences about the whole reply."""

    name: str
    expected: str
    seen: str


class Members(NamedTuple):
    """The members that both texts name, and how many further ones differ: in words, and their number."""

    named: tuple[Member, ...]
    further: str
    number: int


def members_of(expected: str, seen: str) -> Members:
    """Both texts of a finding by the members that they name alike; else as one."""
    more = MORE.search(expected)
    if more and seen.endswith(more[0]):
        named = _named(expected.removesuffix(more[0]), seen.removesuffix(more[0]))
        return Members(named, more[1], int(more[2]))
    return Members(_named(expected, seen), "", 0)


def _named(expected: str, seen: str) -> tuple[Member, ...]:
    both = [*zip_longest(NEXT.split(expected), NEXT.split(seen), fillvalue="")]
    found = [(NAMED.fullmatch(left), NAMED.fullmatch(right)) for left, right in both]
    rows = [
        Member(left[1], left[2], right[2]) for left, right in found if left and right and left[1] == right[1]
    ]
    return tuple(rows) if len(rows) == len(both) else (Member("", expected, seen),)
