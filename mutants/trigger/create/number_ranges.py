"""Creates with a limit on a number that is off, on either side."""

from mutants.catalogue import mutant
from reference.application import Json
from reference.refusals import Path
from reference.trigger import TriggerReference


@mutant("create.max-attempts-bounds-accepted")
class MaxAttemptsNeedsTwo(TriggerReference):
    """A maxAttempts of 1 is refused."""

    MAX_ATTEMPTS = (2, 10)


@mutant("create.max-attempts-bounds-accepted")
class MaxAttemptsStopsBefore10(TriggerReference):
    """A maxAttempts of 10 is refused."""

    MAX_ATTEMPTS = (1, 9)


@mutant("create.max-attempts-too-low-refused")
class MaxAttemptsMayBeZero(TriggerReference):
    """A maxAttempts of 0 is accepted."""

    MAX_ATTEMPTS = (0, 10)


@mutant("create.max-attempts-too-low-refused")
class ZeroIsTakenForNone(TriggerReference):
    """A maxAttempts of 0 is not looked at, as it counts as none."""

    def check_max_attempts(self, value: Json, path: Path) -> Json:
        return super().check_max_attempts(value or 1, path)


@mutant("create.max-attempts-too-high-refused")
class MaxAttemptsMayBe11(TriggerReference):
    """A maxAttempts of 11 is accepted."""

    MAX_ATTEMPTS = (1, 11)


@mutant("create.max-attempts-too-high-refused")
class MaxAttemptsIsClamped(TriggerReference):
    """A maxAttempts above 10 is brought down to 10."""

    def check_max_attempts(self, value: Json, path: Path) -> Json:
        return super().check_max_attempts(min(value, 10) if self.is_integer(value) else value, path)


@mutant("create.max-duration-minimum-accepted")
class MaxDurationNeedsFiveSeconds(TriggerReference):
    """A maxDuration under 5 seconds is refused."""

    def check_max_duration(self, value: Json, path: Path) -> Json:
        return self.check_integer(value, path, 5, None)


@mutant("create.max-duration-has-no-maximum")
class MaxDurationIsADay(TriggerReference):
    """A maxDuration of more than a day is refused."""

    def check_max_duration(self, value: Json, path: Path) -> Json:
        return self.check_integer(value, path, 1, 86_400)


@mutant("create.max-duration-has-no-maximum")
class MaxDurationIsClamped(TriggerReference):
    """A maxDuration of more than 24 days is brought down to that, as for a timer in milliseconds."""

    def check_max_duration(self, value: Json, path: Path) -> Json:
        return min(super().check_max_duration(value, path), 2_147_483)


@mutant("create.max-duration-too-low-refused")
class MaxDurationMayBeZero(TriggerReference):
    """A maxDuration of 0 is accepted."""

    def check_max_duration(self, value: Json, path: Path) -> Json:
        return self.check_integer(value, path, 0, None)


@mutant("create.max-duration-too-low-refused")
class MaxDurationMayBeNegative(TriggerReference):
    """A negative maxDuration is accepted, only 0 is not."""

    def check_max_duration(self, value: Json, path: Path) -> Json:
        super().check_max_duration(abs(value) if self.is_integer(value) else value, path)
        return value


@mutant("create.idle-timeout-bounds-accepted")
class IdleTimeoutNeedsAMinute(TriggerReference):
    """An idleTimeoutInSeconds under a minute is refused."""

    IDLE_TIMEOUT = (60, 3600)


@mutant("create.idle-timeout-bounds-accepted")
class IdleTimeoutStopsBeforeAnHour(TriggerReference):
    """An idleTimeoutInSeconds of 3600 is refused."""

    IDLE_TIMEOUT = (1, 3599)


@mutant("create.idle-timeout-too-low-refused")
class IdleTimeoutMayBeZero(TriggerReference):
    """An idleTimeoutInSeconds of 0 is accepted."""

    IDLE_TIMEOUT = (0, 3600)


@mutant("create.idle-timeout-too-high-refused")
class IdleTimeoutMayBe3601(TriggerReference):
    """An idleTimeoutInSeconds of 3601 is accepted."""

    IDLE_TIMEOUT = (1, 3601)


@mutant("create.idle-timeout-too-high-refused")
class IdleTimeoutHasNoMaximum(TriggerReference):
    """An idleTimeoutInSeconds of a day is accepted, though one of 3601 is not."""

    def check_idle_timeout(self, value: Json, path: Path) -> Json:
        return value if value == 86_400 else super().check_idle_timeout(value, path)
