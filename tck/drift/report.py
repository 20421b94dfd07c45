"""The vendor's sources against the kept facts: one report, and the facts to keep from now on."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from tck import paths
from tck.contract.catalogue import registry_of
from tck.contract.contract import Contract
from tck.contract.pages_seen import source_path
from tck.contract.yaml_source import read_document
from tck.drift.comparison import (
    Move,
    is_near,
    operation_gone,
    operation_moves,
    operation_new,
    page_moves,
)
from tck.drift.kept_facts import CONTRACT, KeptFacts, KeptPage, load_facts
from tck.drift.operation_facts import ApiDocument
from tck.drift.page_text import page_text
from tck.drift.published import Published, read_published
from tck.drift.resting import Resting
from tck.errors import KitError
from tck.values.texts import printable

LONGEST = 200
"""Characters of a value that a sentence shows."""
MOST_NAMED = 3
"""Requirements that a sentence names."""


@dataclass(frozen=True)
class Drift:
    """What moved since the contract was written; `seen` is the oldest day of the facts that were compared."""

    contract: str
    revision: str
    sources: tuple[str, ...]
    seen: date | None
    operations: int
    pages: int
    moves: tuple[Move, ...]
    notes: tuple[str, ...]

    @property
    def moved(self) -> bool:
        return bool(self.moves)

    @property
    def sentence(self) -> str:
        """What was found, in one sentence."""
        parts = [
            f"{_counted(self.operations, 'operation')}" if self.operations else "",
            f"the text of {_counted(self.pages, 'page')}" if self.pages else "",
        ]
        about = f"{' and '.join(filter(None, parts))} of {self.contract}"
        since = f" since {self.seen.isoformat()}" if self.seen else ""
        if not self.moves:
            return f"Nothing moved{since}, in {about}."
        return f"MOVED: {_counted(len(self.moves), 'difference')}{since}, in {about}."

    @property
    def sentences(self) -> tuple[str, ...]:
        """Everything, the summary first; each fits on a line of a terminal or a log."""
        return (self.sentence, *map(_told, self.moves), *(f"Note: {note}" for note in self.notes))

    def to_json(self) -> dict[str, Any]:
        """The report for programs."""
        return {
            "schema_version": 1,
            "contract": self.contract,
            "revision": self.revision,
            "moved": self.moved,
            "sentence": self.sentence,
            "sources": list(self.sources),
            "seen": self.seen.isoformat() if self.seen else None,
            "operations": self.operations,
            "pages": self.pages,
            "moves": [{**asdict(move), "requirements": list(move.requirements)} for move in self.moves],
            "notes": list(self.notes),
        }


def drift(sources: Sequence[str], contract: Contract, facts: Path | None = None) -> Drift:
    """Compare FILE-OR-URLs with the facts that are kept of the contract, or those of another file.

    Raises KitError for what cannot be read, and where nothing can be compared.
    """
    kept = load_facts(facts or source_path(contract))
    published = [read_published(source, contract) for source in sources]
    resting = _resting(contract.name, contract.root)
    moves: dict[tuple[str, ...], Move] = {}
    notes: list[str] = []
    compared: set[str] = set()
    read: set[str] = set()
    for one in published:
        for found in _moves(one, kept, resting, compared):
            moves.setdefault((found.kind, found.where, found.place, found.before, found.after), found)
        read |= {one.page} & kept.pages.keys()
        if one.page and one.page not in kept.pages and one.text.strip():
            notes.append(f"no digest is kept of the text of {one.page}, which was not compared.")
    if not compared and not read:
        names = ", ".join(one.name for one in published)
        raise KitError(f"{names}: no facts are kept of anything in it, so that nothing can be compared.")
    days = [kept.seen[key] for key in compared] + [kept.pages[page].seen for page in read]
    by_contract = {key for key in compared if kept.operations[key].source == CONTRACT}
    if by_contract:
        notes.append(
            f"{', '.join(sorted(by_contract))}: compared with the kit's openapi.yaml, as no OpenAPI document "
            "of the vendor's was at hand when it was written."
        )
    return Drift(
        contract.name, contract.revision, tuple(one.name for one in published),
        min(days, default=None), len(compared), len(read), tuple(moves.values()), tuple(notes),
    )  # fmt: skip


def facts_now(sources: Sequence[str], contract: Contract, before: KeptFacts, today: date) -> KeptFacts:
    """The facts to keep: those of the sources, else the earlier ones, else those of the contract."""
    own, resting = _own(contract.name, contract.root), _resting(contract.name, contract.root)
    cited = {key: resting.page_about(key) for key in own.keys}
    pages, operations, seen = dict(before.pages), dict(before.operations), dict(before.seen)
    for key in own.keys:
        if key not in operations or operations[key].source == CONTRACT:
            operations[key], seen[key] = own.facts(key, cited[key], CONTRACT), today
    for gone in operations.keys() - set(own.keys):
        del operations[gone], seen[gone]
    for one in (read_published(source, contract) for source in sources):
        if one.page and one.text.strip():
            text = page_text(one.text)
            pages[one.page] = KeptPage(text.digest, text.passage_digests, today)
        for document in one.documents:
            api = ApiDocument(document, one.name)
            for key in cited.keys() & set(api.keys):
                source = one.page or Path(one.name).name
                operations[key], seen[key] = api.facts(key, one.page or cited[key], source), today
    return KeptFacts(pages, operations, seen)


def _moves(one: Published, kept: KeptFacts, resting: Resting, compared: set[str]) -> Iterator[Move]:
    if one.page in kept.pages:
        yield from page_moves(one.page, kept.pages[one.page], page_text(one.text), resting)
    there: set[str] = set()
    for document in one.documents:
        api = ApiDocument(document, one.name)
        there |= set(api.keys)
        for key in api.keys:
            known = kept.operations.get(key)
            if known is not None:
                compared.add(key)
                yield from operation_moves(known, api.facts(key, known.page, one.name), resting)
            elif is_near(key, kept.operations):
                yield operation_new(key)
    for key, known in kept.operations.items():
        belongs = known.source == one.page if one.page else known.source != CONTRACT
        if belongs and key not in there:
            compared.add(key)
            yield operation_gone(known, resting)


@cache
def _resting(contract: str, root: Path | None) -> Resting:
    own = _own(contract, root)
    return Resting(registry_of(contract, root), {key: own.operation_id(key) for key in own.keys})


@cache
def _own(contract: str, root: Path | None) -> ApiDocument:
    """The kit's own document of a contract."""
    document = read_document(paths.spec_dir(contract, root) / "openapi.yaml").value
    return ApiDocument(document, "openapi.yaml", own=True)


def _told(move: Move) -> str:
    place = f" {move.place}" if move.place and move.kind not in ("status", "security") else ""
    where = f"{move.where}{place}"
    return f"{where}: {_what(move)}{_told_rest(move.requirements)}"


def _what(move: Move) -> str:
    before, after = (_short(text) for text in (move.before, move.after))
    if move.kind == "page":
        added = f"new: {after!r}" if after else ""
        return f"the text of the page changed: {'; '.join(filter(None, (move.before, added)))}."
    if move.kind == "words":
        return f"described otherwise: {after}."
    if move.kind == "operation" or (move.kind == "member" and not (move.before and move.after)):
        detail = f" ({before or after})" if move.kind == "member" else ""
        return f"the {move.kind} is {move.change}{detail}."
    named = {"status": f"the status {move.place}", "security": f"the way in {move.place}"}
    if move.kind in named:
        return f"{named[move.kind]} is {move.change}."
    if move.before and move.after:
        return f"{before} became {after}."
    return f"{before or after} is {move.change}."


def _told_rest(names: Sequence[str]) -> str:
    if not names:
        return ""
    more = len(names) - MOST_NAMED
    listed = ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    return f" {listed} {'rests' if len(names) == 1 else 'rest'} on it."


def _short(text: str) -> str:
    shown = printable(text)
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
