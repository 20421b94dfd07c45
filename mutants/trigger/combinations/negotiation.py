"""Servers that answer one client in another way than the next: by what it says it takes and sends."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mutants.catalogue import mutant
from reference.application import Call, Json, Reply
from reference.refusals import Refusal
from reference.trigger import TriggerReference


class _Typed(TriggerReference):
    """Some replies are told to be of another media type."""

    OPERATION = ""

    def finish(self, call: Call, reply: Reply) -> Reply:
        named = self.media_type(call)
        if call.operation != self.OPERATION or named is None or reply.status >= 300:
            return reply
        return Reply(reply.status, reply.body, {**reply.headers, "content-type": named})

    def content_type(self, reply: Reply) -> str:
        return reply.headers.get("content-type", "application/json")

    def media_type(self, call: Call) -> str | None:
        """The media type of this reply, None for JSON."""
        raise NotImplementedError


@mutant("create.success-is-json")
class CreateIsHtmlUnlessJsonIsNamed(_Typed):
    """The reply to a create is told to be HTML unless Accept names JSON."""

    OPERATION = "create"

    def media_type(self, call: Call) -> str | None:
        return None if "application/json" in call.headers.get("accept", "") else "text/html; charset=utf-8"


@mutant("retrieve.success-is-json")
class BrowsersAreShownHtml(_Typed):
    """The reply to a retrieve is told to be HTML when Accept names HTML among others."""

    OPERATION = "retrieve"

    def media_type(self, call: Call) -> str | None:
        return "text/html" if "text/html" in call.headers.get("accept", "") else None


@mutant("retrieve.success-is-json")
class PackedRetrievesAreOctets(_Typed):
    """The reply to a retrieve is told to be octets when gzip was offered."""

    OPERATION = "retrieve"

    def media_type(self, call: Call) -> str | None:
        return "application/octet-stream" if "gzip" in call.headers.get("accept-encoding", "") else None


@mutant("update.success-is-json")
class UpdateIsTextForAnyTaker(_Typed):
    """The reply to an update is told to be plain text when Accept takes anything."""

    OPERATION = "update"

    def media_type(self, call: Call) -> str | None:
        return "text/plain" if call.headers.get("accept") == "*/*" else None


@mutant("close.success-is-json")
class CloseIsXmlWithoutAccept(_Typed):
    """The reply to a close is told to be XML when there is no Accept."""

    OPERATION = "close"

    def media_type(self, call: Call) -> str | None:
        return None if call.headers.get("accept") else "application/xml"


class _NotAcceptable(TriggerReference):
    """Some requests are answered with 406 though they take JSON."""

    def obey(self, operation: Any, call: Call) -> Reply:
        if self.is_not_acceptable(call):
            return self.refused(Refusal(406, "Not acceptable"))
        return super().obey(operation, call)

    def is_not_acceptable(self, call: Call) -> bool:
        """Whether this request is thought not to take JSON."""
        raise NotImplementedError


@mutant("retrieve.by-id-answers-200")
class RetrieveNeedsAccept(_NotAcceptable):
    """A retrieve by id without Accept is answered with 406."""

    def is_not_acceptable(self, call: Call) -> bool:
        return call.operation == "retrieve" and self.is_id(call.address) and not call.headers.get("accept")


@mutant("update.answers-200")
class UpdateTakesNoQualities(_NotAcceptable):
    """An update whose Accept has qualities is answered with 406."""

    def is_not_acceptable(self, call: Call) -> bool:
        return call.operation == "update" and ";q=" in call.headers.get("accept", "")


@mutant("close.answers-200")
class CloseTakesNoGzip(_NotAcceptable):
    """A close that offers gzip is answered with 406."""

    def is_not_acceptable(self, call: Call) -> bool:
        return call.operation == "close" and "gzip" in call.headers.get("accept-encoding", "")


class _MediaTypes(TriggerReference):
    """Some media types that are JSON are refused."""

    OPERATION = ""
    REFUSED = ""

    def check_content_type(self, call: Call) -> None:
        if call.operation == self.OPERATION and self.REFUSED in call.headers.get("content-type", ""):
            raise self.unparsable("The body must be application/json.")
        super().check_content_type(call)


@mutant("update.media-type-variants-accepted")
class UpdateNeedsTheMediaTypeInSmallLetters(_MediaTypes):
    """An update is refused when its media type is written in capitals."""

    OPERATION, REFUSED = "update", "JSON"


@mutant("update.media-type-variants-accepted")
class UpdateTakesNoCharset(_MediaTypes):
    """An update is refused when its media type names a charset."""

    OPERATION, REFUSED = "update", "charset"


@mutant("close.media-type-variants-accepted")
class CloseTakesNoCharset(_MediaTypes):
    """A close is refused when its media type names a charset."""

    OPERATION, REFUSED = "close", "charset"


@mutant("close.media-type-variants-accepted")
class CloseNeedsTheMediaTypeInSmallLetters(_MediaTypes):
    """A close is refused when its media type is written in capitals."""

    OPERATION, REFUSED = "close", "JSON"


@mutant("create.same-external-id-answers-200")
class KnownNamesNeedTheMediaTypeInSmallLetters(TriggerReference):
    """A create that finds its session is refused when its media type is written in capitals."""

    def cached_reply(self, environment: Any, row: Any) -> Reply:
        reply = super().cached_reply(environment, row)
        return Reply(reply.status, reply.body, {"x-found": "yes"})

    def finish(self, call: Call, reply: Reply) -> Reply:
        if "x-found" in reply.headers and "JSON" in call.headers.get("content-type", ""):
            return self.refused(self.unparsable("The body must be application/json."))
        return reply


@mutant("create.closed-external-id-answers-409")
class LargeCreatesAreNotCompared(TriggerReference):
    """A create of more than 16 KB with the externalId of a closed session is refused as invalid."""

    def create(self, call: Call) -> Reply:
        try:
            return super().create(call)
        except Refusal as refusal:
            if refusal.status == 409 and len(call.body) > 16_384:
                raise self.invalid() from None
            raise


class _Validated(TriggerReference):
    """Retrieves answer with validators, and with 304 to what is taken for one that still holds."""

    def retrieve(self, call: Call) -> Reply:
        reply = super().retrieve(call)
        tag = f'"{self.tag_of(reply.body)}"'
        if self.is_fresh(call, tag):
            return Reply(304, None, {"etag": tag})
        return Reply(reply.status, reply.body, {**reply.headers, "etag": tag})

    def tag_of(self, body: Json) -> str:
        """What changes with the row."""
        return f"{body['id']}-{body['updatedAt']}"

    def is_fresh(self, call: Call, tag: str) -> bool:
        """Whether the client is thought to have the row as it is."""
        return call.headers.get("if-none-match") == tag


@mutant("retrieve.conditional-shows-current-row")
class TagsOfRowsStandStill(_Validated):
    """The ETag of a row is that of its id, and stays the same when the row changes."""

    def tag_of(self, body: Json) -> str:
        return str(body["id"])


@mutant("retrieve.conditional-shows-current-row")
class AnyTagIsFresh(_Validated):
    """A retrieve with any If-None-Match is answered with 304."""

    def is_fresh(self, call: Call, tag: str) -> bool:
        return bool(call.headers.get("if-none-match"))


@mutant("retrieve.conditional-shows-current-row")
class AnyDateIsFresh(_Validated):
    """A retrieve with any If-Modified-Since is answered with 304."""

    def is_fresh(self, call: Call, tag: str) -> bool:
        return bool(call.headers.get("if-modified-since"))


@mutant("retrieve.conditional-shows-current-row")
class ConditionalReadsAreKept(TriggerReference):
    """A retrieve with a validator shows for good what the first such retrieve showed."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._shown: dict[str, Reply] = {}

    def retrieve(self, call: Call) -> Reply:
        reply = super().retrieve(call)
        tagged = Reply(reply.status, reply.body, {**reply.headers, "etag": f'"{reply.body["updatedAt"]}"'})
        if call.headers.get("if-none-match"):
            return self._shown.setdefault(call.address, tagged)
        return tagged
