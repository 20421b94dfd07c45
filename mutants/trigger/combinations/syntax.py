"""Servers that read as JSON what is none, and that measure a body by something else than its bytes."""

import ast
import json
import re
from typing import Any

from mutants.catalogue import mutant
from reference.application import Call, Json
from reference.trigger import TriggerReference


class _Lenient(TriggerReference):
    """Bodies of one operation are mended before they are read."""

    OPERATION = ""

    def read_object(self, call: Call, limit: int) -> dict[str, Json]:
        if call.operation != self.OPERATION:
            return super().read_object(call, limit)
        self.check_size(call, limit)
        body = self.mended(call.body)
        return super().read_object(
            Call(call.operation, call.method, call.path, call.query, call.address, call.headers, body), limit
        )

    def mended(self, raw: bytes) -> bytes:
        """The body as it is read."""
        raise NotImplementedError


@mutant("create.unparsable-body-refused")
class CreateIgnoresWhatFollows(_Lenient):
    """Create reads one JSON value and ignores the bytes after it."""

    OPERATION = "create"

    def mended(self, raw: bytes) -> bytes:
        try:
            _, end = json.JSONDecoder().raw_decode(raw.decode().lstrip())
        except ValueError:
            return raw
        return raw.lstrip()[: len(raw.decode().lstrip()[:end].encode())]


@mutant("create.unparsable-body-refused")
class CreateTakesComments(_Lenient):
    """Create takes comments out of a body."""

    OPERATION = "create"

    def mended(self, raw: bytes) -> bytes:
        return re.sub(rb"/\* note \*/|// note\n", b"", raw)


@mutant("create.unparsable-body-refused")
class CreateTakesNaN(_Lenient):
    """Create takes NaN for null."""

    OPERATION = "create"

    def mended(self, raw: bytes) -> bytes:
        return raw.replace(b":NaN", b":null")


@mutant("create.unparsable-body-refused")
class KnownNamesTakeTrailingCommas(TriggerReference):
    """A create that finds its session takes a comma behind the last member."""

    def create_object(self, call: Call) -> dict[str, Json]:
        mended = call.body.replace(b",}", b"}")
        if mended != call.body:
            name = json.loads(mended).get("externalId")
            with self.reading() as db:
                if self.row_by_external_id(db, self.environments[0].id, str(name)) is not None:
                    call = Call(
                        call.operation, call.method, call.path, call.query, call.address, call.headers, mended
                    )
        return super().create_object(call)


@mutant("update.unparsable-body-refused")
class UpdateTakesTrailingCommas(_Lenient):
    """Update takes a comma behind the last member or item."""

    OPERATION = "update"

    def mended(self, raw: bytes) -> bytes:
        return re.sub(rb",\s*([}\]])", rb"\1", raw)


@mutant("update.unparsable-body-refused")
class UpdateTakesSingleQuotes(_Lenient):
    """Update reads a body in single quotes as Python would."""

    OPERATION = "update"

    def mended(self, raw: bytes) -> bytes:
        try:
            return raw if b'"' in raw else json.dumps(ast.literal_eval(raw.decode())).encode()
        except (ValueError, SyntaxError):
            return raw


@mutant("update.unparsable-body-refused")
class EmptyUpdateIsAnObject(_Lenient):
    """An update without a byte or with blanks alone counts as an empty object."""

    OPERATION = "update"

    def mended(self, raw: bytes) -> bytes:
        return raw if raw.strip() else b"{}"


@mutant("update.non-object-body-refused")
class NullIsAnEmptyUpdate(_Lenient):
    """An update whose body is null or another empty value counts as an empty object."""

    OPERATION = "update"

    def mended(self, raw: bytes) -> bytes:
        return b"{}" if raw.strip() in {b"null", b"0", b"false", b'""'} else raw


@mutant("close.unparsable-body-refused")
class CloseTakesLineBreaksInTexts(_Lenient):
    """Close takes a reason or another text with a line break or a tab in it."""

    OPERATION = "close"

    def mended(self, raw: bytes) -> bytes:
        return raw.replace(b"\n", b"\\n").replace(b"\t", b"\\t")


@mutant("close.unparsable-body-refused")
class CloseTakesLeadingZeros(_Lenient):
    """Close takes a number with a leading zero."""

    OPERATION = "close"

    def mended(self, raw: bytes) -> bytes:
        return re.sub(rb":0+(\d)", rb":\1", raw)


@mutant("close.unparsable-body-refused")
class CloseTakesNamesWithoutQuotes(_Lenient):
    """Close takes a member's name without quotes."""

    OPERATION = "close"

    def mended(self, raw: bytes) -> bytes:
        return re.sub(rb",(\w+):", rb',"\1":', raw)


class _Replacing(_Lenient):
    """Bytes that are not UTF-8 are replaced."""

    def mended(self, raw: bytes) -> bytes:
        return raw.decode("utf-8", "replace").encode()


@mutant("create.body-not-in-utf8-refused")
class CreateReplacesBytes(_Replacing):
    """Create replaces bytes that are not UTF-8."""

    OPERATION = "create"


@mutant("update.body-not-in-utf8-refused")
class UpdateReadsLatin(_Lenient):
    """Update reads a body that is not UTF-8 as Latin-1."""

    OPERATION = "update"

    def mended(self, raw: bytes) -> bytes:
        try:
            raw.decode()
        except UnicodeDecodeError:
            return raw.decode("latin-1").encode()
        return raw


@mutant("close.body-not-in-utf8-refused")
class CloseReplacesBytes(_Replacing):
    """Close replaces bytes that are not UTF-8."""

    OPERATION = "close"


# Sizes


class _Measured(TriggerReference):
    """The size of one operation's body is not that of its bytes."""

    OPERATION = ""

    def body_size(self, call: Call) -> int:
        return self.measured(call) if call.operation == self.OPERATION else super().body_size(call)

    def measured(self, call: Call) -> int:
        """What is taken for the size."""
        raise NotImplementedError


def _short(body: bytes) -> bytes:
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":")).encode()
    except ValueError:
        return body


def _parsed(body: bytes) -> Any:
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


@mutant("create.body-over-limit-refused")
class CreateMeasuresShortJson(_Measured):
    """The size of a create body is that of its JSON written as short as it gets."""

    OPERATION = "create"

    def measured(self, call: Call) -> int:
        return len(_short(call.body))


@mutant("create.body-over-limit-refused")
class CreateIgnoresBlanksAroundTheBody(_Measured):
    """White space before and behind a create body is not measured."""

    OPERATION = "create"

    def measured(self, call: Call) -> int:
        return len(call.body.strip())


@mutant("create.body-over-limit-refused")
class CreateDoesNotMeasureUnknownMembers(_Measured):
    """The size of a create body is that of the members that are known."""

    OPERATION = "create"

    def measured(self, call: Call) -> int:
        known = {name: value for name, value in _parsed(call.body).items() if name in self.create_rules()}
        return len(json.dumps(known).encode()) if known else len(call.body)


@mutant("create.body-over-limit-refused")
class KnownNamesTakeAnySize(TriggerReference):
    """A create that finds its session may be of any size."""

    def check_size(self, call: Call, limit: int) -> None:
        name = _parsed(call.body).get("externalId") if call.operation == "create" else None
        if isinstance(name, str):
            with self.reading() as db:
                if self.row_by_external_id(db, self.environments[0].id, name) is not None:
                    return
        super().check_size(call, limit)


@mutant("update.body-over-limit-refused")
class UpdateMeasuresValuesAlone(_Measured):
    """The size of an update body is that of its values, without the names of members."""

    OPERATION = "update"

    def measured(self, call: Call) -> int:
        return len(call.body) - _of_names(_parsed(call.body))


def _of_names(value: Any) -> int:
    if isinstance(value, dict):
        return sum(len(name.encode()) + _of_names(item) for name, item in value.items())
    return sum(map(_of_names, value)) if isinstance(value, list) else 0


@mutant("update.body-over-limit-refused")
class UpdateMeasuresTextsAlone(_Measured):
    """The size of an update body is that of its texts."""

    OPERATION = "update"

    def measured(self, call: Call) -> int:
        return (
            sum(map(len, re.findall(rb'"[^"]*"', call.body)))
            if call.body.count(b":7") > 9
            else len(call.body)
        )


@mutant("update.body-over-limit-refused")
class UpdateMeasuresUnescapedTexts(_Measured):
    """Escapes in an update body are measured as the characters that they stand for."""

    OPERATION = "update"

    def measured(self, call: Call) -> int:
        return len(re.sub(rb"\\u[0-9a-f]{4}", b"x", call.body))


@mutant("close.body-over-limit-refused")
class CloseIgnoresBlanksBeforeTheBody(_Measured):
    """White space before a close body is not measured."""

    OPERATION = "close"

    def measured(self, call: Call) -> int:
        return len(call.body.lstrip())


@mutant("close.body-over-limit-refused")
class CloseMeasuresTheReasonAlone(_Measured):
    """The size of a close body is that of its reason."""

    OPERATION = "close"

    def measured(self, call: Call) -> int:
        body = _parsed(call.body)
        return len(str(body["reason"]).encode()) if len(body) > 1 and "reason" in body else len(call.body)


class _MeasuredInChunks(_Measured):
    """A body in chunks is measured in another way."""

    def measured(self, call: Call) -> int:
        return len(call.body) if "content-length" in call.headers else len(_short(call.body))


@mutant("create.chunked-body-over-limit-refused")
class ChunkedCreatesAreMeasuredShort(_MeasuredInChunks):
    """The size of a create body in chunks is that of its JSON written as short as it gets."""

    OPERATION = "create"


@mutant("update.chunked-body-over-limit-refused")
class ChunkedUpdatesAreMeasuredShort(_MeasuredInChunks):
    """The size of an update body in chunks is that of its JSON written as short as it gets."""

    OPERATION = "update"


@mutant("close.chunked-body-over-limit-refused")
class ChunkedClosesAreMeasuredShort(_MeasuredInChunks):
    """The size of a close body in chunks is that of its JSON written as short as it gets."""

    OPERATION = "close"


@mutant("update.body-inside-limit-accepted")
class UpdateMeasuresIndentedJson(_Measured):
    """The size of an update body is that of its JSON with each member on a line of its own."""

    OPERATION = "update"

    def measured(self, call: Call) -> int:
        try:
            return len(json.dumps(json.loads(call.body), indent=4).encode())
        except ValueError:
            return len(call.body)


@mutant("close.body-inside-limit-accepted")
class CloseTakesNoBlanksBeforeTheBody(TriggerReference):
    """A close body that begins with white space is refused."""

    def close_object(self, call: Call) -> dict[str, Json]:
        if call.body[:1].isspace():
            raise self.unparsable("The body must begin with a brace.")
        return super().close_object(call)
