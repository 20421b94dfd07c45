"""Mutants: writes that take names of the target away, give closed sessions a name, or are called a read."""

from collections.abc import Sequence
from dataclasses import replace

from mutants.catalogue import mutant
from reference.application import Call, Json, Operation, Reply
from reference.trigger import Change, Row, TriggerReference

NEWER = ("machine", "queue", "region", "lockToVersion")


def of_an_old_schema(row: Row) -> Row:
    """The row without the members of triggerConfig that an old schema does not have."""
    config = {name: value for name, value in row.trigger_config.items() if name not in NEWER}
    return replace(row, trigger_config=config)


@mutant("update.other-members-stay")
class UpdateForgetsNamesOfTheTarget(TriggerReference):
    """An update takes machine, queue, region and lockToVersion out of triggerConfig."""

    def updated_row(self, change: Change) -> Row:
        return of_an_old_schema(super().updated_row(change))


@mutant("close.keeps-other-members")
class CloseForgetsNamesOfTheTarget(TriggerReference):
    """A close takes machine, queue, region and lockToVersion out of triggerConfig."""

    def closed_row(self, change: Change) -> Row:
        return of_an_old_schema(super().closed_row(change))


@mutant("update.external-id-cannot-be-set-later")
class ClosedSessionsCanBeNamed(TriggerReference):
    """An update of a closed session without an externalId gives it one."""

    def check_external_id_kept(self, change: Change) -> None:
        if not self._names(change):
            super().check_external_id_kept(change)

    def updated_row(self, change: Change) -> Row:
        row = super().updated_row(change)
        named: Json = change.fields.get("externalId")
        return replace(row, external_id=named) if self._names(change) else row

    def _names(self, change: Change) -> bool:
        nameless = change.row.external_id is None and self.is_closed(change.row)
        return nameless and change.fields.get("externalId") is not None


@mutant("tokens.cannot-update")
class MethodMayBeOverridden(TriggerReference):
    """A retrieve whose X-HTTP-Method-Override is PATCH updates, once its token was found good to read."""

    def retrieve(self, call: Call) -> Reply:
        shown = super().retrieve(call)
        if call.headers.get("x-http-method-override", "").upper() != "PATCH":
            return shown
        environment, fields = self.reader(call).environment, self.check_update(self.update_object(call))
        with self.writing() as db:
            row = self.find_to_change(db, environment, call)
            row = self.apply_update(db, Change(call, environment, row, fields))
        return self.updated_reply(row)


@mutant("tokens.cannot-update")
class TokenUpdatesBehindASlash(TriggerReference):
    """An update with a slash behind its path is asked for a credential that may retrieve."""

    def operations(self) -> Sequence[Operation]:
        return (
            *super().operations(),
            Operation("update", "PATCH", "/api/v1/sessions/{session}/", self.update_behind_a_slash),
        )

    def update_behind_a_slash(self, call: Call) -> Reply:
        self.retrieve(call)
        environment, fields = self.reader(call).environment, self.check_update(self.update_object(call))
        with self.writing() as db:
            row = self.find_to_change(db, environment, call)
            row = self.apply_update(db, Change(call, environment, row, fields))
        return self.updated_reply(row)
