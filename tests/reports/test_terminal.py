"""The closing summary: one screen in 80 to 120 columns, and nothing that a terminal would obey."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tck.contract.requirements import Explained
from tck.contract.waivers import Waiver
from tck.reports import listing
from tck.reports.labels import verdict_sentence
from tck.reports.one_screen import LINES, OF_PYTEST, Reports
from tck.reports.terminal import closing_summary
from tck.reports.text import height, pair
from tck.results.outcomes import settle
from tck.results.result_file import build_result
from tck.results.selection import WITHDRAWN
from tck.values.texts import printable
from tck.vocabulary import Level, Outcome
from tests.support.report_samples import crowded, hostile
from tests.support.result_samples import exchange, facts, finding, requirement, settled

SEEN = [one for one in Outcome if one is not Outcome.WAIVED]
WAIVER = Waiver("close.is-waived", "mended soon", "T-1", date(2026, 10, 1))
FAILED = finding(
    Outcome.FAILED, reason="it opened again", expected='closedAt: "then"', seen="closedAt: null",
    exchanges=("main-0", "main-1"), judged=("main-1",),
)  # fmt: skip
REPORTS = Reports(("out/index.html", "out/result.json"))


def _summary(*entries: Any, exchanges: Any = None, width: int = 80, verbosity: int = 0, **values: Any) -> str:
    kept = exchanges or {"main-1": exchange()}
    result = build_result(facts(*entries, exchanges=kept, **values))
    return closing_summary(result, kept, REPORTS, width, verbosity)


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
        "CONFORMANT WITH WAIVERS: 1 requirement failed and is waived; all others held.",
    ),
    ([settled(Outcome.FAILED), settled(Outcome.ERROR)], "NOT CONFORMANT: 1 MUST requirement failed."),
    (
        [
            settled(Outcome.PASSED),
            settled(Outcome.ERROR),
            settled(Outcome.NOT_TESTED),
            settled(Outcome.NOT_TESTED),
        ],
        "INCONCLUSIVE: no MUST requirement failed, but 1 was judged by a check that broke, 2 were not tested.",
    ),
    ([], "INCONCLUSIVE: no MUST requirement failed, but none was seen to hold."),
]


@pytest.mark.parametrize(("entries", "sentence"), SENTENCES)
def test_the_verdict_is_a_sentence(entries: list[Any], sentence: str) -> None:
    assert _sentence(*entries) == sentence


@pytest.mark.parametrize(("number", "said"), [(1, "1 waiver is"), (2, "2 waivers are")])
def test_a_stale_waiver_is_told_in_the_verdict(number: int, said: str) -> None:
    told = _sentence(settled(Outcome.PASSED), generated={"waivers": {"stale": number}})
    assert told == f"CONFORMANT: 1 MUST requirement held; {said} no longer needed, so the run exits with 1."


def test_a_failed_should_is_told_in_the_verdict_when_it_counts() -> None:
    entries = [settled(Outcome.FAILED), settled(Outcome.FAILED, Level.SHOULD)]
    assert (
        _sentence(*entries, fail_on_deviations=True)
        == "NOT CONFORMANT: 1 MUST requirement and 1 SHOULD failed."
    )


@pytest.mark.parametrize(
    ("outcome", "number"), [(Outcome.PASSED, "no MUST requirement"), (Outcome.FAILED, "1 MUST requirement")]
)
def test_a_partial_run_is_called_so(outcome: Outcome, number: str) -> None:
    sentence = f"PARTIAL: not every check was selected; {number} failed."
    assert _sentence(settled(outcome), partial=True) == sentence


def test_only_the_level_that_failed_is_named() -> None:
    entries = [settled(Outcome.PASSED), settled(Outcome.FAILED, Level.SHOULD, "open.is-quick")]
    said = "1 SHOULD requirement failed."
    assert _sentence(*entries, fail_on_deviations=True) == f"NOT CONFORMANT: {said}"
    assert _sentence(*entries, fail_on_deviations=True, partial=True).endswith(f"; {said}")


# One screen


def test_a_cause_takes_five_lines_with_all_that_is_needed_to_look_into_it() -> None:
    assert _summary(settle(requirement(), [FAILED]), width=120).splitlines() == [
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
    assert "\n   curl -sS -i -X GET http://127.0.0.1:8000/rooms/r1/close\n" in _summary(
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
    text = _summary(
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
    text = _summary(
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
    lines = _summary(settled(Outcome.PASSED), *entries).splitlines()
    at = next(place for place, line in enumerate(lines) if line.startswith("Deviations"))
    shown = " ".join(lines[at : at + 2])
    assert f"; and {9 - shown.count('open.is-q')} more" in shown
    assert not lines[at + 2].startswith(" ")


def test_deviations_that_fail_the_run_are_causes() -> None:
    text = _summary(settled(Outcome.FAILED, Level.SHOULD, "open.is-quick"), fail_on_deviations=True)
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
    assert "Allowed differences (1): Replies carry more\n" in _summary(entry, differences=ALLOWED)
    text = _summary(entry, differences=ALLOWED, verbosity=1)
    assert "  Replies carry more (region), seen 3 times: exchange main-1" in text
    assert "Allowed differences" not in _summary(entry)


def test_when_nothing_failed_each_reason_of_what_is_not_known_takes_a_line() -> None:
    text = _summary(
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
    text = _summary(settle(requirement("close.is-waived"), [FAILED], WAIVER))
    assert "Waived (1): close.is-waived (T-1, 10 days left)" in text
    text = _summary(options={"accept_not_tested": ["second-environment"]}, sessions_left_open=2)
    assert "The operator accepts that what needs this is not tested: second-environment." in text
    assert "2 left open." in text


def test_what_the_vendor_declares_is_shown_as_a_claim() -> None:
    text = _summary(declared_lacks={"second-environment": "There is one environment only."})
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
    text = _summary(told, rerun=(f"--base-url={base}",), base_url=base)
    again = f"Run its checks again: pytest --requirement=close.is-terminal --base-url={base}"
    assert again in text.splitlines()
    for line in text.splitlines():
        assert len(line) <= 80 or base in line


def test_texts_that_differ_late_are_cut_where_they_differ() -> None:
    same = "s" * 300
    told = settle(requirement(), [finding(Outcome.FAILED, expected=f"{same}ONE", seen=f"{same}TWO")])
    [line] = [line for line in _summary(told).splitlines() if "expected" in line]
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
    [line] = [line for line in _summary(told).splitlines() if "expected" in line]
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
    text = _summary(settled(Outcome.FAILED), left_out, nothing, partial=True)
    assert "Not tested (2): not all of the checks were selected\n" in text
    text = _summary(left_out, nothing, partial=True, verbosity=1)
    assert "Not tested (2): not all of the checks were selected\n  a.one (must), a.two (must)" in text


def test_a_long_text_beside_a_short_one_gets_the_room() -> None:
    told = settle(requirement(), [finding(Outcome.FAILED, expected="404", seen="x" * 200)])
    [line] = [line for line in _summary(told).splitlines() if "expected" in line]
    assert line.startswith("   expected 404 | seen xxxxx")
    assert line.endswith("x…")
    assert len(line) == 80


# One line, and everything


def test_a_quiet_summary_is_one_line_with_the_names_of_the_causes() -> None:
    entries = [settle(requirement(), [FAILED]), settled(Outcome.FAILED, Level.SHOULD, "open.is-quick")]
    assert _summary(*entries, verbosity=-1) == "NOT CONFORMANT: 1 MUST requirement failed. close.is-terminal"
    assert _summary(settled(Outcome.PASSED), verbosity=-2) == "CONFORMANT: 1 MUST requirement held."


def test_a_verbose_summary_has_an_entry_a_requirement_with_its_ways_and_exchanges() -> None:
    other = finding(
        Outcome.FAILED, requirement="close.b", check="t.py::two", expected="200", seen="409", judged=("main-2",),
        exchanges=("main-2",),
    )  # fmt: skip
    again = finding(
        Outcome.FAILED, check="t.py::again", judged=("main-3",), exchanges=("main-3",), reason="too"
    )
    kept = {"main-1": exchange(), "main-2": exchange(id="main-2", status=409, request_body=b"")}
    kept["main-3"] = exchange(id="main-3")
    text = _summary(
        settle(requirement(), [FAILED, again, finding(Outcome.PASSED, check="t.py::other")]),
        settle(requirement("close.b"), [other]),
        settled(Outcome.NOT_TESTED, name="close.c", reason="close.is-terminal judges that"),
        exchanges=kept, verbosity=1, explained={"close.is-terminal": Explained(("close.b",))},
    )  # fmt: skip
    for part in (
        "CAUSE 1 (2 requirements, 3 requests, 1 not tested for it) ---",
        "MUST close.is-terminal\nA closed room stays closed.\n",
        "  page:     Close a room (description): https://docs.example.com/rooms/close",
        "  failed:   in 2 of 3 checks, in 2 requests",
        "  way:      closeRoom answered 200\n  reason:   it opened again",
        '  expected: closedAt: "then"',
        "  seen:     closedAt: null",
        "  exchange: main-1, 12 ms",
        "    > POST http://127.0.0.1:8000/rooms/r1/close",
        "    > Content-Type: application/json",
        '    > {"reason":"done"}',
        "    < 200",
        '    < {"id":"r1"}',
        "  replay:   curl -sS -i -X POST http://127.0.0.1:8000/rooms/r1/close",
        "  rerun:    pytest --requirement=close.is-terminal --base-url=https://rooms.example.com",
        "  also fails for this reason:\n    MUST close.b\n",
        "      way:      closeRoom without a body answered 409\n      expected: 200\n      seen:     409\n      exchange: main-2",
        "  not tested because of it: close.c",
        "Reports: out/index.html",
    ):
        assert part in text
    assert text.count("  exchange: main-3") == 0
    assert text.count("MUST close.is-terminal") == 1


def test_equal_requests_before_the_judged_one_take_one_line() -> None:
    kept = {f"main-{n}": exchange(id=f"main-{n}", method="GET" if n % 20 else "POST") for n in range(25)}
    told = finding(Outcome.FAILED, exchanges=tuple(kept), judged=("main-24",))
    text = _summary(settle(requirement(), [told]), exchanges=kept, verbosity=1)
    url = "http://127.0.0.1:8000/rooms/r1/close answered 200"
    assert f"  before:   POST {url} (main-0)\n" in text
    assert f"            GET {url} (19 times, main-1 to main-19)\n" in text
    assert f"            GET {url} (3 times, main-21 to main-23)\n  exchange: main-24" in text


def test_a_reply_that_never_came_is_told() -> None:
    lost = exchange(
        status=None, error="no complete reply within 10 seconds", response_headers=(), response_body=b""
    )
    assert "< no whole reply: no complete reply within 10 seconds" in _summary(
        settle(requirement(), [FAILED]), exchanges={"main-1": lost}, verbosity=1
    )


def test_a_long_body_is_cut_and_its_size_told() -> None:
    big = exchange(response_body=b"x" * 50_000, response_headers=tuple((f"H{n}", "v") for n in range(50)))
    text = _summary(settle(requirement(), [FAILED]), exchanges={"main-1": big}, verbosity=1)
    assert "… (50000 bytes in all)" in text
    assert "(20 more headers)" in text
    assert text.count("x") < 1200


def test_counts_stand_by_operation_and_level() -> None:
    text = _summary(
        settled(Outcome.PASSED, name="open.a"), settled(Outcome.NOT_TESTED, Level.SHOULD), verbosity=1
    )
    assert "                      passed  failed  indeterm.  error  not tested  n/a  waived" in text
    assert "open must                  1       .          .      .           .    .       ." in text
    assert "close should               .       .          .      .           1    .       ." in text
    assert "all must                   1       .          .      .           .    .       ." in text
    assert "open should" not in text


def test_what_failed_comes_first_in_the_table() -> None:
    text = _summary(
        settled(Outcome.PASSED, name="open.a"), settled(Outcome.NOT_TESTED, name="look.a"),
        settled(Outcome.FAILED, name="close.a"), settled(Outcome.PASSED, Level.SHOULD, "close.b"), verbosity=1,
    )  # fmt: skip
    table = text[text.index(" passed  failed") :].splitlines()[1:]
    names = [" ".join(line.split()[:2]) for line in table[:6]]
    assert names == ["close must", "look must", "open must", "close should", "all must", "all should"]


def test_a_verbose_summary_groups_what_was_not_tested_under_its_reason() -> None:
    text = _summary(
        settled(Outcome.NOT_TESTED, name="a.one", reason="no second key"),
        settled(Outcome.NOT_TESTED, Level.SHOULD, "a.three", reason="no second key"),
        settled(Outcome.NOT_APPLICABLE, name="a.four", reason="no such thing"),
        settle(requirement("close.is-waived"), [FAILED], WAIVER),
        verbosity=1,
    )
    for part in (
        "Not tested (2): no second key\n  a.one (must), a.three (should)",
        "Not applicable (1): no such thing\n  a.four (must)",
        "Waived (1): failed, and accepted for a while",
        "  close.is-waived: mended soon (T-1; until 2026-10-01, 10 days left)",
    ):
        assert part in text


def test_a_deviation_is_listed_as_one() -> None:
    text = _summary(settled(Outcome.PASSED, deviation="answered 400\nwhere 422 is documented"), verbosity=1)
    assert "DEVIATION 1 (1 requirement, 1 request) ---" in text
    assert "  deviates: answered 400\\nwhere 422 is documented" in text


def test_a_reason_that_many_requirements_share_names_the_first_of_them_and_counts_the_rest() -> None:
    entries = [
        settled(Outcome.NOT_TESTED, name=f"create.rule-{number}", reason="no key")
        for number in range(listing.MOST_NAMED + 3)
    ]
    text = _summary(*entries, verbosity=1)
    assert "Not tested (23): no key" in text
    assert "and 3 more, which result.json names" in " ".join(text.split())
    assert "rule-22" not in text


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
    summary = _summary(settle(requirement(), [said]), exchanges={"main-1": odd}, verbosity=verbosity)
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
