"""Texts made fit to be kept and shown, whoever wrote them."""

from collections.abc import Callable, Mapping
from typing import Any


def printable(text: str) -> str:
    """The text in one line that no terminal obeys: what is not plain to see is shown as an escape."""
    if text.isprintable():
        return text
    return text.translate({ord(one): _escape(one) for one in set(text) if not one.isprintable()})


def printable_lines(text: str) -> str:
    """The text as `printable`, with its lines and tabs left alone."""
    return "\n".join("\t".join(map(printable, line.split("\t"))) for line in text.split("\n"))


def whole(text: str) -> str:
    """The text as any file or pipe can carry it: half of a surrogate pair is shown as an escape."""
    if text.isascii():
        return text
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return joined.encode("utf-8", "backslashreplace").decode()


def is_whole(text: str) -> bool:
    """Whether `whole` leaves the text as it is: no half of a surrogate pair is in it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def in_all_texts(value: Any, change: Callable[[str], str]) -> Any:
    """A JSON value with each of its texts changed; keys stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list | tuple):
        return [in_all_texts(item, change) for item in value]
    if isinstance(value, Mapping):
        return {key: in_all_texts(item, change) for key, item in value.items()}
    return value


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode()
