"""Servers that take a name for an id, an id for a name, or that find no long name."""

from sqlite3 import Connection
from urllib.parse import unquote_to_bytes

from mutants.catalogue import mutant
from reference.application import Call, Json
from reference.refusals import Path
from reference.trigger import Change, Row, TriggerReference
from reference.trigger.access import Environment

LONG = 200
LONGEST_SEGMENT = 1500


@mutant("update.different-external-id-answers-422")
class OwnIdIsTakenForTheExternalId(TriggerReference):
    """An update takes the session's own id for its externalId."""

    def check_external_id_kept(self, change: Change) -> None:
        if change.row.external_id is None or change.fields.get("externalId") != change.row.id:
            super().check_external_id_kept(change)


@mutant("update.external-id-cannot-be-set-later")
class OwnIdIsTakenWhereThereIsNoExternalId(TriggerReference):
    """An update takes the session's own id for the externalId that the session does not have."""

    def check_external_id_kept(self, change: Change) -> None:
        if change.row.external_id is not None or change.fields.get("externalId") != change.row.id:
            super().check_external_id_kept(change)


class _AnyCase(TriggerReference):
    """The prefix of ids is known in every case, where an operation looks for a session."""

    OPERATION = ""

    def find_of(self, db: Connection, environment: Environment, call: Call) -> Row | None:
        """The session that a call names."""
        address = self.address(call)
        other = call.operation == self.OPERATION and address.lower().startswith(self.RESERVED_PREFIX)
        return self.row_by_id(db, environment.id, address) if other else self.find(db, environment, address)

    def find_to_change(self, db: Connection, environment: Environment, call: Call) -> Row:
        row = self.find_of(db, environment, call)
        if row is None:
            raise self.not_found()
        return row


@mutant("retrieve.session-prefix-is-id-only")
class CapitalPrefixIsAnId(TriggerReference):
    """An address that begins with Session_ is looked up as an id."""

    def is_id(self, address: str) -> bool:
        return address.lower().startswith(self.RESERVED_PREFIX)


@mutant("update.by-external-id")
class CapitalPrefixIsAnIdForUpdates(_AnyCase):
    """An update by an externalId that begins with Session_ looks for an id."""

    OPERATION = "update"


@mutant("close.by-external-id")
class CapitalPrefixIsAnIdForCloses(_AnyCase):
    """A close by an externalId that begins with Session_ looks for an id."""

    OPERATION = "close"


@mutant("create.reserved-prefix-refused")
class BlanksHideTheReservedPrefix(TriggerReference):
    """White space is taken off an externalId after the reserved prefix was looked for."""

    def check_new_external_id(self, value: Json, path: Path) -> Json:
        name: str = super().check_new_external_id(value, path)
        return name.strip()

    def decode_address(self, raw: str) -> str:
        return super().decode_address(raw).strip()

    def same_external_id(self, own: str | None, named: str | None) -> bool:
        return super().same_external_id(own, named.strip() if named else named)


@mutant("update.encoded-external-id-found")
class LongNamesAreNotUpdated(TriggerReference):
    """An update by an externalId of more than 200 characters answers 404."""

    def find_to_change(self, db: Connection, environment: Environment, call: Call) -> Row:
        if call.operation == "update" and len(self.address(call)) > LONG:
            raise self.not_found()
        return super().find_to_change(db, environment, call)


@mutant("retrieve.encoded-external-id-found")
class WideLongNamesAreNotFound(TriggerReference):
    """An address that takes more than 1,500 bytes in the path answers 404."""

    def address(self, call: Call) -> str:
        if len(call.address) > LONGEST_SEGMENT:
            raise self.not_found()
        return super().address(call)


@mutant("credentials.unknown-key-answers-401")
class KeyOfTheExamplesWorks(TriggerReference):
    """The key that the pages' examples show opens an environment."""

    def environment_with_key(self, credential: str) -> Environment | None:
        known = super().environment_with_key(credential)
        return self.environments[0] if credential == "tr_dev_1234" else known


@mutant("retrieve.similar-address-not-found")
class AddressEndsAtNul(TriggerReference):
    """An address ends at its first NUL, as texts do in C."""

    def decode_address(self, raw: str) -> str:
        return super().decode_address(raw).partition("\0")[0]


@mutant("retrieve.similar-address-not-found")
class AddressDropsWhatIsNoUtf8(TriggerReference):
    """Bytes of an address that are no UTF-8 are left out."""

    def decode_address(self, raw: str) -> str:
        return unquote_to_bytes(raw).decode(errors="ignore")
