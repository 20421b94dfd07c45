"""Latitudes: what a row may be like, what may be refused, and how."""

import re
from collections.abc import Mapping

from starlette.responses import Response

from mutants.catalogue import latitude
from reference.application import Call, Json, Reply
from reference.everruns import Change, EverrunsReference, Row
from reference.everruns.fields import Rule
from reference.refusals import Path as Place
from reference.refusals import Problem, Refusal

NULLABLE = (
    "agent_id",
    "model_id",
    "title",
    "is_pinned",
    "preview",
    "output_preview",
    "usage",
    "started_at",
    "finished_at",
)
CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\uffff]")
LISTS = ("tags", "capabilities", "tools", "features")


@latitude
class BareKeysAlone(EverrunsReference):
    """The key is taken bare and under no scheme."""

    def is_scheme(self, word: str) -> bool:
        return False


@latitude
class NullsShown(EverrunsReference):
    """Members without a value are null, and empty lists are shown."""

    def session_body(self, row: Row) -> dict[str, Json]:
        return {**dict.fromkeys(NULLABLE), **{name: [] for name in LISTS}, **super().session_body(row)}


@latitude
class EmptyTagsLeftOut(EverrunsReference):
    """A session without tags shows none."""

    def is_shown(self, name: str, value: Json) -> bool:
        return value is not None and value != []


@latitude
class ExtraMembers(EverrunsReference):
    """Replies carry members that no page names."""

    def session_body(self, row: Row) -> dict[str, Json]:
        return {**super().session_body(row), "locale": "fi", "workspace_id": None, "owner": {"name": "Aino"}}


@latitude
class FullRows(EverrunsReference):
    """A session shows every member that the page has, in replies to updates as well."""

    def session_body(self, row: Row) -> dict[str, Json]:
        tool = {"name": "now", "description": "Tells the time.", "parameters": {}}
        return {
            **super().session_body(row),
            "agent_id": f"agent_{3:032x}",
            "model_id": f"model_{4:032x}",
            "capabilities": [{"ref": "web_fetch"}, {"ref": "files", "config": [1, None]}],
            "tools": [{"type": "builtin", "policy": "client_side", **tool}, {"type": "client_side", **tool}],
            "features": ["something_new"],
            "is_pinned": True,
            "active_schedule_count": 2,
            "usage": {"input_tokens": 1, "output_tokens": 0, "cache_read_tokens": None},
            "started_at": self.shown_created_at(row),
        }


@latitude
class OtherWords(EverrunsReference):
    """Refusals say other things, with more members."""

    def error_body(self, refusal: Refusal) -> Json:
        return {"code": "E42", "error": "Nope.", "status": refusal.status, "details": []}


@latitude
class PlainTextRefusals(EverrunsReference):
    """Refusals of bodies and of credentials are plain text, or have no body at all."""

    def unparsable(self, sentence: str) -> Refusal:
        return Refusal(400, "plain")

    def respond(self, reply: Reply) -> Response:
        if reply.status == 401:
            return Response(status_code=401)
        if reply.status in {413, 415, 422} or reply.body == {"error": "plain"}:
            return Response("Failed to read the body", status_code=reply.status, media_type="text/plain")
        return super().respond(reply)


@latitude
class EverythingIs400(EverrunsReference):
    """Bad bodies of every kind are answered with 400."""

    def not_json(self) -> Refusal:
        return Refusal(400, "JSON, please")

    def invalid(self, *problems: Problem) -> Refusal:
        return Refusal(400, "Invalid body")


@latitude
class ForbidsInsteadOfChallenging(EverrunsReference):
    """A missing or wrong key is answered with 403."""

    def unauthorized(self) -> Refusal:
        return Refusal(403, "Forbidden")


@latitude
class IdsBeforeKeys(EverrunsReference):
    """The id is looked at before the key."""

    def update(self, call: Call) -> Reply:
        self.address(call)
        return super().update(call)


@latitude
class UnknownMembersRefused(EverrunsReference):
    """A body with a member that the page does not name is refused."""

    def check_body(self, body: dict[str, Json], rules: Mapping[str, Rule]) -> dict[str, Json]:
        for name in body.keys() - rules.keys():
            raise self.invalid(Problem("unknown", "it is not known", (name,)))
        return super().check_body(body, rules)


@latitude
class EmptyUpdatesRefused(EverrunsReference):
    """An update that names nothing is refused."""

    def check_update(self, body: dict[str, Json]) -> dict[str, Json]:
        fields = super().check_update(body)
        if not fields:
            raise self.invalid(Problem("empty", "there is nothing to update"))
        return fields


@latitude
class EmptyUpdatesTouchNothing(EverrunsReference):
    """An update that names nothing leaves updated_at as it was."""

    def touched(self, row: Row, change: Change) -> Row:
        return super().touched(row, change) if change.fields else row


@latitude
class NullClears(EverrunsReference):
    """Null takes a title or the tags away."""

    def is_left_out(self, value: Json) -> bool:
        return False

    def updated_tags(self, change: Change) -> list[str]:
        return super().updated_tags(change) or []


@latitude
class NullIsRefused(EverrunsReference):
    """Null is refused for a title and for tags."""

    def check_title(self, value: Json, path: Place) -> Json:
        if value is None:
            raise self.invalid(Problem("null", "it must be a string", path))
        return super().check_title(value, path)


@latitude
class TagsAreASet(EverrunsReference):
    """Tags are kept sorted and without duplicates."""

    def updated_tags(self, change: Change) -> list[str]:
        return sorted(set(super().updated_tags(change)))


@latitude
class EmptyTitleIsNone(EverrunsReference):
    """An empty title is kept as none."""

    def updated_title(self, change: Change) -> str | None:
        return super().updated_title(change) or None


@latitude
class NumbersBecomeTitles(EverrunsReference):
    """A title that is a number or a boolean is taken as its text, and one tag for a list of it."""

    def check_title(self, value: Json, path: Place) -> Json:
        return super().check_title(str(value) if isinstance(value, bool | int) else value, path)

    def check_tags(self, value: Json, path: Place) -> Json:
        return super().check_tags([value] if isinstance(value, str) else value, path)


@latitude
class ContentTypeDoesNotCount(EverrunsReference):
    """A body is read as JSON whatever it says it is."""

    def check_content_type(self, call: Call) -> None:
        pass


@latitude
class UpperCaseHexAccepted(EverrunsReference):
    """The digits of an id may be in capitals."""

    def check_id(self, text: str) -> str:
        digits = text.removeprefix(self.PREFIX)
        return super().check_id(self.PREFIX + digits.lower() if text.startswith(self.PREFIX) else text)


@latitude
class ControlCharactersRefused(EverrunsReference):
    """A text with a control character other than tabs and line breaks is refused."""

    def check_update(self, body: dict[str, Json]) -> dict[str, Json]:
        fields = super().check_update(body)
        if CONTROL.search("".join([str(fields.get("title", "")), *(fields.get("tags") or [])])):
            raise self.invalid(Problem("control", "it holds a control character"))
        return fields
