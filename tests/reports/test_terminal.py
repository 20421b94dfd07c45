"""The closing summary: all a reader asks, in 80 columns, and nothing that a terminal would obey."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tck.contract.waivers import Waiver
from tck.reports import terminal
from tck.reports.labels import verdict_sentence
from tck.reports.terminal import closing_summary
from tck.results.outcomes import settle
from tck.results.result_file import build_result
from tck.values.texts import printable
from tck.vocabulary import Level, Outcome
from tests.support.result_samples import exchange, facts, finding, requirement, settled

SEEN = [one for one in Outcome if one is not Outcome.WAIVED]
WAIVER = Waiver("close.is-waived", "mended soon", "T-1", date(2026, 10, 1))
FAILED = finding(
    Outcome.FAILED, reason="it opened again", expected='"closedAt": "then"', seen='"closedAt": null',
    exchanges=("main-0", "main-1"),
)  # fmt: skip


def _summary(*entries: Any, exchanges: Any = None, **values: Any) -> str:
    kept = exchanges or {"main-1": exchange()}
    return closing_summary(
        build_result(facts(*entries, exchanges=kept, **values)), kept, ("out/result.json",)
    )


def _sentence(*entries: Any, **values: Any) -> str:
    return verdict_sentence(build_result(facts(*entries, **values)))


SENTENCES = [
    ([settled(Outcome.PASSED)], "CONFORMANT: 1 MUST requirement held."),
    (
        [settled(Outcome.PASSED), settled(Outcome.PASSED), settled(Outcome.NOT_APPLICABLE)],
        "CONFORMANT: 2 MUST requirements held, 1 did not apply.",
    ),
    (
        [settled(Outcome.PASSED), settle(requirement(), [FAILED], WAIVER)],
        "CONFORMANT WITH WAIVERS: all held but for 1 that failed and are waived.",
    ),
    ([settled(Outcome.FAILED), settled(Outcome.ERROR)], "NOT CONFORMANT: 1 MUST requirement failed."),
    (
        [
            settled(Outcome.PASSED),
            settled(Outcome.ERROR),
            settled(Outcome.NOT_TESTED),
            settled(Outcome.NOT_TESTED),
        ],
        "INCONCLUSIVE: no MUST requirement failed, but of them 1 judged by a check that broke, 2 not tested.",
    ),
    ([], "INCONCLUSIVE: no MUST requirement failed, but of them none was seen to hold."),
]


@pytest.mark.parametrize(("entries", "sentence"), SENTENCES)
def test_the_verdict_is_a_sentence(entries: list[Any], sentence: str) -> None:
    assert _sentence(*entries) == sentence


def test_a_failed_should_is_told_in_the_verdict_when_it_counts() -> None:
    entries = [settled(Outcome.FAILED), settled(Outcome.FAILED, Level.SHOULD)]
    assert (
        _sentence(*entries, fail_on_deviations=True)
        == "NOT CONFORMANT: 1 MUST requirement and 1 SHOULD failed."
    )


@pytest.mark.parametrize(("outcome", "number"), [(Outcome.PASSED, "none"), (Outcome.FAILED, "1")])
def test_a_partial_run_is_called_so(outcome: Outcome, number: str) -> None:
    sentence = f"PARTIAL: not every check ran to its end; of those that did, {number} failed."
    assert _sentence(settled(outcome), partial=True) == sentence


def test_a_failure_is_told_with_all_that_is_needed_to_look_into_it() -> None:
    text = _summary(settle(requirement(), [FAILED]))
    for part in (
        "FAILED MUST close.is-terminal ---",
        "A closed room stays closed.",
        "  page:     Close a room (description)",
        "https://docs.example.com/rooms/close",
        "  reason:   it opened again",
        '  expected: "closedAt": "then"',
        '  seen:     "closedAt": null',
        "  exchange: main-1, 12 ms",
        "    > POST http://127.0.0.1:8000/rooms/r1/close",
        "    > Content-Type: application/json",
        '    > {"reason":"done"}',
        "    < 200",
        '    < {"id":"r1"}',
        "  replay:   curl -sS -i -X POST http://127.0.0.1:8000/rooms/r1/close",
        "  rerun:    pytest suites/rooms/test_close.py::test_terminal --base-url=https://rooms.example.com",
        "Reports:\n  out/result.json",
    ):
        assert part in text


def test_musts_are_told_before_shoulds_and_every_failed_check_is() -> None:
    should = settled(Outcome.FAILED, Level.SHOULD, "close.first")
    both = settle(
        requirement(),
        [finding(Outcome.FAILED, check="a.py::one"), finding(Outcome.FAILED, check="a.py::two")],
    )
    text = _summary(should, both)
    places = [
        text.index(part)
        for part in ("rerun:    pytest a.py::one", "rerun:    pytest a.py::two", "SHOULD close.first")
    ]
    assert places == sorted(places)


def test_a_reply_that_never_came_is_told() -> None:
    lost = exchange(
        status=None, error="no complete reply within 10 seconds", response_headers=(), response_body=b""
    )
    assert "< no whole reply: no complete reply within 10 seconds" in _summary(
        settle(requirement(), [FAILED]), exchanges={"main-1": lost}
    )


def test_a_long_body_is_cut_and_its_size_told() -> None:
    big = exchange(response_body=b"x" * 50_000, response_headers=tuple((f"H{n}", "v") for n in range(50)))
    text = _summary(settle(requirement(), [FAILED]), exchanges={"main-1": big})
    assert "… (50000 bytes in all)" in text
    assert "(20 more headers)" in text
    assert text.count("x") < 1200


def test_counts_stand_by_operation_and_level() -> None:
    text = _summary(settled(Outcome.PASSED, name="open.a"), settled(Outcome.NOT_TESTED, Level.SHOULD))
    assert "                      passed  failed  indeterm.  error  not tested  n/a  waived" in text
    assert "open must                  1       .          .      .           .    .       ." in text
    assert "close should               .       .          .      .           1    .       ." in text
    assert "all must                   1       .          .      .           .    .       ." in text
    assert "open should" not in text


def test_what_failed_comes_first_in_the_table_and_the_reports_come_last() -> None:
    text = _summary(
        settled(Outcome.PASSED, name="open.a"), settled(Outcome.NOT_TESTED, name="look.a"),
        settled(Outcome.FAILED, name="close.a"), settled(Outcome.PASSED, Level.SHOULD, "close.b"),
    )  # fmt: skip
    table = text[text.index(" passed  failed") :].splitlines()[1:]
    names = [" ".join(line.split()[:2]) for line in table[:6]]
    assert names == ["close must", "look must", "open must", "close should", "all must", "all should"]
    assert text.index("FAILED MUST close.a") < text.index(" passed  failed") < text.index("Reports:")


def test_deviations_take_one_line_each() -> None:
    text = _summary(settled(Outcome.PASSED, deviation="answered 400\nwhere 422 is documented, " + "x" * 80))
    (line,) = [line for line in text.splitlines() if "answered 400" in line]
    assert line.startswith("  close.is-terminal: answered 400\\nwhere 422")
    assert len(line) == 80


def test_what_was_not_tested_stands_under_its_reason() -> None:
    text = _summary(
        settled(Outcome.NOT_TESTED, name="a.one", reason="no second key"),
        settled(Outcome.NOT_TESTED, name="a.two", reason="refused"),
        settled(Outcome.NOT_TESTED, Level.SHOULD, "a.three", reason="no second key"),
        settled(Outcome.NOT_APPLICABLE, name="a.four", reason="no such thing"),
        settled(Outcome.INDETERMINATE, name="a.five", reason="timed out"),
        settled(Outcome.ERROR, name="a.six"),
    )
    for part in (
        "Not tested (2): no second key\n  a.one (must), a.three (should)",
        "Not tested (1): refused\n  a.two (must)",
        "Not applicable (1): no such thing\n  a.four (must)",
        "Indeterminate (1): timed out\n  a.five (must)",
        "Error of the kit (1): no reason was given\n  a.six (must)",
    ):
        assert part in text


def test_waived_failures_are_told_with_reason_ticket_and_days() -> None:
    text = _summary(settle(requirement("close.is-waived"), [FAILED], WAIVER))
    assert "Waived (1): failed, and accepted for a while" in text
    assert "  close.is-waived: mended soon (T-1; until 2026-10-01, 10 days left)" in text
    assert "FAILED" not in text


def test_what_the_operator_accepted_and_what_stays_open_is_told() -> None:
    text = _summary(options={"accept_not_tested": ["second-environment"]}, sessions_left_open=2)
    assert "The operator accepts that what needs this is not tested: second-environment." in text
    assert "2 left open." in text


def test_all_but_the_lines_to_copy_fit_into_80_columns() -> None:
    entries = [settled(one, name=f"close.{'very-' * 9}{one.value}", reason="word " * 40) for one in SEEN]
    long = exchange(url="http://127.0.0.1/" + "a" * 300, response_body=b"y" * 900)
    told = settle(requirement(), [finding(Outcome.FAILED, seen="z" * 500, exchanges=("main-1",))])
    for line in _summary(*entries, told, exchanges={"main-1": long}).splitlines():
        assert len(line) <= 80 or line.startswith(("  replay:", "  rerun:"))


@given(st.text(), st.binary())
def test_nothing_from_the_target_reaches_the_terminal_but_plain_characters(text: str, body: bytes) -> None:
    said = finding(Outcome.FAILED, reason=text, expected=text, seen=text, exchanges=("main-1",))
    hostile = exchange(response_headers=((text, text),), response_body=body, error=text)
    summary = _summary(settle(requirement(), [said]), exchanges={"main-1": hostile})
    assert all(line.isprintable() for line in summary.split("\n"))


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


def test_a_reason_that_many_requirements_share_names_the_first_of_them_and_counts_the_rest():
    entries: Any = [
        {"id": f"create.rule-{number}", "level": "must", "outcome": "not_tested", "reason": "no key"}
        for number in range(terminal.MOST_NAMED + 3)
    ]
    lines = terminal._grouped(entries, "not_tested", 80)
    assert lines[0] == "Not tested (23): no key"
    assert "and 3 more, which result.json names" in " ".join(line.strip() for line in lines)
    assert not any("rule-22" in line for line in lines)
