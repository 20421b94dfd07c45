"""What update takes at its limits and refuses beyond them."""

import pytest

from suites.trigger.support.api import LiveSession
from suites.trigger.support.update import arranged, by_either_address, was_refused, written
from tck.checking import Check

TEN = [f"tag-{number}" for number in range(10)]
LONGEST = "x" * 128
LONGEST_WIDE = "\u20ac" * 128
"""128 characters of three bytes each."""


@pytest.mark.requirement("update.ten-tags-accepted")
@by_either_address
def test_ten_tags_are_accepted(check: Check, workbench: LiveSession, at: int) -> None:
    arranged(workbench)
    row = written(check, workbench, workbench.addresses[at], {"tags": TEN})
    assert row.told["tags"] == TEN
    assert row.read["tags"] == TEN


@pytest.mark.requirement("update.tag-max-length-accepted")
@pytest.mark.parametrize(
    "tag",
    [pytest.param(LONGEST, id="of-one-byte-each"), pytest.param(LONGEST_WIDE, id="of-three-bytes-each")],
)
def test_a_tag_of_128_characters_is_accepted(check: Check, workbench: LiveSession, tag: str) -> None:
    arranged(workbench)
    row = written(check, workbench, workbench.id, {"tags": ["first", tag]})
    assert row.told["tags"] == ["first", tag]
    assert row.read["tags"] == ["first", tag]


@pytest.mark.requirement("update.eleven-tags-refused", "update.refused-update-applies-nothing")
@by_either_address
def test_eleven_tags_are_refused(check: Check, workbench: LiveSession, at: int) -> None:
    before = arranged(workbench)
    eleven = {"metadata": {"sent": "along"}, "tags": [*TEN, "tag-10"]}
    reply = workbench.sessions.update(workbench.addresses[at], eleven)
    with check.judging("update.refused-update-applies-nothing"):
        was_refused(reply, judged_by="update.eleven-tags-refused")
        assert workbench.still(before).without_volatile() == before.without_volatile()
    check.refused(reply, documented=422, deviation="update.invalid-body-answers-422")
    put_right = workbench.sessions.update(workbench.addresses[at], {**eleven, "tags": TEN})
    check.control(put_right, judged_by="update.ten-tags-accepted")


@pytest.mark.requirement("update.tag-too-long-refused", "update.refused-update-applies-nothing")
@pytest.mark.parametrize(
    ("others", "longest", "one_more"),
    [
        pytest.param([], LONGEST, "x", id="the-only-one"),
        pytest.param(TEN[:9], LONGEST, "x", id="the-last-of-ten"),
        pytest.param(["first"], LONGEST_WIDE, "\u20ac", id="of-three-bytes-each"),
    ],
)
def test_a_tag_of_129_characters_is_refused(
    check: Check, workbench: LiveSession, others: list[str], longest: str, one_more: str
) -> None:
    before = arranged(workbench)
    too_long = {"metadata": {"sent": "along"}, "tags": [*others, longest + one_more]}
    reply = workbench.sessions.update(workbench.id, too_long)
    with check.judging("update.refused-update-applies-nothing"):
        was_refused(reply, judged_by="update.tag-too-long-refused")
        assert workbench.still(before).without_volatile() == before.without_volatile()
    check.refused(reply, documented=422, deviation="update.invalid-body-answers-422")
    put_right = workbench.sessions.update(workbench.id, {**too_long, "tags": [*others, longest]})
    check.control(put_right, judged_by="update.tag-max-length-accepted")


@pytest.mark.requirement("update.tags-wrong-type-refused", "update.refused-update-applies-nothing")
@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param("one", id="string"),
        pytest.param("", id="empty-string"),
        pytest.param("one,two", id="comma-separated"),
        pytest.param('["one"]', id="list-in-a-string"),
        pytest.param(1, id="number"),
        pytest.param(0, id="zero"),
        pytest.param(True, id="true"),
        pytest.param(False, id="false"),
        pytest.param({}, id="empty-object"),
        pytest.param({"0": "one"}, id="object"),
    ],
)
def test_tags_that_are_no_list_are_refused(check: Check, workbench: LiveSession, wrong: object) -> None:
    before = arranged(workbench)
    body = {"metadata": {"sent": "along"}, "tags": wrong}
    reply = workbench.sessions.update(workbench.id, body)
    with check.judging("update.refused-update-applies-nothing"):
        was_refused(reply, judged_by="update.tags-wrong-type-refused")
        assert workbench.still(before).without_volatile() == before.without_volatile()
    check.refused(reply, documented=422, deviation="update.invalid-body-answers-422")
    put_right = workbench.sessions.update(workbench.id, {**body, "tags": ["one"]})
    check.control(put_right, judged_by="update.tags-are-replaced")


@pytest.mark.requirement("update.tags-wrong-type-refused")
def test_null_takes_no_tags_away(workbench: LiveSession) -> None:
    before = arranged(workbench)
    reply = workbench.sessions.update(workbench.id, {"tags": None})
    assert workbench.after(reply, before)["tags"] == before["tags"]


@pytest.mark.requirement("update.tag-wrong-type-refused", "update.refused-update-applies-nothing")
@pytest.mark.parametrize(
    "tags",
    [
        pytest.param([1], id="number-alone"),
        pytest.param(["good", 1], id="number"),
        pytest.param(["good", 0], id="zero"),
        pytest.param(["good", True], id="true"),
        pytest.param(["good", None], id="null"),
        pytest.param(["good", {}], id="object"),
        pytest.param(["good", ["inner"]], id="list"),
        pytest.param(["good", []], id="empty-list"),
    ],
)
def test_a_tag_that_is_no_string_is_refused(check: Check, workbench: LiveSession, tags: list[object]) -> None:
    before = arranged(workbench)
    reply = workbench.sessions.update(workbench.id, {"metadata": {"sent": "along"}, "tags": tags})
    with check.judging("update.refused-update-applies-nothing"):
        was_refused(reply, judged_by="update.tag-wrong-type-refused")
        assert workbench.still(before).without_volatile() == before.without_volatile()
    check.refused(reply, documented=422, deviation="update.invalid-body-answers-422")
    put_right = [*tags[:-1], "1"]
    control = workbench.sessions.update(workbench.id, {"metadata": {"sent": "along"}, "tags": put_right})
    check.control(control, judged_by="update.tags-are-replaced")


@pytest.mark.requirement("update.metadata-wrong-type-refused", "update.refused-update-applies-nothing")
@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param("text", id="string"),
        pytest.param("", id="empty-string"),
        pytest.param('{"a": 1}', id="object-in-a-string"),
        pytest.param(1, id="number"),
        pytest.param(0, id="zero"),
        pytest.param(True, id="true"),
        pytest.param(False, id="false"),
        pytest.param([], id="empty-list"),
        pytest.param([{"a": 1}], id="list"),
    ],
)
def test_metadata_that_is_no_object_is_refused(check: Check, workbench: LiveSession, wrong: object) -> None:
    before = arranged(workbench)
    body = {"tags": ["sent-along"], "metadata": wrong}
    reply = workbench.sessions.update(workbench.id, body)
    with check.judging("update.refused-update-applies-nothing"):
        was_refused(reply, judged_by="update.metadata-wrong-type-refused")
        assert workbench.still(before).without_volatile() == before.without_volatile()
    check.refused(reply, documented=422, deviation="update.invalid-body-answers-422")
    put_right = workbench.sessions.update(workbench.id, {**body, "metadata": {"a": 1}})
    check.control(put_right, judged_by="update.metadata-is-replaced")


@pytest.mark.requirement("update.invalid-body-answers-422")
@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"tags": [*TEN, "tag-10"]}, id="too-many-tags"),
        pytest.param({"tags": "one"}, id="tags-of-another-type"),
        pytest.param({"metadata": []}, id="metadata-of-another-type"),
        pytest.param({"externalId": ""}, id="an-empty-external-id"),
    ],
)
def test_a_body_that_breaks_the_schema_answers_422(workbench: LiveSession, body: dict[str, object]) -> None:
    reply = workbench.sessions.update(workbench.id, body)
    assert reply.status == 422
