"""A comparison as text, as Markdown and as JSON."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from tck.reports.diff import GROUPS, Comparison, Move
from tck.reports.labels import OUTCOMES, VERDICTS, rendered, verdict_sentence
from tck.reports.markdown import code, plain
from tck.results.document import Result
from tck.values.texts import printable

LONGEST_TEXT = 300
REPRODUCIBLE = ("broke", "newly_deviating")
MOST_TOLD = 50
"""Moves of one kind that Markdown tells one by one."""


def sentence(found: Comparison) -> str:
    """What moved, in one sentence."""
    counted = [f"{len(moves)} {GROUPS[kind].lower()}" for kind, moves in found.moves.items() if moves]
    if not counted:
        was, now = (VERDICTS[result["verdict"]] for result in (found.old, found.new))
        verdicts = f"{was} before and after" if was == now else f"{was} before, {now} now"
        return f"Nothing moved: {verdicts}."
    return f"{'WORSE' if found.worse else 'Not worse'}: {', '.join(counted)}."


def as_text(found: Comparison) -> str:
    """For a terminal."""
    lines = [sentence(found), *_runs(found)]
    lines += [f"  {one.what}: {printable(one.before)} -> {printable(one.after)}" for one in found.changes]
    for kind, moves in found.moves.items():
        lines += ["", f"{GROUPS[kind]} ({len(moves)})"] if moves else []
        for move in moves:
            lines.append(f"  {move.level.upper()} {move.id}: {_step(move)}")
            lines.append(f"    {printable(move.told)[:LONGEST_TEXT]}")
            lines += [f"    rerun: {printable(move.rerun)}"] if kind in REPRODUCIBLE and move.rerun else []
    return "\n".join(lines) + "\n"


def as_markdown(found: Comparison) -> str:
    """For an issue, a comment or a job's summary."""
    return "\n".join(_markdown(found)) + "\n"


def as_json(found: Comparison) -> str:
    """For a program."""
    document: dict[str, Any] = {
        "schema_version": 1,
        "worse": found.worse,
        "sentence": sentence(found),
        "old": _head(found.old),
        "new": _head(found.new),
        "changes": [asdict(change) for change in found.changes],
        **{kind: [asdict(move) for move in moves] for kind, moves in found.moves.items()},
    }
    return rendered(document)


def _markdown(found: Comparison) -> Iterator[str]:
    yield f"## {plain(sentence(found))}\n"
    for line in _runs(found):
        yield f"- {plain(line.strip())}"
    for one in found.changes:
        yield f"- {plain(one.what)}: {code(one.before)} → {code(one.after)}"
    for kind, moves in found.moves.items():
        if moves:
            yield f"\n### {GROUPS[kind]} ({len(moves)})\n"
        for move in moves[:MOST_TOLD]:
            yield f"- {move.level.upper()} {code(move.id)}: {_step(move)}. {plain(move.told)}"
            if kind in REPRODUCIBLE and move.rerun:
                yield f"  <br>rerun: {code(move.rerun, 1000)}"
        if len(moves) > MOST_TOLD:
            yield f"- and {len(moves) - MOST_TOLD} more"


def _runs(found: Comparison) -> Iterator[str]:
    for name, result in (("before", found.old), ("now", found.new)):
        yield f"  {name + ':':8}{result['started_at'][:16].replace('T', ' ')} UTC, {verdict_sentence(result)}"


def _step(move: Move) -> str:
    if not move.before or not move.after:
        return OUTCOMES[move.before or move.after]
    if move.before == move.after:
        return f"{OUTCOMES[move.after]} as before"
    return f"{OUTCOMES[move.before]} before, {OUTCOMES[move.after]} now"


def _head(result: Result) -> dict[str, Any]:
    return {
        "verdict": result["verdict"],
        "started_at": result["started_at"],
        "outcomes_digest": result["outcomes_digest"],
        "kit": result["kit"],
        "contract": result["contract"],
        "target": result["target"],
    }
