"""Words that every package uses: levels, outcomes, verdicts, exit codes and marks."""

from collections.abc import Sequence
from enum import StrEnum


class Level(StrEnum):
    """MUST: the contract says it. SHOULD: a documented detail on which good deployments differ."""

    MUST = "must"
    SHOULD = "should"


class Outcome(StrEnum):
    """What is known of one requirement."""

    PASSED = "passed"
    FAILED = "failed"
    INDETERMINATE = "indeterminate"
    ERROR = "error"
    NOT_TESTED = "not_tested"
    NOT_APPLICABLE = "not_applicable"
    WAIVED = "waived"


class Verdict(StrEnum):
    """What is said of the target as a whole."""

    CONFORMANT = "conformant"
    CONFORMANT_WITH_WAIVERS = "conformant_with_waivers"
    NOT_CONFORMANT = "not_conformant"
    INCONCLUSIVE = "inconclusive"
    PARTIAL = "partial"


NEW_SESSIONS = "new-sessions"
"""What a target lacks that refuses the sessions which the options describe; no operator can accept it."""
CORE = "core"
"""The requirements that belong to no optional group."""
FUZZ, GENERATED = "fuzz", "generated"
"""The marks of the checks that send generated requests, and of all that are generated, which the kit sets."""

INTERRUPTED = 2
"""Exit code of a run that was interrupted."""
BROKE = 3
"""Exit code of a run in which the kit itself failed."""
CANNOT_START = 4
"""Exit code of a command that could not start: a bad option, a missing key, an unreachable target."""
UNDER_WAY = 5
"""Exit code of a nightly run that judged nothing, as another one is under way."""

RESTARTED = "a look whether the target is back after its restart"
"""What the kit sends right after the target was restarted, by the purpose that exchanges carry."""
NO_SUCH_RECORD = "no such record"
"""How a finding about a log says that an acknowledged record is shown nowhere."""


def judging(requirements: Sequence[str]) -> str:
    """How a reason ends that names the requirements which judge what it tells; empty for none."""
    judge = "judges" if len(requirements) == 1 else "judge"
    return f", which {' and '.join(requirements)} {judge}" if requirements else ""
