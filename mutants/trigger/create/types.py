"""Creates that take a member of another JSON type than the documented one."""

import json

from mutants.catalogue import mutant
from reference.application import Json
from reference.refusals import Path
from reference.trigger import TriggerReference


def number_as_text(value: Json) -> Json:
    """A number as its text, anything else as it is."""
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if plain else value


def boolean_as_text(value: Json) -> Json:
    """True or false as its text, anything else as it is."""
    return json.dumps(value) if isinstance(value, bool) else value


def parsed_text(value: Json) -> Json:
    """A text as the JSON that it holds, anything else as it is."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


@mutant("create.type-wrong-type-refused")
class NumberIsAType(TriggerReference):
    """A number is taken for a type by its text."""

    def check_type(self, value: Json, path: Path) -> Json:
        return super().check_type(number_as_text(value), path)


@mutant("create.type-wrong-type-refused")
class NullIsAType(TriggerReference):
    """A type that is null becomes the word null."""

    def check_type(self, value: Json, path: Path) -> Json:
        return super().check_type("null" if value is None else value, path)


@mutant("create.task-identifier-wrong-type-refused")
class ListIsATaskIdentifier(TriggerReference):
    """A list is taken for a taskIdentifier by its first text."""

    def check_task_identifier(self, value: Json, path: Path) -> Json:
        return super().check_task_identifier(value[0] if isinstance(value, list) else value, path)


@mutant("create.trigger-config-wrong-type-refused")
class NullIsATriggerConfig(TriggerReference):
    """A triggerConfig that is null stands for one with an empty payload."""

    def check_trigger_config(self, value: Json, path: Path) -> Json:
        return super().check_trigger_config({"basePayload": {}} if value is None else value, path)


@mutant("create.trigger-config-wrong-type-refused")
class EmptyListIsATriggerConfig(TriggerReference):
    """A triggerConfig that is an empty list stands for one with an empty payload."""

    def check_trigger_config(self, value: Json, path: Path) -> Json:
        return super().check_trigger_config({"basePayload": {}} if value == [] else value, path)


@mutant("create.base-payload-wrong-type-refused")
class EmptyListIsAPayload(TriggerReference):
    """A basePayload that is an empty list is taken for an empty object."""

    def check_base_payload(self, value: Json, path: Path) -> Json:
        return super().check_base_payload({} if value == [] else value, path)


@mutant("create.base-payload-wrong-type-refused")
class AnythingIsAPayload(TriggerReference):
    """A basePayload may be any JSON value."""

    def check_base_payload(self, value: Json, path: Path) -> Json:
        return value


@mutant("create.external-id-wrong-type-refused")
class NumberIsAnExternalId(TriggerReference):
    """A number is taken for an externalId by its text."""

    def check_new_external_id(self, value: Json, path: Path) -> Json:
        return super().check_new_external_id(number_as_text(value), path)


@mutant("create.external-id-wrong-type-refused")
class ListIsAnExternalId(TriggerReference):
    """A list is taken for an externalId by its items, joined with commas."""

    def check_new_external_id(self, value: Json, path: Path) -> Json:
        return super().check_new_external_id(",".join(value) if isinstance(value, list) else value, path)


@mutant("create.tags-wrong-type-refused")
class OneTagMayStandAlone(TriggerReference):
    """A tag may be sent without a list around it."""

    def check_tags(self, value: Json, path: Path) -> Json:
        return super().check_tags([value] if isinstance(value, str) else value, path)


@mutant("create.tags-wrong-type-refused")
class ObjectIsAListOfTags(TriggerReference):
    """An object is taken for a list of tags by its values."""

    def check_tags(self, value: Json, path: Path) -> Json:
        return super().check_tags(list(value.values()) if isinstance(value, dict) else value, path)


@mutant("create.tag-wrong-type-refused")
class NumberIsATag(TriggerReference):
    """A number is taken for a tag by its text."""

    def check_tag(self, value: Json, path: Path) -> Json:
        return super().check_tag(number_as_text(value), path)


@mutant("create.tag-wrong-type-refused")
class NullTagsAreDropped(TriggerReference):
    """Tags that are null are dropped."""

    def check_tags(self, value: Json, path: Path) -> Json:
        given = [item for item in value if item is not None] if isinstance(value, list) else value
        return super().check_tags(given, path)


@mutant("create.tag-wrong-type-refused")
class OnlyTheFirstTagIsTyped(TriggerReference):
    """Tags after the first may be of any type."""

    def check_tag(self, value: Json, path: Path) -> Json:
        return super().check_tag(value, path) if path[-1] == "0" else value


@mutant("create.metadata-wrong-type-refused")
class ListIsMetadata(TriggerReference):
    """Metadata may be a list."""

    def check_metadata(self, value: Json, path: Path) -> Json:
        return value if isinstance(value, list) else super().check_metadata(value, path)


@mutant("create.metadata-wrong-type-refused")
class MetadataMayBeJsonText(TriggerReference):
    """Metadata may be sent as JSON in a text."""

    def check_metadata(self, value: Json, path: Path) -> Json:
        return super().check_metadata(parsed_text(value), path)


@mutant("create.expires-at-wrong-type-refused")
class UnreadableExpiryIsIgnored(TriggerReference):
    """An expiresAt that is no date counts as none."""

    def check_expires_at(self, value: Json, path: Path) -> Json:
        readable = isinstance(value, str) and any(letter.isdigit() for letter in value)
        return super().check_expires_at(value, path) if readable else None


@mutant("create.expires-at-wrong-type-refused")
class EmptyExpiryIsIgnored(TriggerReference):
    """An empty expiresAt counts as none."""

    def check_expires_at(self, value: Json, path: Path) -> Json:
        return None if value == "" else super().check_expires_at(value, path)


@mutant("create.machine-wrong-type-refused")
class MachineMayBeAnObject(TriggerReference):
    """A machine may be described by an object."""

    def check_machine(self, value: Json, path: Path) -> Json:
        return value if isinstance(value, dict) else super().check_machine(value, path)


@mutant("create.queue-wrong-type-refused")
class QueueMayBeAnObject(TriggerReference):
    """A queue may be described by an object."""

    def check_queue(self, value: Json, path: Path) -> Json:
        return value if isinstance(value, dict) else super().check_queue(value, path)


@mutant("create.trigger-tags-wrong-type-refused")
class OneTriggerTagMayStandAlone(TriggerReference):
    """A tag of triggerConfig may be sent without a list around it."""

    def check_run_tags(self, value: Json, path: Path) -> Json:
        return super().check_run_tags([value] if isinstance(value, str) else value, path)


@mutant("create.trigger-tags-wrong-type-refused")
class BooleanIsATriggerTag(TriggerReference):
    """True and false are taken for tags of triggerConfig by their text."""

    def check_run_tag(self, value: Json, path: Path) -> Json:
        return super().check_run_tag(boolean_as_text(value), path)


@mutant("create.max-attempts-wrong-type-refused")
class MaxAttemptsMayBeText(TriggerReference):
    """A maxAttempts may be sent as text."""

    def check_max_attempts(self, value: Json, path: Path) -> Json:
        return super().check_max_attempts(parsed_text(value), path)


@mutant("create.max-duration-wrong-type-refused")
class MaxDurationIsRounded(TriggerReference):
    """A fraction is taken for a maxDuration by its whole part."""

    def check_max_duration(self, value: Json, path: Path) -> Json:
        return super().check_max_duration(int(value) if isinstance(value, float) else value, path)


@mutant("create.lock-to-version-wrong-type-refused")
class NumberIsAVersion(TriggerReference):
    """A number is taken for a lockToVersion by its text."""

    def check_lock_to_version(self, value: Json, path: Path) -> Json:
        return super().check_lock_to_version(number_as_text(value), path)


@mutant("create.region-wrong-type-refused")
class RegionMayBeAList(TriggerReference):
    """A region may be a list of regions."""

    def check_region(self, value: Json, path: Path) -> Json:
        return value if isinstance(value, list) else super().check_region(value, path)


@mutant("create.idle-timeout-wrong-type-refused")
class TrueIsAnIdleTimeout(TriggerReference):
    """True is taken for an idleTimeoutInSeconds of 1."""

    def check_idle_timeout(self, value: Json, path: Path) -> Json:
        return super().check_idle_timeout(int(value) if isinstance(value, bool) else value, path)
