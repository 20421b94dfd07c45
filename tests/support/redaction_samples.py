"""Secrets, tokens and the forms in which they may lie in a text, for the tests of redaction."""

import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import jwt
from hypothesis import strategies as st

from tck.recording.exchange import Exchange
from tck.recording.redaction import ALL_GONE, PUBLIC_WORDS, Redactor, layers
from tests.support.result_samples import KEY


def _is_one(text: str) -> bool:
    return text.lower() not in PUBLIC_WORDS


LABEL = "ROOMS_KEY"
MARK = f"[redacted {LABEL}]"
SECRETS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=6, max_size=60).filter(
    _is_one
)
KEYS = st.from_regex(r"\A[A-Za-z0-9_+/=.~-]{6,60}\Z").filter(_is_one)
AROUND = st.text(st.characters(codec="utf-8"), max_size=20)
TOKEN = jwt.encode({"sub": "s", "scopes": ["read:rooms:r1"]}, KEY, algorithm="HS256")
HEAD, CLAIMS, SIGNATURE = TOKEN.split(".")


def everything(one: Exchange) -> str:
    return repr(one) + one.request_body.decode("latin-1") + one.response_body.decode("latin-1")


def redactor_of(secret: str = KEY) -> Redactor:
    redactor = Redactor()
    redactor.register(secret, LABEL)
    return redactor


def twice(secret: str) -> str:
    return quote(quote(secret, safe=""), safe="")


def escaped(secret: str) -> str:
    return "".join(f"\\u{unit}" for unit in secret.encode("utf-16-be").hex(" ", 2).split())


def percent(secret: str) -> str:
    return "".join(f"%{byte:02x}" for byte in secret.encode())


FORMS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "percent-encoded": lambda secret: quote(secret, safe=""),
    "percent-encoded but for slashes": quote,
    "form-encoded": quote_plus,
    "percent-encoded in full and lower case": percent,
    "percent-encoded twice": twice,
    "in JSON": lambda secret: json.dumps(secret)[1:-1],
    "in JSON as unicode": lambda secret: json.dumps(secret, ensure_ascii=False)[1:-1],
    "in JSON in full": escaped,
    "in JSON in JSON": lambda secret: json.dumps(json.dumps(secret))[3:-3],
    "with NUL between": "\0".join,
    "as HTML entities": lambda secret: "".join(f"&#{ord(one)};" for one in secret),
}


def hidden(secret: str) -> bool:
    """Whether a secret is itself text in which an escape could be seen, or part of a placeholder."""
    return any(layers(secret)) or secret in f"{MARK} {ALL_GONE}"


def shows(secret: str, text: str) -> bool:
    return any(secret in layer for layer in (text, *layers(text)))
