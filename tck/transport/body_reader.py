"""Reads one reply within bounds, whatever the target sends; what exceeds them is no reply."""

import zlib
from collections.abc import Iterable, Iterator

import httpx

from tck.recording.exchange import Headers

BIGGEST_REPLY = 1024 * 1024
"""Bytes of a reply's body, unpacked, that are read."""
MOST_HEADERS = 1000
NOT_PACKED = frozenset({"", "identity"})
PACKED = frozenset({"gzip", "x-gzip", "deflate"})
EITHER_FRAME = zlib.MAX_WBITS | 32
"""Lets zlib tell a gzip from a zlib frame."""


def read_headers(response: httpx.Response) -> Headers:
    """The headers in the order sent; raises ValueError for too many."""
    headers = tuple(response.headers.multi_items())
    if len(headers) > MOST_HEADERS:
        raise ValueError(f"the reply has {len(headers)} headers, and the kit reads {MOST_HEADERS}")
    return headers


def read_body(response: httpx.Response, most: int | None = None) -> bytes:
    """The decoded body; raises ValueError if it is too long or has an encoding that was not accepted.

    `most` bytes are read, BIGGEST_REPLY when it is None.
    """
    said = response.headers.get("content-encoding", "")
    packings = [name.strip().lower() for name in said.split(",")]
    parts: Iterable[bytes] = response.iter_raw()
    for packing in reversed(packings):
        if packing in PACKED:
            parts = _unpacked(parts)
        elif packing not in NOT_PACKED:
            raise ValueError(
                f"the response has Content-Encoding {packing[:40]}, which the request did not accept"
            )
    return b"".join(_bounded(parts, BIGGEST_REPLY if most is None else most))


def _bounded(parts: Iterable[bytes], most: int) -> Iterator[bytes]:
    size = 0
    for part in parts:
        size += len(part)
        if size > most:
            raise ValueError(f"the reply's body is longer than {most} bytes")
        yield part


def _unpacked(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The unpacked parts, each of a bounded size however much it was packed."""
    unpacking, begun = zlib.decompressobj(EITHER_FRAME), False
    for part in parts:
        rest = part
        while rest and not unpacking.eof:
            try:
                piece = unpacking.decompress(rest, BIGGEST_REPLY)
            except zlib.error:
                if begun:
                    raise ValueError("the packed body is damaged") from None
                unpacking, piece = zlib.decompressobj(-zlib.MAX_WBITS), b""  # a deflate without a frame
                begun = True
                continue
            begun, rest = True, unpacking.unconsumed_tail
            yield piece
    if begun and not unpacking.eof:
        raise ValueError("the packed body ends too early")
