"""Deadlines that ordinary servers take."""

from datetime import UTC, datetime, timedelta

import pytest

from tck.values.deadlines import WEEKS, is_weeks_ahead, weeks_ahead
from tck.values.rfc3339 import parse_instant


@pytest.mark.parametrize("weeks", [WEEKS, 3])
def test_a_deadline_lies_some_weeks_ahead(weeks):
    ahead = float(parse_instant(weeks_ahead(weeks)).seconds) - datetime.now(UTC).timestamp()
    assert abs(ahead - weeks * 7 * 86_400) <= 86_400
    assert is_weeks_ahead(weeks_ahead(weeks))


@pytest.mark.parametrize("days", [0, 1, 60, 4000])
def test_what_is_nearer_or_farther_is_none(days):
    assert not is_weeks_ahead((datetime.now(UTC) + timedelta(days=days)).isoformat())


@pytest.mark.parametrize("text", ["soon", "", "2026-12-24"])
def test_what_is_no_instant_is_none(text):
    assert not is_weeks_ahead(text)
