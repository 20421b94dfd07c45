"""A history as JSON: the same as the page, for programs."""

from typing import Any

from tck.history.series import Row, Series, series_of
from tck.history.store import Kept, Night

VERSION = 1


def document(kept: Kept) -> dict[str, Any]:
    """All of a history but for what held in every run, of which the number is given."""
    return {
        "schema_version": VERSION,
        "contracts": [_series(one) for one in series_of(kept.nights)],
        "left_out": list(kept.left_out),
    }


def _series(one: Series) -> dict[str, Any]:
    return {
        "contract": one.contract,
        "runs": [_run(night) for night in one.nights],
        "requirements": [_row(row, one) for row in one.rows],
        "held_in_every_run": one.steady,
        "tested_in_no_run": one.untested,
        "changes": [
            {"run": one.nights[turn.at].name, "what": turn.what, "before": turn.before, "after": turn.after}
            for turn in one.turns
        ],
    }


def _run(night: Night) -> dict[str, Any]:
    digest, note = night.digest, night.note
    noted: dict[str, Any] = {}
    if note is not None:
        noted = {"exit": note.exit, "moved": note.moved, "worse": note.worse}
        noted |= {"source_moved": note.source_moved, "source": list(note.source)}
    found: dict[str, Any] = {"verdict": None}
    if digest is not None:
        found = {
            "verdict": digest.verdict,
            "sentence": digest.sentence,
            "partial": digest.partial,
            "target": digest.target,
            "kit": {"version": digest.kit, "digest": digest.kit_digest},
            "contract": {"revision": digest.revision, "digest": digest.requirements_digest},
            "duration_seconds": digest.duration,
            "requests": digest.requests,
            "retries": digest.retries,
            "sessions_created": digest.sessions,
            "sessions_left_open": digest.left_open,
            "counts": digest.counts,
            "causes": list(digest.causes),
            "latency": digest.latency,
        }
    return {"name": night.name, "started_at": night.started_at, **found, **noted}


def _row(row: Row, one: Series) -> dict[str, Any]:
    return {
        "id": row.id,
        "level": row.level,
        "now": row.now,
        "since": one.nights[row.since].started_at,
        "failed_runs": row.failed,
        "flips": row.flips,
        "unrepeated_runs": row.unrepeated,
        "repeats": row.repeats,
        "runs": [
            {"outcome": span.kind, "from": one.nights[span.start].started_at, "runs": span.length}
            for span in row.spans
        ],
    }
