"""What an update does: it replaces what it names and leaves all else as it was."""

from functools import partial
from typing import Any

import pytest

from suites.trigger.support.api import LiveSession, NewSession
from suites.trigger.support.bodies import OMITTED, Bodies, Body
from suites.trigger.support.deadlines import but_for_its_own, keeps_deadline
from suites.trigger.support.known_sessions import row_now
from suites.trigger.support.update import (
    all_certain,
    arrange,
    arranged,
    by_either_address,
    changed_after,
    changes_in_a_row,
    has_moved_on,
    moved_on,
    untouched,
    written,
)
from tck.checking import NULL, Check, about, in_good_time

SEVERAL: tuple[Body, ...] = (
    {"tags": ["t"], "metadata": {"m": 1}},
    {"tags": ["u"]},
    {"metadata": None},
    {"tags": []},
    {},
)
"""Updates of every kind, one after the other."""


@pytest.mark.requirement("update.answers-200")
@by_either_address
@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"tags": ["one"]}, id="tags"),
        pytest.param({"metadata": {"key": "value"}}, id="metadata"),
        pytest.param({"metadata": None}, id="null-metadata"),
        pytest.param({"tags": [], "metadata": {}}, id="both-empty"),
    ],
)
def test_an_update_answers_200(workbench: LiveSession, at: int, body: Body) -> None:
    reply = workbench.sessions.update(workbench.addresses[at], body)
    assert reply.status == 200


@pytest.mark.requirement("update.by-id")
def test_an_update_by_id_takes_effect(check: Check, workbench: LiveSession) -> None:
    before = arranged(workbench)
    row = written(check, workbench, workbench.id, {"tags": ["by-id"], "metadata": {"by": "id"}})
    assert row.told["id"] == workbench.id
    assert row.read["tags"] != before["tags"]
    assert row.read["metadata"] != before["metadata"]


@pytest.mark.requirement("update.by-external-id")
def test_an_update_by_external_id_takes_effect(check: Check, workbench: LiveSession) -> None:
    before = arranged(workbench)
    row = written(check, workbench, workbench.external_id, {"tags": ["by-name"], "metadata": {"by": "name"}})
    assert row.told["id"] == workbench.id
    assert row.read["tags"] != before["tags"]
    assert row.read["metadata"] != before["metadata"]


@pytest.mark.requirement("update.tags-are-replaced")
@by_either_address
@pytest.mark.parametrize(
    "tags",
    [
        pytest.param(["d"], id="one-other"),
        pytest.param(["b"], id="one-of-them"),
        pytest.param(["c", "d", "e"], id="overlapping"),
        pytest.param(["d", "e", "f", "g", "h"], id="more-others"),
    ],
)
def test_tags_replace_all_earlier_ones(
    check: Check, workbench: LiveSession, at: int, tags: list[str]
) -> None:
    arrange(workbench, tags=["a", "b", "c"])
    row = written(check, workbench, workbench.addresses[at], {"tags": tags})
    assert row.told["tags"] == tags
    assert row.read["tags"] == tags


@pytest.mark.requirement("update.empty-tags-empty-the-row")
@by_either_address
def test_an_empty_list_takes_all_tags_away(check: Check, workbench: LiveSession, at: int) -> None:
    arrange(workbench)
    row = written(check, workbench, workbench.addresses[at], {"tags": []})
    assert row.told["tags"] == []
    assert row.read["tags"] == []


@pytest.mark.requirement("update.metadata-is-replaced")
@pytest.mark.parametrize(
    ("at", "earlier", "later"),
    [
        pytest.param(0, {"a": 1, "b": 2}, {"c": 3}, id="other-keys"),
        pytest.param(1, {"a": 1, "b": 2}, {"a": 3}, id="fewer-keys-by-external-id"),
        pytest.param(0, {"a": {"b": 1, "c": 2}}, {"a": {"d": 3}}, id="one-level-down"),
        pytest.param(1, {"a": {"b": 1, "c": 2}}, {"a": {"d": 3}}, id="one-level-down-by-external-id"),
        pytest.param(0, {"a": {"b": {"c": 1, "d": 2}}}, {"a": {"b": {"e": 3}}}, id="two-levels-down"),
        pytest.param(
            0,
            {"a": {"b": {"c": {"d": {"e": 1, "f": 2}}}}},
            {"a": {"b": {"c": {"d": {"g": 3}}}}},
            id="four-levels-down",
        ),
        pytest.param(0, {"a": [1, 2, 3], "b": [{"c": 1}]}, {"a": [4], "b": [{"d": 2}]}, id="lists"),
        pytest.param(0, {"a": {"b": 1}, "c": "text"}, {"a": "text", "c": {"d": 1}}, id="other-types"),
        pytest.param(0, {"a": 1, "b": {"c": 1, "d": 2}}, {"a": None, "b": {"c": None}}, id="null-inside"),
        pytest.param(0, {"a": {"b": 1}, "c": [1]}, {"a": {}, "c": []}, id="empty-inside"),
        pytest.param(0, None, {"a": {"b": 1}}, id="none-before"),
        pytest.param(
            0, {"a": 1}, {"json": {"a": "1"}, "meta": {"values": {"a": ["Date"]}}}, id="like-written-types"
        ),
    ],
)
def test_metadata_replaces_all_that_was_there(
    check: Check, workbench: LiveSession, at: int, earlier: Body | None, later: Body
) -> None:
    arrange(workbench, metadata=earlier)
    row = written(check, workbench, workbench.addresses[at], {"metadata": later})
    assert row.told["metadata"] == later
    assert row.read["metadata"] == later


NEARLY_THE_SAME: tuple[Body, ...] = (
    {"tags": ["one", "caf\u00e9"], "metadata": {"a": 1, "b": [0, ""], "c": "Text", "d": [1, 2]}},
    {"tags": ["ONE", "caf\u00e9"], "metadata": {"a": True, "b": [False, ""], "c": "Text", "d": [1, 2]}},
    {"tags": ["ONE", "cafe\u0301"], "metadata": {"a": "1", "b": ["0", None], "c": "Text", "d": [1, 2]}},
    {"tags": ["ONE ", "cafe\u0301"], "metadata": {"a": "1", "b": ["0", None], "c": "text", "d": [2, 1]}},
    {"tags": ["other"], "metadata": {"a": "1", "b": ["0", None], "c": "text", "d": [2, 1]}},
    {"tags": ["other"], "metadata": {"other": True}},
)
"""Values of which each is the same as the one before by some comparison, or by that of one member alone."""


@pytest.mark.requirement("update.metadata-is-replaced", "update.tags-are-replaced")
def test_what_is_nearly_the_same_is_a_change(check: Check, workbench: LiveSession) -> None:
    arrange(workbench)
    for body in NEARLY_THE_SAME:
        row = written(check, workbench, workbench.id, body)
        with check.judging("update.metadata-is-replaced"):
            assert row.told["metadata"] == body["metadata"]
            assert row.read["metadata"] == body["metadata"]
        with check.judging("update.tags-are-replaced"):
            assert row.told["tags"] == body["tags"]
            assert row.read["tags"] == body["tags"]


EARLIER_METADATA = pytest.mark.parametrize(
    "earlier",
    [
        pytest.param({"some": {"thing": 1}}, id="after-some"),
        pytest.param({}, id="after-an-empty-one"),
        pytest.param(None, id="after-none"),
    ],
)


@pytest.mark.requirement("update.empty-metadata-is-kept")
@by_either_address
@EARLIER_METADATA
def test_empty_metadata_is_not_null(
    check: Check, workbench: LiveSession, at: int, earlier: Body | None
) -> None:
    arrange(workbench, metadata=earlier)
    row = written(check, workbench, workbench.addresses[at], {"metadata": {}})
    assert row.told["metadata"] == {}
    assert row.read["metadata"] == {}


@pytest.mark.requirement("update.null-clears-metadata")
@by_either_address
@EARLIER_METADATA
def test_null_clears_the_metadata(
    check: Check, workbench: LiveSession, at: int, earlier: Body | None
) -> None:
    arrange(workbench, metadata=earlier)
    row = written(check, workbench, workbench.addresses[at], {"metadata": None})
    assert row.told["metadata"] == NULL
    assert row.read["metadata"] == NULL


@pytest.mark.requirement("update.null-clears-metadata", "update.tags-are-replaced")
@by_either_address
def test_null_clears_the_metadata_beside_new_tags(check: Check, workbench: LiveSession, at: int) -> None:
    arrange(workbench)
    row = written(check, workbench, workbench.addresses[at], {"tags": ["beside"], "metadata": None})
    with check.judging("update.null-clears-metadata"):
        assert row.told["metadata"] == NULL
        assert row.read["metadata"] == NULL
    with check.judging("update.tags-are-replaced"):
        assert row.told["tags"] == ["beside"]
        assert row.read["tags"] == ["beside"]


@pytest.mark.requirement("update.omitted-tags-stay")
@by_either_address
def test_tags_that_are_not_sent_stay(check: Check, workbench: LiveSession, at: int) -> None:
    before = arranged(workbench)
    for metadata in ({"other": [1, 2]}, {}, None):
        row = written(check, workbench, workbench.addresses[at], {"metadata": metadata})
        assert row.told["tags"] == before["tags"]
        assert row.read["tags"] == before["tags"]


@pytest.mark.requirement("update.omitted-metadata-stays")
@EARLIER_METADATA
def test_metadata_that_is_not_sent_stays(check: Check, workbench: LiveSession, earlier: Body | None) -> None:
    before = arranged(workbench, metadata=earlier)
    for tags in (["other"], []):
        for address in workbench.addresses:
            row = written(check, workbench, address, {"tags": tags})
            assert row.told["metadata"] == before["metadata"]
            assert row.read["metadata"] == before["metadata"]


@pytest.mark.requirement("update.empty-body-changes-nothing")
@EARLIER_METADATA
def test_an_empty_body_changes_nothing(check: Check, workbench: LiveSession, earlier: Body | None) -> None:
    before = arranged(workbench, metadata=earlier)
    for address in workbench.addresses:
        row = written(check, workbench, address, {})
        assert row.told.without_volatile() == before.without_volatile()
        assert row.read.without_volatile() == before.without_volatile()
        assert row.read["triggerConfig"] == before["triggerConfig"]


@pytest.mark.requirement("update.other-members-stay")
@pytest.mark.parametrize(
    "members",
    [
        pytest.param({}, id="of-a-full-session"),
        pytest.param({"expiresAt": OMITTED, "metadata": OMITTED, "tags": OMITTED}, id="of-a-bare-session"),
    ],
)
def test_an_update_changes_only_what_it_names(
    check: Check, new_session: NewSession, bodies: Bodies, members: dict[str, Any]
) -> None:
    session = new_session(bodies.complete(**members))
    before = row_now(session)
    for body in SEVERAL:
        for address in session.addresses:
            row = written(check, session, address, body)
            for shown in (row.told, row.read):
                assert but_for_its_own(session, untouched(shown)) == untouched(before)
                keeps_deadline(session, shown, before)
            assert row.read["triggerConfig"] == before["triggerConfig"]


@pytest.mark.requirement("update.seen-by-retrieve")
@by_either_address
def test_an_update_is_seen_by_later_retrieves(check: Check, workbench: LiveSession, at: int) -> None:
    arrange(workbench)
    check.control(workbench.sessions.retrieve(workbench.external_id), "retrieve.by-external-id-answers-200")
    body = {"tags": ["seen"], "metadata": {"seen": {"later": True}}}
    reply = check.accepted(workbench.sessions.update(workbench.addresses[at], body))
    for address in workbench.addresses:
        look = partial(workbench.sessions.retrieve, address)
        seen = check.last_look(look, lambda seen: seen.row.without_volatile() == reply.row.without_volatile())
        assert seen.row.without_volatile() == reply.row.without_volatile()


@pytest.mark.requirement("update.updated-at-never-goes-back")
def test_updated_at_never_goes_back(check: Check, session: LiveSession) -> None:
    for earlier, later in in_good_time(check, partial(changes_in_a_row, check, session), all_certain):
        assert later["updatedAt"] >= about(earlier["updatedAt"])


@pytest.mark.requirement("update.updated-at-moves-on-change")
@by_either_address
@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"tags": ["moved"]}, id="when-tags-change"),
        pytest.param({"metadata": {"moved": True}}, id="when-metadata-changes"),
        pytest.param({"metadata": None}, id="when-metadata-is-cleared"),
    ],
)
def test_updated_at_moves_with_a_change(check: Check, workbench: LiveSession, at: int, body: Body) -> None:
    change = partial(changed_after, check, workbench, workbench.addresses[at], body)
    before, row = in_good_time(check, change, has_moved_on)
    moved_on(row.told, before)
    moved_on(row.read, before)
