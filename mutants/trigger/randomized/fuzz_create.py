"""Creates that go wrong for what nobody thought of."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mutants.catalogue import mutant
from reference.application import Call, Json, Reply
from reference.refusals import Invalid, Path, Problem
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Environment


@mutant("create.fuzz-documented-status")
class CreateStoresHalfPairs(TriggerReference):
    """A create does not look whether its texts can be stored, and breaks on half of a surrogate pair."""

    def create_object(self, call: Call) -> dict[str, Json]:
        self.check_size(call, self.BODY_BYTES)
        return self.check_object_body(self.parse_json(call.body))


@mutant("create.fuzz-documented-status")
class CreateMeasuresDepthByRecursion(TriggerReference):
    """A create walks through its metadata by recursion, and breaks where it is nested deeply."""

    def check_metadata(self, value: Json, path: Path) -> Json:
        depth_of(value)
        return super().check_metadata(value, path)

    def check_storable(self, value: Json) -> None:
        """Nesting has no end."""


def depth_of(value: Json) -> int:
    """How many objects and arrays stand inside one another, at most 200."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    depth = 1 + max((depth_of(item) for item in inner), default=0)
    if depth > 200:
        raise RecursionError
    return depth


@mutant("create.fuzz-documented-status")
class CreateWithoutTagsAnswers202(TriggerReference):
    """A create that makes a session without tags answers 202."""

    def created_reply(self, environment: Environment, row: Row) -> Reply:
        return replace(super().created_reply(environment, row), status=201 if row.tags else 202)


@mutant("create.fuzz-content-type")
class ShortestTypesAnswerText(TriggerReference):
    """The reply that shows a session whose type has one character is text/plain."""

    def content_type(self, reply: Reply) -> str:
        short = isinstance(reply.body, dict) and len(reply.body.get("type", "long")) == 1
        return "text/plain" if short else super().content_type(reply)


@mutant("create.fuzz-response-schema")
class ManyAttemptsAreText(TriggerReference):
    """A maxAttempts of 8 and more is shown as a text."""

    def shown_trigger_config(self, row: Row) -> Json:
        shown = super().shown_trigger_config(row)
        many = shown.get("maxAttempts", 0) >= 8
        return {**shown, "maxAttempts": str(shown["maxAttempts"])} if many else shown


@mutant("create.fuzz-invalid-data-refused")
class FalseIsATag(TriggerReference):
    """A tag of a create may be false, which is left out."""

    def check_tags(self, value: Json, path: Path) -> Json:
        kept = [tag for tag in value if tag is not False] if isinstance(value, list) else value
        return super().check_tags(kept, path)


@mutant("create.fuzz-invalid-data-refused")
class RefusedTagsLeaveASession(TriggerReference):
    """A create whose tags are of a wrong type is refused, but its session stays."""

    def check_body(
        self, body: dict[str, Json], rules: Mapping[str, Any], required: tuple[str, ...]
    ) -> dict[str, Json]:
        kept = {name: value for name, value in body.items() if name != "tags"}
        if required and not isinstance(body.get("tags", []), list):
            fields = super().check_body(kept, rules, required)
            with self.writing() as db:
                self.insert_row(db, self.new_row(self.environments[0], fields))
        return super().check_body(body, rules, required)


@mutant("create.fuzz-valid-data-accepted")
class TypeOf63IsRefused(TriggerReference):
    """A type of exactly 63 characters is refused."""

    def check_type(self, value: Json, path: Path) -> Json:
        if isinstance(value, str) and len(value) == 63:
            raise Invalid(Problem("too_big", "That is too long.", path))
        return super().check_type(value, path)


@mutant("create.fuzz-shows-what-was-sent")
class IdleTimeoutsAreRoundedUp(TriggerReference):
    """An idle timeout is kept in whole minutes."""

    def check_idle_timeout(self, value: Json, path: Path) -> Json:
        return min(3600, -(-super().check_idle_timeout(value, path) // 60) * 60)


@mutant("create.fuzz-auth-not-ignored")
class CreateWithoutAKeyGoesToTheFirst(TriggerReference):
    """A create without a credential makes its session in the first environment."""

    def environment_to_create(self, call: Call) -> Environment:
        if "authorization" not in call.headers:
            return self.environments[0]
        return super().environment_to_create(call)


@mutant("create.fuzz-undocumented-method-refused")
class PutCreates(TriggerReference):
    """PUT on the sessions makes one, too."""

    def operations(self) -> Any:
        create, *others = super().operations()
        return (create, replace(create, name="put", method="PUT"), *others)


@mutant("create.fuzz-no-secret")
class CreateRefusalsShowTheCredential(TriggerReference):
    """A create that is refused for its queue tells the credential that it came with."""

    def finish(self, call: Call, reply: Reply) -> Reply:
        if call.operation != "create" or reply.status != 422 or "queue" not in str(reply.body):
            return reply
        return replace(reply, body={**reply.body, "request": dict(call.headers)})


@mutant("create.fuzz-holds-no-stack-trace")
class UnreadableCreatesShowTheTrace(TriggerReference):
    """A create that cannot be parsed is refused with the trace of the parser."""

    def finish(self, call: Call, reply: Reply) -> Reply:
        if call.operation != "create" or "invalid_json" not in str(reply.body):
            return reply
        trace = 'Traceback (most recent call last):\n  File "/srv/app/bodies.py", line 61, in parse_json\n'
        return replace(reply, body={**reply.body, "error": trace})


@mutant("create.fuzz-invariants")
class CachedRunsLoseTheirPrefix(TriggerReference):
    """A create that finds a session shows its first run without run_."""

    def cached_reply(self, environment: Environment, row: Row) -> Reply:
        reply = super().cached_reply(environment, row)
        return replace(reply, body={**reply.body, "runId": row.run_id.removeprefix("run_")})
