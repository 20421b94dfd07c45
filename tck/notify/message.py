"""What is said of a comparison, in ten lines; pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tck.reports.cause_view import deviations_in, failures_in
from tck.reports.diff import WORSE, Comparison, Move
from tck.reports.diff_formats import sentence
from tck.reports.labels import verdict_sentence
from tck.values.texts import printable

MOST_LINES = 10
MOST_NAMED = 4
"""Requirements of one kind that a line names."""
LONGEST = 240
"""Characters of a line."""

KINDS = {
    "broke": "Failed now",
    "newly_deviating": "Deviating now",
    "no_longer_tested": "No longer tested",
    "mended": "Mended",
}
"""How a line begins, by the kind of move."""


@dataclass(frozen=True)
class Word:
    """A message; `worse` is whether anything got worse, rather than being mended alone."""

    title: str
    lines: tuple[str, ...]
    worse: bool

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def word_of(found: Comparison, further: Sequence[str] = ()) -> Word | None:
    """What to say of a comparison; None where nothing got worse and nothing was mended.

    `further` sentences, such as those about the contract's drift, come last, as far as there is room.
    """
    if not found.worse and not found.moves["mended"]:
        return None
    target, contract = found.new["target"]["base_url"], found.new["contract"]["name"]
    title = f"{'WORSE' if found.worse else 'Mended'}: {contract} at {target}"
    return Word(_short(title), tuple(_fitting(map(_short, _lines(found)), map(_short, further))), found.worse)


def _lines(found: Comparison) -> Iterator[str]:
    yield sentence(found)
    began = found.new["started_at"][:16].replace("T", " ")
    yield f"{verdict_sentence(found.new)} The run began at {began} UTC."
    for kind in (*WORSE, "mended"):
        if found.moves[kind]:
            yield f"{KINDS[kind]}: {_named(found.moves[kind])}"
    for change in found.changes:
        if change.what in ("kit version", "contract revision", "target"):
            yield f"Also changed: {change.what}, {change.before} before, {change.after} now."
    if found.worse:
        for cause in [*failures_in(found.new), *deviations_in(found.new)]:
            yield f"Cause {cause.number}: {cause.title}"


def _fitting(lines: Iterator[str], further: Iterator[str]) -> list[str]:
    """As many lines as there is room for; the last one counts the others, and one of `further` is kept."""
    own, added = list(lines), list(further)
    room = MOST_LINES - min(len(added), 1)
    if len(own) > room:
        own = [*own[: room - 1], f"And {len(own) - room + 1} more, in the report."]
    return [*own, *added[: MOST_LINES - len(own)]]


def _named(moves: Sequence[Move]) -> str:
    more = len(moves) - MOST_NAMED
    listed = ", ".join(move.id for move in moves[:MOST_NAMED])
    return f"{listed} and {more} more" if more > 0 else listed


def _short(text: str) -> str:
    shown = printable(text)
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"
