"""Creates that make or show a new session wrongly."""

from collections.abc import Mapping
from dataclasses import replace
from sqlite3 import Connection

from mutants.catalogue import mutant
from reference.application import Json, Reply
from reference.instants import parse_instant
from reference.refusals import Invalid, Path, Problem
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Environment
from reference.trigger.fields import Rule


@mutant("create.new-session-answers-201")
class NewSessionAnswers200(TriggerReference):
    """A create that makes a new session answers 200, as a cached one does."""

    def created_reply(self, environment: Environment, row: Row) -> Reply:
        return replace(super().created_reply(environment, row), status=200)


@mutant("create.id-has-session-prefix")
class IdsBeginOtherwise(TriggerReference):
    """Ids begin with ses_ and are looked up by that."""

    def new_session_id(self) -> str:
        return "ses_" + super().new_session_id().removeprefix("session_")

    def is_id(self, address: str) -> bool:
        return address.startswith("ses_")


@mutant("create.run-id-has-run-prefix")
class RunIdIsBare(TriggerReference):
    """The runId of a create reply is shown without its prefix."""

    def shown_run_id(self, row: Row) -> Json:
        return row.run_id.removeprefix("run_")


@mutant("create.run-id-has-run-prefix")
class CachedRunIdIsEmpty(TriggerReference):
    """A create that finds an open session has an empty runId, since it started no run."""

    def cached_reply(self, environment: Environment, row: Row) -> Reply:
        return super().cached_reply(environment, replace(row, run_id=""))


@mutant("create.new-session-is-not-cached")
class NewSessionSaysCached(TriggerReference):
    """A create that makes a new session with an externalId answers isCached true."""

    def created_reply(self, environment: Environment, row: Row) -> Reply:
        return Reply(201, self.create_body(environment, row, cached=row.external_id is not None))


@mutant("create.returns-type-as-sent")
class TypeIsQualified(TriggerReference):
    """The type is shown with a name space in front."""

    def shown_type(self, row: Row) -> Json:
        return f"sessions/{row.type}"


@mutant("create.returns-task-identifier-as-sent")
class TaskIdentifierIsSlugged(TriggerReference):
    """Hyphens of the taskIdentifier become underscores."""

    def check_task_identifier(self, value: Json, path: Path) -> Json:
        return super().check_task_identifier(value, path).replace("-", "_")


@mutant("create.returns-external-id-as-sent")
class NewSessionHidesExternalId(TriggerReference):
    """The reply to a create that makes a new session leaves out the externalId."""

    def created_reply(self, environment: Environment, row: Row) -> Reply:
        return super().created_reply(environment, replace(row, external_id=None))


@mutant("create.returns-tags-as-sent")
class LastTagIsLost(TriggerReference):
    """The last of several tags is lost on create."""

    def new_row(self, environment: Environment, fields: Mapping[str, Json]) -> Row:
        row = super().new_row(environment, fields)
        return replace(row, tags=row.tags[:-1] if len(row.tags) > 1 else row.tags)


@mutant("create.returns-tags-as-sent")
class TriggerTagsJoinTheTags(TriggerReference):
    """The tags of triggerConfig are added to the tags of the row."""

    def new_row(self, environment: Environment, fields: Mapping[str, Json]) -> Row:
        row = super().new_row(environment, fields)
        return replace(row, tags=[*row.tags, *row.trigger_config.get("tags", [])])


@mutant("create.returns-metadata-as-sent")
class FalseIsDroppedFromMetadata(TriggerReference):
    """Members of metadata that are false, zero or empty are dropped on create."""

    def new_row(self, environment: Environment, fields: Mapping[str, Json]) -> Row:
        row = super().new_row(environment, fields)
        kept = {name: value for name, value in (row.metadata or {}).items() if value}
        return replace(row, metadata=kept if row.metadata else row.metadata)


@mutant("create.returns-expires-at-as-sent")
class ExpiryIsCutToItsDay(TriggerReference):
    """Only the date of expiresAt is kept."""

    def check_expires_at(self, value: Json, path: Path) -> Json:
        instant = super().check_expires_at(value, path)
        return instant - instant % 86_400_000


@mutant("create.returns-expires-at-as-sent")
class ExpiryIsCapped(TriggerReference):
    """An expiresAt more than ten years away is silently brought nearer."""

    def check_expires_at(self, value: Json, path: Path) -> Json:
        return min(super().check_expires_at(value, path), self.now() + 3_650 * 86_400_000)


@mutant("create.returns-trigger-config-as-sent")
class IdleTimeoutIsForgotten(TriggerReference):
    """The idleTimeoutInSeconds of triggerConfig is checked and then not kept."""

    def check_trigger_config(self, value: Json, path: Path) -> Json:
        kept = super().check_trigger_config(value, path)
        return {name: member for name, member in kept.items() if name != "idleTimeoutInSeconds"}


@mutant("create.returns-trigger-config-as-sent")
class BasePayloadGetsTheSession(TriggerReference):
    """The session's externalId is added to basePayload."""

    def new_row(self, environment: Environment, fields: Mapping[str, Json]) -> Row:
        row = super().new_row(environment, fields)
        payload = {**row.trigger_config["basePayload"], "sessionId": row.external_id}
        return replace(row, trigger_config={**row.trigger_config, "basePayload": payload})


@mutant("create.expires-at-with-offset-is-same-instant")
class ZoneOffsetIsIgnored(TriggerReference):
    """The zone offset of expiresAt is dropped and the rest taken for UTC."""

    def check_expires_at(self, value: Json, path: Path) -> Json:
        super().check_expires_at(value, path)
        return parse_instant(value if value[-1] in "Zz" else f"{value[:-6]}Z")


@mutant("create.expires-at-with-offset-is-same-instant")
class ZoneOffsetCountsTheWrongWay(TriggerReference):
    """The zone offset of expiresAt is added where it should be taken off."""

    def check_expires_at(self, value: Json, path: Path) -> Json:
        super().check_expires_at(value, path)
        return parse_instant(value[:-6] + value[-6:].translate(str.maketrans("+-", "-+")))


@mutant("create.expires-at-with-offset-is-same-instant")
class ZoneOffsetIsRefused(TriggerReference):
    """An expiresAt that does not end in Z is refused."""

    def check_expires_at(self, value: Json, path: Path) -> Json:
        instant = super().check_expires_at(value, path)
        if value[-1] not in "Zz":
            raise Invalid(Problem("invalid_string", "It must be in UTC.", path))
        return instant


@mutant("create.omitted-fields-are-empty")
class MetadataDefaultsToAnObject(TriggerReference):
    """A session that is made without metadata gets an empty object."""

    def new_row(self, environment: Environment, fields: Mapping[str, Json]) -> Row:
        return super().new_row(environment, {"metadata": {}, **fields})


@mutant("create.omitted-fields-are-empty")
class ExpiryDefaultsToTheEpoch(TriggerReference):
    """A session that is made without expiresAt shows the beginning of 1970 for it."""

    def shown_expires_at(self, row: Row) -> Json:
        return self.shown_instant(row.expires_at or 0)


@mutant("create.omitted-fields-are-empty")
class TypeIsTheDefaultTag(TriggerReference):
    """A session that is made without tags is tagged with its type."""

    def new_row(self, environment: Environment, fields: Mapping[str, Json]) -> Row:
        return super().new_row(environment, {"tags": [fields["type"]], **fields})


@mutant("create.new-session-can-be-retrieved")
class CompleteSessionIsNeverStored(TriggerReference):
    """A new session with metadata is answered for but never written."""

    def insert_row(self, db: Connection, row: Row) -> None:
        if row.metadata is None:
            super().insert_row(db, row)


@mutant("create.new-session-can-be-retrieved")
class TagsAreNotStored(TriggerReference):
    """The reply to a create shows the tags, but they are never written."""

    def insert_row(self, db: Connection, row: Row) -> None:
        super().insert_row(db, replace(row, tags=[]))


@mutant("create.without-external-id-is-always-new")
class LikeSessionsAreOne(TriggerReference):
    """Without an externalId, a create finds an open session of the same type and task without one."""

    def existing_row(
        self, db: Connection, environment: Environment, fields: Mapping[str, Json]
    ) -> Row | None:
        if "externalId" in fields:
            return super().existing_row(db, environment, fields)
        found = db.execute(
            "SELECT * FROM sessions WHERE environment = ? AND external_id IS NULL AND closed_at IS NULL"
            " AND type = ? AND task_identifier = ?",
            (environment.id, fields["type"], fields["taskIdentifier"]),
        )
        return self.first_row(found.fetchone())


@mutant("create.without-external-id-is-always-new")
class ExternalIdIsRequired(TriggerReference):
    """A create without an externalId is refused."""

    def create_required(self) -> tuple[str, ...]:
        return (*super().create_required(), "externalId")


@mutant("create.type-is-free-form")
class TypeIsAnIdentifier(TriggerReference):
    """A type must be words joined by dots."""

    def check_type(self, value: Json, path: Path) -> Json:
        if all(part.isidentifier() for part in super().check_type(value, path).split(".")):
            return value
        raise Invalid(Problem("invalid_string", "It must be words joined by dots.", path))


@mutant("create.target-names-kept-as-sent")
class QueueIsQualified(TriggerReference):
    """The queue is kept with a name space in front."""

    def check_queue(self, value: Json, path: Path) -> Json:
        return f"task/{super().check_queue(value, path)}"


@mutant("create.target-names-kept-as-sent")
class VersionBecomesANumber(TriggerReference):
    """A lockToVersion that reads as a number is kept as one."""

    def check_lock_to_version(self, value: Json, path: Path) -> Json:
        return float(super().check_lock_to_version(value, path))


@mutant("create.target-names-kept-as-sent")
class RegionIsForgotten(TriggerReference):
    """The region is accepted and not kept."""

    def trigger_rules(self) -> Mapping[str, Rule]:
        return {name: rule for name, rule in super().trigger_rules().items() if name != "region"}


@mutant("create.target-names-kept-as-sent")
class MachineIsReplaced(TriggerReference):
    """Every machine is kept as the smallest one."""

    def check_machine(self, value: Json, path: Path) -> Json:
        super().check_machine(value, path)
        return "micro"
