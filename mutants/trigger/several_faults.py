"""Servers with several faults at once, to see whether each of them is reported; they count for no matrix."""

from dataclasses import replace

from mutants.catalogue import combination
from mutants.trigger.addresses.percent_encoding import AddressIsDecodedTwice
from mutants.trigger.create.known_external_id import ClosedConflictTouchesTheRow
from mutants.trigger.latitudes.http import AsDeployed
from mutants.trigger.values.update_and_close import CreateDropsProtoKeys, UpdateDropsProtoKeys
from reference.application import Call, Json, Reply
from reference.refusals import Refusal
from reference.trigger import TriggerReference


class _CloseNeedsABody(TriggerReference):
    """A close without a body is refused before the credential is looked at."""

    def close_session(self, call: Call) -> Reply:
        if not call.body:
            raise Refusal(400, "Invalid JSON")
        return super().close_session(call)


class _ConflictOverwritesTheConfig(ClosedConflictTouchesTheRow):
    """A create that is refused for a closed session gives that session its triggerConfig, and touches it."""

    def leave_a_trace(self, call: Call) -> None:
        environment = self.environment_to_create(call)
        fields = self.check_create(self.create_object(call))
        with self.writing() as db:
            row = self.existing_row(db, environment, fields)
            if row is not None:
                self.save_row(db, self.traced(replace(row, trigger_config=fields["triggerConfig"])))


class _UnknownVersionBreaks(TriggerReference):
    """A version of the task that does not exist makes the server fail; it knows none."""

    def check_lock_to_version(self, value: Json, path: tuple[str, ...]) -> Json:
        super().check_lock_to_version(value, path)
        raise Refusal(500, "Internal server error")


@combination("close.body-is-optional", "retrieve.encoded-external-id-found")
class SixFaultsAndDeviations(
    _CloseNeedsABody, _ConflictOverwritesTheConfig, _UnknownVersionBreaks, AddressIsDecodedTwice,
    CreateDropsProtoKeys, UpdateDropsProtoKeys, AsDeployed,
):  # fmt: skip
    """Closes with a body alone, overwrites closed rows, decodes twice, fails at versions, and more."""
