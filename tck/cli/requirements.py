"""`sessions-tck requirements [WORD …]`."""

import json
import shutil
import sys
import textwrap
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tck.cli.parser import Arguments
from tck.contract.catalogue import Listed, listed
from tck.contract.contract import available_contracts, load_contract
from tck.errors import KitError
from tck.vocabulary import Level

NARROWEST, WIDEST = 60, 110
INDENT = " " * 10
EPILOG = "Exits with 0 if requirements are found, with 1 if not."


def add_arguments(parser: Arguments) -> None:
    parser.epilog = EPILOG
    add = parser.add_argument
    add(
        "words",
        nargs="*",
        metavar="WORD",
        help="only requirements with all these words in the id or statement",
    )
    add("--contract", metavar="NAME", help="only requirements of this contract")
    parser.add_contract_dir()
    add("--level", choices=[level.value for level in Level], help="only requirements of this level")
    add("--page", metavar="TEXT", help="only requirements of pages with this text in the id or title")
    add("--format", choices=FORMATS, default="table", help="table (default) or json")


def main(given: Namespace) -> int:
    folder: Path | None = given.contract_dir
    contracts = [given.contract] if given.contract else available_contracts(folder)
    if given.page is not None:
        _refuse_unknown_page(given.page, contracts, folder)
    found = [
        one
        for contract in contracts
        for one in listed(contract, folder)
        if one.is_about(given.words)
        and given.level in (None, one.requirement.level)
        and (given.page is None or one.is_from(given.page))
    ]
    sys.stdout.write("".join(f"{line}\n" for line in FORMATS[given.format](found)))
    return int(not found)


def as_table(found: Sequence[Listed]) -> Iterator[str]:
    """Two lines or more for each: level, id and page, then what holds."""
    for contract in dict.fromkeys(one.contract for one in found):
        entries = [one for one in found if one.contract == contract]
        yield f"{contract}: {len(entries)} requirement{'s' if len(entries) != 1 else ''}"
        longest = max(len(one.requirement.id) for one in entries)
        for one in entries:
            rule = one.requirement
            where = f"{one.page.title}: {rule.source.at}"
            line = f"  {rule.level.value.upper():6}  {rule.id:{longest}}  {where}"
            if len(line) <= _width():
                yield line
            else:
                yield f"  {rule.level.value.upper():6}  {rule.id}"
                yield from _indented(where)
            yield from _indented(rule.statement)
            if one.withdrawn:
                yield from _indented(f"Withdrawn on {one.withdrawn.on}: {one.withdrawn.because}")
        yield ""
    yield from [] if found else ["No requirement matches."]


def as_json(found: Sequence[Listed]) -> Iterator[str]:
    yield json.dumps([_member(one) for one in found], ensure_ascii=False, indent=2)


def _width() -> int:
    return min(max(shutil.get_terminal_size().columns, NARROWEST), WIDEST)


def _indented(text: str) -> list[str]:
    return textwrap.wrap(text, _width(), initial_indent=INDENT, subsequent_indent=INDENT)


FORMATS = {"table": as_table, "json": as_json}


def _member(one: Listed) -> dict[str, Any]:
    rule = one.requirement
    return {
        "contract": one.contract,
        "id": rule.id,
        "level": rule.level.value,
        "statement": rule.statement,
        "source": {"page": one.page.id, "at": rule.source.at, "title": one.page.title, "url": one.page.url},
        "needs": list(rule.needs),
        "released": one.released,
        "withdrawn": {"on": one.withdrawn.on, "because": one.withdrawn.because} if one.withdrawn else None,
    }


def _refuse_unknown_page(text: str, contracts: Sequence[str], folder: Path | None) -> None:
    pages = [page for contract in contracts for page in load_contract(contract, folder).pages.values()]
    if not any(text.lower() in f"{page.id} {page.title}".lower() for page in pages):
        names = ", ".join(page.id for page in pages)
        raise KitError(f"--page={text} matches no page; there are: {names}.")
