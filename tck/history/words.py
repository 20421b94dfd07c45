"""A history in sentences: what somebody reads in the morning."""

from collections.abc import Iterator

from tck.history.note import Note
from tck.history.series import NO_RESULT, SOURCE, STATES, Row, Series, state_of
from tck.reports.cause_view import count
from tck.reports.html.figures import KINDS

MOST_BROKEN, MOST_NAMED = 10, 3
MOVED = "MOVED: "
"""How the sentence of a comparison with the source begins."""
UNSTEADY = 3
"""Changes from held to broken or back, from which on a requirement is not called mended."""
"""Requirements that are told one by one, and that are named in one sentence."""


def day(started_at: str) -> str:
    """The minute in which a run began."""
    return f"{started_at[:10]} {started_at[11:16]}"


def morning(series: Series) -> list[str]:
    """The newest verdict and since when, what is broken since when, what is not steady, and what changed."""
    return [
        _verdict(series),
        *_no_result(series),
        *_broken(series),
        *_gone(series),
        *_turns(series),
        *_source(series),
    ]


def told_row(row: Row, series: Series) -> str:
    """One requirement: its state, since when, and how steady it is."""
    now = KINDS.get(row.now, row.now)
    runs = f"broken in {row.failed} of {count(len(series.nights), 'run')}" if row.failed else ""
    runs += f" (of these not every time in {row.unrepeated})" if row.unrepeated else ""
    unsure = f"undecided in {row.undecided}" if row.undecided else ""
    flips = f"flipped {count(row.flips, 'time')}" if row.flips else ""
    again = f"judged again: {row.repeats}" if row.repeats else ""
    since = "in all runs" if row.begins_broken else f"since {day(series.nights[row.since].started_at)}"
    return ", ".join(filter(None, (f"{now} {since}", runs, unsure, flips, again)))


def _verdict(series: Series) -> str:
    verdicts = [state_of(one.digest) for one in series.nights if one.digest is not None]
    dates = [one.started_at for one in series.nights if one.digest is not None]
    now, alike = verdicts[-1], 0
    for verdict in reversed(verdicts):
        if verdict != now:
            break
        alike += 1
    since = f"{STATES[now].capitalize()} since {day(dates[-alike])} ({count(alike, 'run')})"
    before = f", {STATES[verdicts[-alike - 1]]} before" if alike < len(verdicts) else ""
    return f"{since}{before}."


def _no_result(series: Series) -> Iterator[str]:
    last = series.nights[-1]
    if last.digest is None and isinstance(last.note, Note):
        yield f"The newest run left {last.note.end}; what follows is of the one before."


def _broken(series: Series) -> Iterator[str]:
    rows = series.broken_now
    for row in rows[:MOST_BROKEN]:
        yield f"{row.level.upper()} {row.id}: {told_row(row, series)}."
    if len(rows) > MOST_BROKEN:
        yield f"And {len(rows) - MOST_BROKEN} more, in the table below."


def _gone(series: Series) -> Iterator[str]:
    """What was broken at some time and is not now, and runs of which little is known."""
    held = [row for row in series.rows if row.failed and row not in series.broken_now]
    mended = [row.id for row in held if row.flips < UNSTEADY]
    unsteady = [
        f"{row.id} (broken in {row.failed}, flipped {row.flips} times)"
        for row in held
        if row.flips >= UNSTEADY
    ]
    for what, names in (("Mended", mended), ("Held in the newest run, and not steadily", unsteady)):
        if names:
            more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
            yield f"{what}: {', '.join(names[:MOST_NAMED])}{more}."
    unsure = sum(one.digest is not None and one.digest.verdict == "inconclusive" for one in series.nights)
    if unsure:
        yield f"{count(unsure, 'run')} could not be decided (inconclusive)."
    lost = sum(one.digest is None for one in series.nights)
    if lost:
        yield f"{count(lost, 'run')} left no result."


def _turns(series: Series) -> Iterator[str]:
    for turn in series.turns:
        if turn.what == SOURCE:
            continue
        when = day(series.nights[turn.at].started_at)
        yield f"{when}: the {turn.what} changed from {turn.before} to {turn.after}."


def _source(series: Series) -> Iterator[str]:
    looked = [one for one in series.nights if one.note is not None and one.note.source_moved is not None]
    unchanged = [one for one in looked if one.note is not None and not one.note.source_moved]
    moved = [one for one in looked if one.note is not None and one.note.source_moved]
    if moved and moved[-1] is looked[-1]:
        said = moved[-1].note.source if moved[-1].note is not None else ()
        yield f"The source of the contract has moved{f': {said[0].removeprefix(MOVED)}' if said else '.'}"
    if unchanged:
        yield f"The source of the contract was last seen unchanged on {unchanged[-1].started_at[:10]}."
    elif looked:
        yield "The source of the contract was not seen unchanged in any of these runs."


def kind_words(kind: str) -> str:
    """What a reader is shown of the outcome of a requirement in a run."""
    return KINDS.get(kind, "no result" if kind == NO_RESULT else "not in its contract")
