"""requirements.yaml as values: the only home of every requirement's text, level and source."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from fnmatch import filter as fnfilter
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tck.contract.yaml_source import Document, Where, read_checked
from tck.errors import KitError
from tck.vocabulary import CORE, Level


@dataclass(frozen=True)
class Source:
    """Where the contract says it: a page of contract.yaml, and the place on it."""

    page: str
    at: str


@dataclass(frozen=True)
class Requirement:
    """What must hold; `needs` names capabilities of the target."""

    id: str
    level: Level
    statement: str
    source: Source
    needs: tuple[str, ...] = ()
    group: str = CORE
    """The optional group of the contract that it belongs to."""

    @property
    def operation(self) -> str:
        """The part of the id before its dot."""
        return self.id.partition(".")[0]

    def digest(self) -> str:
        """SHA-256, in hex, over all that is said of it."""
        return _digest(self.said)

    @property
    def said(self) -> dict[str, Any]:
        """All that is said of it; of the core, that is what was said before there were groups."""
        values = asdict(self)
        if self.group == CORE:
            del values["group"]
        return values


@dataclass(frozen=True)
class Withdrawn:
    """A released requirement that was found wrong: nothing is judged by it, and its id stays taken."""

    requirement: Requirement
    on: str
    because: str


@dataclass(frozen=True)
class Explained:
    """Requirements whose checks may fail because another one is broken; `alike` ones on the same answers."""

    always: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()


class Registry(Mapping[str, Requirement]):
    """All requirements of one contract by id, in the order of their file.

    The `withdrawn` ones are not among them. `explained` names, by the id of a requirement, those whose checks
    may fail because it is broken; it is no part of any digest.
    """

    __slots__ = ("_entries", "explained", "withdrawn")

    def __init__(
        self,
        requirements: Collection[Requirement],
        withdrawn: Collection[Withdrawn] = (),
        explained: Mapping[str, Explained] = MappingProxyType({}),
    ) -> None:
        self._entries = MappingProxyType({entry.id: entry for entry in requirements})
        self.withdrawn = MappingProxyType({entry.requirement.id: entry for entry in withdrawn})
        self.explained = MappingProxyType(dict(explained))

    def __getitem__(self, requirement: str) -> Requirement:
        return self._entries[requirement]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"<Registry of {len(self)} requirements>"

    def digest(self, groups: Collection[str] | None = None) -> str:
        """SHA-256, in hex, over the canonical JSON of all requirements; their order does not count.

        With `groups` named, it is over the requirements of these alone.
        """
        entries = (self[requirement] for requirement in sorted(self))
        return _digest([one.said for one in entries if groups is None or one.group in groups])


def _digest(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def load_requirements(
    path: Path,
    pages: Collection[str],
    capabilities: Collection[str] | None = None,
    groups: Collection[str] | None = None,
) -> Registry:
    """Read one contract's requirements; raises KitError naming the file and line of the first fault.

    `pages`, `capabilities` and `groups` are what contract.yaml declares; None leaves `needs` and `group`
    unchecked.
    """
    document = read_checked(path, "requirements")
    gone = document.value.get("withdrawn", [])
    faults = chain(
        _faults(document, _entries(document), pages, capabilities),
        _ungrouped(document, groups),
        _unrelated(document),
    )
    for error in faults:
        raise error
    return Registry(
        [_requirement(entry) for entry in document.value["requirements"]],
        [Withdrawn(_requirement(one["requirement"]), one["on"], one["because"]) for one in gone],
        _explained(document.value),
    )


def _explained(said: Mapping[str, Any]) -> dict[str, Explained]:
    """What each requirement explains, by its id; a symptom is explained by all that are none."""
    ids = [entry["id"] for entry in said["requirements"]]
    symptoms, relations = said.get("symptoms", []), said.get("explains", {})
    known = frozenset(ids)
    found = {}
    for explaining in ids if symptoms else relations:
        patterns = {*relations.get(explaining, []), *(symptoms if explaining not in symptoms else [])}
        chosen = patterns.union(*(_matching(pattern, known) for pattern in patterns - known))
        others = [name for name in ids if name in chosen and name != explaining]
        always = tuple(name for name in others if name in patterns)
        found[explaining] = Explained(always, tuple(name for name in others if name not in patterns))
    return {name: explained for name, explained in found.items() if explained != Explained()}


def _unrelated(document: Document) -> Iterator[KitError]:
    """An error for each id in `explains` or `symptoms` that is no requirement; a withdrawn one may stay."""
    ids = frozenset(entry["id"] for _, entry in _entries(document))
    for place, name in enumerate(document.value.get("symptoms", [])):
        if name not in ids:
            yield document.error(("symptoms", place), f"{name} is not one of the requirements.")
    for explaining, patterns in document.value.get("explains", {}).items():
        where = ("explains", explaining)
        if explaining not in ids:
            yield document.error(where, f"{explaining} is not one of the requirements.")
        for place, pattern in enumerate(patterns):
            if not _matching(pattern, ids) - {explaining}:
                yield document.error((*where, place), f"{pattern} names no other requirement.")


def _matching(pattern: str, ids: frozenset[str]) -> frozenset[str]:
    """The ids that a pattern stands for, which is most often one of them."""
    return frozenset({pattern} if pattern in ids else fnfilter(ids, pattern))


def _entries(document: Document) -> list[tuple[Where, Mapping[str, Any]]]:
    """Every requirement with its place in the file, the withdrawn ones last."""
    said = document.value
    return [
        *((("requirements", index), entry) for index, entry in enumerate(said["requirements"])),
        *(
            (("withdrawn", index, "requirement"), one["requirement"])
            for index, one in enumerate(said.get("withdrawn", []))
        ),
    ]


def _requirement(entry: Mapping[str, Any]) -> Requirement:
    return Requirement(
        id=entry["id"],
        level=Level(entry["level"]),
        statement=entry["statement"],
        source=Source(entry["source"]["page"], entry["source"]["at"]),
        needs=tuple(entry.get("needs", ())),
        group=entry.get("group", CORE),
    )


def _ungrouped(document: Document, groups: Collection[str] | None) -> Iterator[KitError]:
    """An error for each `group` that the contract does not have."""
    for where, entry in _entries(document):
        group = entry.get("group")
        if groups is not None and group is not None and group not in groups:
            known = ", ".join(groups) or "none"
            yield document.error((*where, "group"), f"{group} is not one of the contract's groups, {known}.")


def _faults(
    document: Document,
    entries: list[tuple[Where, Mapping[str, Any]]],
    pages: Collection[str],
    capabilities: Collection[str] | None,
) -> Iterator[KitError]:
    first: dict[str, Where] = {}
    for where, entry in entries:
        if entry["id"] in first:
            line = document.line((*first[entry["id"]], "id"))
            sentence = f"the id {entry['id']} stands here a second time; it is on line {line} already."
            yield document.error((*where, "id"), sentence)
        first.setdefault(entry["id"], where)
        page = entry["source"]["page"]
        if page not in pages:
            sentence = f"{page} is not one of the contract's pages, {', '.join(pages)}."
            yield document.error((*where, "source", "page"), sentence)
        for place, need in enumerate(entry.get("needs", ())):
            if capabilities is not None and need not in capabilities:
                known = ", ".join(capabilities) or "none"
                sentence = f"{need} is not one of the contract's capabilities, {known}."
                yield document.error((*where, "needs", place), sentence)
