"""Servers whose refusals have another form than the documented one."""

from dataclasses import replace

from mutants.catalogue import mutant
from reference.application import Call, Json, Reply
from reference.trigger import TriggerReference


class _OtherRefusal(TriggerReference):
    """The 422 of one operation has another form."""

    OPERATION = ""

    def finish(self, call: Call, reply: Reply) -> Reply:
        other = call.operation == self.OPERATION and reply.status == 422
        return replace(reply, body=self.other(dict(reply.body))) if other else reply

    def other(self, body: dict[str, Json]) -> Json:
        """The body of a 422 as this server tells it."""
        raise NotImplementedError


@mutant("create.error-422-matches-schema")
class CreatePathHasNumbers(_OtherRefusal):
    """The path to a faulty tag ends in a number."""

    OPERATION = "create"

    def other(self, body: dict[str, Json]) -> Json:
        details = [self.numbered(detail) for detail in body.get("details", ())]
        return {**body, "details": details}

    def numbered(self, detail: dict[str, Json]) -> dict[str, Json]:
        """The detail with positions as numbers."""
        path = detail.get("path", [])
        return {**detail, "path": [int(part) if str(part).isdigit() else part for part in path]}


@mutant("create.error-422-matches-schema")
class CreateErrorIsAnObject(_OtherRefusal):
    """The error of a refused create is an object."""

    OPERATION = "create"

    def other(self, body: dict[str, Json]) -> Json:
        return {"error": {"message": body["error"]}}


@mutant("create.error-422-matches-schema")
class OversizeCreateAnswersWithText(_OtherRefusal):
    """The 422 of a create that is too large is a bare text."""

    OPERATION = "create"

    def other(self, body: dict[str, Json]) -> Json:
        return body["error"] if "large" in body["error"] else body


@mutant("update.error-422-matches-schema")
class UpdateDetailsAreTexts(_OtherRefusal):
    """The details of a refused update are texts."""

    OPERATION = "update"

    def other(self, body: dict[str, Json]) -> Json:
        return {**body, "details": [detail["message"] for detail in body.get("details", ())]}


@mutant("update.error-422-matches-schema")
class UpdateErrorIsAMessage(_OtherRefusal):
    """The 422 of an update that names another externalId has a message instead of an error."""

    OPERATION = "update"

    def other(self, body: dict[str, Json]) -> Json:
        return {"message": body["error"]} if "externalId" in body["error"] else body


class _OtherConflict(TriggerReference):
    """The 409 has another body."""

    def finish(self, call: Call, reply: Reply) -> Reply:
        return replace(reply, body=self.other(reply.body["error"])) if reply.status == 409 else reply

    def other(self, error: str) -> Json:
        """The body of a 409 as this server tells it."""
        return {"message": error}


@mutant("create.error-409-matches-schema")
class ConflictIsAMessage(_OtherConflict):
    """The 409 has a message instead of an error."""


@mutant("create.error-409-matches-schema")
class ConflictIsAText(_OtherConflict):
    """The 409 is a bare text."""

    def other(self, error: str) -> Json:
        return error
