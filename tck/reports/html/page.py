"""The page itself: what its template is given, and the page in pieces."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from tck.recording.exchange import Exchange
from tck.reports.cause_view import deviations_in, differences_told, failures_in
from tck.reports.exchange_view import Room, line
from tck.reports.html.figures import KINDS, bars, kind_of, statuses
from tck.reports.html.issue_text import issue_texts
from tck.reports.html.packing import packed
from tck.reports.html.rendering import asset, environment, policy_hash
from tck.reports.html.stories import Way, stories, way_of
from tck.reports.labels import OUTCOMES, by_reason, counted, facts, figures, operation, verdict_sentence
from tck.results.document import CheckEntry, RequirementEntry, Result
from tck.results.latency import latencies
from tck.results.slo import objectives_of, told_objective

MOST_CHECKS = 5
"""Checks of one requirement that are named in the page itself; the script shows all."""
MOST_WAYS = 3
"""Ways in which one requirement failed that are told in the table of all."""
STATIC_ROOM = 400 * 1024
"""Bytes of bodies that stand in the page itself."""
UNDECIDED = ("error", "indeterminate", "not_tested", "not_applicable")
MISSING = (
    "exchanges.har is missing beside the result this page was made from, "
    "so no exchange is shown. All else is complete."
)
NO_SCRIPTS: Mapping[str, str] = {}


@dataclass(frozen=True)
class Seen:
    """What one check said of a requirement, over all times it looked."""

    check: str
    outcome: str
    times: int
    telling: str


@dataclass(frozen=True)
class Row:
    """A requirement in the table of all: its kind, checks, ways and number of exchanges."""

    requirement: RequirementEntry
    operation: str
    kind: str
    seen: tuple[Seen, ...]
    ways: tuple[Way, ...]
    exchanges: int


def page(
    result: Result, exchanges: Mapping[str, Exchange] | None, scripts: Mapping[str, str] = NO_SCRIPTS
) -> Iterator[str]:
    """The page in pieces; `scripts` are those that reproduce a cause, by its name, as paths from the page."""
    requirements, known = result["requirements"], exchanges or {}
    failed, deviating = failures_in(result), deviations_in(result)
    room = Room(STATIC_ROOM)
    style, script = asset("base.css") + asset("page.css"), asset("page.js")
    to_copy = issue_texts(result, [*failed, *deviating], known, scripts)
    columns, rows = statuses([*known.values()])
    return environment().get_template("index.html").generate(
        result=result,
        sentence=verdict_sentence(result),
        counted=counted(result["counts"]),
        facts=list(facts(result)),
        missing=MISSING if exchanges is None else "",
        causes=list(stories(failed, known, scripts, room)),
        deviations=list(stories(deviating, known, scripts, room)),
        waived=[one for one in requirements if one["outcome"] == "waived"],
        differences=list(zip(differences_told(result), result["allowed_differences"], strict=True)),
        undecided={name: by_reason(requirements, name) for name in UNDECIDED},
        generated={name: figures(note) for name, note in result["generated"].items()},
        bars=bars(requirements),
        rows=[_row(one, known) for one in requirements],
        operations=list(dict.fromkeys(map(operation, requirements))),
        kinds=[kind for kind in KINDS if any(kind_of(one) == kind for one in requirements)],
        latencies=latencies(known.values()),
        objectives=[(one["outcome"], told_objective(one)) for one in objectives_of(result)],
        status_columns=columns,
        statuses=rows,
        packed=packed(requirements, known, to_copy),
        MOST_CHECKS=MOST_CHECKS,
        style=Markup(style),  # noqa: S704 - a file of ours
        script=Markup(script),  # noqa: S704 - a file of ours
        style_hash=policy_hash(style),
        script_hash=policy_hash(script),
    )  # fmt: skip


def _row(one: RequirementEntry, exchanges: Mapping[str, Exchange]) -> Row:
    seen = sorted(_seen(one, exchanges), key=_pressing)
    number = len({name for check in one["checks"] for name in check["exchanges"]})
    ways = tuple(way_of(one, way) for way in one["ways"][:MOST_WAYS])
    return Row(one, operation(one), kind_of(one), tuple(seen), ways, number)


def _seen(one: RequirementEntry, exchanges: Mapping[str, Exchange]) -> Iterator[Seen]:
    grouped: dict[tuple[str, str], list[CheckEntry]] = {}
    for check in one["checks"]:
        grouped.setdefault((check["check"], check["outcome"]), []).append(check)
    shown = sorted(grouped, key=lambda key: list(OUTCOMES).index(key[1]))[:MOST_CHECKS]
    for (name, outcome), entries in grouped.items():
        judged = (check["judged"][-1] for check in entries if check["judged"])
        lines = (line(exchanges[id_]) for id_ in judged if id_ in exchanges)
        yield Seen(name, outcome, len(entries), next(lines, "") if (name, outcome) in shown else "")


def _pressing(one: Seen) -> int:
    return list(OUTCOMES).index(one.outcome)
