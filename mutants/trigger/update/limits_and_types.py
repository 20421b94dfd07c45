"""Updates with a limit that is off, or that take a value of another type."""

import json

from mutants.catalogue import mutant
from reference.application import Json
from reference.refusals import Invalid, Path, Problem, Refusal
from reference.trigger import TriggerReference


@mutant("update.ten-tags-accepted")
class UpdateStopsBeforeTenTags(TriggerReference):
    """Ten tags are refused by update."""

    def check_updated_tags(self, value: Json, path: Path) -> Json:
        return self.check_list(value, path, 9, self.check_tag)


@mutant("update.eleven-tags-refused")
class UpdateTakesElevenTags(TriggerReference):
    """Eleven tags are accepted by update."""

    def check_updated_tags(self, value: Json, path: Path) -> Json:
        return self.check_list(value, path, 11, self.check_tag)


@mutant("update.eleven-tags-refused")
class UpdateKeepsTenOfMoreTags(TriggerReference):
    """Of more than ten tags an update keeps the first ten."""

    def check_updated_tags(self, value: Json, path: Path) -> Json:
        return super().check_updated_tags(value[:10] if isinstance(value, list) else value, path)


class _TagsOfLength(TriggerReference):
    """Updates with a tag length of their own."""

    LONGEST = 128

    def check_updated_tags(self, value: Json, path: Path) -> Json:
        return self.check_list(value, path, self.TAG_COUNT, self.check_updated_tag)

    def check_updated_tag(self, value: Json, path: Path) -> Json:
        return self.check_text(value, path, 0, self.LONGEST)


@mutant("update.tag-max-length-accepted")
class UpdateStopsBefore128(_TagsOfLength):
    """A tag of 128 characters is refused by update."""

    LONGEST = 127


@mutant("update.tag-max-length-accepted")
class UpdateCountsTheBytesOfTags(_TagsOfLength):
    """The length of a tag is counted in bytes by update."""

    def check_updated_tag(self, value: Json, path: Path) -> Json:
        if isinstance(value, str) and len(value.encode()) > self.LONGEST:
            raise Invalid(Problem("too_big", "At most 128 bytes.", path))
        return super().check_updated_tag(value, path)


@mutant("update.tag-too-long-refused")
class UpdateTakesTagsOf129(_TagsOfLength):
    """A tag of 129 characters is accepted by update."""

    LONGEST = 129


@mutant("update.tag-too-long-refused")
class UpdateLooksAtTheFirstTag(_TagsOfLength):
    """Only the first tag's length is looked at by update."""

    def check_updated_tag(self, value: Json, path: Path) -> Json:
        longest = self.LONGEST if path[-1] == "0" else 9999
        return self.check_text(value, path, 0, longest)


@mutant("update.tag-too-long-refused")
class UpdateCutsLongTags(_TagsOfLength):
    """A tag of more than 128 characters is cut by update."""

    def check_updated_tag(self, value: Json, path: Path) -> Json:
        return super().check_updated_tag(value[:128] if isinstance(value, str) else value, path)


@mutant("update.tags-wrong-type-refused")
class UpdateTakesASingleTag(TriggerReference):
    """A string for tags is taken for a list of one."""

    def check_updated_tags(self, value: Json, path: Path) -> Json:
        return super().check_updated_tags([value] if isinstance(value, str) else value, path)


@mutant("update.tags-wrong-type-refused")
class UpdateIgnoresFalsyTags(TriggerReference):
    """Tags that are 0, false or an empty string are taken for none sent."""

    def check_update(self, body: dict[str, Json]) -> dict[str, Json]:
        return super().check_update(
            {k: v for k, v in body.items() if k != "tags" or v or isinstance(v, list)}
        )


@mutant("update.tags-wrong-type-refused")
class UpdateTakesTheValuesOfAnObject(TriggerReference):
    """An object for tags is taken for the list of its values."""

    def check_updated_tags(self, value: Json, path: Path) -> Json:
        return super().check_updated_tags(list(value.values()) if isinstance(value, dict) else value, path)


class _TagsTurned(TriggerReference):
    """Updates that turn a tag of another type into a string."""

    def check_updated_tags(self, value: Json, path: Path) -> Json:
        return self.check_list(value, path, self.TAG_COUNT, self.turned)

    def turned(self, value: Json, path: Path) -> Json:
        return self.check_tag(value, path)


@mutant("update.tag-wrong-type-refused")
class UpdateTurnsTagsIntoText(_TagsTurned):
    """A tag that is a number, true or null is turned into text by update."""

    def turned(self, value: Json, path: Path) -> Json:
        plain = value is None or isinstance(value, bool | int | float)
        return super().turned(json.dumps(value) if plain else value, path)


@mutant("update.tag-wrong-type-refused")
class UpdateDropsNullTags(TriggerReference):
    """A tag that is null is left out by update."""

    def check_updated_tags(self, value: Json, path: Path) -> Json:
        given = [tag for tag in value if tag is not None] if isinstance(value, list) else value
        return super().check_updated_tags(given, path)


@mutant("update.tag-wrong-type-refused")
class UpdateFlattensTags(TriggerReference):
    """Lists inside the list of tags are flattened by update."""

    def check_updated_tags(self, value: Json, path: Path) -> Json:
        items = value if isinstance(value, list) else []
        flat = [tag for item in items for tag in (item if isinstance(item, list) else [item])]
        return super().check_updated_tags(flat if isinstance(value, list) else value, path)


@mutant("update.metadata-wrong-type-refused")
class UpdateTakesAnyMetadata(TriggerReference):
    """Metadata may be any JSON value in an update."""

    def check_updated_metadata(self, value: Json, path: Path) -> Json:
        return value


@mutant("update.metadata-wrong-type-refused")
class UpdateTakesAListAsMetadata(TriggerReference):
    """Metadata that is a list is accepted by update, since a list is an object in some languages."""

    def check_updated_metadata(self, value: Json, path: Path) -> Json:
        return value if isinstance(value, list) else super().check_updated_metadata(value, path)


@mutant("update.metadata-wrong-type-refused")
class UpdateReadsMetadataFromText(TriggerReference):
    """Metadata that is a string with an object in JSON is read as that object."""

    def check_updated_metadata(self, value: Json, path: Path) -> Json:
        parsed = json.loads(value) if isinstance(value, str) and value.startswith("{") else value
        return super().check_updated_metadata(parsed, path)


@mutant("update.metadata-wrong-type-refused")
class FalsyMetadataClears(TriggerReference):
    """Metadata that is 0, false or an empty string clears it like null."""

    def check_updated_metadata(self, value: Json, path: Path) -> Json:
        return super().check_updated_metadata(None if value in ("", 0) else value, path)


@mutant("update.tags-wrong-type-refused")
class InvalidUpdateAnswers401(TriggerReference):
    """An update body that breaks the schema is answered as if the key were wrong."""

    def check_update(self, body: dict[str, Json]) -> dict[str, Json]:
        try:
            return super().check_update(body)
        except Refusal:
            raise self.unauthorized() from None


@mutant("update.invalid-body-answers-422")
class InvalidUpdateAnswers400(TriggerReference):
    """An update body that breaks the schema answers 400."""

    def check_update(self, body: dict[str, Json]) -> dict[str, Json]:
        try:
            return super().check_update(body)
        except Refusal as refusal:
            raise Refusal(400, refusal.error, refusal.problems) from None
