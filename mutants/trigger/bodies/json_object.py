"""Servers that accept a body that is not a JSON object."""

from mutants.catalogue import mutant
from reference.application import Call, Json
from reference.refusals import Refusal
from reference.trigger import TriggerReference


@mutant("create.unparsable-body-refused")
class CreateMendsJson(TriggerReference):
    """A body that was cut short is completed."""

    def parse_json(self, raw: bytes) -> Json:
        try:
            return super().parse_json(raw)
        except Refusal:
            return super().parse_json(raw + b"}")


@mutant("create.unparsable-body-refused")
class CreateLooksForTheFirstBrace(TriggerReference):
    """What stands before the first brace of a body is passed over."""

    def parse_json(self, raw: bytes) -> Json:
        return super().parse_json(raw[raw.find(b"{") :] if b"{" in raw else raw)


@mutant("create.non-object-body-refused")
class CreateTakesTheFirstOfAnArray(TriggerReference):
    """Of a body that is an array the first item is taken."""

    def check_object_body(self, value: Json) -> dict[str, Json]:
        return super().check_object_body(value[0] if isinstance(value, list) and value else value)


@mutant("create.non-object-body-refused")
class CreateParsesStringsAgain(TriggerReference):
    """A body that is a string is parsed once more."""

    def check_object_body(self, value: Json) -> dict[str, Json]:
        return super().check_object_body(self.parse_json(value.encode()) if isinstance(value, str) else value)


class _Lenient(TriggerReference):
    """One operation takes a body that cannot be used for an empty one."""

    def lenient(self, call: Call, limit: int) -> dict[str, Json]:
        """The body, or an empty object."""
        self.check_size(call, limit)
        try:
            value = self.parse_json(call.body)
        except Refusal:
            value = self.instead_of_unparsable(call)
        return value if isinstance(value, dict) else self.instead_of_other(value)

    def instead_of_unparsable(self, call: Call) -> Json:
        """What a body that is not JSON counts as."""
        return self.parse_json(call.body)

    def instead_of_other(self, value: Json) -> dict[str, Json]:
        """What a body that is no object counts as."""
        return self.check_object_body(value)


@mutant("update.unparsable-body-refused")
class UpdateTakesGarbageForNothing(_Lenient):
    """An update body that is not JSON counts as an empty object."""

    def update_object(self, call: Call) -> dict[str, Json]:
        return self.lenient(call, self.BODY_BYTES)

    def instead_of_unparsable(self, call: Call) -> Json:
        return {}


@mutant("update.non-object-body-refused")
class UpdateTakesAnArrayForNothing(_Lenient):
    """An update body that is no object counts as an empty one."""

    def update_object(self, call: Call) -> dict[str, Json]:
        return self.lenient(call, self.BODY_BYTES)

    def instead_of_other(self, value: Json) -> dict[str, Json]:
        return {}


@mutant("close.unparsable-body-refused")
class CloseTakesGarbageForNothing(_Lenient):
    """A close body that is not JSON counts as none."""

    def close_object(self, call: Call) -> dict[str, Json]:
        return self.lenient(call, self.CLOSE_BODY_BYTES) if call.body else {}

    def instead_of_unparsable(self, call: Call) -> Json:
        return {}


@mutant("close.non-object-body-refused")
class CloseTakesAStringForTheReason(_Lenient):
    """A close body that is a string is the reason."""

    def close_object(self, call: Call) -> dict[str, Json]:
        return self.lenient(call, self.CLOSE_BODY_BYTES) if call.body else {}

    def instead_of_other(self, value: Json) -> dict[str, Json]:
        return {"reason": value} if isinstance(value, str) else self.check_object_body(value)


@mutant("close.non-object-body-refused")
class CloseTakesAnArrayForNothing(_Lenient):
    """A close body that is an array counts as none."""

    def close_object(self, call: Call) -> dict[str, Json]:
        return self.lenient(call, self.CLOSE_BODY_BYTES) if call.body else {}

    def instead_of_other(self, value: Json) -> dict[str, Json]:
        return {} if isinstance(value, list) else self.check_object_body(value)
