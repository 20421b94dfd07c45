"""What a script compares: whether a reply shows again what a finding reports.

A script holds those of these functions that it uses, so nothing of the kit is imported here. The functions
`run_NAME` are what it calls.
"""

import base64
import hmac
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote

ABSENT = ["absent"]
"""Stands for a member that is not there."""
PASSING = {"iat", "exp", "nbf", "jti"}
"""The claims of a token that differ each time it is issued."""
TOKEN = re.compile(r"(eyJ[\w-]*)\.(eyJ[\w-]*)\.")
PLAIN = re.compile(r"[\w.:~-]+", re.ASCII)
AT_AN_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z?|\b\d{13}\b", re.ASCII)
HEX = re.compile(r"[0-9a-f]{12,}", re.ASCII)
MADE_UP = re.compile(rf"{AT_AN_INSTANT.pattern}|{HEX.pattern}", re.ASCII)
"""Texts that a server makes anew each time: an instant, or random digits."""
EARLIEST = 10**12
"""A number from which on it is an instant in milliseconds."""
CHANGES: dict[str, Callable[[str], str]] = {
    "": str,
    "upper": str.upper,
    "lower": str.lower,
    "swapcase": str.swapcase,
    "percent": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "percent-lower": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "quote": lambda text: quote(text, safe=""),
    "escaped": lambda text: "".join(f"\\u{ord(one):04x}" for one in text),
}
ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": lambda one, other: one >= other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    "<": lambda one, other: one < other,
}


def broken(kind: str, body: bytes, path: Sequence[str | int], wanted: Any) -> bool:
    """Whether a reply's body shows the fault; `wanted` is what it must show, or what it showed."""
    text = body.decode("utf-8", "replace")
    value = at(parsed(text), path)
    kinds: dict[str, Callable[[], bool]] = {
        "text": lambda: wanted in text,
        "no JSON": lambda: not isinstance(parsed(text), dict),
        "no token": lambda: TOKEN.search(text) is None,
        "token": lambda: same(relative(claims(text), text), wanted),
        "shown nowhere": lambda: wanted not in texts(parsed(text)),
        "framed": lambda: same(frame(text), wanted),
        "must be": lambda: not same(value, wanted),
        "must begin": lambda: not isinstance(value, str) or not value.startswith(wanted),
        "was": lambda: same(value, wanted),
        "looked like": lambda: same(form(value), wanted),
        "reply was": lambda: alike(value, wanted),
    }
    if kind in kinds:
        return kinds[kind]()
    if kind.startswith("lasts from "):
        return not wanted[0] <= seconds(text, kind.removeprefix("lasts from ")) <= wanted[1]
    if kind.startswith("own "):  # compared with another member of the same reply
        kind, wanted = kind.removeprefix("own "), at(parsed(text), (wanted,))
    return type(value) is not type(wanted) or not ORDERS[kind](value, wanted)


def parsed(text: str) -> Any:
    """The JSON value of a text; a text that is no JSON stands for itself."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return [text]


def at(value: Any, path: Sequence[str | int]) -> Any:
    """What stands at a path of member names and positions; ABSENT for nothing."""
    for part in path:
        fits = isinstance(value, dict) if isinstance(part, str) else isinstance(value, list)
        if not fits or (part not in value if isinstance(part, str) else part >= len(value)):
            return ABSENT
        value = value[part]
    return value


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same; true is not 1."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def form(value: Any) -> Any:
    """What a value looks like: its type, and of a text where which kind of character stands."""
    if isinstance(value, str):
        return re.sub(r"[A-Za-z0-9]", "x", value)
    if value == ABSENT:
        return "absent"
    if isinstance(value, list):
        return [form(item) for item in value[:1]]
    if isinstance(value, dict):
        return {name: form(item) for name, item in value.items()}
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else value


def alike(one: Any, other: Any) -> bool:
    """Whether a value is as it was, but for what a server makes anew each time.

    An instant may differ, and in a text with `*` random digits may.
    """
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, str) and isinstance(other, str):
        tokens = TOKEN.match(one), TOKEN.match(other)
        if "*" in other:
            one, other = HEX.sub("*", one), HEX.sub("*", other)
        return all(token is not None for token in tokens) or settled(one) == settled(other)
    instants = all(type(value) in (int, float) and value > EARLIEST for value in (one, other))
    return instants or same(one, other)


def settled(text: str) -> str:
    return AT_AN_INSTANT.sub("*", text)


def claims(text: str) -> Any:
    """The claims of the first token in a text that stay the same when it is issued again."""
    found = TOKEN.search(text)
    if found is None:
        return ABSENT
    told = decoded(found[2])
    return {name: item for name, item in told.items() if name not in PASSING}


def texts(value: Any) -> list[str]:
    """Every text in a JSON value; what a stream shows is looked for in the data of its events."""
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return [text for item in inner for text in texts(item)]
    if not isinstance(value, str):
        return []
    data = [line.partition(":")[2] for line in value.splitlines() if line.startswith("data:")]
    found = [parsed(one) for one in [value, *data]]
    return [value, *(text for one in found if isinstance(one, dict) for text in texts(one))]


def frame(text: str) -> Any:
    """How the first event with data in a stream is framed: its fields, and the members in its data."""
    for event in re.split(r"\r?\n\r?\n|\r\r", text):
        fields = [line.partition(":") for line in event.splitlines()]
        data = "\n".join(value.removeprefix(" ") for name, _, value in fields if name == "data")
        if data:
            return [[name for name, _, _ in fields if name], members(parsed(data))]
    return ABSENT


def members(value: Any) -> Any:
    """The names of members without their values; texts that hold JSON are looked into."""
    if isinstance(value, dict):
        return {name: members(item) for name, item in value.items()}
    if isinstance(value, list):
        return [members(item) for item in value[:1]]
    inner = parsed(value) if isinstance(value, str) else None
    return members(inner) if isinstance(inner, dict) else "a value"


def seconds(text: str, start: str) -> float:
    """Seconds from a claim, or an instant that the reply shows, to the end of its token; 0 without them."""
    found = TOKEN.search(text)
    told = decoded(found[2]) if found else {}
    end, begun = told.get("exp"), told.get(start, at(parsed(text), (start,)))
    if isinstance(begun, str):
        begun = datetime.fromisoformat(begun.replace("Z", "+00:00")).timestamp()  # noqa: FURB162 - an older Python
    return end - begun if isinstance(end, int | float) and isinstance(begun, int | float) else 0


def readings(text: str) -> Iterator[str]:
    """A text, what it says without percent-encoding, and what the tokens in it claim."""
    yield text
    yield unquote(text)
    for token in TOKEN.finditer(text):
        yield json.dumps(decoded(token[2]), ensure_ascii=False)


def relative(told: Any, text: str) -> Any:
    """What a token claims, with the names that the reply around it shows in place of their values."""
    reply_shows = parsed(text)
    shown = reply_shows.items() if isinstance(reply_shows, dict) else ()
    said = json.dumps(told)
    for name, value in shown:
        if isinstance(value, str) and MADE_UP.search(value) and "eyJ" not in value:
            said = said.replace(json.dumps(value)[1:-1], f"{{{name}}}")
    return json.loads(said)


def decoded(part: str) -> dict[str, Any]:
    """The object in one part of a token; empty when there is none."""
    try:
        value = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def signed(issued: str, how: str, changes: Mapping[str, Any], secret: str) -> str:
    """A token made of an issued one: with other claims (null: without), and a signature of this kind."""
    head, told, signature = issued.split(".")
    now = int(time.time())
    if changes:
        claimed = decoded(told) | {
            name: _timed(value, now) for name, value in changes.items() if name != "alg"
        }
        told = encoded({name: value for name, value in claimed.items() if changes.get(name, "") is not None})
    if "alg" in changes:
        head = encoded({**decoded(head), "alg": changes["alg"]})
    text = f"{head}.{told}"
    if how == "claim":
        secret = str(decoded(told).get(secret, ""))
    if how in ("key", "claim", "word"):
        signature = base64url(hmac.digest(secret.encode(), text.encode(), "sha256"))
    if how == "cut":
        signature = signature[: len(signature) // 2]
    if how == "changed":
        signature = ("A" if signature[0] != "A" else "B") + signature[1:]
    return f"{text}.{'' if how == 'empty' else signature}"


def _timed(value: Any, now: int) -> Any:
    """A claim's value; a time is given in seconds from now on."""
    return now + value["from now"] if isinstance(value, dict) and "from now" in value else value


def made_of(secret: str, parts: Sequence[str]) -> str:
    """A wrong credential of pieces of a key, such as 0:31 or up0:31, and of literals, such as =x."""
    text = ""
    for part in parts:
        piece = re.fullmatch(r"(up|low|swap)?(\d+):(\d+)", part)
        if piece:
            changed = CHANGES[{"up": "upper", "low": "lower", "swap": "swapcase"}.get(piece[1], "")](secret)
            text += changed[int(piece[2]) : int(piece[3])]
        elif part.startswith("="):
            text += part[1:]
    return base64.b64encode(text.encode()).decode() if parts[-1] == "base64" else text


def encoded(value: Mapping[str, Any]) -> str:
    return base64url(json.dumps(value, separators=(",", ":")).encode())


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def run_taken(path: str) -> int:
    """Print a plain text of the reply on the standard input; 1 when there is none."""
    value = at(parsed(reply().decode("utf-8", "replace")), json.loads(path))
    plain = isinstance(value, str) and PLAIN.fullmatch(value) is not None
    return printed(value) if plain else 1


def run_shows(kind: str, path: str, wanted: str) -> int:
    """0 when the reply on the standard input shows the fault."""
    return 0 if broken(kind, reply(), json.loads(path), json.loads(wanted)) else 1


def run_holds(variable: str) -> int:
    """0 when the reply on the standard input holds the text of a variable, plain or in a token."""
    return (
        0 if any(os.environ[variable] in text for text in readings(reply().decode("utf-8", "replace"))) else 1
    )


def run_same(path: str, other: str) -> int:
    """0 when a place of the reply on the standard input shows the same as in the reply of another file."""
    here = at(parsed(reply().decode("utf-8", "replace")), json.loads(path))
    with open(other, encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - as plain as it goes
        there = at(parsed(file.read()), json.loads(path))
    return 0 if same(here, there) else 1


def run_part(text: str, change: str, start: str, end: str) -> int:
    return printed(CHANGES[change](text)[int(start) : int(end)])


def run_signed(how: str, by: str, changes: str) -> int:
    """Print a token made of the one on the standard input, signed by a variable, a claim or a word."""
    secret = os.environ.get(by, "") if how == "key" else by
    return printed(signed(reply().decode().strip(), how, json.loads(changes), secret))


def run_wrong_key(variable: str, parts: str) -> int:
    return printed(made_of(os.environ[variable], parts.split()))


def run_repeated(times: str, text: str) -> int:
    return printed(json.loads(text) * int(times))


def reply() -> bytes:
    return sys.stdin.buffer.read()


def printed(text: str) -> int:
    sys.stdout.write(text)
    return 0
