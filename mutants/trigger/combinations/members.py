"""Servers that take a member for another, for its name or for its value."""

import re
import threading
from collections.abc import Mapping
from typing import Any

from mutants.catalogue import mutant
from reference.application import Call, Json, Reply
from reference.instants import parse_instant
from reference.refusals import Invalid, Path, Problem, Refusal
from reference.trigger import Change, Row, TriggerReference
from reference.trigger.fields import Rule

UNPROCESSABLE = 422
CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class _Renamed(TriggerReference):
    """Members of one operation's body are also known by other names."""

    OPERATION = ""

    def known_as(self, name: str) -> str:
        """The documented name that this one is taken for."""
        raise NotImplementedError

    def read_object(self, call: Call, limit: int) -> dict[str, Json]:
        body = super().read_object(call, limit)
        if call.operation != self.OPERATION:
            return body
        return {**{self.known_as(name): value for name, value in body.items()}, **body}


NAMES = ("type", "taskIdentifier", "triggerConfig", "externalId", "tags", "metadata", "expiresAt")


def _in_any_case(name: str) -> str:
    return next((known for known in NAMES if known.lower() == name.lower()), name)


@mutant("create.type-required")
class TypeMayBeInCapitals(_Renamed):
    """A create takes the type under its name in any case."""

    OPERATION = "create"

    def known_as(self, name: str) -> str:
        return "type" if name.lower() == "type" else name


@mutant("create.task-identifier-required")
class TaskMayBeInSnakeCase(_Renamed):
    """A create takes the taskIdentifier as task_identifier."""

    OPERATION = "create"

    def known_as(self, name: str) -> str:
        return "taskIdentifier" if name == "task_identifier" else name


@mutant("create.trigger-config-required")
class TriggerConfigMayBeInAnyCase(_Renamed):
    """A create takes the triggerConfig under its name in any case."""

    OPERATION = "create"

    def known_as(self, name: str) -> str:
        return "triggerConfig" if name.lower() == "triggerconfig" else name


@mutant("create.other-names-set-nothing")
class CreateIgnoresTheCaseOfNames(_Renamed):
    """A create takes its members under their names in any case."""

    OPERATION = "create"

    def known_as(self, name: str) -> str:
        return _in_any_case(name)


@mutant("create.other-names-set-nothing")
class CreateTakesSnakeCase(_Renamed):
    """A create takes the externalId and the expiresAt in snake case."""

    OPERATION = "create"

    def known_as(self, name: str) -> str:
        return _in_any_case(name.replace("_", "")) if "_" in name else name


@mutant("create.other-names-set-nothing")
class CreateMakesClosedSessions(TriggerReference):
    """A create that names a closedReason makes a session that is closed for it."""

    def create_rules(self) -> Mapping[str, Rule]:
        return {**super().create_rules(), "closedReason": self.check_reason}

    def new_row(self, environment: Any, fields: Mapping[str, Json]) -> Row:
        row = super().new_row(environment, fields)
        reason = fields.get("closedReason")
        return (
            row
            if reason is None
            else Row(**{**vars(row), "closed_reason": reason, "closed_at": row.created_at})
        )


@mutant("close.other-names-set-nothing")
class CloseIgnoresTheCaseOfNames(_Renamed):
    """A close takes its reason under its name in any case."""

    OPERATION = "close"

    def known_as(self, name: str) -> str:
        return name.lower()


@mutant("close.other-names-set-nothing")
class CloseTakesTheReasonAsItIsShown(_Renamed):
    """A close takes its reason under the name that a row shows it by."""

    OPERATION = "close"

    def known_as(self, name: str) -> str:
        return "reason" if name == "closedReason" else name


@mutant("update.other-names-change-nothing")
class UpdateIgnoresTheCaseOfNames(_Renamed):
    """An update takes its members under their names in any case."""

    OPERATION = "update"

    def known_as(self, name: str) -> str:
        return _in_any_case(name)


@mutant("update.other-names-change-nothing")
class UpdateTrimsNames(_Renamed):
    """An update takes its members under their names with white space around them."""

    OPERATION = "update"

    def known_as(self, name: str) -> str:
        return name.strip()


@mutant("update.other-names-change-nothing")
class UpdateTakesTheLastName(TriggerReference):
    """Of members whose names differ in case an update takes the last one."""

    def update_object(self, call: Call) -> dict[str, Json]:
        body = super().update_object(call)
        return {**body, **{name.lower(): value for name, value in body.items() if name.lower() in NAMES}}


# What expiresAt may be


class _Expiry(TriggerReference):
    """Some texts are taken for an expiresAt that are none."""

    def check_expires_at(self, value: Json, path: Path) -> Json:
        taken = self.taken_for(value)
        return super().check_expires_at(value, path) if taken is None else taken

    def taken_for(self, value: Json) -> int | None:
        """The instant that this is taken for; None when it is read as it should be."""
        raise NotImplementedError


@mutant("create.expires-at-out-of-range-refused")
class ThirteenthMonthIsJanuary(_Expiry):
    """A thirteenth month in expiresAt is the first one of the next year."""

    def taken_for(self, value: Json) -> int | None:
        match = re.fullmatch(r"(\d{4})-13-(.*)", value) if isinstance(value, str) else None
        return parse_instant(f"{int(match[1]) + 1}-01-{match[2]}") if match else None


@mutant("create.expires-at-out-of-range-refused")
class PartsOfTimeAreCapped(_Expiry):
    """An hour, minute or second out of range in expiresAt is brought down to the last one there is."""

    def taken_for(self, value: Json) -> int | None:
        match = re.fullmatch(r"(.*T)(\d\d):(\d\d):(\d\d)Z", value) if isinstance(value, str) else None
        if match is None:
            return None
        hour, minute, second = min(int(match[2]), 23), min(int(match[3]), 59), min(int(match[4]), 59)
        try:
            return parse_instant(f"{match[1]}{hour:02}:{minute:02}:{second:02}Z")
        except ValueError:
            return None


@mutant("create.expires-at-impossible-day-refused")
class DaysRollOver(_Expiry):
    """A day that a month does not have in expiresAt is one of the next month."""

    def taken_for(self, value: Json) -> int | None:
        match = re.fullmatch(r"(\d{4}-\d\d)-(29|30|31)(T.*)", value) if isinstance(value, str) else None
        if match is None:
            return None
        try:
            return parse_instant(value)
        except ValueError:
            return parse_instant(f"{match[1]}-28{match[3]}") + (int(match[2]) - 28) * 86_400_000


@mutant("create.expires-at-other-notation-refused")
class NoZoneIsUtc(_Expiry):
    """An expiresAt without a zone is taken for one in UTC."""

    def taken_for(self, value: Json) -> int | None:
        plain = isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", value)
        return parse_instant(f"{value}Z") if plain else None


@mutant("create.expires-at-other-notation-refused")
class MidnightIsTheTwentyFourthHour(_Expiry):
    """The hour 24 in expiresAt is the end of its day."""

    def taken_for(self, value: Json) -> int | None:
        day = re.fullmatch(r"(\d{4}-\d\d-\d\dT)24:00:00Z", value) if isinstance(value, str) else None
        return parse_instant(f"{day[1]}23:59:59Z") + 1000 if day else None


@mutant("create.expires-at-out-of-range-refused")
class OffsetsAreOfAnySize(_Expiry):
    """The offset of an expiresAt may have any hours and minutes."""

    def taken_for(self, value: Json) -> int | None:
        form = r"(.*T.*)([+-])(\d\d):(\d\d)"
        match = re.fullmatch(form, value) if isinstance(value, str) else None
        if match is None:
            return None
        minutes = (int(match[3]) * 60 + int(match[4])) * (1 if match[2] == "-" else -1)
        try:
            return parse_instant(f"{match[1]}Z") + minutes * 60_000
        except ValueError:
            return None


@mutant("create.expires-at-wrong-type-refused")
class NumberIsAnExpiry(_Expiry):
    """A number is taken for an expiresAt in seconds or milliseconds since 1970."""

    def taken_for(self, value: Json) -> int | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return int(value if value > 10**11 else value * 1000)


@mutant("create.expires-at-wrong-type-refused")
class KnownNamesTakeAnyExpiry(TriggerReference):
    """A create that finds its session does not look at the expiresAt that was sent."""

    def check_create(self, body: dict[str, Json]) -> dict[str, Json]:
        with self.reading() as db:
            known = self.row_by_external_id(db, self.environments[0].id, str(body.get("externalId")))
        rest = body if known is None else {name: value for name, value in body.items() if name != "expiresAt"}
        return super().check_create(rest)


# Updates


@mutant("update.objects-of-any-shape-accepted")
class UpdateTakesFiftyKeys(TriggerReference):
    """An update takes metadata of at most fifty keys."""

    def check_updated_metadata(self, value: Json, path: Path) -> Json:
        kept = super().check_updated_metadata(value, path)
        if kept is not None and len(kept) > 50:
            raise Invalid(Problem("too_big", "At most 50 keys.", path))
        return kept


@mutant("update.tags-are-shown-once-each")
class UpdateStoresTagsTwice(TriggerReference):
    """An update stores the first of many tags twice."""

    def updated_tags(self, change: Change) -> list[str]:
        tags = super().updated_tags(change)
        return [*tags, tags[0]] if len(tags) == 9 and "tags" in change.fields else tags


@mutant("create.tags-are-shown-once-each")
class TriggerTagsAreStoredTwice(TriggerReference):
    """The first tag of triggerConfig is stored twice."""

    def check_trigger_config(self, value: Json, path: Path) -> Json:
        kept = super().check_trigger_config(value, path)
        tags = kept.get("tags")
        return {**kept, "tags": [*tags, tags[0]]} if tags else kept


@mutant("create.values-keep-task-identifier")
class TaskIdentifiersAreTrimmed(TriggerReference):
    """White space around the taskIdentifier is taken off."""

    def check_task_identifier(self, value: Json, path: Path) -> Json:
        return super().check_task_identifier(value, path).strip()


@mutant("create.values-keep-task-identifier")
class TaskIdentifiersAreLowered(TriggerReference):
    """A taskIdentifier is kept in small letters."""

    def check_task_identifier(self, value: Json, path: Path) -> Json:
        return super().check_task_identifier(value, path).lower()


@mutant("create.target-names-kept-as-sent")
class RegionsAreLowered(TriggerReference):
    """A region is kept in small letters."""

    def check_region(self, value: Json, path: Path) -> Json:
        return super().check_region(value, path).lower()


@mutant("create.values-keep-trigger-tags")
class TriggerTagsAreTrimmed(TriggerReference):
    """The tags of triggerConfig are trimmed."""

    def check_run_tag(self, value: Json, path: Path) -> Json:
        return super().check_run_tag(value, path).strip()


@mutant("create.values-keep-trigger-tags")
class TriggerTagsAreLowered(TriggerReference):
    """The tags of triggerConfig are stored in small letters."""

    def check_run_tag(self, value: Json, path: Path) -> Json:
        return super().check_run_tag(value, path).lower()


@mutant("create.values-keep-tags")
class ControlsAreStrippedFromTags(TriggerReference):
    """Control characters are taken out of tags."""

    def check_tag(self, value: Json, path: Path) -> Json:
        return CONTROL.sub("", super().check_tag(value, path))


@mutant("close.values-keep-reason")
class ControlsAreStrippedFromReasons(TriggerReference):
    """Control characters are taken out of the reason of a close."""

    def check_reason(self, value: Json, path: Path) -> Json:
        reason = super().check_reason(value, path)
        return CONTROL.sub("", reason) if isinstance(reason, str) else reason


@mutant("create.refusal-is-repeated-and-makes-nothing")
class RefusedCreatesAreQueued(TriggerReference):
    """A create that is refused for its tags makes its session a second and a half later."""

    LATE = 1.5

    def create(self, call: Call) -> Reply:
        try:
            return super().create(call)
        except Refusal as refusal:
            if refusal.status == UNPROCESSABLE and b"tag-10" in call.body:
                timer = threading.Timer(self.LATE, self._make, (call,))
                timer.daemon = True
                timer.start()
            raise

    def _make(self, call: Call) -> None:
        body = self.create_object(call)
        environment = self.environment_to_create(call)
        with self.writing() as db:
            if self.row_by_external_id(db, environment.id, str(body.get("externalId"))) is None:
                self.insert_row(db, self.new_row(environment, body))
