"""Request bodies: their size in bytes, their media type, strict JSON, and values that can be stored."""

import json
import math
from abc import ABC, abstractmethod
from collections.abc import Iterator

from reference.application import Call, Json
from reference.refusals import Path, Problem, Refusal


class Bodies(ABC):
    """Reads a request body; how a refusal is answered is the contract's own."""

    DEPTH = 400  # arrays and objects inside one another; what can be read can also be written

    @abstractmethod
    def too_large(self, limit: int) -> Refusal:
        """The refusal of a body of more than `limit` bytes."""

    @abstractmethod
    def unparsable(self, sentence: str) -> Refusal:
        """The refusal of a body that is not JSON."""

    @abstractmethod
    def invalid(self, *problems: Problem) -> Refusal:
        """The refusal of a JSON body that breaks rules."""

    def read_object(self, call: Call, limit: int) -> dict[str, Json]:
        """The JSON object of a body that must be there."""
        self.check_size(call, limit)
        self.check_content_type(call)
        value = self.parse_json(call.body)
        self.check_storable(value)
        return self.check_object_body(value)

    def read_optional_object(self, call: Call, limit: int) -> dict[str, Json]:
        """The JSON object of a body that may be left out; an empty body is none, whatever its media type."""
        return self.read_object(call, limit) if call.body else {}

    def check_size(self, call: Call, limit: int) -> None:
        """A body may have `limit` bytes and no more."""
        if self.body_size(call) > limit:
            raise self.too_large(limit)

    def body_size(self, call: Call) -> int:
        """Bytes on the wire, with or without a Content-Length."""
        return len(call.body)

    def check_content_type(self, call: Call) -> None:
        """A media type may be left out; when it is given it is JSON."""
        given = call.headers.get("content-type", "").partition(";")[0].strip().lower()
        if given not in {"", "application/json"}:
            raise self.unparsable("The body must be application/json.")

    def parse_json(self, raw: bytes) -> Json:
        """Strict JSON in UTF-8: no NaN, no number beyond a double's range; the last of equal keys wins."""
        try:
            return json.loads(raw.decode(), parse_constant=_no_constant, parse_float=_finite)
        except (ValueError, RecursionError):
            raise self.unparsable("The body is not JSON that can be read.") from None

    def check_storable(self, value: Json) -> None:
        """No text may hold NUL or half of a surrogate pair, and nesting has an end."""
        for path, item in _walk(value):
            if len(path) > self.DEPTH:
                raise self.invalid(Problem("too_big", "The body is nested too deeply."))
            if isinstance(item, str) and not self.is_storable(item):
                raise self.invalid(Problem("invalid_string", "The text cannot be stored.", _shown(path)))

    def is_storable(self, text: str) -> bool:
        """Whether the text is Unicode without NUL."""
        return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)

    def check_object_body(self, value: Json) -> dict[str, Json]:
        """The body is an object, not an array or a bare value."""
        if not isinstance(value, dict):
            raise self.invalid(Problem("invalid_type", "The body must be a JSON object."))
        return value


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("the number is too large")
    return number


def _walk(value: Json) -> Iterator[tuple[Path, Json]]:
    """Every key and value with the path to it, without recursion."""
    waiting: list[tuple[Path, Json]] = [((), value)]
    while waiting:
        path, item = waiting.pop()
        yield path, item
        if isinstance(item, dict):
            for key, inner in item.items():
                yield path, key
                waiting.append(((*path, key), inner))
        elif isinstance(item, list):
            waiting.extend(((*path, str(index)), inner) for index, inner in enumerate(item))


def _shown(path: Path) -> Path:
    return tuple(key.encode("utf-8", "replace").decode() for key in path)
