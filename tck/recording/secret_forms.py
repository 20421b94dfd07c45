"""The forms in which one secret may lie in a text."""

import base64
import json
import re
from collections.abc import Iterator
from urllib.parse import quote

SHORTEST = 6
"""Characters below which a text is too common to be looked for."""


LEAST_SECRET = 12
"""Characters behind the prefix of a key that make the key a secret."""


def public_prefix(key: str) -> str:
    """What a key begins with to say what it is, such as `tr_dev_`; empty for a key without any."""
    begin, line, rest = key.rpartition("_")
    return begin + line if len(rest) >= LEAST_SECRET else ""


def forms(secret: str) -> tuple[str, ...]:
    """The secret itself first, then percent-encoded, JSON-escaped and inside base64 of more than itself."""
    once = quote(secret, safe="", errors="surrogatepass")
    twice = quote(once, safe="")
    ascii_only, escaped = json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]
    slashed = escaped.replace("/", "\\/")
    return tuple(dict.fromkeys((secret, once, twice, ascii_only, escaped, slashed, *_in_base64(secret))))


def escaped_pattern(secret: str) -> str:
    """A regular expression for the secret, any of its characters percent-encoded, JSON- or HTML-escaped."""
    return "".join(f"(?:{'|'.join(_spellings(character))})" for character in secret)


def _in_base64(secret: str) -> Iterator[str]:
    """What base64 shows of the secret for sure, whatever stands before and after it."""
    raw = secret.encode("utf-8", "surrogatepass")
    for before in range(3):
        text = base64.b64encode(b"\0" * before + raw).decode()
        sure = text[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]
        if len(sure) >= SHORTEST:
            yield sure
            yield sure.replace("+", "-").replace("/", "_")


def _spellings(character: str) -> Iterator[str]:
    yield re.escape(character) + "\0?"
    raw = character.encode("utf-8", "surrogatepass")
    yield "".join(f"%(?i:{byte:02x})" for byte in raw)
    units = character.encode("utf-16-be", "surrogatepass").hex(" ", 2).split()
    yield "".join(rf"\\u(?i:{unit})" for unit in units)
    if len(units) == 1 and units[0].startswith("00"):
        yield rf"\\x(?i:{units[0][2:]})"
    yield rf"&#(?:0*{ord(character)}|[xX]0*(?i:{ord(character):x}));"
    if character in '"\\/':
        yield re.escape("\\" + character)
