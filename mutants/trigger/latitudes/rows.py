"""Latitudes: what may happen to a row, and what the pages leave to the server."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from sqlite3 import Connection

from mutants.catalogue import latitude
from reference.application import Call, Json, Reply
from reference.refusals import Invalid, Problem, Refusal
from reference.refusals import Path as Place
from reference.trigger import Change, Row, TriggerReference

CONFLICT = 409
KNOWN_NAMES = {"small-1x", "20240523.1"}


@latitude
class OpenRowMoves(TriggerReference):
    """The updatedAt of an open session moves by itself whenever its run reports."""

    def retrieve(self, call: Call) -> Reply:
        with self.writing() as db:
            row = self.find(db, self.environments[0], self.address(call))
            if row is not None and not self.is_closed(row):
                self.save_row(db, self.touched(row))
        return super().retrieve(call)


@latitude
class RunEndsEarly(TriggerReference):
    """The first run has ended as soon as the session is read: there is no live run."""

    def retrieved_reply(self, row: Row) -> Reply:
        return super().retrieved_reply(replace(row, current_run_id=None))


@latitude
class CloseEndsTheRun(TriggerReference):
    """A close ends the live run."""

    def closed_row(self, change: Change) -> Row:
        return replace(super().closed_row(change), current_run_id=None)


@latitude
class CachedRefreshesTriggerConfig(TriggerReference):
    """A create that finds an open session takes over the new triggerConfig."""

    def reuse_row(self, db: Connection, change: Change) -> Row:
        row = replace(change.row, trigger_config=change.fields["triggerConfig"])
        self.save_row(db, row)
        return row


@latitude
class ConflictRefreshesTriggerConfig(TriggerReference):
    """A create that is refused for a closed session takes over its triggerConfig, and touches the row."""

    def create(self, call: Call) -> Reply:
        try:
            return super().create(call)
        except Refusal as refusal:
            if refusal.status == CONFLICT:
                self._refresh(call)
            raise

    def _refresh(self, call: Call) -> None:
        fields = self.check_create(self.create_object(call))
        with self.writing() as db:
            row = self.existing_row(db, self.environment_to_create(call), fields)
            if row is not None:
                self.save_row(db, self.touched(replace(row, trigger_config=fields["triggerConfig"])))


@latitude
class CachedStartsAnotherRun(TriggerReference):
    """A create that finds an open session starts another run, which is then the live one."""

    def reuse_row(self, db: Connection, change: Change) -> Row:
        run = self.new_run_id()
        row = self.touched(replace(change.row, run_id=run, current_run_id=run))
        self.save_row(db, row)
        return row


@latitude
class NoOpMovesUpdatedAt(TriggerReference):
    """An update that changes nothing moves updatedAt all the same."""

    def apply_update(self, db: Connection, change: Change) -> Row:
        row = super().apply_update(db, change)
        if row == change.row:
            row = self.touched(row)
            self.save_row(db, row)
        return row


@latitude
class ClosedIsNotUpdated(TriggerReference):
    """An update of a closed session is refused with 409."""

    def apply_update(self, db: Connection, change: Change) -> Row:
        if self.is_closed(change.row):
            raise self.closed_conflict()
        return super().apply_update(db, change)


@latitude
class TrimmedExternalIds(TriggerReference):
    """White space around an externalId is taken off, wherever it stands."""

    def check_new_external_id(self, value: Json, path: Place) -> Json:
        return super().check_new_external_id(value.strip() if isinstance(value, str) else value, path)

    def check_repeated_external_id(self, value: Json, path: Place) -> Json:
        return super().check_repeated_external_id(value.strip() if isinstance(value, str) else value, path)

    def decode_address(self, raw: str) -> str:
        return super().decode_address(raw).strip()


@latitude
class UnknownMembersRefused(TriggerReference):
    """A body with a member that no page names is refused."""

    def check_body(
        self, body: dict[str, Json], rules: Mapping[str, Callable[..., Json]], required: tuple[str, ...]
    ) -> dict[str, Json]:
        for name in body.keys() - rules.keys():
            raise self.invalid(Problem("unrecognized_keys", "It is not known.", (name,)))
        return super().check_body(body, rules, required)


@latitude
class TargetNamesMustExist(TriggerReference):
    """A machine, queue, region, version or task that the environment lacks is refused."""

    def check_task_identifier(self, value: Json, path: Place) -> Json:
        return self._existing(super().check_task_identifier(value, path), path, {"my-chat"})

    def trigger_rules(self) -> Mapping[str, Callable[[Json, Place], Json]]:
        rules = dict(super().trigger_rules())
        for name in ("machine", "queue", "region", "lockToVersion"):
            rules[name] = self._checked(rules[name])
        return rules

    def _checked(self, rule: Callable[[Json, Place], Json]) -> Callable[[Json, Place], Json]:
        return lambda value, path: self._existing(rule(value, path), path, KNOWN_NAMES)

    def _existing(self, value: Json, path: Place, known: set[str]) -> Json:
        if value not in known:
            raise Invalid(Problem("custom", "There is no such thing in this environment.", path))
        return value


@latitude
class NullMeansLeftOut(TriggerReference):
    """A create takes null for an optional member as if it were left out."""

    def check_create(self, body: dict[str, Json]) -> dict[str, Json]:
        return super().check_create({name: value for name, value in body.items() if value is not None})


@latitude
class CodeUnitLengths(TriggerReference):
    """Lengths count UTF-16 code units, so that a character beyond the BMP counts twice."""

    def text_length(self, text: str) -> int:
        return len(text.encode("utf-16-le", "surrogatepass")) // 2


@latitude
class DecimalKilobytes(TriggerReference):
    """A kilobyte has 1,000 bytes."""

    BODY_BYTES = 32_000
    CLOSE_BODY_BYTES = 1_000


@latitude
class EmptyReasonIsNone(TriggerReference):
    """An empty reason is recorded as none."""

    def closed_row(self, change: Change) -> Row:
        row = super().closed_row(change)
        return replace(row, closed_reason=row.closed_reason or None)


@latitude
class PastExpiryRefused(TriggerReference):
    """A create whose expiresAt has passed is refused as invalid."""

    def check_expires_at(self, value: Json, path: Place) -> Json:
        instant = super().check_expires_at(value, path)
        if instant is not None and instant <= self.now():
            raise Invalid(Problem("custom", "It has passed.", path))
        return instant


@latitude
class ClosedUpdatesAreIgnored(TriggerReference):
    """An update of a closed session is answered with the row as it is."""

    def updated_row(self, change: Change) -> Row:
        return change.row if self.is_closed(change.row) else super().updated_row(change)
