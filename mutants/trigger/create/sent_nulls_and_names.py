"""Mutants: null, names, tags and deadlines that a create takes for something else, or not at all."""

import re
from datetime import UTC, datetime
from sqlite3 import Connection

from mutants.catalogue import mutant
from reference.application import Json
from reference.refusals import Invalid, Path, Problem
from reference.trigger import Change, Row, TriggerReference
from reference.trigger.fields import Rule

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


@mutant("create.omitted-fields-are-empty")
class NullExpiryIsTheEpoch(TriggerReference):
    """An expiresAt that is null is the beginning of 1970."""

    def check_expires_at(self, value: Json, path: Path) -> Json:
        return 0 if value is None else super().check_expires_at(value, path)


@mutant("create.returns-trigger-config-as-sent")
class NullNumbersAreZero(TriggerReference):
    """A number in triggerConfig that is null is kept as zero."""

    def check_integer(self, value: Json, path: Path, lowest: int, highest: int | None) -> Json:
        return 0 if value is None else super().check_integer(value, path, lowest, highest)


@mutant("create.similar-external-ids-are-different")
class NamesBeginWithALetterOrDigit(TriggerReference):
    """An externalId that begins with an underscore, a hyphen or another mark is refused."""

    def check_new_external_id(self, value: Json, path: Path) -> Json:
        if isinstance(value, str) and value.startswith(tuple("_-+~@$!")):
            raise Invalid(Problem("custom", "It must begin with a letter or a digit.", path))
        return super().check_new_external_id(value, path)


@mutant("create.same-external-id-answers-200")
class SentDeadlineDecides(TriggerReference):
    """A create that finds an open session is refused with 409 when the deadline that it sends has passed."""

    def reuse_row(self, db: Connection, change: Change) -> Row:
        sent = change.fields.get("expiresAt")
        if sent is not None and sent <= self.now():
            raise self.expired_conflict()
        return super().reuse_row(db, change)


@mutant("create.ten-tags-accepted")
class EqualTagsAreRefused(TriggerReference):
    """Tags of which two are equal are refused."""

    def check_list(self, value: Json, path: Path, longest: int, rule: Rule) -> Json:
        kept = super().check_list(value, path, longest, rule)
        if len(set(kept)) < len(kept):
            raise Invalid(Problem("custom", "They must differ.", path))
        return kept


@mutant("create.values-keep-metadata")
class TextsOfInstantsAreRewritten(TriggerReference):
    """A text in metadata that is an instant is written anew, in UTC and whole seconds."""

    def check_metadata(self, value: Json, path: Path) -> Json:
        return _rewritten(super().check_metadata(value, path))


def _rewritten(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _rewritten(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_rewritten(item) for item in value]
    if not isinstance(value, str) or INSTANT.fullmatch(value) is None:
        return value
    try:
        return datetime.fromisoformat(value).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        return value
