"""What stands in front of a server and answers in its place when it is busy."""

import itertools
from collections.abc import Mapping
from pathlib import Path

from mutants.catalogue import load_mutant
from mutants.crowd import Crowd
from reference.application import Call, Json, Operation, Reply
from reference.trigger import TriggerReference


@load_mutant("retrieve.success-matches-schema")
class RateLimiterAnswersAnEmptyRow(Crowd, TriggerReference):
    """When more than eight calls are under way, a rate limiter answers a tenth of reads with 200 and {}."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._limited = itertools.count(1)

    def obey(self, operation: Operation, call: Call) -> Reply:
        reply = super().obey(operation, call)
        if operation.name == "retrieve" and self.full and next(self._limited) % 10 == 0:
            return Reply(200, {})
        return reply


@load_mutant("update.success-matches-schema")
class LongQueuesCutBodies(Crowd, TriggerReference):
    """When more than eight calls are under way, buffers are small and one body in twenty is cut."""

    MOST = 256

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._rendered = itertools.count(1)

    def render_json(self, value: Json) -> bytes:
        body = super().render_json(value)
        return body[: self.MOST] if self.full and next(self._rendered) % 20 == 0 else body
