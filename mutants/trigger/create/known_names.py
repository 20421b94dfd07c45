"""Mutants: a create that names a session looks less closely, or shows what was sent."""

from dataclasses import replace
from sqlite3 import Connection
from typing import ClassVar

from mutants.catalogue import mutant
from reference.application import Call, Json
from reference.trigger import Change, Row, TriggerReference


class _LooksLessAtKnownNames(TriggerReference):
    """Leaves out members of a create body whose externalId a session has."""

    LEFT_OUT: ClassVar[tuple[str, ...]] = ()

    def create_object(self, call: Call) -> dict[str, Json]:
        body = super().create_object(call)
        name, config = body.get("externalId"), body.get("triggerConfig")
        if not isinstance(name, str) or not isinstance(config, dict):
            return body
        with self.reading() as db:
            known = self.row_by_external_id(db, self.environment_to_create(call).id, name)
        return body if known is None else self.trimmed(body)

    def trimmed(self, body: dict[str, Json]) -> dict[str, Json]:
        """The body of a create whose externalId a session has."""
        config = {
            member: value for member, value in body["triggerConfig"].items() if member not in self.LEFT_OUT
        }
        return {**body, "triggerConfig": config}


@mutant("create.max-duration-too-low-refused")
class KnownNamesTakeAnyDuration(_LooksLessAtKnownNames):
    """A create that finds its session does not look at maxDuration."""

    LEFT_OUT = ("maxDuration",)


@mutant("create.idle-timeout-too-high-refused")
class KnownNamesTakeAnyIdleTimeout(_LooksLessAtKnownNames):
    """A create that finds its session does not look at idleTimeoutInSeconds."""

    LEFT_OUT = ("idleTimeoutInSeconds",)


@mutant("create.queue-too-long-refused")
class KnownNamesTakeAnyQueue(_LooksLessAtKnownNames):
    """A create that finds its session does not look at what names something of the environment."""

    LEFT_OUT = ("machine", "queue", "region", "lockToVersion")


@mutant("create.tag-wrong-type-refused")
class KnownNamesTakeTagsOfAnyType(_LooksLessAtKnownNames):
    """A create that finds its session leaves out tags that are no texts."""

    def trimmed(self, body: dict[str, Json]) -> dict[str, Json]:
        tags = body.get("tags")
        texts = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else tags
        return {**body, "tags": texts} if "tags" in body else body


@mutant("replies.every-reader-sees-the-same-row")
class CachedCreateEchoesTriggerConfig(TriggerReference):
    """The reply to a create that finds its session shows the triggerConfig that was sent."""

    def reuse_row(self, db: Connection, change: Change) -> Row:
        return replace(super().reuse_row(db, change), trigger_config=change.fields["triggerConfig"])
