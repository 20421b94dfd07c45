"""The closing summary: one screen in 80 to 120 columns."""

from typing import Any

import pytest

from tck.contract.requirements import Explained
from tck.reports.one_screen import LINES, OF_PYTEST, Reports
from tck.reports.terminal import closing_summary
from tck.reports.text import height, pair
from tck.results.outcomes import settle
from tck.results.result_file import build_result
from tck.results.selection import WITHDRAWN
from tck.vocabulary import Level, Outcome
from tests.support.closing_summaries import FAILED, REPORTS, WAIVER, summary
from tests.support.report_samples import crowded
from tests.support.result_samples import exchange, facts, finding, requirement, settled


def test_a_cause_takes_five_lines_with_all_that_is_needed_to_look_into_it() -> None:
    assert summary(settle(requirement(), [FAILED]), width=120).splitlines() == [
        "NOT CONFORMANT: 1 MUST requirement failed.",
        "https://rooms.example.com, judged by rooms 2027-01 with sessions-tck 0.1.0 in 12.3 s: 3 requests, 2 sessions made, none",
        "left open.",
        "1 cause:",
        "",
        "1. MUST close.is-terminal (1 requirement, 1 request): A closed room stays closed.",
        "   Close a room (description): https://docs.example.com/rooms/close",
        '   expected closedAt: "then" | seen closedAt: null',
        "   exchange main-1 of exchanges.har",
        "   rerun: pytest --requirement=close.is-terminal --base-url=https://rooms.example.com",
        "",
        "MUST: 1 failed.",
        "Reports: out/index.html",
        "   and beside it result.json",
    ]


def test_a_short_curl_line_is_shown_and_else_the_script_that_reproduces_the_cause() -> None:
    short = exchange(method="GET", request_headers=(), request_body=b"")
    assert "\n   curl -sS -i -X GET http://127.0.0.1:8000/rooms/r1/close\n" in summary(
        settle(requirement(), [FAILED]), exchanges={"main-1": short}
    )
    kept = {"main-1": exchange()}
    result = build_result(facts(settle(requirement(), [FAILED]), exchanges=kept))
    scripts = {"close.is-terminal": "out/reproduce/close.is-terminal.sh"}
    assert "\n   sh out/reproduce/close.is-terminal.sh\n" in closing_summary(
        result, kept, Reports((), scripts)
    )
    far = {"close.is-terminal": f"{'out/' * 90}close.is-terminal.sh"}
    assert "\n   exchange main-1 of exchanges.har\n" in closing_summary(result, kept, Reports((), far))


def test_what_belongs_to_a_cause_is_counted_with_it() -> None:
    text = summary(
        settle(requirement(), [FAILED]),
        settled(Outcome.FAILED, name="close.b"),
        settled(
            Outcome.NOT_TESTED, name="close.c", reason="the control failed, which close.is-terminal judges"
        ),
        settled(Outcome.NOT_TESTED, name="close.d", reason="no second key"),
        explained={"close.is-terminal": Explained(("close.b",))},
    )
    assert "(2 requirements, 2 requests, 1 not tested for it)" in " ".join(text.split())
    assert "Not tested (2): 1 because of cause 1; 1: no second key" in text
    assert "MUST: 2 failed, 2 not tested." in text


def test_deviations_take_one_line_and_are_called_so() -> None:
    status = {"expected": "422", "seen": "400"}
    text = summary(
        settled(Outcome.PASSED),
        settled(Outcome.FAILED, Level.SHOULD, "create.answers-422", **status),
        settled(Outcome.FAILED, Level.SHOULD, "update.answers-422", **status),
        settled(Outcome.FAILED, Level.SHOULD, "open.is-quick"),
        width=120,
    )
    [line] = [line for line in text.splitlines() if line.startswith("Deviations")]
    assert line == ("Deviations (3 requirements, 3 requests): 400 where 422 is documented (2); open.is-quick")
    assert "MUST: 1 passed. SHOULD: 3 deviating." in text
    assert "cause" not in text


def test_deviations_that_do_not_fit_are_counted() -> None:
    entries = [settled(Outcome.FAILED, Level.SHOULD, f"open.is-{'q' * 20}-{n}") for n in range(9)]
    lines = summary(settled(Outcome.PASSED), *entries).splitlines()
    at = next(place for place, line in enumerate(lines) if line.startswith("Deviations"))
    shown = " ".join(lines[at : at + 2])
    assert f"; and {9 - shown.count('open.is-q')} more" in shown
    assert not lines[at + 2].startswith(" ")


def test_deviations_that_fail_the_run_are_causes() -> None:
    text = summary(settled(Outcome.FAILED, Level.SHOULD, "open.is-quick"), fail_on_deviations=True)
    assert "1. SHOULD open.is-quick (1 requirement, 1 request): A closed room stays closed." in text
    assert "Deviations" not in text


ALLOWED: Any = [
    {
        "id": "replies.extra-members",
        "statement": "Replies carry more.",
        "seen": "region",
        "times": 3,
        "exchange": "main-1",
    }
]


def test_what_differs_though_it_is_allowed_takes_a_line() -> None:
    entry = settled(Outcome.PASSED)
    assert "Allowed differences (1): Replies carry more\n" in summary(entry, differences=ALLOWED)
    text = summary(entry, differences=ALLOWED, verbosity=1)
    assert "  Replies carry more (region), seen 3 times: exchange main-1" in text
    assert "Allowed differences" not in summary(entry)


def test_when_nothing_failed_each_reason_of_what_is_not_known_takes_a_line() -> None:
    text = summary(
        settled(Outcome.NOT_TESTED, name="a.one", reason="no second key"),
        settled(Outcome.NOT_TESTED, name="a.two", reason="refused"),
        settled(Outcome.NOT_TESTED, Level.SHOULD, "a.three", reason="no second key"),
        settled(Outcome.INDETERMINATE, name="a.five", reason="timed out"),
        settled(Outcome.ERROR, name="a.six"),
    )
    assert (
        "Error of the kit (1):\n   no reason was given: a.six (must)\n"
        "Indeterminate (1):\n   timed out: a.five (must)\n"
        "Not tested (3):\n   no second key: a.one (must), a.three (should)\n   refused: a.two (must)\n"
    ) in text


def test_waived_failures_and_what_the_operator_accepted_are_told() -> None:
    text = summary(settle(requirement("close.is-waived"), [FAILED], WAIVER))
    assert "Waived (1): close.is-waived (T-1, 10 days left)" in text
    text = summary(options={"accept_not_tested": ["second-environment"]}, sessions_left_open=2)
    assert "The operator accepts that what needs this is not tested: second-environment." in text
    assert "2 left open." in text


def test_what_the_vendor_declares_is_shown_as_a_claim() -> None:
    text = summary(declared_lacks={"second-environment": "There is one environment only."})
    claim = (
        "By the vendor's claim, which the run has not seen, the target lacks second-environment: There is one"
    )
    assert claim in " ".join(text.split())


@pytest.mark.parametrize("width", [10, 80, 97, 120, 300])
@pytest.mark.parametrize("number", [1, 9, 10, 11, 300])
def test_whatever_failed_it_fits_on_one_screen(width: int, number: int) -> None:
    result, kept = crowded(number)
    text = closing_summary(result, kept, REPORTS, width)
    shown = min(max(width, 80), 120)
    assert sum(height(line, shown) for line in text.splitlines()) <= LINES - OF_PYTEST
    assert text.count("\n1. ") == 1
    assert ("further cause" in text) is (number > 10)


def test_causes_that_do_not_fit_are_named() -> None:
    result, kept = crowded(300)
    [line] = [line for line in closing_summary(result, kept, REPORTS).splitlines() if "further" in line]
    assert line.startswith("and 29")
    assert "further causes (-v shows all): op" in line
    assert len(line) <= 80


def test_lines_break_at_spaces_alone_and_what_is_to_be_copied_stays_whole() -> None:
    told = settle(
        requirement(), [finding(Outcome.FAILED, seen="z" * 500, expected="y", exchanges=("main-1",))]
    )
    base = "https://rooms.example.com/" + "a" * 90
    text = summary(told, rerun=(f"--base-url={base}",), base_url=base)
    again = f"Run its checks again: pytest --requirement=close.is-terminal --base-url={base}"
    assert again in text.splitlines()
    for line in text.splitlines():
        assert len(line) <= 80 or base in line


def test_texts_that_differ_late_are_cut_where_they_differ() -> None:
    same = "s" * 300
    told = settle(requirement(), [finding(Outcome.FAILED, expected=f"{same}ONE", seen=f"{same}TWO")])
    [line] = [line for line in summary(told).splitlines() if "expected" in line]
    assert line == "   expected …ssssssssssssONE | seen …ssssssssssssTWO"


def test_of_several_members_the_first_is_shown_alone_where_not_all_fit() -> None:
    told = settle(
        requirement(),
        [
            finding(
                Outcome.FAILED,
                expected=f'id: "s_1"; type: "{"t" * 60}"; tags: []; and 2 more differences',
                seen="id: null; type: null; tags: []; and 2 more differences",
            )
        ],
    )
    [line] = [line for line in summary(told).splitlines() if "expected" in line]
    assert line == '   expected id: "s_1" | seen id: null (3 more differ)'


@pytest.mark.parametrize("width", [61, 77, 97, 117])
@pytest.mark.parametrize("member", ["closedAt", "triggerConfig.basePayload.at", "n" * 60])
@pytest.mark.parametrize("start", [0, 10, 20, 40, 90])
def test_two_texts_that_are_cut_still_differ(width: int, member: str, start: int) -> None:
    same = "2026-11-30T12:36:13." * 5
    rest = "; closedReason: "
    expected = f'{member}: "{same[:start]}595Z"{rest}"Signed out: user #7"'
    seen = f'{member}: "{same[:start]}762Z"{rest}"{"another" * 9}"'
    line = pair(expected, seen, width)
    sides = line.removeprefix("expected ").removesuffix(" (1 more differs)").split(" | seen ")
    assert len(line) <= width
    assert ["595" in sides[0], "762" in sides[1]] == [True, True]


def test_what_a_selection_left_out_has_one_reason() -> None:
    nothing = settle(requirement("a.two"), [])
    left_out = settled(Outcome.NOT_TESTED, name="a.one", reason=WITHDRAWN)
    text = summary(settled(Outcome.FAILED), left_out, nothing, partial=True)
    assert "Not tested (2): not all of the checks were selected\n" in text
    text = summary(left_out, nothing, partial=True, verbosity=1)
    assert "Not tested (2): not all of the checks were selected\n  a.one (must), a.two (must)" in text


def test_a_long_text_beside_a_short_one_gets_the_room() -> None:
    told = settle(requirement(), [finding(Outcome.FAILED, expected="404", seen="x" * 200)])
    [line] = [line for line in summary(told).splitlines() if "expected" in line]
    assert line.startswith("   expected 404 | seen xxxxx")
    assert line.endswith("x…")
    assert len(line) == 80
