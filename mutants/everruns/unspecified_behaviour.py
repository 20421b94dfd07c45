"""Servers that lack the habits of good ones: null, unknown members, and the order of tags."""

from collections.abc import Mapping

from mutants.catalogue import mutant
from reference.application import Call, Json, Reply
from reference.everruns import Change, EverrunsReference, Row
from reference.everruns.fields import Rule
from reference.refusals import Invalid, Problem, Refusal
from reference.refusals import Path as Place


@mutant("update.null-title-leaves-title")
class NullTitlesClear(EverrunsReference):
    """A title of null takes the title away."""

    def check_update(self, body: dict[str, Json]) -> dict[str, Json]:
        cleared: dict[str, Json] = {"title": None} if body.get("title", "") is None else {}
        return {**super().check_update(body), **cleared}


@mutant("update.null-tags-leave-tags")
class NullTagsClear(EverrunsReference):
    """Tags of null take the tags away."""

    def check_update(self, body: dict[str, Json]) -> dict[str, Json]:
        cleared: dict[str, Json] = {"tags": []} if body.get("tags", "") is None else {}
        return {**super().check_update(body), **cleared}


@mutant("update.unknown-members-ignored")
class UnknownMembersAreRefused(EverrunsReference):
    """A body with a member that the page does not name is refused."""

    def check_body(self, body: dict[str, Json], rules: Mapping[str, Rule]) -> dict[str, Json]:
        for name in body.keys() - rules.keys():
            raise self.invalid(Problem("unknown", "it is not known", (name,)))
        return super().check_body(body, rules)


@mutant("update.empty-body-accepted")
class EmptyBodiesAreRefused(EverrunsReference):
    """An empty object is refused."""

    def check_update(self, body: dict[str, Json]) -> dict[str, Json]:
        if not body:
            raise self.invalid(Problem("empty", "there is nothing to update"))
        return super().check_update(body)


@mutant("update.tags-keep-order")
class TagsAreSorted(EverrunsReference):
    """Tags are kept sorted."""

    def updated_tags(self, change: Change) -> list[str]:
        return sorted(super().updated_tags(change))


@mutant("update.tags-keep-duplicates")
class TagsAreUnique(EverrunsReference):
    """A tag that is sent twice is kept once."""

    def updated_tags(self, change: Change) -> list[str]:
        return list(dict.fromkeys(super().updated_tags(change)))


@mutant("update.unparsable-body-refused")
class UnparsableIsEmpty(EverrunsReference):
    """A body that is not JSON is taken for an empty object."""

    def parse_json(self, raw: bytes) -> Json:
        try:
            return super().parse_json(raw)
        except Refusal:
            return {}


@mutant("update.non-object-body-refused")
class NonObjectsAreEmpty(EverrunsReference):
    """A JSON body that is no object is taken for an empty one."""

    def check_object_body(self, value: Json) -> dict[str, Json]:
        return value if isinstance(value, dict) else {}


@mutant("update.missing-content-type-refused")
class ContentTypeIsNotLookedAt(EverrunsReference):
    """A body is read as JSON whatever it says it is."""

    def check_content_type(self, call: Call) -> None:
        pass


@mutant("credentials.refusals-answer-401")
class StrangersAreForbidden(EverrunsReference):
    """A missing or wrong key is answered with 403."""

    def unauthorized(self) -> Refusal:
        return Refusal(403, "Forbidden")


@mutant("update.seen-at-once")
class EveryOtherReadIsOld(EverrunsReference):
    """The first read after an update shows the row of before."""

    def updated_row(self, change: Change) -> Row:
        self._old: Row | None = change.row
        return super().updated_row(change)

    def read_reply(self, row: Row) -> Reply:
        old, self._old = getattr(self, "_old", None), None
        return super().read_reply(old if old and old.id == row.id else row)


@mutant("update.title-wrong-type-refused")
class BooleansAreTitles(EverrunsReference):
    """A title that is a boolean is taken as its text."""

    def check_title(self, value: Json, path: Place) -> Json:
        return super().check_title(str(value) if isinstance(value, bool) else value, path)


@mutant("update.tag-wrong-type-refused")
class NullTagsAreDropped(EverrunsReference):
    """A tag that is null is dropped."""

    def check_tags(self, value: Json, path: Place) -> Json:
        if isinstance(value, list):
            value = [tag for tag in value if tag is not None]
        return super().check_tags(value, path)


@mutant("update.tags-wrong-type-refused")
class OneTagIsAList(EverrunsReference):
    """A text is taken for a list of one tag."""

    def check_tags(self, value: Json, path: Place) -> Json:
        if isinstance(value, dict):
            raise Invalid(Problem("invalid_type", "it must be a list", path))
        return super().check_tags([value] if isinstance(value, str) else value, path)
