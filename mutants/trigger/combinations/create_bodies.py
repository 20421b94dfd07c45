"""Servers that take fewer create bodies than the pages allow, or keep less of them."""

import json
from itertools import takewhile
from typing import Any

from mutants.catalogue import mutant
from reference.application import Call, Json, Reply
from reference.refusals import Invalid, Path, Problem
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Environment


@mutant("create.media-type-variants-accepted")
class CreateNeedsTheMediaTypeInSmallLetters(TriggerReference):
    """A create is refused when its media type is written in capitals."""

    def check_content_type(self, call: Call) -> None:
        if call.operation == "create" and "A" in call.headers.get("content-type", ""):
            raise self.unparsable("The body must be application/json.")
        super().check_content_type(call)


@mutant("create.media-type-variants-accepted")
class CreateTakesNoQuotedCharset(TriggerReference):
    """A create is refused when the charset of its media type stands in quotes."""

    def check_content_type(self, call: Call) -> None:
        if call.operation == "create" and '"' in call.headers.get("content-type", ""):
            raise self.unparsable("The charset is not known.")
        super().check_content_type(call)


class _Objects(TriggerReference):
    """Some objects are refused, though they are inside the size limit."""

    def check_new(self, value: Json, path: Path) -> Json:
        """The object, unless it is refused."""
        for item in _every(value):
            if self.is_too_much(item):
                raise Invalid(Problem("too_big", "There is too much in it.", path))
        return value

    def is_too_much(self, item: Json) -> bool:
        """Whether one value inside the object is why it is refused."""
        raise NotImplementedError


def _every(value: Json) -> list[Json]:
    found, waiting = [], [value]
    while waiting:
        item = waiting.pop()
        found.append(item)
        waiting += item.values() if isinstance(item, dict) else item if isinstance(item, list) else []
    return found


@mutant("create.objects-of-any-shape-accepted")
class MetadataHasFiftyKeysAtMost(_Objects):
    """Metadata of more than fifty keys is refused by create."""

    def check_metadata(self, value: Json, path: Path) -> Json:
        return self.check_new(super().check_metadata(value, path), path)

    def is_too_much(self, item: Json) -> bool:
        return isinstance(item, dict) and len(item) > 50


@mutant("create.objects-of-any-shape-accepted")
class PayloadListsEndAt256(_Objects):
    """A list of more than 256 items in basePayload is refused."""

    def check_base_payload(self, value: Json, path: Path) -> Json:
        return self.check_new(super().check_base_payload(value, path), path)

    def is_too_much(self, item: Json) -> bool:
        return isinstance(item, list) and len(item) > 256


@mutant("create.objects-of-any-shape-accepted")
class MetadataNamesEndAt255(_Objects):
    """A metadata key of more than 255 characters is refused by create."""

    def check_metadata(self, value: Json, path: Path) -> Json:
        return self.check_new(super().check_metadata(value, path), path)

    def is_too_much(self, item: Json) -> bool:
        return isinstance(item, dict) and any(len(name) > 255 for name in item)


class _Related(TriggerReference):
    """Members of triggerConfig are refused for one another."""

    def check_trigger_config(self, value: Json, path: Path) -> Json:
        kept = super().check_trigger_config(value, path)
        if self.contradicts(kept):
            raise Invalid(Problem("custom", "These do not go together.", path))
        return kept

    def contradicts(self, config: dict[str, Any]) -> bool:
        """Whether two members are thought not to go together."""
        raise NotImplementedError


@mutant("create.limits-hold-independently")
class IdleTimeoutMayNotExceedTheDuration(_Related):
    """A create is refused when its idleTimeoutInSeconds is longer than its maxDuration."""

    def contradicts(self, config: dict[str, Any]) -> bool:
        return bool(config.get("idleTimeoutInSeconds", 0) > config.get("maxDuration", 10**12))


@mutant("create.limits-hold-independently")
class AllAttemptsMustFit32Bits(_Related):
    """A create is refused when the seconds of all its attempts together exceed 32 bits."""

    def contradicts(self, config: dict[str, Any]) -> bool:
        return bool(config.get("maxAttempts", 1) * config.get("maxDuration", 1) > 2**31)


class _Measured(TriggerReference):
    """The size of a create body is not that of its bytes."""

    def body_size(self, call: Call) -> int:
        return self.measured(call) if call.operation == "create" else super().body_size(call)

    def measured(self, call: Call) -> int:
        """What is taken for the size."""
        raise NotImplementedError


@mutant("create.body-inside-limit-accepted")
class CreateMeasuresIndentedJson(_Measured):
    """The size of a create body is that of its JSON with each member on a line of its own."""

    def measured(self, call: Call) -> int:
        try:
            return len(json.dumps(json.loads(call.body), indent=4).encode())
        except ValueError:
            return len(call.body)


@mutant("create.body-inside-limit-accepted")
class CreateTakesAThousandMembers(TriggerReference):
    """A create body with more than a thousand members is refused as an attack."""

    def create_object(self, call: Call) -> dict[str, Json]:
        if call.body.count(b":") > 1000:
            raise self.invalid(Problem("too_big", "There are too many members."))
        return super().create_object(call)


@mutant("create.body-inside-limit-accepted")
class CreateTakesNoBlanksBeforeTheBody(TriggerReference):
    """A create body that begins with white space is refused."""

    def create_object(self, call: Call) -> dict[str, Json]:
        if call.body[:1].isspace():
            raise self.unparsable("The body must begin with a brace.")
        return super().create_object(call)


@mutant("create.values-keep-type")
class TypeIsTrimmed(TriggerReference):
    """White space around the type is taken off."""

    def check_type(self, value: Json, path: Path) -> Json:
        return super().check_type(value, path).strip()


@mutant("create.values-keep-type")
class TypeLosesWhatCannotBeSeen(TriggerReference):
    """Characters that cannot be seen are taken out of the type."""

    def check_type(self, value: Json, path: Path) -> Json:
        kept: str = super().check_type(value, path)
        return "".join(one for one in kept if one not in "\u00ad\u200b\u202c\u202e")


@mutant("create.values-keep-metadata")
class MetadataListsLoseRepeats(TriggerReference):
    """Of equal texts and numbers in a list of metadata the first one is kept."""

    def check_metadata(self, value: Json, path: Path) -> Json:
        return _without_repeats(super().check_metadata(value, path))


def _without_repeats(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _without_repeats(item) for name, item in value.items()}
    if isinstance(value, list):
        return [item for at, item in enumerate(value) if item not in value[:at] or isinstance(item, list)]
    return value


@mutant("create.values-keep-base-payload")
class PayloadNamesAreCut(TriggerReference):
    """A basePayload key is cut after 255 characters."""

    def check_base_payload(self, value: Json, path: Path) -> Json:
        return {name[:255]: item for name, item in super().check_base_payload(value, path).items()}


@mutant("create.tags-are-shown-once-each")
class TagsAreShownTwice(TriggerReference):
    """Each tag of the row is shown twice everywhere."""

    def shown_tags(self, row: Row) -> Json:
        return [tag for tag in row.tags for _ in range(2)]


@mutant("create.tags-are-shown-once-each")
class FirstTagIsShownAgain(TriggerReference):
    """Where there are many tags, the first one is shown at the end once more."""

    def shown_tags(self, row: Row) -> Json:
        return [*row.tags, *row.tags[: len(row.tags) > 8]]


@mutant("create.returns-expires-at-as-sent")
class ExpiryIsRoundedToSeconds(TriggerReference):
    """An expiresAt is kept in whole seconds and shown with three zeros."""

    def check_expires_at(self, value: Json, path: Path) -> Json:
        instant: int = super().check_expires_at(value, path)
        return instant // 1000 * 1000


@mutant("create.expires-at-with-offset-is-same-instant")
class ZoneOffsetsAreWholeHours(TriggerReference):
    """The minutes of a zone offset in expiresAt are dropped."""

    def check_expires_at(self, value: Json, path: Path) -> Json:
        whole = f"{value[:-2]}00" if isinstance(value, str) and value[-6:-5] in ("+", "-") else value
        return super().check_expires_at(whole, path)


@mutant("create.server-error-leaves-no-session")
class BrokenCreateLeavesItsRow(TriggerReference):
    """A create that names a version which nobody has deployed writes its row, and then breaks."""

    def created_reply(self, environment: Environment, row: Row) -> Reply:
        if row.trigger_config.get("lockToVersion", "").startswith("1999"):
            raise LookupError("there is no such version")
        return super().created_reply(environment, row)


@mutant("create.expires-at-with-offset-is-same-instant")
class FractionsCountMilliseconds(TriggerReference):
    """The digits of a fraction of expiresAt are read as a number of milliseconds, however many there are."""

    def check_expires_at(self, value: Json, path: Path) -> Json:
        instant = super().check_expires_at(value, path)
        digits = "".join(takewhile(str.isdigit, value.partition(".")[2]))
        return instant - int((digits + "000")[:3]) + int(digits or 0)


@mutant("create.expires-at-with-offset-is-same-instant")
class OffsetsBelowAnHourLoseTheirSign(TriggerReference):
    """A zone offset of expiresAt between -00:01 and -00:59 counts as if it were positive."""

    def check_expires_at(self, value: Json, path: Path) -> Json:
        if isinstance(value, str) and value[-6:-2] == "-00:":
            value = f"{value[:-6]}+{value[-5:]}"
        return super().check_expires_at(value, path)
