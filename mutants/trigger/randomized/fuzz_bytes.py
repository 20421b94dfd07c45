"""Servers that break on bytes and addresses that nobody thought of."""

from sqlite3 import Connection

from mutants.catalogue import mutant
from reference.application import Call, Json
from reference.trigger import Row, TriggerReference

LONGEST_KEY = 1_024


def _decoded(call: Call) -> None:
    """Raise UnicodeDecodeError for a body that is not UTF-8, which nobody catches."""
    call.body.decode()


@mutant("create.fuzz-no-server-error")
class CreateBreaksOnBytes(TriggerReference):
    """A create whose body is not UTF-8 breaks."""

    def create_object(self, call: Call) -> dict[str, Json]:
        _decoded(call)
        return super().create_object(call)


@mutant("update.fuzz-no-server-error")
class UpdateBreaksOnBytes(TriggerReference):
    """An update whose body is not UTF-8 breaks."""

    def update_object(self, call: Call) -> dict[str, Json]:
        _decoded(call)
        return super().update_object(call)


@mutant("close.fuzz-no-server-error")
class CloseBreaksOnBytes(TriggerReference):
    """A close whose body is not UTF-8 breaks."""

    def close_object(self, call: Call) -> dict[str, Json]:
        _decoded(call)
        return super().close_object(call)


@mutant("retrieve.fuzz-no-server-error")
class RetrieveBreaksOnLongAddresses(TriggerReference):
    """A retrieve by a name of over a thousand characters breaks, as no key of the index is so long."""

    def row_by_external_id(self, db: Connection, environment: str, external_id: str) -> Row | None:
        if len(external_id) > LONGEST_KEY:
            raise ValueError("the key is too long")
        return super().row_by_external_id(db, environment, external_id)
