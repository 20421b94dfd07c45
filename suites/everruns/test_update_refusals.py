"""Bodies that good servers refuse, and that change nothing when they are refused."""

from collections.abc import Mapping
from typing import Any

import pytest

from suites.everruns.support.api import LiveSession
from suites.everruns.support.update import arranged, is_refused, left_alone
from tck.checking import Check, encoded

GOOD = {"title": "Put right", "tags": ["put", "right"]}


def judged(
    check: Check, session: LiveSession, raw: bytes, sending: Mapping[str, Any], requirement: str
) -> None:
    """Send a bad body, then a good one; judge that the first was refused and that it changed nothing."""
    before = arranged(session)
    reply = session.update(raw=raw, **sending)
    with check.judging("update.refused-update-changes-nothing"):
        left_alone(session, reply, before)
    with check.judging(requirement):
        is_refused(reply)
        check.control(session.update(GOOD), judged_by="update.answers-200")


@pytest.mark.requirement("update.title-wrong-type-refused", "update.refused-update-changes-nothing")
@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(5, id="number"),
        pytest.param(0, id="zero"),
        pytest.param(True, id="true"),
        pytest.param(False, id="false"),
        pytest.param(["title"], id="list"),
        pytest.param({"text": "title"}, id="object"),
        pytest.param({}, id="empty-object"),
    ],
)
def test_a_title_that_is_no_string_is_refused(check: Check, session: LiveSession, wrong: object) -> None:
    raw = encoded({"tags": ["sent", "along"], "title": wrong})
    judged(check, session, raw, {}, "update.title-wrong-type-refused")


@pytest.mark.requirement("update.tags-wrong-type-refused", "update.refused-update-changes-nothing")
@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param("one", id="string"),
        pytest.param("", id="empty-string"),
        pytest.param('["one"]', id="list-in-a-string"),
        pytest.param(1, id="number"),
        pytest.param(0, id="zero"),
        pytest.param(True, id="true"),
        pytest.param(False, id="false"),
        pytest.param({}, id="empty-object"),
        pytest.param({"0": "one"}, id="object"),
    ],
)
def test_tags_that_are_no_list_are_refused(check: Check, session: LiveSession, wrong: object) -> None:
    raw = encoded({"title": "Sent along", "tags": wrong})
    judged(check, session, raw, {}, "update.tags-wrong-type-refused")


@pytest.mark.requirement("update.tag-wrong-type-refused", "update.refused-update-changes-nothing")
@pytest.mark.parametrize(
    "tags",
    [
        pytest.param([1], id="number-alone"),
        pytest.param(["good", 0], id="zero"),
        pytest.param(["good", True], id="true"),
        pytest.param(["good", None], id="null"),
        pytest.param(["good", {}], id="object"),
        pytest.param(["good", ["inner"]], id="list"),
    ],
)
def test_a_tag_that_is_no_string_is_refused(check: Check, session: LiveSession, tags: list[object]) -> None:
    raw = encoded({"title": "Sent along", "tags": tags})
    judged(check, session, raw, {}, "update.tag-wrong-type-refused")


@pytest.mark.requirement("update.unparsable-body-refused", "update.refused-update-changes-nothing")
@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(encoded(GOOD)[:-1], id="cut-short"),
        pytest.param(encoded(GOOD).replace(b":", b"", 1), id="without-a-colon"),
        pytest.param(b"not JSON: " + encoded(GOOD), id="words-first"),
        pytest.param(encoded(GOOD) + b"}", id="one-brace-more"),
        pytest.param(b"title=Put+right", id="a-form"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_a_body_that_is_not_json_is_refused(check: Check, session: LiveSession, raw: bytes) -> None:
    judged(check, session, raw, {}, "update.unparsable-body-refused")


@pytest.mark.requirement("update.non-object-body-refused", "update.refused-update-changes-nothing")
@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"[" + encoded(GOOD) + b"]", id="in-an-array"),
        pytest.param(encoded(encoded(GOOD).decode()), id="in-a-string"),
        pytest.param(b"1", id="a-number"),
        pytest.param(b"true", id="true"),
        pytest.param(b"null", id="null"),
    ],
)
def test_a_body_that_is_no_object_is_refused(check: Check, session: LiveSession, raw: bytes) -> None:
    judged(check, session, raw, {}, "update.non-object-body-refused")


@pytest.mark.requirement("update.missing-content-type-refused", "update.refused-update-changes-nothing")
@pytest.mark.parametrize(
    "content_type",
    [pytest.param(None, id="none"), pytest.param("text/plain", id="plain-text")],
)
def test_a_body_that_does_not_say_it_is_json_is_refused(
    check: Check, session: LiveSession, content_type: str | None
) -> None:
    sending = {"content_type": content_type}
    judged(check, session, encoded(GOOD), sending, "update.missing-content-type-refused")
