"""exchanges.har: every exchange of a run as an HTTP Archive 1.2, and the way back."""

import base64
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import harfile

from tck.atomic_write import whole_file
from tck.errors import KitError
from tck.recording.exchange import Exchange, Headers, begun, header

MAKER = "sessions-tck"
LONGEST_BODY = 256 * 1024
"""Bytes of a body that are kept."""


def write_har(path: Path, exchanges: Iterable[Exchange], kit_version: str) -> str:
    """Write all exchanges by the time they began; returns the SHA-256 of the file in hex."""
    digest = hashlib.sha256()
    with whole_file(path) as file:
        for piece in _pieces(sorted(exchanges, key=begun), kit_version):
            file.write(piece)
            digest.update(piece.encode())
    return digest.hexdigest()


def har_text(exchanges: Iterable[Exchange], kit_version: str) -> str:
    """The archive; members of our own begin with an underscore."""
    return "".join(_pieces(sorted(exchanges, key=begun), kit_version))


def _pieces(exchanges: Iterable[Exchange], kit_version: str) -> Iterator[str]:
    """The text in pieces, one for each exchange, so that no more than one is in memory in several forms."""
    before, _, after = _rendered(_archive(kit_version)).rpartition("[]")
    yield f"{before}["
    separator = "\n"
    for exchange in exchanges:
        [entry] = _archive(kit_version, exchange)["log"]["entries"]
        _name(entry, exchange)
        yield separator + _rendered(entry)
        separator = ",\n"
    yield f"\n]{after}\n"


def _archive(kit_version: str, *exchanges: Exchange) -> dict[str, Any]:
    buffer = io.StringIO()
    creator, browser = harfile.Creator(MAKER, kit_version), harfile.Browser(MAKER, kit_version)
    with harfile.HarFile(buffer, creator=creator, browser=browser) as archive:
        for exchange in exchanges:
            _add(archive, exchange)
    document: dict[str, Any] = json.loads(buffer.getvalue())
    return document


def _rendered(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode()


def read_har(path: Path, digest: str = "") -> list[Exchange]:
    """The exchanges of an archive that the kit wrote, bodies as far as kept.

    Raises KitError for anything else, and when the file has not the SHA-256 given.
    """
    try:
        raw = path.read_bytes()
        if digest and hashlib.sha256(raw).hexdigest() != digest:
            raise KitError(f"{path} is not the one that belongs to the result: its digest differs.")
        return [_exchange(entry) for entry in json.loads(raw.decode("utf-8"))["log"]["entries"]]
    except OSError as error:
        raise KitError(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise KitError(f"{path} is not a whole archive of this kit's exchanges.") from None


def _add(archive: harfile.HarFile, exchange: Exchange) -> None:
    milliseconds = round(exchange.duration * 1000, 3)
    started = datetime.fromtimestamp(exchange.started_at, UTC).isoformat(timespec="milliseconds")
    archive.add_entry(
        startedDateTime=started,
        time=milliseconds,
        request=_request(exchange),
        response=_response(exchange),
        timings=harfile.Timings(send=0, wait=milliseconds, receive=0),
        comment=exchange.check or None,
    )


def _request(exchange: Exchange) -> harfile.Request:
    query = parse_qsl(urlsplit(exchange.url).query, keep_blank_values=True)
    return harfile.Request(
        method=exchange.method,
        url=exchange.url,
        httpVersion=exchange.http_version,
        headers=_records(exchange.request_headers),
        queryString=[harfile.Record(name, value) for name, value in query],
        postData=_post_data(exchange) if exchange.request_body else None,
        bodySize=len(exchange.request_body),
    )


def _post_data(exchange: Exchange) -> harfile.PostData:
    text, _, comment = _body(exchange.request_body)
    mime = header(exchange.request_headers, "content-type")
    return harfile.PostData(mimeType=mime, text=text, comment=comment)


def _response(exchange: Exchange) -> harfile.Response:
    text, encoding, comment = _body(exchange.response_body, exchange.left_out)
    size = len(exchange.response_body) + exchange.left_out
    mime = header(exchange.response_headers, "content-type")
    content = harfile.Content(size, None, mime, text, encoding, comment)
    return harfile.Response(
        status=exchange.status or 0,
        statusText=_phrase(exchange.status),
        httpVersion=exchange.http_version,
        headers=_records(exchange.response_headers),
        content=content,
        redirectURL=header(exchange.response_headers, "location"),
        bodySize=size,
    )


def _records(headers: Headers) -> list[harfile.Record]:
    return [harfile.Record(name, value) for name, value in headers]


def _body(body: bytes, left_out: int = 0) -> tuple[str, str | None, str | None]:
    """The text of a body, its encoding when it is not UTF-8, and a comment when it is cut."""
    kept = body[:LONGEST_BODY]
    whole = len(body) + left_out
    comment = f"cut: the first {len(kept)} of {whole} bytes" if len(kept) < whole else None
    try:
        body.decode()
    except UnicodeDecodeError:
        return base64.b64encode(kept).decode(), "base64", comment
    return kept.decode("utf-8", "ignore"), None, comment


def _phrase(status: int | None) -> str:
    try:
        return HTTPStatus(status or 0).phrase
    except ValueError:
        return ""


def _name(entry: dict[str, Any], exchange: Exchange) -> None:
    entry["_id"] = exchange.id
    entry["_check"] = exchange.check
    entry["_operation"] = exchange.operation
    entry["_error"] = exchange.error
    entry["_retries"] = exchange.retries
    if exchange.request_body and _body(exchange.request_body)[1]:
        entry["request"]["postData"]["_encoding"] = "base64"


def _exchange(entry: Mapping[str, Any]) -> Exchange:
    request, response = entry["request"], entry["response"]
    posted, content = request.get("postData", {}), response["content"]
    return Exchange(
        id=entry["_id"],
        check=entry["_check"],
        operation=entry["_operation"],
        method=request["method"],
        url=request["url"],
        request_headers=_pairs(request["headers"]),
        request_body=_unpacked(posted.get("text", ""), posted.get("_encoding")),
        status=response["status"] or None,
        http_version=response["httpVersion"],
        response_headers=_pairs(response["headers"]),
        response_body=_unpacked(content.get("text", ""), content.get("encoding")),
        error=entry["_error"],
        started_at=datetime.fromisoformat(entry["startedDateTime"]).timestamp(),
        duration=entry["time"] / 1000,
        retries=entry["_retries"],
    )


def _pairs(records: Iterable[Mapping[str, str]]) -> Headers:
    return tuple((record["name"], record["value"]) for record in records)


def _unpacked(text: str, encoding: str | None) -> bytes:
    return base64.b64decode(text) if encoding == "base64" else text.encode()
