"""Creates that accept what is missing, empty or reserved, or leave something behind when they refuse."""

import re
from collections.abc import Mapping
from typing import Any

from mutants.catalogue import mutant
from reference.application import Call, Json, Reply
from reference.refusals import Path, Refusal
from reference.trigger import TriggerReference


@mutant("create.reserved-prefix-refused")
class PrefixAloneIsAccepted(TriggerReference):
    """The reserved prefix is refused only when something follows it."""

    def check_not_reserved(self, value: str, path: Path) -> None:
        if value != self.RESERVED_PREFIX:
            super().check_not_reserved(value, path)


@mutant("create.reserved-prefix-refused")
class OnlyWhatLooksLikeAnIdIsReserved(TriggerReference):
    """The reserved prefix is refused only before small letters and digits."""

    def check_not_reserved(self, value: str, path: Path) -> None:
        if re.match(r"session_[a-z0-9]", value):
            super().check_not_reserved(value, path)


@mutant("create.reserved-prefix-refused")
class ReservedPrefixEndsAtALineBreak(TriggerReference):
    """The reserved prefix is looked for with a pattern that stops at a line break."""

    def check_not_reserved(self, value: str, path: Path) -> None:
        if re.fullmatch(r"session_.*", value):
            super().check_not_reserved(value, path)


@mutant("create.reserved-prefix-refused")
class ReservedPrefixIsCutOff(TriggerReference):
    """The reserved prefix is taken off instead of being refused."""

    def check_new_external_id(self, value: Json, path: Path) -> Json:
        bare = value.removeprefix(self.RESERVED_PREFIX) if isinstance(value, str) else value
        return super().check_new_external_id(bare or value, path)


@mutant("create.reserved-prefix-refused")
class ReservedPrefixIsNotFound(TriggerReference):
    """An externalId with the reserved prefix is answered with 404, as if an address were wrong."""

    def check_not_reserved(self, value: str, path: Path) -> None:
        if value.startswith(self.RESERVED_PREFIX):
            raise Refusal(404, "Session not found")


@mutant("create.reserved-prefix-is-exact")
class ReservedPrefixInAnyCase(TriggerReference):
    """The reserved prefix is refused in any case."""

    def check_not_reserved(self, value: str, path: Path) -> None:
        super().check_not_reserved(value.lower(), path)


@mutant("create.reserved-prefix-is-exact")
class ReservedPrefixAnywhere(TriggerReference):
    """The reserved prefix is refused wherever it stands."""

    def check_not_reserved(self, value: str, path: Path) -> None:
        super().check_not_reserved(value[max(0, value.find(self.RESERVED_PREFIX)) :], path)


@mutant("create.reserved-prefix-is-exact")
class UnderscoreIsAWildcard(TriggerReference):
    """The underscore of the reserved prefix stands for any character, as in LIKE."""

    def check_not_reserved(self, value: str, path: Path) -> None:
        super().check_not_reserved(re.sub(r"^session.", self.RESERVED_PREFIX, value), path)


class Defaulting(TriggerReference):
    """Fills in members of a create body before they are checked."""

    DEFAULTS: Mapping[str, Any] = {}

    def check_create(self, body: dict[str, Json]) -> dict[str, Json]:
        return super().check_create({**self.DEFAULTS, **body})


@mutant("create.type-required")
class TypeHasADefault(Defaulting):
    """A create without a type gets chat.agent."""

    DEFAULTS = {"type": "chat.agent"}  # noqa: RUF012


@mutant("create.task-identifier-required")
class TaskIdentifierHasADefault(Defaulting):
    """A create without a taskIdentifier gets one."""

    DEFAULTS = {"taskIdentifier": "my-chat"}  # noqa: RUF012


@mutant("create.trigger-config-required")
class TriggerConfigHasADefault(Defaulting):
    """A create without a triggerConfig gets one with an empty payload."""

    DEFAULTS = {"triggerConfig": {"basePayload": {}}}  # noqa: RUF012


@mutant("create.base-payload-required")
class BasePayloadIsOptional(TriggerReference):
    """A triggerConfig may leave out basePayload."""

    def trigger_required(self) -> tuple[str, ...]:
        return ()


@mutant("create.base-payload-required")
class EmptyTriggerConfigGetsAPayload(TriggerReference):
    """An empty triggerConfig stands for one with an empty payload."""

    def check_trigger_config(self, value: Json, path: Path) -> Json:
        return super().check_trigger_config(value if value != {} else {"basePayload": {}}, path)


class LeavingARow(TriggerReference):
    """Refuses a create only after a row was written for it."""

    WRITTEN = ("type", "taskIdentifier", "externalId", "triggerConfig", "tags")

    def create(self, call: Call) -> Reply:
        try:
            return super().create(call)
        except Refusal:
            self.write_a_row(call)
            raise

    def write_a_row(self, call: Call) -> None:
        """Write a session for a refused body that has the members which a row needs."""
        body = self.create_object(call)
        environment = self.environment_to_create(call)
        fields = {name: body[name] for name in self.WRITTEN if name in body}
        with self.writing() as db:
            if self.gets_a_row(fields) and self.existing_row(db, environment, fields) is None:
                self.insert_row(db, self.new_row(environment, fields))

    def gets_a_row(self, fields: Mapping[str, Json]) -> bool:
        """Whether a row can be written for a refused body."""
        texts = [fields.get(name) for name in ("type", "taskIdentifier", "externalId")]
        return all(isinstance(text, str) for text in texts) and "triggerConfig" in fields


@mutant("create.refused-create-leaves-no-row")
class RefusedCreateLeavesARow(LeavingARow):
    """A create that is refused for its tags has already written its row."""

    def gets_a_row(self, fields: Mapping[str, Json]) -> bool:
        return super().gets_a_row(fields) and len(fields.get("tags", [])) > self.TAG_COUNT


@mutant("create.refused-create-leaves-no-row")
class RefusedTriggerConfigLeavesARow(LeavingARow):
    """A create that is refused for its triggerConfig alone has already written its row."""

    def gets_a_row(self, fields: Mapping[str, Json]) -> bool:
        return super().gets_a_row(fields) and not isinstance(fields["triggerConfig"].get("tags"), str)
