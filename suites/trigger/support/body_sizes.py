"""Bodies at the size limits, and bodies that are no JSON object."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pytest

from suites.trigger.support.bodies import Body, padded_to, with_trigger
from tck.checking import encoded

INSIDE, OUTSIDE = 32_000, 32_769
"""Bytes of a create or update body that are inside, or outside, 32 KB on any reading."""
CLOSE_INSIDE, CLOSE_OUTSIDE = 1_000, 1_025
"""The same for the 1 KB of a close body."""
THREE_BYTES = "語"


@dataclass(frozen=True)
class Bulk:
    """Where a body's bulk lies: the path to the text that fills it, and with which character."""

    path: tuple[str, ...]
    character: str = "x"

    def fill(self, size: int, body: Body) -> bytes:
        """The body as exactly this many bytes."""
        return padded_to(size, body, *self.path, character=self.character)


IN_METADATA = Bulk(("metadata", "filling"))
IN_METADATA_WIDE = Bulk(("metadata", "filling"), THREE_BYTES)
IN_BASE_PAYLOAD = Bulk(("triggerConfig", "basePayload", "filling"))


def close_in_white_space(size: int) -> bytes:
    """A close body of this many bytes: a short reason, and blanks before the closing brace."""
    return _with_blanks(encoded({"reason": "done"}), size)


def close_in_wide_characters(size: int) -> bytes:
    """A close body of this many bytes: a reason of 256 three-byte characters, and blanks for the rest."""
    return _with_blanks(encoded({"reason": THREE_BYTES * 256}), size)


def close_in_escapes(size: int) -> bytes:
    r"""A close body of this many bytes without blanks: a short reason, most of its characters as \uXXXX."""
    frame = len(encoded({"reason": ""}))
    escapes, plain = divmod(size - frame, 6)
    return b'{"reason":"' + b"\\u8a9e" * escapes + b"x" * plain + b'"}'


CLOSE_BULKS = (
    pytest.param(close_in_white_space, id="in white space"),
    pytest.param(close_in_wide_characters, id="in three-byte characters"),
    pytest.param(close_in_escapes, id="in escapes"),
)
OfSize = Callable[[int], bytes]
Spoil = Callable[[bytes], bytes]

UNPARSABLE = (
    pytest.param(lambda raw: raw[:-1], id="cut short"),
    pytest.param(lambda raw: raw.replace(b":", b"", 1), id="without a colon"),
    pytest.param(lambda raw: b"not JSON: " + raw, id="words first"),
)
"""Ways to make a JSON object unparsable."""
NO_OBJECT = (
    pytest.param(lambda raw: b"[" + raw + b"]", id="in an array"),
    pytest.param(lambda raw: encoded(raw.decode()), id="as a string"),
    pytest.param(lambda raw: b"[]", id="an empty array"),  # noqa: ARG005
    pytest.param(lambda raw: b"1", id="a number"),  # noqa: ARG005
    pytest.param(lambda raw: b"true", id="a boolean"),  # noqa: ARG005
)
"""Ways to send JSON that is no object in place of one."""


def spoilt(ways: Iterable[pytest.ParameterSet], raw: bytes) -> list[bytes]:
    """The body spoilt in each of these ways."""
    spoilers: list[Spoil] = [way.values[0] for way in ways]  # type: ignore[misc]
    return [spoil(raw) for spoil in spoilers]


def every_close_bulk(size: int) -> list[bytes]:
    """A close body of this many bytes for each place that its bulk can have."""
    makers: list[OfSize] = [bulk.values[0] for bulk in CLOSE_BULKS]  # type: ignore[misc]
    return [of_size(size) for of_size in makers]


def with_every_bulk(body: Body) -> Body:
    """The body with the objects that a bulk is put into."""
    return with_trigger({**body, "metadata": {"filling": ""}}, basePayload={"filling": ""})


def _with_blanks(raw: bytes, size: int) -> bytes:
    return raw[:-1] + b" " * (size - len(raw)) + raw[-1:]
