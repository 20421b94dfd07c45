"""spec/NAME/source.yaml: facts, and no text, of what the vendor published when the contract was written."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from tck.atomic_write import whole_file
from tck.contract.yaml_source import read_checked
from tck.drift.operation_facts import OperationFacts

CONTRACT = "contract"
"""The source of facts that come from the kit's openapi.yaml, as no OpenAPI document of theirs was at hand."""
HEAD = """\
# What the vendor published when this contract was written: digests of pages, and the members, limits,
# statuses and security of each operation. Facts alone, made by `sessions-tck drift --write`; `words` holds
# digests.
# Operations whose source is `contract` are as in openapi.yaml: no OpenAPI document of theirs was at hand.
"""


@dataclass(frozen=True)
class KeptPage:
    """A page as it was: the digest of its text, and of each passage."""

    digest: str
    passages: tuple[str, ...]
    seen: date


@dataclass(frozen=True)
class KeptFacts:
    """Pages by id, and operations by key, each with the day on which it was seen so."""

    pages: Mapping[str, KeptPage] = field(default_factory=dict)
    operations: Mapping[str, OperationFacts] = field(default_factory=dict)
    seen: Mapping[str, date] = field(default_factory=dict)
    """The day on which each operation was read, by key."""


def load_facts(path: Path) -> KeptFacts:
    """Read the facts; raises KitError for a file that is not there or broken."""
    said = read_checked(path, "source").value
    pages = {
        name: KeptPage(one["digest"], tuple(one["passages"]), date.fromisoformat(one["seen"]))
        for name, one in said["pages"].items()
    }
    operations = {key: _operation(key, one) for key, one in said["operations"].items()}
    seen = {key: date.fromisoformat(one["seen"]) for key, one in said["operations"].items()}
    return KeptFacts(pages, operations, seen)


def write_facts(path: Path, facts: KeptFacts) -> None:
    """Write the facts, whole or not at all."""
    with whole_file(path) as file:
        file.write("\n".join(_lines(facts)) + "\n")


def _operation(key: str, said: Mapping[str, Any]) -> OperationFacts:
    return OperationFacts(
        key=key,
        page=said["page"],
        source=said["source"],
        body=said["body"],
        statuses=tuple(said["statuses"]),
        security=tuple(said["security"]),
        words=said["words"],
        members=said["members"],
    )


def _lines(facts: KeptFacts) -> Iterator[str]:
    yield HEAD + ("pages:" if facts.pages else "pages: {}")
    for name, page in sorted(facts.pages.items()):
        yield f"  {_json(name)}:"
        yield f"    seen: '{page.seen.isoformat()}'"
        yield f"    digest: {_json(page.digest)}"
        yield f"    passages: {_json(page.passages)}"
    yield "operations:" if facts.operations else "operations: {}"
    for key, one in sorted(facts.operations.items()):
        yield f"  {_json(key)}:"
        yield f"    seen: '{facts.seen[key].isoformat()}'"
        for name in ("page", "source", "body", "statuses", "security", "words"):
            yield f"    {name}: {_json(getattr(one, name))}"
        yield "    members:" if one.members else "    members: {}"
        yield from (f"      {_json(place)}: {_json(said)}" for place, said in one.members.items())


def _json(value: Any) -> str:
    """JSON, which is YAML too."""
    return json.dumps(value, ensure_ascii=True)
