"""What a vendor publishes: pages and OpenAPI documents, read from files and addresses."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import yaml
from markdown_it import MarkdownIt

from tck.contract.contract import Contract, Page
from tck.contract.yaml_source import LOADER
from tck.errors import KitError
from tck.transport.certificates import Certificates
from tck.transport.deadline import obey_deadlines, within
from tck.transport.failures import failure_of
from tck.transport.way import way_to

TIMEOUT = 30.0
"""Seconds until a document must be there."""
LARGEST = 20_000_000
"""Bytes of a document that are read."""
HEADERS = {
    "User-Agent": "sessions-tck",
    "Accept": "text/markdown, application/json, */*;q=0.5",
}
OK = 200
PAGE_SUFFIXES = ("", ".md", ".mdx", ".html", ".htm", ".txt")


@dataclass(frozen=True)
class Published:
    """One source: an OpenAPI document, or a page with the OpenAPI documents that stand on it.

    `page` is the id of the contract's page that it is, or empty. `text` is that of the page without its
    documents.
    """

    name: str
    page: str
    text: str
    documents: tuple[Mapping[str, Any], ...]


def read_published(source: str, contract: Contract) -> Published:
    """Read FILE, URL or PAGE=FILE-OR-URL; raises KitError for one that cannot be read or is neither."""
    page, place = verified(source, contract)
    name = shown(place)
    text = _fetched(place, name) if _is_url(place) else _read(Path(place))
    document = _openapi(text, name)
    if document is not None:
        return Published(name, "", "", (document,))
    page = page or _page_of(place, contract.pages)
    if not page:
        raise KitError(
            f"{name} is neither an OpenAPI 3 document nor, by its name, one of the contract's pages "
            f"{', '.join(contract.pages)}; name the page: PAGE={name}."
        )
    words, documents = _apart(text, name)
    if not words.strip() and not documents:
        raise KitError(f"{name} is empty.")
    return Published(name, page, words, tuple(documents))


def verified(source: str, contract: Contract) -> tuple[str, str]:
    """The page that a source names, or empty, and its place; raises KitError for one that can be none."""
    page, place = _named(source, contract.pages)
    if not place.strip():
        raise KitError("a source is empty; give FILE, URL or PAGE=FILE-OR-URL.")
    if _is_url(place):
        _verify_url(place)
    return page, place


def shown(place: str) -> str:
    """A source as messages name it: an address without its query, where a key may stand."""
    if not _is_url(place):
        return place
    parts = urlsplit(place)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def _named(source: str, pages: Mapping[str, Page]) -> tuple[str, str]:
    """The page that is named, if any, and the rest; raises KitError where no page has that name."""
    page, equals, place = source.partition("=")
    if not equals or _is_url(source) or (page not in pages and Path(source).exists()):
        return "", source
    if page not in pages:
        raise KitError(f"{page!r} is no page of the contract; its pages are {', '.join(pages)}.")
    return page, place


def _is_url(place: str) -> bool:
    return place.lower().startswith(("http://", "https://"))


def _page_of(place: str, pages: Mapping[str, Page]) -> str:
    """The page that has this address, or whose id is the file's name."""
    if _is_url(place):
        return next((one.id for one in pages.values() if _address(one.url) == _address(place)), "")
    path = Path(place)
    return path.stem if path.suffix.lower() in PAGE_SUFFIXES and path.stem in pages else ""


def _address(url: str) -> str:
    """What two addresses of one page have in common."""
    parts = urlsplit(url)
    path = re.sub(r"(\.mdx?|\.html?|/index\.html?)$", "", parts.path.rstrip("/"))
    return f"{parts.netloc.lower().removeprefix('www.')}{path}"


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise KitError(f"{path} is larger than {LARGEST // 1_000_000} MB.")
        return content.decode("utf-8")
    except OSError as error:
        raise KitError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise KitError(f"{path} is not UTF-8 text.") from None


def _verify_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise KitError("a source that begins with http is not a URL.") from None
    if not host:
        raise KitError(f"{shown(url)} is not a URL.")
    if "@" in parts.netloc:
        raise KitError(
            f"{shown(url)} carries a user name or password; secrets come from the environment only."
        )


def _fetched(url: str, name: str) -> str:
    way = way_to(url, Certificates(), os.environ)
    try:
        with (
            within(TIMEOUT),
            obey_deadlines(
                httpx.Client(follow_redirects=True, timeout=TIMEOUT, headers=HEADERS, **way.for_http())
            ) as client,
            client.stream("GET", url) as reply,
        ):
            content = b""
            for piece in reply.iter_bytes():
                content += piece
                if len(content) > LARGEST:
                    raise KitError(f"{name} is larger than {LARGEST // 1_000_000} MB.")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise KitError(f"{name} cannot be read: {failure_of(error, TIMEOUT, way.proxy).said}.") from None
    if reply.status_code != OK:
        raise KitError(f"{name} cannot be read: it was answered with {reply.status_code}.")
    try:
        return content.decode(reply.charset_encoding or "utf-8")
    except (UnicodeDecodeError, LookupError):
        raise KitError(f"{name} is not text.") from None


def _openapi(text: str, name: str) -> Mapping[str, Any] | None:
    """The OpenAPI document that a text is; None for any other text."""
    if not re.search(r"^\s*[{\"']?\s*[\"']?(openapi|swagger)[\"']?\s*:", text, re.MULTILINE):
        return None
    try:
        is_json = text.lstrip().startswith("{")
        document = json.loads(text) if is_json else yaml.load(text, LOADER)  # noqa: S506 - the safe loader
    except (yaml.YAMLError, ValueError, RecursionError):
        if text.lstrip().startswith(("{", "openapi")):
            raise KitError(f"{name} is an OpenAPI document that is not whole: it cannot be parsed.") from None
        return None
    if not isinstance(document, Mapping):
        return None
    if "swagger" in document:
        raise KitError(f"{name} is Swagger {document['swagger']}; the kit reads OpenAPI 3.")
    version = str(document.get("openapi", ""))
    if not version:
        return None
    if not version.startswith("3."):
        raise KitError(f"{name} is OpenAPI {version}; the kit reads OpenAPI 3.")
    if not isinstance(document.get("paths"), Mapping):
        raise KitError(f"{name} is an OpenAPI document without paths.")
    return document


def _apart(text: str, name: str) -> tuple[str, list[Mapping[str, Any]]]:
    """A page without the OpenAPI documents in its code blocks, and these."""
    lines, gone, found = text.splitlines(), set[int](), list[Mapping[str, Any]]()
    for start, end, content in _code_blocks(text):
        document = _openapi(content, name)
        if document is not None:
            found.append(document)
            gone.update(range(start, end))
    return "\n".join(line for number, line in enumerate(lines) if number not in gone), found


def _code_blocks(text: str) -> Iterator[tuple[int, int, str]]:
    for token in MarkdownIt("commonmark").parse(text):
        if token.type == "fence" and token.map is not None:
            yield token.map[0], token.map[1], token.content
