"""All exchanges of a run, and which finding looked at which, packed into one text for the page's script.

It is JSON, deflated, in base64. Each text is in it once; exchanges and findings name it by its number. Texts
are fit to be shown: nothing in them is obeyed. `page.js` reads it.
"""

import base64
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tck.recording.exchange import Exchange, Headers
from tck.recording.har import begun_at, took
from tck.recording.in_words import request_in_words
from tck.reports.exchange_view import (
    MOST_HEADERS,
    answer,
    body_text,
    header_line,
    more_headers,
    path_of,
    shown_line,
)
from tck.reports.labels import shown
from tck.results.document import CheckEntry, RequirementEntry

ROOM = 1_500_000
"""Bytes, deflated, of texts in one page; further ones are left to exchanges.har."""
LEVEL = 6
LEFT_OUT = 0
"""The number of the text that stands for one for which there was no room."""
LEFT_OUT_TEXT = "(left out here, as this page is full; exchanges.har has it)"


class Texts:
    """Texts by number, deflated as they come."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._numbers: dict[str, int] = {}
        self._bodies: dict[bytes, Sequence[int]] = {}
        self._headers: dict[tuple[str, str], int] = {}
        self._deflated = zlib.compressobj(LEVEL)
        self._parts: list[bytes] = []
        self._size = 0
        self._write('{"texts":[')
        self.number(LEFT_OUT_TEXT)

    def number(self, text: str) -> int:
        """The number of a text, which is kept with its first use."""
        known = self._numbers.get(text)
        if known is not None:
            return known
        if self._numbers and self._size > self._room:
            return LEFT_OUT
        self._write(("," if self._numbers else "") + json.dumps(text))
        return self._numbers.setdefault(text, len(self._numbers))

    def body(self, body: bytes) -> Sequence[int]:
        """The numbers of a body's text, of its size in words and of what is not shown of it, if anything."""
        known = self._bodies.get(body)
        if known is None and body:
            told = body_text(body)
            parts = (told.text, told.size, told.note) if told.note else (told.text, told.size)
            known = self._bodies[body] = tuple(map(self.number, parts))
        return known or ()

    def headers(self, headers: Headers) -> Sequence[int]:
        """The numbers of their lines, of which most stand in many exchanges."""
        kept, more = headers[:MOST_HEADERS], more_headers(headers)
        return [*map(self._header, kept), *([self.number(more)] if more else [])]

    def _header(self, pair: tuple[str, str]) -> int:
        known = self._headers.get(pair)
        if known is None:
            known = self._headers[pair] = self.number(header_line(*pair))
        return known

    def finished(self, members: Iterable[tuple[str, Any]]) -> bytes:
        """All texts and then these members, deflated."""
        self._write("]")
        for name, value in members:
            self._write(f",{json.dumps(name)}:{json.dumps(value, separators=(',', ':'))}")
        self._write("}")
        return b"".join((*self._parts, self._deflated.flush()))

    def _write(self, text: str) -> None:
        part = self._deflated.compress(text.encode())
        self._size += len(part)
        self._parts.append(part)


def packed(
    requirements: Sequence[RequirementEntry],
    exchanges: Mapping[str, Exchange],
    to_copy: Mapping[str, str],
    room: int = ROOM,
) -> str:
    """The packed text; those exchanges come first that failures judged. `to_copy` is Markdown by name."""
    texts = Texts(room)
    copies = {name: texts.number(text) for name, text in to_copy.items()}
    findings = {one["id"]: [_finding(check, texts) for check in one["checks"]] for one in requirements}
    first = min(map(begun_at, exchanges.values()), default=0)
    rows = {name: _exchange(exchanges[name], texts, first) for name in _pressing(requirements, exchanges)}
    members = (("copies", copies), ("findings", findings), ("exchanges", rows))
    return base64.b64encode(texts.finished(members)).decode()


def _pressing(requirements: Iterable[RequirementEntry], exchanges: Mapping[str, Exchange]) -> Iterator[str]:
    """The ids of all exchanges, those that a failure or a deviation rests on first."""
    broken = (one for requirement in requirements for one in requirement["checks"] if _is_broken(one))
    named = (name for one in broken for name in (*one["judged"], *one["exchanges"]) if name in exchanges)
    return iter(dict.fromkeys((*named, *exchanges)))


def _is_broken(check: CheckEntry) -> bool:
    return check["outcome"] != "passed" or bool(check["deviation"])


def _finding(check: CheckEntry, texts: Texts) -> list[Any]:
    """Check, outcome, exchanges, judged ones, and what is said of it, as far as there is anything."""
    said = (check["reason"], check["expected"], check["seen"], check["deviation"])
    told = [texts.number(shown(text)) if text else -1 for text in said] if any(said) else []
    row = [texts.number(shown_line(check["check"])), check["outcome"], _ids(check["exchanges"])]
    return [*row, _ids(check["judged"]), *([told] if told else [])]


def _ids(names: Sequence[str]) -> str:
    return " ".join(names)


def _exchange(one: Exchange, texts: Texts, first: int) -> list[Any]:
    """An exchange as a row; `page.js` names the columns."""
    return [
        texts.number(shown_line(one.method)),
        texts.number(shown_line(path_of(one.url))),
        texts.number(shown_line(one.url)),
        texts.number(shown_line(request_in_words(one))),
        one.status or 0,
        texts.number(shown_line(answer(one))),
        begun_at(one) - first,
        round(took(one), 1),
        one.retries,
        texts.number(shown_line(one.check)),
        texts.headers(one.request_headers),
        texts.headers(one.response_headers),
        texts.body(one.request_body),
        texts.body(one.response_body),
        texts.headers(one.correlation),
    ]
