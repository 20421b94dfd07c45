"""What is judged of every reply to an update, whatever the check that asked for it is about."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from tck import checking
from tck.checking import Judgement, Reply, response_rules

ROW = "Session"


@dataclass(frozen=True)
class ReplyMonitor(checking.ReplyMonitor):
    """Judges each reply to an update."""

    stored: ClassVar[frozenset[str]] = frozenset({"title", "tags"})
    schemas: ClassVar[Mapping[str, str]] = {"updateSession": ROW}
    judges_headers = True

    def judged_success(self, reply: Reply) -> Iterator[Judgement]:
        """A success is a row as JSON."""
        yield "update.success-is-json", response_rules.is_json(reply)
        yield "update.success-matches-schema", response_rules.matches(self.api, ROW, reply)
