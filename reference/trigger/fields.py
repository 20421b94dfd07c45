"""What each member of a request body may be. Every method returns the value to keep, or raises Invalid."""

from collections.abc import Callable, Mapping

from reference.application import Json
from reference.instants import parse_instant
from reference.refusals import Invalid, Path, Problem
from reference.trigger.refusals import TriggerRefusals

Rule = Callable[[Json, Path], Json]


class Fields(TriggerRefusals):
    """The schema of the three request bodies; lengths are characters, sizes are bytes."""

    BODY_BYTES = 32_768
    CLOSE_BODY_BYTES = 1_024
    TYPE_LENGTH = (1, 64)
    TASK_IDENTIFIER_LENGTH = (1, 128)
    EXTERNAL_ID_LENGTH = (1, 256)
    TAG_COUNT = 10
    TAG_LENGTH = (0, 128)
    RUN_TAG_COUNT = 5
    RUN_TAG_LENGTH = (0, 128)
    QUEUE_LENGTH = (0, 128)
    FREE_LENGTH = (0, 32_768)
    REASON_LENGTH = (0, 256)
    MAX_ATTEMPTS = (1, 10)
    MAX_DURATION = (1, None)
    IDLE_TIMEOUT = (1, 3600)
    RESERVED_PREFIX = "session_"

    def check_create(self, body: dict[str, Json]) -> dict[str, Json]:
        """The known members of a create body."""
        return self.check_body(body, self.create_rules(), self.create_required())

    def check_update(self, body: dict[str, Json]) -> dict[str, Json]:
        """The known members of an update body."""
        return self.check_body(body, self.update_rules(), self.update_required())

    def check_close(self, body: dict[str, Json]) -> dict[str, Json]:
        """The known members of a close body."""
        return self.check_body(body, self.close_rules(), self.close_required())

    def create_rules(self) -> Mapping[str, Rule]:
        """The members of a create body."""
        return {
            "type": self.check_type,
            "taskIdentifier": self.check_task_identifier,
            "triggerConfig": self.check_trigger_config,
            "externalId": self.check_new_external_id,
            "tags": self.check_tags,
            "metadata": self.check_metadata,
            "expiresAt": self.check_expires_at,
        }

    def create_required(self) -> tuple[str, ...]:
        """What a create must send."""
        return ("type", "taskIdentifier", "triggerConfig")

    def update_rules(self) -> Mapping[str, Rule]:
        """The members of an update body."""
        return {
            "tags": self.check_updated_tags,
            "metadata": self.check_updated_metadata,
            "externalId": self.check_repeated_external_id,
        }

    def update_required(self) -> tuple[str, ...]:
        """What an update must send: nothing."""
        return ()

    def close_rules(self) -> Mapping[str, Rule]:
        """The members of a close body."""
        return {"reason": self.check_reason}

    def close_required(self) -> tuple[str, ...]:
        """What a close must send: nothing."""
        return ()

    def check_type(self, value: Json, path: Path) -> Json:
        """Free-form; only its length counts."""
        return self.check_text(value, path, *self.TYPE_LENGTH)

    def check_task_identifier(self, value: Json, path: Path) -> Json:
        """Any text of a permitted length."""
        return self.check_text(value, path, *self.TASK_IDENTIFIER_LENGTH)

    def check_new_external_id(self, value: Json, path: Path) -> Json:
        """Any text of a permitted length outside the reserved prefix."""
        self.check_text(value, path, *self.EXTERNAL_ID_LENGTH)
        self.check_not_reserved(value, path)
        return value

    def check_not_reserved(self, value: str, path: Path) -> None:
        """The beginning session_ is kept for ids."""
        if value.startswith(self.RESERVED_PREFIX):
            raise Invalid(Problem("custom", f"It cannot start with {self.RESERVED_PREFIX}.", path))

    def check_repeated_external_id(self, value: Json, path: Path) -> Json:
        """Text of a permitted length, or null; whether it is the session's own is looked at later."""
        return None if value is None else self.check_text(value, path, *self.EXTERNAL_ID_LENGTH)

    def check_tags(self, value: Json, path: Path) -> Json:
        """A list of at most ten tags."""
        return self.check_list(value, path, self.TAG_COUNT, self.check_tag)

    def check_updated_tags(self, value: Json, path: Path) -> Json:
        """The same as on create."""
        return self.check_tags(value, path)

    def check_tag(self, value: Json, path: Path) -> Json:
        """One tag of the row."""
        return self.check_text(value, path, *self.TAG_LENGTH)

    def check_metadata(self, value: Json, path: Path) -> Json:
        """Any object."""
        return self.check_object(value, path)

    def check_updated_metadata(self, value: Json, path: Path) -> Json:
        """Any object, or null to clear it."""
        return None if value is None else self.check_metadata(value, path)

    def check_expires_at(self, value: Json, path: Path) -> Json:
        """An RFC 3339 date-time, also one in the past; kept as an instant in milliseconds."""
        self.check_text(value, path, *self.FREE_LENGTH)
        try:
            return parse_instant(value)
        except ValueError:
            raise Invalid(Problem("invalid_string", "It must be an RFC 3339 date-time.", path)) from None

    def check_reason(self, value: Json, path: Path) -> Json:
        """The reason of a close; it may be empty."""
        return self.check_text(value, path, *self.REASON_LENGTH)

    def check_trigger_config(self, value: Json, path: Path) -> Json:
        """The trigger options; their known members are kept."""
        self.check_object(value, path)
        return self.check_members(value, self.trigger_rules(), self.trigger_required(), path)

    def trigger_rules(self) -> Mapping[str, Rule]:
        """The members of triggerConfig."""
        return {
            "basePayload": self.check_base_payload,
            "machine": self.check_machine,
            "queue": self.check_queue,
            "tags": self.check_run_tags,
            "maxAttempts": self.check_max_attempts,
            "maxDuration": self.check_max_duration,
            "lockToVersion": self.check_lock_to_version,
            "region": self.check_region,
            "idleTimeoutInSeconds": self.check_idle_timeout,
        }

    def trigger_required(self) -> tuple[str, ...]:
        """What triggerConfig must hold."""
        return ("basePayload",)

    def check_base_payload(self, value: Json, path: Path) -> Json:
        """Any object."""
        return self.check_object(value, path)

    def check_machine(self, value: Json, path: Path) -> Json:
        """Any text."""
        return self.check_text(value, path, *self.FREE_LENGTH)

    def check_queue(self, value: Json, path: Path) -> Json:
        """Text of a permitted length."""
        return self.check_text(value, path, *self.QUEUE_LENGTH)

    def check_run_tags(self, value: Json, path: Path) -> Json:
        """A list of at most five tags."""
        return self.check_list(value, path, self.RUN_TAG_COUNT, self.check_run_tag)

    def check_run_tag(self, value: Json, path: Path) -> Json:
        """One tag of the session's runs."""
        return self.check_text(value, path, *self.RUN_TAG_LENGTH)

    def check_max_attempts(self, value: Json, path: Path) -> Json:
        """A whole number in its range."""
        return self.check_integer(value, path, *self.MAX_ATTEMPTS)

    def check_max_duration(self, value: Json, path: Path) -> Json:
        """A whole number of seconds, without a maximum."""
        return self.check_integer(value, path, *self.MAX_DURATION)

    def check_lock_to_version(self, value: Json, path: Path) -> Json:
        """Any text."""
        return self.check_text(value, path, *self.FREE_LENGTH)

    def check_region(self, value: Json, path: Path) -> Json:
        """Any text."""
        return self.check_text(value, path, *self.FREE_LENGTH)

    def check_idle_timeout(self, value: Json, path: Path) -> Json:
        """A whole number of seconds in its range."""
        return self.check_integer(value, path, *self.IDLE_TIMEOUT)

    def check_body(
        self, body: dict[str, Json], rules: Mapping[str, Rule], required: tuple[str, ...]
    ) -> dict[str, Json]:
        """The known members of a body; all its faults in one refusal."""
        try:
            return self.check_members(body, rules, required, ())
        except Invalid as invalid:
            raise self.invalid(*invalid.problems) from None

    def check_members(
        self, value: dict[str, Json], rules: Mapping[str, Rule], required: tuple[str, ...], path: Path
    ) -> dict[str, Json]:
        """The members that have a rule, as kept; others are ignored."""
        kept: dict[str, Json] = {}
        problems = [
            Problem("required", "It is required.", (*path, name)) for name in required if name not in value
        ]
        for name, rule in rules.items():
            if name not in value:
                continue
            try:
                kept[name] = rule(value[name], (*path, name))
            except Invalid as invalid:
                problems.extend(invalid.problems)
        if problems:
            raise Invalid(*problems)
        return kept

    def check_text(self, value: Json, path: Path, shortest: int, longest: int) -> Json:
        """A JSON string of a permitted length."""
        if not isinstance(value, str):
            raise Invalid(Problem("invalid_type", "It must be a string.", path))
        if self.text_length(value) < shortest:
            raise Invalid(Problem("too_small", f"At least {shortest} characters.", path))
        if self.text_length(value) > longest:
            raise Invalid(Problem("too_big", f"At most {longest} characters.", path))
        return value

    def text_length(self, text: str) -> int:
        """How long a text is: its code points."""
        return len(text)

    def check_integer(self, value: Json, path: Path, lowest: int, highest: int | None) -> Json:
        """A whole number in a range with both ends; 1.0 is whole, true is no number."""
        if not self.is_integer(value):
            raise Invalid(Problem("invalid_type", "It must be an integer.", path))
        if value < lowest:
            raise Invalid(Problem("too_small", f"At least {lowest}.", path))
        if highest is not None and value > highest:
            raise Invalid(Problem("too_big", f"At most {highest}.", path))
        return value

    def is_integer(self, value: Json) -> bool:
        """Whether a JSON value is a whole number."""
        if isinstance(value, float):
            return value.is_integer()
        return isinstance(value, int) and not isinstance(value, bool)

    def check_object(self, value: Json, path: Path) -> Json:
        """A JSON object."""
        if not isinstance(value, dict):
            raise Invalid(Problem("invalid_type", "It must be an object.", path))
        return value

    def check_list(self, value: Json, path: Path, longest: int, rule: Rule) -> Json:
        """A JSON array of at most `longest` items that hold the rule."""
        if not isinstance(value, list):
            raise Invalid(Problem("invalid_type", "It must be an array.", path))
        if len(value) > longest:
            raise Invalid(Problem("too_big", f"At most {longest} items.", path))
        return [rule(item, (*path, str(index))) for index, item in enumerate(value)]
