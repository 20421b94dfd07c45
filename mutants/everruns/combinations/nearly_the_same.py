"""Servers that take an update for one that changes nothing, as it resembles the row or an earlier one."""

import json
from pathlib import Path

from mutants.catalogue import mutant
from reference.application import Call, Reply
from reference.everruns import Change, EverrunsReference, Row


@mutant("update.replaces-tags")
class SameTitleIsTheSameUpdate(EverrunsReference):
    """Nothing of an update is written whose title is the one that stands there."""

    def updated_row(self, change: Change) -> Row:
        same = "title" in change.fields and change.fields["title"] == change.row.title
        return change.row if same else super().updated_row(change)


@mutant("update.sets-title")
class SpacesAtTheEndDoNotCount(EverrunsReference):
    """A title that differs from the earlier one by spaces at its end alone is not written."""

    def updated_title(self, change: Change) -> str | None:
        new, old = super().updated_title(change), change.row.title
        return old if new and old and new.rstrip(" ") == old.rstrip(" ") else new


@mutant("update.replaces-tags")
class CaseOfTagsDoesNotCount(EverrunsReference):
    """Tags that differ from the earlier ones in case alone are not written."""

    def updated_tags(self, change: Change) -> list[str]:
        new, old = super().updated_tags(change), change.row.tags
        return old if sorted(map(str.lower, new)) == sorted(map(str.lower, old)) else new


@mutant("update.replaces-tags")
class TagsAreComparedJoined(EverrunsReference):
    """Tags that read like the earlier ones when they are joined by commas are not written."""

    def updated_tags(self, change: Change) -> list[str]:
        new, old = super().updated_tags(change), change.row.tags
        return old if new and ",".join(new) == ",".join(old) else new


@mutant("update.sets-title")
class RepeatedBodiesAreRetries(EverrunsReference):
    """A title and tags that a session was once sent together are taken for a retry, whatever came since."""

    def __init__(self, database: Path, key: str | None) -> None:
        super().__init__(database, key)
        self._replies: dict[tuple[str, bytes], Reply] = {}

    def update(self, call: Call) -> Reply:
        if not self._names_both(call.body):
            return super().update(call)
        again = self._replies.get((call.address, call.body))
        reply = again or super().update(call)
        self._replies[call.address, call.body] = reply
        return reply

    def _names_both(self, body: bytes) -> bool:
        try:
            named = json.loads(body)
        except ValueError:
            return False
        return isinstance(named, dict) and {"title", "tags"} <= named.keys()
