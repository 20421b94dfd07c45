"""waivers.yaml: failures that the operator accepts for a while, with a reason, a ticket and a last day."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tck.contract.yaml_source import Document, read_checked
from tck.errors import KitError


@dataclass(frozen=True)
class Waiver:
    """One accepted failure; it holds up to and including the day `expires`. `where` is its file and line."""

    requirement: str
    reason: str
    ticket: str
    expires: date
    where: str = ""

    def days_left(self, today: date) -> int:
        """Days after today on which it still holds."""
        return (self.expires - today).days


def load_waivers(path: Path, requirements: Collection[str], today: date) -> dict[str, Waiver]:
    """Waivers by requirement id; raises KitError for a broken file, and for an expired or unknown waiver."""
    document = read_checked(path, "waivers")
    entries: list[Mapping[str, Any]] = document.value["waivers"]
    for error in _faults(document, entries, requirements, today):
        raise error
    waivers = (_waiver(document, index, entry) for index, entry in enumerate(entries))
    return {waiver.requirement: waiver for waiver in waivers}


def _faults(
    document: Document, entries: list[Mapping[str, Any]], requirements: Collection[str], today: date
) -> Iterator[KitError]:
    first: dict[str, int] = {}
    for index, entry in enumerate(entries):
        requirement, where = entry["requirement"], ("waivers", index, "requirement")
        if requirement not in requirements:
            yield document.error(where, f"{requirement} is not a requirement of this contract.")
        if requirement in first:
            yield document.error(where, f"{requirement} is waived on line {first[requirement]} already.")
        first.setdefault(requirement, document.line(where))
        expires = _day(entry["expires"])
        where = ("waivers", index, "expires")
        if expires is None:
            yield document.error(where, f"`expires` is {entry['expires']}, which no calendar has.")
        elif expires < today:
            sentence = f"the waiver of {requirement} expired on {expires}; renew it or take it out."
            yield document.error(where, sentence)


def _waiver(document: Document, index: int, entry: Mapping[str, Any]) -> Waiver:
    line = document.line(("waivers", index, "requirement"))
    where = f"{document.name}:{line}"
    expires = date.fromisoformat(entry["expires"])
    return Waiver(entry["requirement"], entry["reason"], entry["ticket"], expires, where)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
