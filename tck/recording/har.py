"""exchanges.har: every exchange of a run as an HTTP Archive 1.2, and the way back."""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tck.atomic_write import whole_file
from tck.errors import KitError
from tck.recording.exchange import Exchange, Headers, begun, header
from tck.values.texts import in_all_texts, is_whole, whole

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


def har_digest(exchanges: Iterable[Exchange], kit_version: str) -> str:
    """The SHA-256 in hex of the file that `write_har` writes."""
    digest = hashlib.sha256()
    for piece in _pieces(sorted(exchanges, key=begun), kit_version):
        digest.update(piece.encode())
    return digest.hexdigest()


def _pieces(exchanges: Iterable[Exchange], kit_version: str) -> Iterator[str]:
    """The text in pieces, one for each exchange, so that no more than one is in memory in several forms."""
    maker = {"name": MAKER, "version": kit_version}
    log = {"version": "1.2", "creator": maker, "browser": maker, "entries": []}
    before, _, after = _rendered({"log": log}).rpartition("[]")
    yield f"{before}["
    separator = "\n"
    for exchange in exchanges:
        yield separator + _rendered(_entry(exchange))
        separator = ",\n"
    yield f"\n]{after}\n"


def _rendered(value: Mapping[str, Any]) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if is_whole(text) else json.dumps(in_all_texts(value, whole), ensure_ascii=False)


def begun_at(exchange: Exchange) -> int:
    """When an exchange began, in milliseconds since 1970, as exact as an archive keeps it."""
    began = datetime.fromtimestamp(exchange.started_at, UTC)
    return int(began.replace(microsecond=0).timestamp()) * 1000 + began.microsecond // 1000


def took(exchange: Exchange) -> float:
    """How long an exchange took, in milliseconds, as exact as an archive keeps it."""
    return round(exchange.duration * 1000, 3)


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


def _entry(exchange: Exchange) -> dict[str, Any]:
    """One entry; members of our own begin with an underscore."""
    milliseconds = took(exchange)
    started = datetime.fromtimestamp(exchange.started_at, UTC).isoformat(timespec="milliseconds")
    unknown = dict.fromkeys(("blocked", "dns", "connect", "ssl"), -1)
    return {
        "startedDateTime": started,
        "time": milliseconds,
        "request": _request(exchange),
        "response": _response(exchange),
        "timings": {"send": 0, "wait": milliseconds, "receive": 0, **unknown},
        "cache": {},
        **_given(comment=exchange.check),
        "_id": exchange.id,
        "_check": exchange.check,
        "_operation": exchange.operation,
        "_error": exchange.error,
        "_retries": exchange.retries,
    }


def _request(exchange: Exchange) -> dict[str, Any]:
    query = parse_qsl(urlsplit(exchange.url).query, keep_blank_values=True)
    return {
        "method": exchange.method,
        "url": exchange.url,
        "httpVersion": exchange.http_version,
        "cookies": [],
        "headers": _records(exchange.request_headers),
        "queryString": _records(query),
        "headersSize": -1,
        "bodySize": len(exchange.request_body),
        **({"postData": _post_data(exchange)} if exchange.request_body else {}),
    }


def _post_data(exchange: Exchange) -> dict[str, Any]:
    text, encoding, comment = _body(exchange.request_body)
    mime = header(exchange.request_headers, "content-type")
    return {"mimeType": mime, "text": text, **_given(comment=comment, _encoding=encoding)}


def _response(exchange: Exchange) -> dict[str, Any]:
    text, encoding, comment = _body(exchange.response_body, exchange.left_out)
    size = len(exchange.response_body) + exchange.left_out
    mime = header(exchange.response_headers, "content-type")
    content = {"size": size, "mimeType": mime, "text": text, **_given(encoding=encoding, comment=comment)}
    return {
        "status": exchange.status or 0,
        "statusText": _phrase(exchange.status),
        "httpVersion": exchange.http_version,
        "cookies": [],
        "headers": _records(exchange.response_headers),
        "content": content,
        "redirectURL": header(exchange.response_headers, "location"),
        "headersSize": -1,
        "bodySize": size,
    }


def _records(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _given(**members: str) -> dict[str, str]:
    """The members that are not empty, which the format lets us leave out."""
    return {name: value for name, value in members.items() if value}


def _body(body: bytes, left_out: int = 0) -> tuple[str, str, str]:
    """The text of a body; its encoding and a comment, which are empty when it is UTF-8 and not cut."""
    kept = body[:LONGEST_BODY]
    whole = len(body) + left_out
    comment = f"cut: the first {len(kept)} of {whole} bytes" if len(kept) < whole else ""
    try:
        body.decode()
    except UnicodeDecodeError:
        return base64.b64encode(kept).decode(), "base64", comment
    return kept.decode("utf-8", "ignore"), "", comment


def _phrase(status: int | None) -> str:
    try:
        return HTTPStatus(status or 0).phrase
    except ValueError:
        return ""


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
