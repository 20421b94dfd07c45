"""The closing summary in one line, and with an entry for each requirement."""

from tck.contract.requirements import Explained
from tck.reports import listing
from tck.results.outcomes import settle
from tck.vocabulary import Level, Outcome
from tests.support.closing_summaries import FAILED, WAIVER, summary
from tests.support.result_samples import exchange, finding, requirement, settled


def test_a_quiet_summary_is_one_line_with_the_names_of_the_causes() -> None:
    entries = [settle(requirement(), [FAILED]), settled(Outcome.FAILED, Level.SHOULD, "open.is-quick")]
    assert summary(*entries, verbosity=-1) == "NOT CONFORMANT: 1 MUST requirement failed. close.is-terminal"
    assert summary(settled(Outcome.PASSED), verbosity=-2) == "CONFORMANT: 1 MUST requirement held."


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
    text = summary(
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
    text = summary(settle(requirement(), [told]), exchanges=kept, verbosity=1)
    url = "http://127.0.0.1:8000/rooms/r1/close answered 200"
    assert f"  before:   POST {url} (main-0)\n" in text
    assert f"            GET {url} (19 times, main-1 to main-19)\n" in text
    assert f"            GET {url} (3 times, main-21 to main-23)\n  exchange: main-24" in text


def test_a_reply_that_never_came_is_told() -> None:
    lost = exchange(
        status=None, error="no complete reply within 10 seconds", response_headers=(), response_body=b""
    )
    assert "< no whole reply: no complete reply within 10 seconds" in summary(
        settle(requirement(), [FAILED]), exchanges={"main-1": lost}, verbosity=1
    )


def test_a_long_body_is_cut_and_its_size_told() -> None:
    big = exchange(response_body=b"x" * 50_000, response_headers=tuple((f"H{n}", "v") for n in range(50)))
    text = summary(settle(requirement(), [FAILED]), exchanges={"main-1": big}, verbosity=1)
    assert "… (50000 bytes in all)" in text
    assert "(20 more headers)" in text
    assert text.count("x") < 1200


def test_counts_stand_by_operation_and_level() -> None:
    text = summary(
        settled(Outcome.PASSED, name="open.a"), settled(Outcome.NOT_TESTED, Level.SHOULD), verbosity=1
    )
    assert "                      passed  failed  indeterm.  error  not tested  n/a  waived" in text
    assert "open must                  1       .          .      .           .    .       ." in text
    assert "close should               .       .          .      .           1    .       ." in text
    assert "all must                   1       .          .      .           .    .       ." in text
    assert "open should" not in text


def test_what_failed_comes_first_in_the_table() -> None:
    text = summary(
        settled(Outcome.PASSED, name="open.a"), settled(Outcome.NOT_TESTED, name="look.a"),
        settled(Outcome.FAILED, name="close.a"), settled(Outcome.PASSED, Level.SHOULD, "close.b"), verbosity=1,
    )  # fmt: skip
    table = text[text.index(" passed  failed") :].splitlines()[1:]
    names = [" ".join(line.split()[:2]) for line in table[:6]]
    assert names == ["close must", "look must", "open must", "close should", "all must", "all should"]


def test_a_verbose_summary_groups_what_was_not_tested_under_its_reason() -> None:
    text = summary(
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
    text = summary(settled(Outcome.PASSED, deviation="answered 400\nwhere 422 is documented"), verbosity=1)
    assert "DEVIATION 1 (1 requirement, 1 request) ---" in text
    assert "  deviates: answered 400\\nwhere 422 is documented" in text


def test_a_reason_that_many_requirements_share_names_the_first_of_them_and_counts_the_rest() -> None:
    entries = [
        settled(Outcome.NOT_TESTED, name=f"create.rule-{number}", reason="no key")
        for number in range(listing.MOST_NAMED + 3)
    ]
    text = summary(*entries, verbosity=1)
    assert "Not tested (23): no key" in text
    assert "and 3 more, which result.json names" in " ".join(text.split())
    assert "rule-22" not in text
