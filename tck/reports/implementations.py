"""Published certificates side by side: implementations by requirements; the same on any day, and pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from tck.reports.html.rendering import asset, environment, policy_hash
from tck.reports.labels import OUTCOMES
from tck.reports.markdown import code, plain
from tck.results.document import RequirementEntry
from tck.vocabulary import CORE

CELLS = {**OUTCOMES, "deviates": "deviates", "unscored": "not scored", "absent": "not in its release"}
MARKS = {
    "passed": "✓",
    "deviates": "≠",
    "not_applicable": "n/a",
    "not_tested": "-",
    "unscored": "(new)",
    "absent": "",
}
"""What Markdown shows in a cell; whatever else there is stands as its name."""
TITLE = "Certified implementations"
ABOUT = (
    "Each column is a published certificate, checked with the key that lies beside it. "
    "That a run happened as described rests on its signer, and can be repeated: the entry says how. "
    "One whose last day has passed has expired."
)
EMPTY = "Nothing is published yet."


@dataclass(frozen=True)
class Column:
    """One published certificate; `folder` leads from the page to its files."""

    folder: str
    contract: str
    release: str
    implementation: Mapping[str, str]
    kit: str
    target: str
    ended_on: str
    last_day: str
    keyid: str
    requirements: Mapping[str, RequirementEntry]
    deviations: Mapping[str, str]
    declared: str = ""
    """What the vendor claims the target to lack."""
    groups: str = ""
    """The groups of requirements that the certificate covers; empty for a contract without optional ones."""

    @property
    def name(self) -> str:
        """The implementation and its version."""
        return f"{self.implementation['implementation']} {self.implementation['version']}"

    def cell(self, requirement: str) -> str:
        """What this column says of a requirement: a key of CELLS."""
        one = self.requirements.get(requirement)
        if one is None:
            return "absent"
        if one["added_after_release"]:
            return "unscored"
        return "deviates" if requirement in self.deviations else str(one["outcome"])


@dataclass(frozen=True)
class Table:
    """The columns of one contract, and every requirement that one of them knows."""

    contract: str
    columns: tuple[Column, ...]
    requirements: tuple[RequirementEntry, ...]


def tables(columns: Sequence[Column]) -> list[Table]:
    """A table for each contract; requirements in the order of the newest release that has them."""
    made = []
    for contract in sorted({one.contract for one in columns}):
        mine = tuple(sorted((one for one in columns if one.contract == contract), key=lambda one: one.folder))
        rows: dict[str, RequirementEntry] = {}
        for column in sorted(mine, key=lambda one: one.release, reverse=True):
            for name, one in column.requirements.items():
                rows.setdefault(name, one)
        made.append(Table(contract, mine, tuple(rows.values())))
    return made


def implementations_page(columns: Sequence[Column]) -> Iterator[str]:
    """index.html in pieces."""
    style, script = asset("base.css") + asset("implementations.css"), asset("implementations.js")
    return environment().get_template("implementations.html").generate(
        title=TITLE, about=ABOUT, empty=EMPTY, tables=tables(columns), CELLS=CELLS,
        style=Markup(style),  # noqa: S704 - a file of ours
        script=Markup(script),  # noqa: S704 - a file of ours
        style_hash=policy_hash(style),
        script_hash=policy_hash(script),
    )  # fmt: skip


def implementations_markdown(columns: Sequence[Column]) -> Iterator[str]:
    """README.md in pieces."""
    yield f"# {TITLE}\n\n{ABOUT}\n"
    if not columns:
        yield f"\n{EMPTY}\n"
    for table in tables(columns):
        yield f"\n## {plain(table.contract)}\n\n"
        yield from _entries(table)
        yield from _deviations(table)
        yield from _rules(table)


def _entries(table: Table) -> Iterator[str]:
    grouped = any(one.groups for one in table.columns)
    heads = ["implementation", "by", "release", *(["groups"] if grouped else [])]
    heads += ["kit", "run ended", "holds until", "key"]
    yield _row(*heads)
    yield _row(*["---"] * len(heads))
    for one in table.columns:
        by, key = plain(one.implementation["organization"]), code(one.keyid[:16])
        groups = [plain(one.groups or CORE)] if grouped else []
        yield _row(_link(one), by, one.release, *groups, plain(one.kit), one.ended_on, one.last_day, key)


def _deviations(table: Table) -> Iterator[str]:
    for column in table.columns:
        found = column.deviations
        yield f"\n{plain(column.name)}: {len(found) or 'no'} deviation{'s' if len(found) != 1 else ''}.\n"
        yield "\n" if found else ""
        for name, said in found.items():
            yield f"- {code(name)}: {plain(said)}\n"
        yield f"\n{plain(column.name)}: {plain(column.declared)}\n" if column.declared else ""


def _rules(table: Table) -> Iterator[str]:
    yield f"\n<details><summary>All {len(table.requirements)} requirements</summary>\n\n"
    yield _row("level", "requirement", *(plain(one.name) for one in table.columns))
    yield _row("---", "---", *[":-:"] * len(table.columns))
    for one in table.requirements:
        cells = (column.cell(one["id"]) for column in table.columns)
        yield _row(one["level"].upper(), code(one["id"]), *(MARKS.get(cell, CELLS[cell]) for cell in cells))
    signs = ", ".join(f"{mark} {CELLS[name]}" for name, mark in MARKS.items() if mark)
    yield f"\n{signs}\n\n</details>\n"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


def _link(one: Column) -> str:
    return f"[{plain(one.name)}]({one.folder}/README.md)"
