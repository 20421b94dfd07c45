"""What update takes at its limits and refuses beyond them."""

from collections.abc import Mapping

import pytest

from suites.trigger.support.api import LiveSession
from suites.trigger.support.bodies import Body
from suites.trigger.support.update import (
    arrange,
    arranged,
    by_either_address,
    in_turn,
    named_along,
    were_refused,
    written,
)
from tck.checking import Check

TEN = [f"tag-{number}" for number in range(10)]
LONGEST = "x" * 128
LONGEST_WIDE = "\u20ac" * 128
"""128 characters of three bytes each."""
WITH_ONE_TOO_LONG = {
    "the only one": [f"{LONGEST}x"],
    "the last of ten": [*TEN[:9], f"{LONGEST}x"],
    "of three bytes each": ["first", f"{LONGEST_WIDE}\u20ac"],
}
NO_LIST: Body = {
    "string": "one",
    "empty string": "",
    "comma-separated": "one,two",
    "list in a string": '["one"]',
    "number": 1,
    "zero": 0,
    "true": True,
    "false": False,
    "empty object": {},
    "object": {"0": "one"},
}
NO_STRING: Mapping[str, list[object]] = {
    "number alone": [1],
    "number": ["good", 1],
    "zero": ["good", 0],
    "true": ["good", True],
    "null": ["good", None],
    "object": ["good", {}],
    "list": ["good", ["inner"]],
    "empty list": ["good", []],
}
NO_OBJECT: Body = {
    "string": "text",
    "empty string": "",
    "object in a string": '{"a": 1}',
    "number": 1,
    "zero": 0,
    "true": True,
    "false": False,
    "empty list": [],
    "list": [{"a": 1}],
}


@pytest.mark.requirement("update.ten-tags-accepted")
@by_either_address
def test_ten_tags_are_accepted(check: Check, workbench: LiveSession, at: int) -> None:
    arrange(workbench)
    row = written(check, workbench, workbench.addresses[at], {"tags": TEN})
    assert row.told["tags"] == TEN
    assert row.read["tags"] == TEN


@pytest.mark.requirement("update.tag-max-length-accepted")
@pytest.mark.parametrize(
    "tag",
    [pytest.param(LONGEST, id="of-one-byte-each"), pytest.param(LONGEST_WIDE, id="of-three-bytes-each")],
)
def test_a_tag_of_128_characters_is_accepted(check: Check, workbench: LiveSession, tag: str) -> None:
    arrange(workbench)
    row = written(check, workbench, workbench.id, {"tags": ["first", tag]})
    assert row.told["tags"] == ["first", tag]
    assert row.read["tags"] == ["first", tag]


@pytest.mark.requirement("update.eleven-tags-refused", "update.refused-update-applies-nothing")
def test_eleven_tags_are_refused(check: Check, workbench: LiveSession) -> None:
    before = arranged(workbench)
    replies = in_turn(workbench, named_along({"eleven": {"tags": [*TEN, "tag-10"]}}), workbench.addresses)
    with check.judging("update.refused-update-applies-nothing"):
        were_refused(replies, judged_by="update.eleven-tags-refused")
        assert workbench.still(before).without_volatile() == before.without_volatile()
    for reply in replies:
        check.refused(reply, documented=422, deviation="update.invalid-body-answers-422")
    for put_right in in_turn(workbench, named_along({"ten": {"tags": TEN}}), workbench.addresses):
        check.control(put_right, judged_by="update.ten-tags-accepted")


@pytest.mark.requirement("update.tag-too-long-refused", "update.refused-update-applies-nothing")
def test_a_tag_of_129_characters_is_refused(check: Check, workbench: LiveSession) -> None:
    before = arranged(workbench)
    replies = in_turn(
        workbench, named_along({about: {"tags": tags} for about, tags in WITH_ONE_TOO_LONG.items()})
    )
    with check.judging("update.refused-update-applies-nothing"):
        were_refused(replies, judged_by="update.tag-too-long-refused")
        assert workbench.still(before).without_volatile() == before.without_volatile()
    for reply in replies:
        check.refused(reply, documented=422, deviation="update.invalid-body-answers-422")
    fitting = {about: {"tags": [tag[:128] for tag in tags]} for about, tags in WITH_ONE_TOO_LONG.items()}
    for put_right, tags in zip(
        in_turn(workbench, named_along(fitting)), WITH_ONE_TOO_LONG.values(), strict=True
    ):
        of_ten = len(tags) == len(TEN)
        judge = "update.ten-tags-accepted" if of_ten else "update.tag-max-length-accepted"
        check.control(put_right, judged_by=judge)


@pytest.mark.requirement("update.tags-wrong-type-refused", "update.refused-update-applies-nothing")
def test_tags_that_are_no_list_are_refused(check: Check, workbench: LiveSession) -> None:
    before = arranged(workbench)
    replies = in_turn(workbench, named_along({about: {"tags": wrong} for about, wrong in NO_LIST.items()}))
    with check.judging("update.refused-update-applies-nothing"):
        were_refused(replies, judged_by="update.tags-wrong-type-refused")
        assert workbench.still(before).without_volatile() == before.without_volatile()
    for reply in replies:
        check.refused(reply, documented=422, deviation="update.invalid-body-answers-422")
    for put_right in in_turn(workbench, named_along({"a list": {"tags": ["one"]}})):
        check.control(put_right, judged_by="update.tags-are-replaced")


@pytest.mark.requirement("update.tags-wrong-type-refused")
def test_null_takes_no_tags_away(workbench: LiveSession) -> None:
    before = arranged(workbench)
    reply = workbench.sessions.update(workbench.id, {"tags": None})
    assert workbench.after(reply, before)["tags"] == before["tags"]


@pytest.mark.requirement("update.tag-wrong-type-refused", "update.refused-update-applies-nothing")
def test_a_tag_that_is_no_string_is_refused(check: Check, workbench: LiveSession) -> None:
    before = arranged(workbench)
    replies = in_turn(workbench, named_along({about: {"tags": tags} for about, tags in NO_STRING.items()}))
    with check.judging("update.refused-update-applies-nothing"):
        were_refused(replies, judged_by="update.tag-wrong-type-refused")
        assert workbench.still(before).without_volatile() == before.without_volatile()
    for reply in replies:
        check.refused(reply, documented=422, deviation="update.invalid-body-answers-422")
    for put_right in in_turn(
        workbench, named_along({"one": {"tags": ["1"]}, "two": {"tags": ["good", "1"]}})
    ):
        check.control(put_right, judged_by="update.tags-are-replaced")


@pytest.mark.requirement("update.metadata-wrong-type-refused", "update.refused-update-applies-nothing")
def test_metadata_that_is_no_object_is_refused(check: Check, workbench: LiveSession) -> None:
    before = arranged(workbench)
    replies = in_turn(workbench, [{"tags": [about], "metadata": one} for about, one in NO_OBJECT.items()])
    with check.judging("update.refused-update-applies-nothing"):
        were_refused(replies, judged_by="update.metadata-wrong-type-refused")
        assert workbench.still(before).without_volatile() == before.without_volatile()
    for reply in replies:
        check.refused(reply, documented=422, deviation="update.invalid-body-answers-422")
    for put_right in in_turn(workbench, [{"tags": ["an object"], "metadata": {"a": 1}}]):
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
