import pytest

from tck.checking.check import Check
from tck.checking.comparison import compared
from tck.errors import Broken, Indeterminate
from tck.unjudged import NotApplicable, NotTested
from tck.values.json_equality import JsonValue
from tck.values.mismatch import Mismatch
from tck.vocabulary import Outcome
from tests.support.transport_samples import reply


@pytest.fixture
def check():
    return Check("file::test", ("a.one", "a.two"))


def outcomes(check):
    return {(found.requirement, found.outcome.value) for found in check.findings}


BOTH = ("a.one", "a.two")


@pytest.mark.parametrize(
    ("signal", "outcome"),
    [
        (None, "passed"), (AssertionError(), "failed"), (Broken("x"), "failed"), (Indeterminate("x"), "indeterminate"),
        (NotTested("x"), "not_tested"), (NotApplicable("x"), "not_applicable"), (pytest.skip.Exception("x"), "not_tested"),
        (ValueError("x"), "error"), (pytest.fail.Exception("x"), "error"), (RecursionError(), "error"),
    ],
)  # fmt: skip
def test_what_ends_a_check_is_the_outcome_of_all_that_it_declares(check, signal, outcome):
    check.conclude(signal)
    assert outcomes(check) == {(name, outcome) for name in BOTH}
    assert check.concluded


def test_each_requirement_can_be_judged_apart(check):
    with check.judging("a.one"):
        raise Broken("no good", "this", "that")
    with check.judging("a.two"):
        assert True
    check.conclude(None)
    assert outcomes(check) == {("a.one", "failed"), ("a.two", "passed")}
    assert [(found.reason, found.expected, found.seen) for found in check.failures()] == [
        ("no good", "this", "that")
    ]


def test_what_comes_after_one_was_judged_counts_for_the_others(check):
    with check.judging("a.one"):
        assert True
    check.conclude(NotTested("the rest was not seen"))
    assert outcomes(check) == {("a.one", "passed"), ("a.two", "not_tested")}


def test_what_comes_after_all_were_judged_is_not_lost(check):
    for name in BOTH:
        with check.judging(name):
            assert True
    check.conclude(AssertionError("all the same"))
    assert {found.requirement for found in check.failures()} == set(BOTH)


def test_an_accident_while_judging_is_an_error_of_that_requirement_too(check):
    with pytest.raises(KeyError), check.judging("a.one"):
        raise KeyError("typo")
    check.conclude(KeyError("typo"))
    assert outcomes(check) == {("a.one", "error"), ("a.two", "error")}


def test_a_requirement_that_is_not_declared_cannot_be_judged(check):
    with pytest.raises(LookupError, match=r"does not declare b\.other"), check.judging("b.other"):
        pass


def test_what_is_seen_beside_the_point_hides_no_failure(check):
    check.observe("a.one", None, reply())
    check.conclude(AssertionError("no"))
    assert ("a.one", "failed") in outcomes(check)


def test_of_many_problems_seen_beside_the_point_the_first_is_kept_with_its_exchange(check):
    check.exchanges += ["main-6", "main-7", "main-8"]
    check.observe("b.aside", Mismatch("first", "this", "that"), reply(exchange="main-7"))
    check.observe("b.aside", Mismatch("second", "this", "that"), reply(exchange="main-8"))
    check.observe("b.aside", None, reply(exchange="main-6"))
    check.observe("b.aside", None, reply(exchange="main-8"))
    assert [(found.reason, found.exchanges, found.judged) for found in check.findings] == [
        ("first", ("main-6", "main-7"), ("main-7",)),
        ("", ("main-6",), ("main-6",)),
    ]


@pytest.mark.parametrize("status", [422, 400, 403, 409, 411, 413, 415, 418])
def test_a_fitting_refusal_holds_and_tells_a_deviation_from_the_documented_status(check, status):
    answered = reply(status)
    assert check.refused(answered, documented=422, deviation="b.exact") is answered
    check.conclude(None)
    departs = status != 422
    assert ("b.exact", "failed" if departs else "passed") in outcomes(check)
    assert {found.outcome for found in check.findings if found.requirement in BOTH} == {Outcome.PASSED}
    assert {bool(found.deviation) for found in check.findings if found.requirement in BOTH} == {departs}


@pytest.mark.parametrize("status", [200, 201, 301, 401, 404, 408, 429, 500])
def test_anything_else_is_no_refusal(check, status):
    with pytest.raises(Broken) as failure:
        check.refused(reply(status, {"id": "s"}), documented=422, deviation="b.exact")
    expected = "422, or another refusal that fits (any 4xx but 401, 404, 408, 429)"
    assert failure.value.expected == expected
    assert failure.value.seen.startswith(str(status))
    assert check.findings == []


def test_fewer_statuses_that_fit_are_told_one_by_one(check):
    with pytest.raises(Broken) as failure:
        check.refused(reply(400), documented=422, fitting={409, 403})
    assert failure.value.expected == "422, or another refusal that fits (403, 409)"


def test_a_deviation_of_one_requirement_is_not_told_of_the_next(check):
    with check.judging("a.one"):
        check.refused(reply(400), documented=422, deviation="b.exact")
    with check.judging("a.two"):
        assert True
    told = {found.requirement: bool(found.deviation) for found in check.findings}
    assert told == {"b.exact": False, "a.one": True, "a.two": False}


def test_a_control_that_fails_is_not_tested_and_names_who_judges_it(check):
    assert check.control(reply(201), judged_by="b.other").status == 201
    with pytest.raises(NotTested, match=r"answered with 422, which b\.other judges"):
        check.control(reply(422), judged_by="b.other")


def test_a_good_request_that_is_refused_is_broken(check):
    assert check.accepted(reply(204)).status == 204
    with pytest.raises(Broken, match="a good request was refused"):
        check.accepted(reply(500))


def sent(check, number, status=200, body=None):
    """A reply that a check has got, and of which it notes what is looked at."""
    check.exchanges.append(f"main-{number}")
    return reply(status, body or {"id": "s"}, exchange=f"main-{number}").noted_by(check.note)


def test_the_exchanges_end_with_the_judged_one(check):
    check.exchanges += ["main-1", "main-2", "main-3"]
    check.conclude(Broken("x", "this", "that", "main-2"))
    assert check.findings[0].exchanges == ("main-1", "main-2")
    assert check.findings[0].judged == ("main-2",)


def test_two_that_were_compared_are_judged_in_the_order_of_sending(check):
    first, again = sent(check, 1), sent(check, 2, body={"id": "t"})
    sent(check, 3)
    check.comparison = compared("==", first.row, again.row)
    check.conclude(AssertionError("assert x"))
    assert check.findings[0].judged == ("main-1", "main-2")
    assert check.findings[0].exchanges == ("main-1", "main-2")


def test_one_of_another_check_comes_before_its_own(check):
    sent(check, 5)
    check.conclude(Broken("x", "this", "that", "main-5", "gw1-7"))
    assert check.findings[0].judged == ("gw1-7", "main-5")
    assert check.findings[0].exchanges == ("gw1-7", "main-5")


def test_where_no_sides_were_compared_the_one_looked_at_last_is_judged(check):
    first, second = sent(check, 1), sent(check, 2)
    assert second.succeeded
    assert first.status == 200
    check.conclude(AssertionError("assert not True"))
    assert check.findings[0].judged == ("main-1",)


def test_what_held_judged_all_that_was_looked_at_for_it(check):
    first, second, third = (sent(check, number) for number in (1, 2, 3))
    with check.judging("a.one"):
        assert second.row == first.row
    with check.judging("a.two"):
        assert third.status == 200
    check.conclude(None)
    assert [(found.judged, found.exchanges) for found in check.findings] == [
        (("main-1", "main-2"), ("main-1", "main-2")),
        (("main-3",), ("main-1", "main-2", "main-3")),
    ]


def test_what_fixtures_and_waits_look_at_is_not_judged(check):
    made = sent(check, 1)
    assert made.succeeded
    check.begin()
    shown = check.last_look(lambda: sent(check, len(check.exchanges) + 1), lambda one: one.status == 200)
    second = sent(check, 3)
    assert second["id"] == "s"
    check.conclude(None)
    assert shown.exchange == "main-2"
    assert check.findings[0].judged == ("main-3",)


def test_a_precondition_that_fails_judged_the_reply_that_it_looked_at(check):
    sent(check, 1)
    with check.judging("a.one"):
        check.control(sent(check, 2, 422), judged_by="b.other")
    assert check.findings[0].judged == ("main-2",)


def test_what_says_nothing_judged_the_exchange_that_failed(check):
    check.exchanges += ["main-1", "main-2"]
    check.conclude(Indeterminate("no reply", "main-2"))
    assert {found.judged for found in check.findings} == {("main-2",)}


def test_the_sides_of_a_comparison_are_those_of_each_requirement_that_it_fails(check):
    check.comparison = compared("==", JsonValue([1]), [True])
    check.conclude(AssertionError("assert x"))
    first, second = check.findings
    for one in (first, second):
        assert (one.seen, one.expected, one.reason) == ("[1]", "[true]", "it is [1], not [true]")


def test_the_sentence_of_an_assertion_goes_before_that_of_its_comparison(check):
    check.comparison = compared("==", 1, 2)
    check.conclude(AssertionError("the clock stands still\nassert 1 == 2"))
    assert check.findings[0].reason == "the clock stands still: it is 1, not 2"
    assert (check.findings[0].expected, check.findings[0].seen) == ("2", "1")


def test_what_a_read_never_shows_is_broken(check, monkeypatch):
    monkeypatch.setattr(
        "tck.checking.check.eventually",
        lambda look, holds: __import__("tck.waiting").waiting.Waited(7, False, 5.0, 9),
    )
    with pytest.raises(Broken, match="did not show it within 5 seconds"):
        check.visible(lambda: 7, lambda value: value == 8, shows="eight")


@pytest.mark.parametrize("body", [b"NaN", b'{"a": Infinity}', b"\xff", b"[" * 100_000, b"", b'{"a":1'])
def test_what_is_no_json_is_not_read_as_such(body):
    assert not reply(body=body).is_object
    with pytest.raises(Broken, match="not a JSON object"):
        _ = reply(body=body)["a"]
