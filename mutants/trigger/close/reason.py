"""Servers that check the reason of a close wrongly."""

from dataclasses import replace

from mutants.catalogue import mutant
from reference.application import Call, Json, Reply
from reference.refusals import Path, Problem, Refusal
from reference.trigger import TriggerReference


@mutant("close.reason-max-length-accepted")
class ReasonHas255Characters(TriggerReference):
    """A reason of 256 characters is refused."""

    REASON_LENGTH = (0, 255)


@mutant("close.reason-max-length-accepted")
class ReasonIsCountedInBytes(TriggerReference):
    """A reason may have 256 bytes."""

    def check_reason(self, value: Json, path: Path) -> Json:
        if isinstance(value, str) and len(value.encode()) > self.REASON_LENGTH[1]:
            raise self.invalid(Problem("too_big", "At most 256 bytes.", path))
        return super().check_reason(value, path)


@mutant("close.reason-max-length-accepted")
class ReasonIsCutToItsColumn(TriggerReference):
    """A reason is accepted and cut to 191 characters."""

    def check_reason(self, value: Json, path: Path) -> Json:
        return super().check_reason(value, path)[:191]


@mutant("close.reason-too-long-refused")
class ReasonHas257Characters(TriggerReference):
    """A reason of 257 characters is accepted."""

    REASON_LENGTH = (0, 257)


@mutant("close.reason-too-long-refused")
class ReasonIsCut(TriggerReference):
    """A reason that is too long is cut to 256 characters."""

    def check_reason(self, value: Json, path: Path) -> Json:
        return super().check_reason(value[:256] if isinstance(value, str) else value, path)


@mutant("close.reason-too-long-refused")
class CloseWithTooLongAReasonClosesAllTheSame(TriggerReference):
    """A close whose reason is too long is answered with 422, but the session is closed."""

    def close_session(self, call: Call) -> Reply:
        try:
            return super().close_session(call)
        except Refusal as refusal:
            if any(problem.code == "too_big" and problem.path for problem in refusal.problems):
                super().close_session(replace(call, body=b""))
            raise


@mutant("close.reason-wrong-type-refused")
class ReasonIsMadeAString(TriggerReference):
    """A reason of another type is turned into a string."""

    def check_reason(self, value: Json, path: Path) -> Json:
        return super().check_reason(value if isinstance(value, str) else str(value), path)


@mutant("close.reason-wrong-type-refused")
class ReasonOfAnotherTypeIsIgnored(TriggerReference):
    """A reason that is an array or an object is ignored."""

    def check_reason(self, value: Json, path: Path) -> Json:
        return None if isinstance(value, list | dict) else super().check_reason(value, path)
