"""Creates by every combination of the create array: what they are answered, keep and make."""

from collections import Counter
from collections.abc import Iterable
from functools import partial

import pytest

from suites.trigger.support.addresses import found
from suites.trigger.support.api import Sessions
from suites.trigger.support.create import picked, shown_config
from suites.trigger.support.doors.array_sessions import Array, ArraySession
from suites.trigger.support.doors.shapes import times
from suites.trigger.support.replies.broken import broken
from suites.trigger.support.round_trip_values import base_payload, trigger_tags
from tck.checking import Broken, Check, JsonValue, Reply, eventually, response_rules
from tck.run import Run

# What is accepted


def were_taken(creates: Iterable[ArraySession]) -> None:
    """Raise Broken for the first of some creates that was not accepted."""
    for one in creates:
        if not one.session.created.succeeded:
            raise broken(one.session.created, f"a create with {one.about} was not accepted", "a 2xx")


@pytest.mark.requirement("create.media-type-variants-accepted")
def test_a_media_type_may_name_a_charset_and_be_in_capitals(array: Array) -> None:
    were_taken(array.accepted("media"))


@pytest.mark.requirement("create.objects-of-any-shape-accepted")
@pytest.mark.parametrize("member", ["metadata", "payload"])
def test_objects_may_have_many_keys_long_lists_and_long_names(array: Array, member: str) -> None:
    were_taken(array.accepted(member))


@pytest.mark.requirement("create.limits-hold-independently")
def test_members_of_trigger_config_may_be_at_their_ends_together(array: Array) -> None:
    for one in array.accepted("config"):
        sent, created = one.body["triggerConfig"], one.session.created["triggerConfig"]
        shown = shown_config(one.read["triggerConfig"], partial(_itself, created))
        assert picked(shown, sent) == sent
    for one in array.every:
        if one.together:
            reason = f"a create was refused for values that are accepted one by one: {one.about}"
            raise Broken(reason, "a 2xx", str(one.together), one.together.origin.exchange)


def _itself(value: JsonValue) -> JsonValue:
    return value


@pytest.mark.requirement("create.body-inside-limit-accepted")
def test_a_body_may_owe_its_size_to_blanks_escapes_or_small_members(array: Array) -> None:
    for one in array.accepted("spelling"):
        for row in one.rows:
            assert row["metadata"] == one.body.get("metadata")


# What it is answered


@pytest.mark.requirement("create.success-is-json", "create.success-matches-schema")
def test_a_create_answers_with_json_to_whoever_takes_it(check: Check, run: Run, array: Array) -> None:
    replies = [one.session.created for one in array.accepted("accept")]
    with check.judging("create.success-is-json"):
        for reply in replies:
            check.held(response_rules.is_json(reply), reply)
    with check.judging("create.success-matches-schema"):
        for reply in replies:
            check.held(response_rules.matches(run.api, "CreatedSessionObject", reply), reply)


# What it keeps


@pytest.mark.requirement(
    "create.values-keep-type", "create.values-keep-metadata", "create.values-keep-base-payload"
)
def test_a_create_keeps_values_of_every_shape(check: Check, array: Array) -> None:
    with check.judging("create.values-keep-type"):
        for one in array.accepted("type"):
            for row in one.rows:
                assert row["type"] == one.body["type"]
    with check.judging("create.values-keep-metadata"):
        for one in array.having("metadata"):
            for row in one.rows:
                assert row["metadata"] == one.body.get("metadata")
    with check.judging("create.values-keep-base-payload"):
        for one in array.having("payload"):
            assert base_payload(one.read) == one.body["triggerConfig"]["basePayload"]


@pytest.mark.requirement("create.tags-are-shown-once-each")
def test_tags_that_differ_are_shown_once_each(array: Array) -> None:
    for one in array.accepted("tags"):
        for row in one.rows:
            assert times(row["tags"].value) == times(one.body.get("tags", []))
    for one in array.having("config"):
        assert times(trigger_tags(one.read).value) == times(one.body["triggerConfig"].get("tags", []))


@pytest.mark.requirement("create.returns-expires-at-as-sent", "create.expires-at-with-offset-is-same-instant")
def test_an_expiry_keeps_its_digits_and_its_instant(check: Check, array: Array) -> None:
    made = array.accepted("expiry")
    with check.judging("create.returns-expires-at-as-sent"):
        for one in (one for one in made if one.words["expiry"] == "thousandths"):
            for row in one.rows:
                assert row["expiresAt"] == one.body["expiresAt"]
    with check.judging("create.expires-at-with-offset-is-same-instant"):
        for one in (one for one in made if one.words["expiry"] == "offset"):
            for row in one.rows:
                assert row["expiresAt"] == one.body["expiresAt"]


# Which session it makes


@pytest.mark.requirement("create.similar-external-ids-are-different")
def test_external_ids_that_look_alike_make_a_session_each(array: Array) -> None:
    for one in array.accepted("name"):
        created = one.session.created
        assert created["externalId"] == one.session.external_id
        assert created["isCached"] != True  # noqa: E712 - compared as JSON
        assert one.read["externalId"] == one.session.external_id


@pytest.mark.requirement("create.session-ids-are-unique", "create.run-ids-are-unique")
def test_every_session_has_an_id_and_a_first_run_of_its_own(check: Check, array: Array) -> None:
    with check.judging("create.session-ids-are-unique"):
        assert repeated(one.session.created["id"] for one in array.every) == []
    with check.judging("create.run-ids-are-unique"):
        assert repeated(one.session.created["runId"] for one in array.every) == []
        for one in array.every:
            others = {other.session.created["runId"].value for other in array.every if other is not one}
            assert one.read["currentRunId"].value not in others


def repeated(values: Iterable[JsonValue]) -> list[JsonValue]:
    """The values that equal another one."""
    every = list(values)
    counted = Counter(every)
    return [value for value in every if counted[value] > 1]


@pytest.mark.requirement("retrieve.found-after-an-early-lookup")
def test_a_name_that_was_looked_up_before_it_was_made_is_found(sessions: Sessions, array: Array) -> None:
    for one in array.having("name"):
        assert one.before["retrieveSession"] == 404
        assert seen_at(sessions, one.session.external_id)["id"] == one.session.id


def seen_at(sessions: Sessions, address: str) -> Reply:
    """What a retrieve shows once it finds something, within the kit's wait."""
    return eventually(lambda: sessions.retrieve(address), found).value
