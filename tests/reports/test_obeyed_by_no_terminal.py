"""No terminal obeys anything that a target or an operator wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tck.reports.terminal import closing_summary
from tck.results.outcomes import settle
from tck.values.texts import printable
from tck.vocabulary import Outcome
from tests.support.closing_summaries import REPORTS, summary
from tests.support.report_samples import hostile
from tests.support.result_samples import exchange, finding, requirement


@pytest.mark.parametrize("verbosity", [-1, 0, 1])
def test_no_text_of_a_target_or_an_operator_is_obeyed(verbosity: int) -> None:
    result, kept = hostile()
    text = closing_summary(result, kept, REPORTS, 80, verbosity)
    assert all(line.isprintable() for line in text.split("\n"))


@given(st.text(), st.binary(), st.sampled_from([-1, 0, 1]))
def test_nothing_from_the_target_reaches_the_terminal_but_plain_characters(
    text: str, body: bytes, verbosity: int
) -> None:
    said = finding(Outcome.FAILED, reason=text, expected=text, seen=text, exchanges=("main-1",))
    odd = exchange(response_headers=((text, text),), response_body=body, error=text)
    shown = summary(settle(requirement(), [said]), exchanges={"main-1": odd}, verbosity=verbosity)
    assert all(line.isprintable() for line in shown.split("\n"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\u202egnp", "\\u202egnp"),
        ("\x9b2J\x00\x7f", "\\x9b2J\\x00\\x7f"),
        ("\U000e0001", "\\U000e0001"),
        ("\ud800", "\\ud800"),
        ("é 漢 😀 [bold]", "é 漢 😀 [bold]"),
    ],
)
def test_what_a_terminal_could_obey_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert printable(text) == shown
