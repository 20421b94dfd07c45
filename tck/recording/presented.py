"""How a wrong credential that the kit presents was made of what is secret, in words that hold no secret."""

import base64
import hmac
import json
import re
from collections.abc import Callable, Iterator, Mapping

CHANGES: Mapping[str, Callable[[str], str]] = {
    "": str, "up": str.upper, "low": str.lower, "swap": str.swapcase,
}  # fmt: skip
SHORTEST_PIECE = 4
MOST_LITERAL = 10
"""Characters that are not of the secret, up to which a credential counts as made of it."""
LONGEST = 70
NAME = re.compile(r"[A-Za-z0-9_]{1,40}")
COMMON_WORDS = ("secret", "changeme", "password", "test", "key", "jwt-secret", "your-256-bit-secret")
"""Words that servers sign with when nobody has given them a key."""
LITERAL = re.compile(r"[A-Za-z0-9:_.-]+")


def recipe(presented: str, keys: Mapping[str, str]) -> str:
    """What a credential was made of, such as `a credential made of ROOMS_KEY 0:31 =x`; empty when unknown.

    `0:31` is a piece of the secret, `up0:31` the same in upper case, `=x` a literal; `base64` stands at the
    end of one that was encoded. `keys` are by the variables that hold them.
    """
    for text, ending in ((presented, ""), (_decoded(presented), " base64")):
        for env, secret in keys.items():
            parts = _parts(text, secret) if text else None
            told = f"a credential made of {env} {' '.join(parts or ())}{ending}"
            if parts and len(told) <= LONGEST:
                return told
    return ""


def signer(signed: str, signature: str, keys: Mapping[str, str]) -> str:
    """What a token was signed HS256 with: the variable of a key, a claim of its own or a common word.

    Empty when it was none of these.
    """
    words = {f"the word {word}": word for word in COMMON_WORDS}
    known = {**keys, **_claims(signed), **words, "an empty key": ""}
    for env, secret in known.items():
        made = hmac.digest(secret.encode(), signed.encode(), "sha256")
        if base64.urlsafe_b64encode(made).rstrip(b"=").decode() == signature:
            return env
    return ""


def _claims(signed: str) -> dict[str, str]:
    """The texts that a token claims, by how a mark names them."""
    part = signed.rpartition(".")[2]
    try:
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return {}
    found = claims.items() if isinstance(claims, dict) else ()
    return {
        f"the claim {name}": text for name, text in found if isinstance(text, str) and NAME.fullmatch(name)
    }


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError:
        return ""


def _parts(text: str, secret: str) -> list[str] | None:
    parts = list(_cut(text, secret))
    literal = "".join(part[1:] for part in parts if part.startswith("="))
    fits = (
        len(literal) <= MOST_LITERAL
        and 2 * len(literal) < len(text)
        and (not literal or LITERAL.fullmatch(literal))
    )
    return parts if fits and len(parts) < len(text) else None


def _cut(text: str, secret: str) -> Iterator[str]:
    literal = ""
    place = 0
    while place < len(text):
        size, part = max(
            (_piece(text[place:], make(secret), name) for name, make in CHANGES.items()),
            key=lambda one: one[0],
        )
        if size < SHORTEST_PIECE:
            literal += text[place]
            place += 1
            continue
        if literal:
            yield f"={literal}"
            literal = ""
        yield part
        place += size
    if literal:
        yield f"={literal}"


def _piece(text: str, secret: str, change: str) -> tuple[int, str]:
    """The longest beginning of a text that stands in a secret."""
    size = 0
    while size < len(text) and text[: size + 1] in secret:
        size += 1
    start = secret.find(text[:size])
    return size, f"{change}{start}:{start + size}"
