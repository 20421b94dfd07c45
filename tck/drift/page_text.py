"""The words of a page without its markup: the same for HTML, Markdown and plain text."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

from markdown_it import MarkdownIt

IS_HTML = re.compile(r"<!doctype html|<html[\s>]", re.IGNORECASE)
IS_MARKDOWN = re.compile(r"^ {0,3}#{1,6} \S|^ {0,3}```|\]\(\S+\)|\*\*\S|`\w", re.MULTILINE)
UNSEEN = frozenset({"script", "style", "template", "noscript", "svg", "head", "button", "iframe"})
AROUND = frozenset({"nav", "header", "footer", "aside"})
"""Elements around the content of a page, which are the same on every page."""
CONTENT = ("main", "article")
VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
"""Elements without an end tag."""
INLINE = frozenset(
    {
        "a",
        "abbr",
        "b",
        "bdi",
        "cite",
        "code",
        "del",
        "em",
        "i",
        "ins",
        "kbd",
        "mark",
        "q",
        "s",
        "small",
        "span",
    }
    | {"strong", "sub", "sup", "time", "u", "var", "wbr", "samp", "dfn", "label"}
)
DOUBLE, SINGLE, DASHES = "\u201c\u201d\u201e\xab\xbb", "\u2018\u2019\u201a`", "\u2010\u2011\u2013\u2014\u2212"
ALIKE = str.maketrans(dict.fromkeys(DOUBLE, '"') | dict.fromkeys(SINGLE, "'") | dict.fromkeys(DASHES, "-"))
"""Forms of quotes and dashes that say the same."""
DIGITS = 12
"""Hex digits of the digest of a passage; one that is new by chance is not to be feared."""


@dataclass(frozen=True)
class PageText:
    """A page's passages in their order, without markup."""

    passages: tuple[str, ...]

    @property
    def digest(self) -> str:
        """SHA-256, in hex, over all characters but white space; how a page is divided does not count."""
        return hashlib.sha256(_closed("".join(self.passages)).encode()).hexdigest()

    @property
    def passage_digests(self) -> tuple[str, ...]:
        """A short digest of each passage."""
        return tuple(map(short_digest, self.passages))


def short_digest(text: str) -> str:
    """A digest of some words, which white space, markup and the form of quotes and dashes do not change."""
    return hashlib.sha256(_closed(_alike(text)).encode()).hexdigest()[:DIGITS]


def page_text(text: str) -> PageText:
    """What a reader sees of a page that is HTML, Markdown or plain text."""
    if IS_HTML.search(text[:2000]):
        return PageText(_passages(text))
    if not IS_MARKDOWN.search(text):
        return PageText(tuple(filter(None, map(_alike, text.splitlines()))))
    return PageText(_passages(MarkdownIt("commonmark", {"html": False}).enable("table").render(text)))


def words_digest(text: str) -> str:
    """The short digest of a description in Markdown; empty where it says nothing."""
    found = page_text(text)
    return short_digest("".join(found.passages)) if found.passages else ""


def _passages(html: str) -> tuple[str, ...]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return tuple(filter(None, map(_alike, reader.content)))


def _alike(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).translate(ALIKE).split())


def _closed(text: str) -> str:
    return "".join(text.split())


class _Reader(HTMLParser):
    """Collects what is seen of a page by block; only that in <main> or <article>, where the page has one."""

    def __init__(self) -> None:
        super().__init__()
        self._open: list[str] = []
        self._all: list[str] = [""]
        self._inside: list[str] = [""]

    @property
    def content(self) -> Sequence[str]:
        return self._inside if any(one.strip() for one in self._inside) else self._all

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag not in VOID:
            self._open.append(tag)
        self._break(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if not (UNSEEN | AROUND).isdisjoint(self._open):
            return
        self._all[-1] += data
        if any(tag in self._open for tag in CONTENT):
            self._inside[-1] += data

    def _break(self, tag: str) -> None:
        if tag not in INLINE:
            self._all.append("")
            self._inside.append("")
