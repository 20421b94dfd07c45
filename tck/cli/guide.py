"""`sessions-tck guide`: the requirements in the order in which one would build them, and what is next."""

import shutil
import sys
import textwrap
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tck.cli.parser import Arguments
from tck.contract.catalogue import registry_of
from tck.contract.contract import Contract, available_contracts, load_contract
from tck.contract.examples import Example, authorization_of, examples_of
from tck.contract.requirements import Requirement
from tck.errors import KitError
from tck.program import called_program
from tck.reports.labels import told_outcome
from tck.results.outcomes import is_about
from tck.results.result_file import read_result
from tck.vocabulary import CORE

DEFAULT = Path("reports/latest")
NARROWEST, WIDEST = 60, 110
UNKNOWN = "not tested"
ABSENT = "not applicable"
HOLDS = frozenset({"passed", "waived", ABSENT})
EPILOG = "Exits with 0."


@dataclass(frozen=True)
class Step:
    """One requirement, and what the last result says of it, in a word."""

    requirement: Requirement
    outcome: str = UNKNOWN

    @property
    def holds(self) -> bool:
        return self.outcome in HOLDS


@dataclass(frozen=True)
class Part:
    """An operation with its example, or a theme, and its requirements in the order of building."""

    name: str
    steps: Sequence[Step]
    example: Example | None = None

    @property
    def group(self) -> str:
        """The group of requirements that it belongs to."""
        return self.steps[0].requirement.group

    @property
    def is_absent(self) -> bool:
        """Whether it is of an optional group that the target does not offer."""
        known = {step.outcome for step in self.steps} - {UNKNOWN}
        return self.group != CORE and known == {ABSENT}

    @property
    def told(self) -> str:
        """How much of it holds, and its group, if that is an optional one."""
        held = sum(step.holds for step in self.steps)
        state = "not offered" if self.is_absent else f"{held:3} of {len(self.steps):3} hold"
        return state if self.group == CORE else f"{state:15} (optional group {self.group})"

    @property
    def next(self) -> Step | None:
        """The first MUST that does not hold yet, else the first SHOULD."""
        missing = [step for step in self.steps if not step.holds]
        return min(missing, key=lambda step: step.requirement.level.value != "must", default=None)


def add_arguments(parser: Arguments) -> None:
    parser.epilog = EPILOG
    add = parser.add_argument
    add("--contract", metavar="NAME", default="", help="the contract (that of the last result)")
    parser.add_contract_dir()
    add(
        "--report-dir",
        metavar="DIR",
        type=Path,
        default=DEFAULT,
        help=f"where the last result is ({DEFAULT})",
    )
    add(
        "--format", choices=FORMATS, default="terminal", help="terminal (default), or markdown: a page of all"
    )


def main(given: Namespace) -> int:
    outcomes, judged = last_outcomes(given.report_dir, given.contract)
    contracts = available_contracts(given.contract_dir)
    name = given.contract or judged
    if not name:
        raise KitError(f"{given.report_dir} has no result; name one with --contract: {', '.join(contracts)}.")
    if name not in contracts:
        raise KitError(f"--contract={name} names no contract; there are: {', '.join(contracts)}.")
    contract = load_contract(name, given.contract_dir)
    requirements = registry_of(name, given.contract_dir).values()
    examples = sorted(examples_of(contract), key=lambda one: contract.group_of(one.operation) != CORE)
    parts = parts_of([*requirements], examples, outcomes if name == judged else {})
    width = min(max(shutil.get_terminal_size().columns, NARROWEST), WIDEST)
    lines = FORMATS[given.format](contract, parts, width)
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


def last_outcomes(reports: Path, contract: str) -> tuple[Mapping[str, str], str]:
    """What is known of each requirement, and the judged contract; newer results add to older ones."""
    outcomes: dict[str, str] = {}
    judged = ""
    found = [folder / "result.json" for folder in (reports, reports.with_name(f"{reports.name}-partial"))]
    results = sorted(
        (read_result(path) for path in found if path.exists()), key=lambda one: one["started_at"]
    )
    for result in results:
        if contract in ("", result["contract"]["name"]):
            known = {one["id"]: told_outcome(one) for one in result["requirements"]}
            outcomes |= {
                name: told for name, told in known.items() if told != UNKNOWN or name not in outcomes
            }
            judged = result["contract"]["name"]
    return outcomes, judged


def parts_of(
    requirements: Sequence[Requirement], examples: Sequence[Example], outcomes: Mapping[str, str]
) -> list[Part]:
    """The core before optional groups; operations in the order of the OpenAPI document, then the themes."""
    groups: dict[str, list[Step]] = {}
    for one in requirements:
        step = Step(one, outcomes.get(one.id, UNKNOWN))
        groups.setdefault(one.id.partition(".")[0], []).append(step)
    of = {
        name: next((one for one in examples if is_about(f"{name}.", one.operation)), None) for name in groups
    }
    order = {example.operation: number for number, example in enumerate(examples)}
    parts = [Part(name, steps, of[name]) for name, steps in groups.items()]

    def place(part: Part) -> tuple[bool, int]:
        return part.group != CORE, order[part.example.operation] if part.example else len(order)

    return sorted(parts, key=place)


def in_terminal(contract: Contract, parts: Sequence[Part], width: int) -> Iterator[str]:
    """A line for each part, and the next step with its sentence, page, request and command."""
    yield f"{contract.title} {contract.revision}, in the order of building:"
    for part in parts:
        yield f"  {part.name:12} {part.told}"
    following = next(((part, part.next) for part in parts if part.next and not part.is_absent), None)
    if following is None:
        absent = dict.fromkeys(part.group for part in parts if part.is_absent)
        yield f"Everything holds; not offered: {', '.join(absent)}." if absent else "Everything holds."
        return
    part, step = following
    assert step is not None
    rule = step.requirement
    yield ""
    yield f"Next: {rule.level.value.upper()} {rule.id} ({step.outcome})"
    yield from textwrap.wrap(rule.statement, width, initial_indent="  ", subsequent_indent="  ")
    yield f"  {contract.pages[rule.source.page].url} ({rule.source.at})"
    if part.example:
        yield f"  {part.example.curl('$BASE_URL', authorization_of(contract))}"
    yield f"  {called_program()} --contract={contract.name} --base-url=$BASE_URL --requirement={rule.id}"


def as_markdown(contract: Contract, parts: Sequence[Part], width: int) -> Iterator[str]:  # noqa: ARG001 - a format
    """All requirements, part by part, each with its sentence and page."""
    yield f"# {contract.title} {contract.revision}, in the order of building"
    for part in parts:
        yield f"\n## {part.name}\n"
        if part.example:
            yield f"    {part.example.curl('$BASE_URL', authorization_of(contract))}\n"
        for step in part.steps:
            rule = step.requirement
            page = contract.pages[rule.source.page]
            mark = "x" if step.holds else " "
            told = "" if step.holds else f" *{step.outcome}*"
            yield (
                f"- [{mark}] {rule.level.value.upper()} `{rule.id}`: {rule.statement}"
                f" ([{page.title}]({page.url}), {rule.source.at}){told}"
            )


FORMATS = {"terminal": in_terminal, "markdown": as_markdown}
