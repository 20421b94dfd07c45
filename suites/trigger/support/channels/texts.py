"""Records of every kind: JSON and not, blank, with all kinds of line ends, and of every size."""

from collections.abc import Mapping
from typing import NamedTuple

HALF = 512 * 1024
"""Bytes that a record may surely have, however it is counted."""
BETWEEN = 1_000_000
"""Bytes that a record may have, if its own bytes are counted."""
BEYOND = 1024 * 1024 + 1
"""Bytes that a record surely may not have."""
WIDE: Mapping[str, str] = {"one byte": "x", "three bytes": "€", "four bytes": "😀"}
"""Characters by how much room they take."""
ANY_TEXT = (
    '{"type": "message", "text": "h€llo \U0001f600", "list": [1, 2.5, true, null, {}], "": {"deep": [[]]}}',
    '{"data": "what a record in its wrapper looks like", "id": "7"}',
    "[]",
    "null",
    "true",
    "17",
    '"a JSON string"',
    "plain words",
    "{not JSON",
    " ",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "\n\nline ends before",
    "line ends after\n\n",
    "one\nof\r\neach\rkind\u0085of\u2028line\u2029end",
    "  blanks around  ",
    "data: looks like a field",
    "data: an event\n\ndata: of its own\n\n",
    "event: batch\ndata: {}\n\n",
    "id: 99999\n\n",
    ": a comment\n",
    "[DONE]",
    "retry: 1\n",
    "b\u00e9 e\u0301 \u00df \u0130",
    "\U0001f600 \U00010348 \U0002f800",
    "a \ufeff mark inside, and \u200b nothing",
    '<b>bold</b> &amp; "so" \\n \\u0041 %20 +',
    "\u0001 control \u001f characters \u007f",
)
"""Texts that a careless server parses, trims, splits, escapes or folds."""
ALIKE = tuple("of one order; a/b, c='%41' ".ljust(60, "x") + number for number in ("1", "2"))
"""Parts that differ in their last character alone, which is the 61st."""
ODD_TEXT = ("\ufeffa mark at the beginning", "a NUL \0 inside")
"""Texts that the usual ways to read a body or to keep a text cannot carry."""


class Sized(NamedTuple):
    """A text of so many bytes; `about` says of what characters."""

    about: str
    text: str


def of_bytes(size: int, mark: str) -> list[Sized]:
    """Texts of so many bytes, one of each kind of characters, which begin with a mark of their own."""
    return [Sized(about, filled(size, f"{mark}-{about[0]}-", wide)) for about, wide in WIDE.items()]


def filled(size: int, beginning: str, character: str) -> str:
    """A text of so many bytes that begins so and goes on with the character."""
    room = size - len(beginning.encode())
    width = len(character.encode())
    return beginning + character * (room // width) + "x" * (room % width)
