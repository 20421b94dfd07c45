"""Failures that are one fault are one cause, and every failure stands in exactly one."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tck.contract.requirements import Explained
from tck.results.causes import causes_of
from tck.results.outcomes import settle
from tck.results.result_file import build_result
from tck.results.ways import Kinds
from tck.vocabulary import Level, Outcome
from tests.support.result_samples import exchange, facts, finding, requirement, settled

MUST, SHOULD = Level.MUST, Level.SHOULD


def failed(name, level=MUST, **values):
    return settled(Outcome.FAILED, level, name, **values)


def always(relations):
    return {name: Explained(tuple(others)) for name, others in relations.items()}


def causes(*entries, explained=None, exchanges=None, **values):
    given = {"explained": always(explained or {}), "exchanges": exchanges or {}, **values}
    return build_result(facts(*entries, **given))["causes"]


def told(*entries, **values):
    return [(one["requirement"], one["also"]) for one in causes(*entries, **values)]


def test_what_another_failure_explains_is_told_below_it():
    explained = {"close.a": ["close.b", "close.never-failed"]}
    entries = [failed("close.b"), failed("close.a"), failed("open.c")]
    assert told(*entries, explained=explained) == [("close.a", ["close.b"]), ("open.c", [])]


def test_a_leader_explains_each_other_failure_of_its_cause_itself():
    explained = {"x.a": ["x.b"], "x.b": ["x.c"]}
    assert told(failed("x.c"), failed("x.b"), failed("x.a"), explained=explained) == [
        ("x.a", ["x.b"]),
        ("x.c", []),
    ]


def test_what_can_be_mended_comes_before_an_operation_that_is_not_there():
    entries = [failed("close.a"), failed("close.b"), failed("open.c"), failed("open.d", SHOULD)]
    explained = {"close.a": ["close.b"]}
    assert [name for name, _ in told(*entries, explained=explained)] == ["close.a", "open.c", "open.d"]
    missing = told(*entries, explained=explained, not_there=["closeRoom"])
    assert [name for name, _ in missing] == ["open.c", "close.a", "open.d"]


def test_a_requirement_that_passed_explains_nothing():
    entries = [failed("x.b"), settled(Outcome.PASSED, name="x.a"), failed("x.c")]
    explained = {"x.a": ["x.b", "x.c"]}
    assert [leader for leader, _ in told(*entries, explained=explained)] == ["x.b", "x.c"]


def test_of_two_that_explain_each_other_the_one_that_explains_more_leads():
    explained = {"x.a": ["x.b"], "x.b": ["x.a", "x.c"]}
    entries = [failed("x.a"), failed("x.b"), failed("x.c")]
    assert told(*entries, explained=explained) == [("x.b", ["x.a", "x.c"])]


def test_of_two_that_explain_each_other_alone_the_one_that_may_explain_less_leads():
    explained = {"x.schema": ["x.member", "x.other", "x.third"], "x.member": ["x.schema"]}
    assert told(failed("x.schema"), failed("x.member"), explained=explained) == [("x.member", ["x.schema"])]


def test_a_relation_to_what_is_alike_holds_for_the_same_operation_and_answer_alone():
    kept = {"main-1": exchange(id="main-1", status=200), "main-2": exchange(id="main-2", status=201)}
    entries = [
        failed("x.a", exchanges=("main-1",)),
        failed("x.same", exchanges=("main-1",)),
        failed("x.other", exchanges=("main-2",)),
    ]
    explained = {"x.a": Explained(alike=("x.same", "x.other"))}
    found = build_result(facts(*entries, exchanges=kept, explained=explained))["causes"]
    assert [(one["requirement"], one["also"]) for one in found] == [("x.a", ["x.same"]), ("x.other", [])]


def test_of_two_that_explain_each_other_alone_the_one_that_failed_in_more_requests_leads():
    kept = {f"main-{n}": exchange(id=f"main-{n}") for n in (1, 2, 3)}
    often = [finding(Outcome.FAILED, requirement="x.b", check=f"t.py::{n}", exchanges=(n,)) for n in kept]
    entries = [failed("x.a", exchanges=("main-1",)), settle(requirement("x.b"), often)]
    explained = {"x.a": ["x.b"], "x.b": ["x.a"]}
    assert told(*entries, explained=explained, exchanges=kept) == [("x.b", ["x.a"])]


def test_what_judges_the_same_server_errors_is_one_cause():
    kept = {f"main-{n}": exchange(id=f"main-{n}", status=500) for n in (1, 2)}
    kept["main-3"] = exchange(id="main-3", status=404)
    both = [
        finding(Outcome.FAILED, requirement="x.all", check=f"t.py::{name}", exchanges=(name,))
        for name in kept
    ]
    errors = [one for one in both if one.exchanges != ("main-3",)]
    one, other = failed("x.one", exchanges=("main-1",)), failed("x.other", exchanges=("main-3",))
    assert told(one, settle(requirement("x.all"), errors), exchanges=kept) == [("x.all", ["x.one"])]
    assert told(other, settle(requirement("x.all"), both), exchanges=kept) == [("x.all", []), ("x.other", [])]


def generated(name, exchanges, **values):
    return failed(name, story=("1. closed it: 409",), exchanges=exchanges, **values)


def test_a_generated_case_belongs_to_the_failure_that_breaks_on_the_same_reply():
    kept = {
        "main-1": exchange(id="main-1", status=409),
        "main-2": exchange(id="main-2", status=409),
        "main-3": exchange(id="main-3", status=404),
    }
    close = failed("close.repeat-answers-200", exchanges=("main-1",))
    walk = generated("lifecycle.model-close", ("main-2",))
    other = generated("lifecycle.model-update", ("main-3",))
    assert told(walk, close, other, exchanges=kept) == [
        ("close.repeat-answers-200", ["lifecycle.model-close"]),
        ("lifecycle.model-update", []),
    ]
    assert told(walk, other, exchanges=kept) == [
        ("lifecycle.model-close", []),
        ("lifecycle.model-update", []),
    ]


def test_a_waived_failure_is_no_cause():
    assert told(settled(Outcome.WAIVED, name="x.a"), failed("x.b"), explained={"x.a": ["x.b"]}) == [
        ("x.b", [])
    ]


def test_causes_with_failed_musts_come_first_the_largest_of_them_before_all():
    explained = {"x.b": ["x.c"]}
    entries = [failed("x.s", SHOULD), failed("x.a"), failed("x.b"), failed("x.c")]
    assert [leader for leader, _ in told(*entries, explained=explained)] == ["x.b", "x.a", "x.s"]
    assert [one["level"] for one in causes(*entries)] == ["must", "must", "must", "should"]


def test_deviations_from_the_same_documented_status_are_one():
    status: dict[str, Any] = {"expected": "422", "seen": '400 {"error":"no"}'}
    entries = [
        failed("create.answers-422", SHOULD, **status),
        failed("update.answers-422", SHOULD, **status),
        failed("tokens.answers-401", SHOULD, expected="401", seen="403"),
        failed("open.is-quick", SHOULD, expected="at once", seen="after 3 s"),
        settled(Outcome.PASSED, name="create.refused", deviation="POST x answered 400, documented is 422"),
        settled(Outcome.PASSED, name="open.refused", deviation="POST x answered 418, documented is 422"),
        settled(Outcome.PASSED, name="open.odd", deviation="held in an odd way"),
    ]
    assert [(one["requirement"], one["also"], one["about"]) for one in causes(*entries)] == [
        ("create.answers-422", ["update.answers-422"], "400 where 422 is documented"),
        ("open.is-quick", [], ""),
        ("open.odd", [], ""),
        ("tokens.answers-401", [], "403 where 401 is documented"),
        ("open.refused", [], "418 where 422 is documented"),
    ]


def test_what_could_not_be_tested_stands_with_the_failure_that_its_reason_names():
    entries = [
        failed("close.answers-200"),
        settled(
            Outcome.NOT_TESTED, name="close.a", reason="the control failed, which close.answers-200 judges"
        ),
        settled(Outcome.NOT_TESTED, name="close.b", reason="no second key"),
        settled(Outcome.NOT_TESTED, name="close.c", reason="see close.a"),
    ]
    [cause] = causes(*entries)
    assert cause["untested"] == ["close.a"]


def test_a_cause_counts_its_checks_and_its_requests_once():
    kept = {name: exchange(id=name) for name in ("main-1", "main-2")}
    one = settle(
        requirement("x.a"),
        [finding(Outcome.FAILED, requirement="x.a", check="t.py::one", judged=("main-1",), exchanges=("main-1",)),
         finding(Outcome.FAILED, requirement="x.a", check="t.py::two", judged=("main-2",), exchanges=("main-2",))],
    )  # fmt: skip
    other = failed("x.b", check="t.py::one", judged=("main-1",), exchanges=("main-1",))
    [cause] = causes(one, other, explained={"x.a": ["x.b"]}, exchanges=kept)
    assert (cause["checks"], cause["requests"]) == (2, 2)


def test_findings_about_the_same_kind_of_request_and_answer_are_one_way():
    bodies = {
        "main-1": b'{"reason":"a"}',
        "main-2": b'{"reason":"b"}',
        "main-3": b"",
        "main-4": b"{}",
        "main-5": b"{",
    }
    kept = {name: exchange(id=name, request_body=body) for name, body in bodies.items()}
    kept["main-6"] = exchange(id="main-6", status=409)
    kept["main-7"] = exchange(id="main-7", status=None)
    found = [finding(Outcome.FAILED, check=f"t.py::{name}", exchanges=(name,)) for name in kept]
    [entry] = build_result(facts(settle(requirement(), found), exchanges=kept))["requirements"]
    assert [(way["request"], way["answer"], way["checks"], way["first"]) for way in entry["ways"]] == [
        ("", "200", 2, 0),
        ("without a body", "200", 1, 2),
        ("with an empty object", "200", 1, 3),
        ("with a body that is not JSON", "200", 1, 4),
        ("", "409", 1, 5),
        ("", "no whole reply", 1, 6),
    ]
    assert {way["operation"] for way in entry["ways"]} == {"closeRoom"}


def test_a_credential_other_than_the_usual_one_makes_a_way_of_its_own():
    values = ["Bearer [redacted ROOMS_KEY]"] * 3 + ["Bearer eyJhbGciOi.eyJz.[signature removed]", "Basic x"]
    kept = {
        f"main-{n}": exchange(id=f"main-{n}", request_headers=(("Authorization", value),))
        for n, value in enumerate(values)
    }
    kept["main-9"] = exchange(id="main-9", request_headers=())
    kinds = Kinds.of(kept)
    assert list(dict.fromkeys(kinds.kind(one).request for one in kept.values())) == [
        "", "with a token", "with another credential", "without a credential",
    ]  # fmt: skip


NAMES = st.sampled_from(["x.a", "x.b", "x.c", "y.a", "y.b"])


@given(st.sets(NAMES), st.dictionaries(NAMES, st.lists(NAMES, unique=True)), st.sets(NAMES))
def test_every_failure_stands_in_exactly_one_cause_whatever_explains_what(broken, explained, shoulds):
    entries = [failed(name, SHOULD if name in shoulds else MUST) for name in sorted(broken)]
    requirements = build_result(facts(*entries))["requirements"]
    found = causes_of(requirements, always(explained))
    members = [name for one in found for name in (one["requirement"], *one["also"])]
    assert sorted(members) == sorted(broken)


def test_what_fails_for_one_foreign_page_is_one_cause_and_named_so():
    refused = {
        f"main-{place}": exchange(
            id=f"main-{place}", status=403, response_headers=(("content-type", "text/html"),),
            response_body=b"<h1>Blocked</h1>",
        )
        for place in range(3)
    }  # fmt: skip
    kept = {
        **refused,
        "main-8": exchange(id="main-8", status=422),
        "main-9": exchange(id="main-9", status=200),
    }
    entries = [
        failed("x.a", SHOULD, exchanges=("main-0",)),
        failed("x.b", exchanges=("main-1",)),
        failed("y.c", exchanges=("main-2",)),
        failed("y.d", exchanges=("main-9",)),
    ]
    found = causes(*entries, exchanges=kept)
    assert [(one["requirement"], one["also"], one["about"]) for one in found] == [
        ("x.b", ["y.c", "x.a"], "403 with an HTML page: a firewall or gateway seems to answer in place of the API"),
        ("y.d", [], ""),
    ]  # fmt: skip
    assert [one["requirement"] for one in causes(*entries, exchanges={"main-9": kept["main-9"]})] != [
        "x.b",
        "y.d",
    ]
