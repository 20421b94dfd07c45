"""Late in the run: what the first updates of the run wrote is there, and can be updated again."""

import time

import pytest

from suites.everruns.support.early import FOR_ANOTHER, REFUSED_TAGS, REFUSED_TITLE, Early
from suites.everruns.support.rows import tags_of, title_of, without_volatile
from tck.checking import LONGEST_WAIT, Check, pause

LOOKS = 5
"""Reads in a row, as the reads of a target may be answered by several servers."""
OLD = 3.0
"""Seconds after which what was written is looked at once more; a whole run takes longer anyway."""


@pytest.mark.last
@pytest.mark.requirement(
    "update.writes-last",
    "update.refused-update-changes-nothing",
    "update.near-miss-id-changes-nothing",
    "update.omitted-title-stays",
    "update.omitted-tags-stay",
)
def test_what_was_written_early_is_there_late(check: Check, early: Early) -> None:
    pause(min(early.made_at + OLD - time.time(), LONGEST_WAIT))
    shown = [(one, one.session.still(one.row)) for one in early.every for _ in range(LOOKS)]
    with check.judging("update.refused-update-changes-nothing"):
        for _, row in shown:
            assert title_of(row) != REFUSED_TITLE
            assert tags_of(row) != REFUSED_TAGS
    with check.judging("update.near-miss-id-changes-nothing"):
        for _, row in shown:
            assert title_of(row) != FOR_ANOTHER["title"]
            assert tags_of(row) != FOR_ANOTHER["tags"]
    with check.judging("update.writes-last"):
        for one, row in shown:
            assert without_volatile(row) == without_volatile(one.row)
    with check.judging("update.omitted-title-stays"):
        for one in early.every:
            reply = check.accepted(one.session.update({"tags": tags_of(one.row).value}))
            assert title_of(reply.row) == title_of(one.row)
            assert title_of(one.session.eventually_shows_written(reply)) == title_of(one.row)
    with check.judging("update.omitted-tags-stay"):
        for one in (one for one in early.every if not title_of(one.row).is_null):
            reply = check.accepted(one.session.update({"title": title_of(one.row).value}))
            assert tags_of(reply.row) == tags_of(one.row)
            assert tags_of(one.session.eventually_shows_written(reply)) == tags_of(one.row)
