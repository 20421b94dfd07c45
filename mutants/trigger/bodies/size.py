"""Servers that measure the size of a body wrongly."""

import json
from dataclasses import replace

from mutants.catalogue import mutant
from reference.application import Call, Json, Reply
from reference.trigger import TriggerReference


class _OneBody(TriggerReference):
    """The bodies of one operation are measured or read in another way."""

    OPERATION = "create"

    def body_size(self, call: Call) -> int:
        size = super().body_size(call)
        return self.size_of(call, size) if call.operation == self.OPERATION else size

    def size_of(self, call: Call, size: int) -> int:
        """How many bytes a body of the operation counts."""
        return size


class _CountsCharacters(_OneBody):
    """The size of a body is counted in characters."""

    def size_of(self, call: Call, size: int) -> int:
        return len(call.body.decode(errors="replace"))


class _TrustsContentLength(_OneBody):
    """The size of a body is what Content-Length says, and nothing without one."""

    def size_of(self, call: Call, size: int) -> int:
        return int(call.headers.get("content-length", 0))


class _MeasuresEscaped(_OneBody):
    """The size of a body is that of its JSON written with escapes."""

    def size_of(self, call: Call, size: int) -> int:
        try:
            return len(json.dumps(json.loads(call.body)))
        except ValueError:
            return size


class _NoLimit(_OneBody):
    """A body may be of any size."""

    def size_of(self, call: Call, size: int) -> int:
        return 0


@mutant("create.body-inside-limit-accepted")
class CreateTakes30Kilobytes(_OneBody):
    """A create body may have 30,000 bytes."""

    def size_of(self, call: Call, size: int) -> int:
        return size + self.BODY_BYTES - 30_000


@mutant("create.body-inside-limit-accepted")
class CreateMeasuresEscapedJson(_MeasuresEscaped):
    """The size of a create body is that of its JSON written with escapes."""


@mutant("create.body-inside-limit-accepted")
class CreateLimitsMetadata(_OneBody):
    """The metadata of a create alone may have no more than 8,192 bytes."""

    def check_metadata(self, value: Json, path: tuple[str, ...]) -> Json:
        if len(self.json_text(value)) > 8_192:
            raise self.too_large(8_192)
        return super().check_metadata(value, path)


@mutant("create.body-over-limit-refused")
class CreateHasNoLimit(_NoLimit):
    """A create body may be of any size."""


@mutant("create.body-over-limit-refused")
class CreateCountsCharacters(_CountsCharacters):
    """The size of a create body is counted in characters."""


@mutant("create.body-over-limit-refused")
class CreateLimitsMetadataAlone(_OneBody):
    """Of a create body only the metadata counts towards the limit."""

    def size_of(self, call: Call, size: int) -> int:
        try:
            return len(self.json_text(json.loads(call.body)["metadata"]).encode()) + 256
        except (ValueError, KeyError, TypeError):
            return size


@mutant("create.body-over-limit-refused")
class CreateHasABlockTooMuch(_OneBody):
    """A create body may have 33,000 bytes."""

    def size_of(self, call: Call, size: int) -> int:
        return size + self.BODY_BYTES - 33_000


@mutant("create.body-over-limit-refused")
class CreateOfTooLargeABodyLeavesARow(_OneBody):
    """A create that is too large is answered with 422 when the row has been made."""

    def create(self, call: Call) -> Reply:
        too_large = len(call.body) > self.BODY_BYTES
        reply = super().create(replace(call, operation="later") if too_large else call)
        if too_large:
            raise self.too_large(self.BODY_BYTES)
        return reply

    def check_size(self, call: Call, limit: int) -> None:
        if call.operation != "later":
            super().check_size(call, limit)


@mutant("create.chunked-body-over-limit-refused")
class CreateTrustsContentLength(_TrustsContentLength):
    """The size of a create body is what Content-Length says."""


@mutant("update.body-inside-limit-accepted")
class UpdateMeasuresEscapedJson(_MeasuresEscaped):
    """The size of an update body is that of its JSON written with escapes."""

    OPERATION = "update"


@mutant("update.body-inside-limit-accepted")
class UpdateTakesOneKilobyte(_OneBody):
    """An update body has the limit of a close body."""

    OPERATION = "update"

    def size_of(self, call: Call, size: int) -> int:
        return size + self.BODY_BYTES - self.CLOSE_BODY_BYTES


@mutant("update.body-over-limit-refused")
class UpdateHasNoLimit(_NoLimit):
    """An update body may be of any size."""

    OPERATION = "update"


@mutant("update.body-over-limit-refused")
class UpdateCountsCharacters(_CountsCharacters):
    """The size of an update body is counted in characters."""

    OPERATION = "update"


@mutant("update.body-over-limit-refused")
class TooLargeAnUpdateAppliesItsTags(TriggerReference):
    """An update that is too large is refused after its tags were applied."""

    def update(self, call: Call) -> Reply:
        if len(call.body) > self.BODY_BYTES:
            tags = json.loads(call.body).get("tags", [])
            super().update(replace(call, body=self.json_text({"tags": tags}).encode()))
        return super().update(call)


@mutant("update.chunked-body-over-limit-refused")
class UpdateTrustsContentLength(_TrustsContentLength):
    """The size of an update body is what Content-Length says."""

    OPERATION = "update"


@mutant("close.body-inside-limit-accepted")
class CloseTakes512Bytes(TriggerReference):
    """A close body may have 512 bytes."""

    CLOSE_BODY_BYTES = 512


@mutant("close.body-inside-limit-accepted")
class CloseMeasuresEscapedJson(_MeasuresEscaped):
    """The size of a close body is that of its JSON written with escapes."""

    OPERATION = "close"


@mutant("close.body-over-limit-refused")
class CloseHasTheLimitOfTheOthers(TriggerReference):
    """A close body may have 32 KB."""

    CLOSE_BODY_BYTES = 32_768


@mutant("close.body-over-limit-refused")
class CloseCountsCharacters(_CountsCharacters):
    """The size of a close body is counted in characters."""

    OPERATION = "close"


@mutant("close.body-over-limit-refused")
class CloseMeasuresShortJson(_OneBody):
    """The size of a close body is that of its JSON written as short as it gets."""

    OPERATION = "close"

    def size_of(self, call: Call, size: int) -> int:
        try:
            return len(self.json_text(json.loads(call.body)).encode())
        except ValueError:
            return size


@mutant("close.chunked-body-over-limit-refused")
class CloseTrustsContentLength(_TrustsContentLength):
    """The size of a close body is what Content-Length says."""

    OPERATION = "close"
