"""JSON Web Tokens: reading what a target issued, signing like it, and forging what it must refuse."""

import base64
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tck.errors import Broken
from tck.values.json_equality import JsonValue, shown
from tck.values.origin import NOWHERE, Origin, origin_of

_PART = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_PARTS = 3


@dataclass(frozen=True)
class Token:
    """A JWT as issued: its text, the header and claims that it carries, and the reply that it comes from."""

    text: str
    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    origin: Origin = field(default=NOWHERE, repr=False)

    def said(self, value: Any, place: str) -> JsonValue:
        """A value that was made of what the token says; `place` is what a person calls it."""
        return JsonValue(value, origin=self.origin.at(place))

    @property
    def signed(self) -> str:
        """The part of the text that the signature covers."""
        return self.text.rpartition(".")[0]

    @property
    def signature(self) -> str:
        """The signature as written in the text."""
        return self.text.rpartition(".")[2]

    def with_claims(self, **changes: Any) -> str:
        """The token with other claims under the old signature."""
        head = self.text.split(".", 1)[0]
        return f"{head}.{_encode({**self.claims, **changes})}.{self.signature}"

    def with_signature(self, signature: str) -> str:
        """The token with another signature, or with an empty one."""
        return f"{self.signed}.{signature}"

    def with_changed_signature(self, position: int) -> str:
        """The token with one character of its signature changed; the last one has spare bits."""
        characters = list(self.signature)
        characters[position] = "A" if characters[position] != "A" else "B"
        return self.with_signature("".join(characters))

    def unsigned(self, name: str = "none", signature: str = "", **changes: Any) -> str:
        """The token, with these claims changed, under the algorithm none in some spelling."""
        header = _encode({**self.header, "alg": name})
        return f"{header}.{_encode({**self.claims, **changes})}.{signature}"

    def signed_with(
        self, key: str, without: tuple[str, ...] = (), shows_key: bool = False, **changes: Any
    ) -> str:
        """The claims, some changed and some left out, signed HS256 with a key that the header may show."""
        claims = {name: value for name, value in {**self.claims, **changes}.items() if name not in without}
        shown_key = {"jwk": {"kty": "oct", "alg": "HS256", "k": _base64(key.encode())}} if shows_key else {}
        signed = f"{_encode({**self.header, 'alg': 'HS256', **shown_key})}.{_encode(claims)}"
        return f"{signed}.{_base64(hmac.digest(key.encode(), signed.encode(), 'sha256'))}"


def read_token(issued: Any) -> Token:
    """Read a JWT, a text or a value of a reply, without verifying it; raises Broken when it is none."""
    text, origin = issued.value if isinstance(issued, JsonValue) else issued, origin_of(issued)
    parts = text.split(".") if isinstance(text, str) else []
    if len(parts) != _PARTS or not all(_PART.fullmatch(part) for part in parts):
        wanted = "three parts of base64url joined by dots"
        raise Broken("the token is not a JWT", wanted, _shape(text), origin.exchange)
    header, claims = _object(parts[0]), _object(parts[1])
    if header is None or claims is None or not isinstance(header.get("alg"), str):
        wanted, seen = "a header with alg, and claims, as JSON objects", _shape(text)
        raise Broken("the token is not a JWT", wanted, seen, origin.exchange)
    return Token(text, header, claims, origin)


def _shape(text: Any) -> str:
    return f"a text of {len(text)} characters" if isinstance(text, str) else shown(text)


def _object(part: str) -> dict[str, Any] | None:
    try:
        value = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _encode(value: Mapping[str, Any]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
