"""Latitudes: with which status a conforming server may refuse, and what it may look at before it does."""

import re
from dataclasses import replace
from sqlite3 import Connection

from mutants.catalogue import latitude
from reference.application import Call, Json, Reply
from reference.refusals import Path, Problem, Refusal
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Environment
from reference.trigger.fields import Rule

CONFLICT, UNPROCESSABLE = 409, 422
FORM_OF_IDS = re.compile(r"session_[\w.~-]+", re.ASCII)


@latitude
class ReservedPrefixConflicts(TriggerReference):
    """An externalId with the reserved prefix is refused with 409."""

    def check_not_reserved(self, value: str, path: Path) -> None:
        if value.startswith(self.RESERVED_PREFIX):
            raise Refusal(CONFLICT, "The prefix is reserved")


@latitude
class EachBodyRefusedItsOwnWay(TriggerReference):
    """Bad tags are forbidden, other bad members are a conflict, and what is no JSON has another type."""

    ALONE = "refusals"

    def invalid(self, *problems: Problem) -> Refusal:
        forbidden = any(problem.path[:1] == ("tags",) for problem in problems)
        return Refusal(403 if forbidden else CONFLICT, "The body is not valid", problems)

    def unparsable(self, sentence: str) -> Refusal:
        return Refusal(415, "The body cannot be read")

    def too_large(self, limit: int) -> Refusal:
        return Refusal(411, "The body is too large")


@latitude
class EqualTagsCountOnce(TriggerReference):
    """Equal tags are one tag before they are counted, on the row and on its runs."""

    def check_list(self, value: Json, path: Path, longest: int, rule: Rule) -> Json:
        each_once = list({repr(item): item for item in value}.values()) if isinstance(value, list) else value
        return super().check_list(each_once, path, longest, rule)


@latitude
class CloseRefusesInItsOwnForm(TriggerReference):
    """A close with a bad body is answered with 422 and problem details, of which no page speaks."""

    def content_type(self, reply: Reply) -> str:
        return reply.headers.get("x-media-type") or super().content_type(reply)

    def finish(self, call: Call, reply: Reply) -> Reply:
        reply = super().finish(call, reply)
        if call.operation != "close" or reply.status != UNPROCESSABLE:
            return reply
        body = {"type": "about:blank", "title": "Unprocessable", "detail": reply.body["error"], "error": None}
        return replace(reply, body=body, headers={"x-media-type": "application/problem+json"})


@latitude
class TracesShown(TriggerReference):
    """Refusals show where in the server they were raised."""

    def error_body(self, refusal: Refusal) -> Json:
        trace = 'Traceback (most recent call last):\n  File "/app/main.py", line 7, in create\n'
        return {**super().error_body(refusal), "stack": trace}


@latitude
class SlashesAreBadRequests(TriggerReference):
    """A path with an escaped slash is a bad request, as many web servers have it."""

    def address(self, call: Call) -> str:
        if "%2f" in call.address.lower():
            raise Refusal(400, "Bad request")
        return super().address(call)


@latitude
class EscapedDotsAreBadRequests(TriggerReference):
    """A path with an escaped dot is a bad request, as it may hide a way up."""

    def decode_address(self, raw: str) -> str:
        if "%2e" in raw.lower():
            raise Refusal(400, "Bad request")
        return super().decode_address(raw)


@latitude
class IllFormedIdsAreBadRequests(TriggerReference):
    """An address that begins like an id, and that no id could have, is a bad request."""

    def find(self, db: Connection, environment: Environment, address: str) -> Row | None:
        if self.is_id(address) and not FORM_OF_IDS.fullmatch(address):
            raise Refusal(400, "That is no id")
        return super().find(db, environment, address)


@latitude
class ReservedNamesAreIllFormedInUpdates(TriggerReference):
    """An update with an externalId that begins with the reserved prefix is refused with 400."""

    def check_repeated_external_id(self, value: Json, path: Path) -> Json:
        if isinstance(value, str) and value.startswith(self.RESERVED_PREFIX):
            raise Refusal(400, "The prefix is reserved")
        return super().check_repeated_external_id(value, path)
