"""index.html: the result for a person, in one file that asks nothing of the network."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from tck.recording.exchange import Exchange
from tck.reports.exchange_view import Room, ShownExchange, line, show
from tck.reports.html import asset, environment, policy_hash
from tck.reports.labels import (
    OUTCOMES,
    by_operation,
    by_reason,
    deviations,
    facts,
    failing_checks,
    failures,
    figures,
    verdict_sentence,
)
from tck.results.document import CheckEntry, RequirementEntry, Result

MOST_CASES = 10
"""Failed checks of one requirement that are shown with their exchanges."""
MOST_EXCHANGES = 10
"""Exchanges of one failed check that are shown, the last and telling one among them."""
MOST_CHECKS = 8
"""Checks of one requirement that are named in the table of all."""
MISSING = (
    "exchanges.har is missing beside the result this page was made from, "
    "so no exchange is shown. All else is complete."
)


@dataclass(frozen=True)
class Case:
    """One failed check with its exchanges, of which `telling` is the last."""

    check: CheckEntry
    telling: ShownExchange | None
    before: tuple[ShownExchange, ...]
    left_out: int


@dataclass(frozen=True)
class Failure:
    """A failed requirement with some of its failed checks, and how many more there are."""

    requirement: RequirementEntry
    cases: tuple[Case, ...]
    more: int


@dataclass(frozen=True)
class Seen:
    """What one check said of a requirement, over all times it looked."""

    check: str
    outcome: str
    times: int
    telling: str


def page(result: Result, exchanges: Mapping[str, Exchange] | None) -> Iterator[str]:
    """The page in pieces."""
    requirements = result["requirements"]
    known = exchanges or {}
    style, script = asset("page.css"), asset("page.js")
    found = [name for name in OUTCOMES if any(one["outcome"] == name for one in requirements)]
    return environment().get_template("index.html").generate(
        result=result,
        sentence=verdict_sentence(result),
        facts=list(facts(result)),
        missing=MISSING if exchanges is None else "",
        failures=list(_failures(requirements, known)),
        deviations=deviations(requirements),
        waived=[one for one in requirements if one["outcome"] == "waived"],
        undecided={name: by_reason(requirements, name) for name in OUTCOMES if name in UNDECIDED},
        generated={name: figures(note) for name, note in result["generated"].items()},
        groups=by_operation(requirements),
        outcomes=found,
        seen={one["id"]: sorted(_seen(one, known), key=_pressing) for one in requirements},
        MOST_CHECKS=MOST_CHECKS,
        style=Markup(style),  # noqa: S704 - a file of ours
        script=Markup(script),  # noqa: S704 - a file of ours
        style_hash=policy_hash(style),
        script_hash=policy_hash(script),
    )  # fmt: skip


UNDECIDED = ("error", "indeterminate", "not_tested", "not_applicable")


def _failures(
    requirements: Sequence[RequirementEntry], exchanges: Mapping[str, Exchange]
) -> Iterator[Failure]:
    room = Room()
    for one in failures(requirements):
        checks = failing_checks(one)
        cases = tuple(_case(check, exchanges, room) for check in checks[:MOST_CASES])
        yield Failure(one, cases, len(checks) - len(cases))


def _case(check: CheckEntry, exchanges: Mapping[str, Exchange], room: Room) -> Case:
    names = check["exchanges"][-MOST_EXCHANGES:]
    found = list(show(names, exchanges, room))
    telling = found.pop() if found and found[-1].id == names[-1] else None
    return Case(check, telling, tuple(found), len(check["exchanges"]) - len(names))


def _seen(one: RequirementEntry, exchanges: Mapping[str, Exchange]) -> Iterator[Seen]:
    grouped: dict[tuple[str, str], list[CheckEntry]] = {}
    for check in one["checks"]:
        grouped.setdefault((check["check"], check["outcome"]), []).append(check)
    for (name, outcome), entries in grouped.items():
        telling = (check["exchanges"][-1] for check in entries if check["exchanges"])
        lines = (line(exchanges[id_]) for id_ in telling if id_ in exchanges)
        yield Seen(name, outcome, len(entries), next(lines, ""))


def _pressing(one: Seen) -> int:
    return list(OUTCOMES).index(one.outcome)
