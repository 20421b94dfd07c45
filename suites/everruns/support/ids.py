"""Ids that cannot be a session's, and ids that only resemble one."""

import hashlib
from collections.abc import Callable
from itertools import pairwise

PREFIX = "session_"
Spoil = Callable[[str], str]


def digits_of(session_id: str) -> str:
    """The digits of an id."""
    return session_id.removeprefix(PREFIX)


def unknown_id(salt: str) -> str:
    """A well-formed id that no session has."""
    return PREFIX + hashlib.sha256(salt.encode()).hexdigest()[:32]


NIL = PREFIX + "0" * 32
GREATEST = PREFIX + "f" * 32


def neighbours(session_id: str) -> list[str]:
    """Well-formed ids that differ from this one in one digit: the first, a middle one and the last."""
    digits = digits_of(session_id)
    return [PREFIX + _with(digits, at, "1" if digits[at] == "0" else "0") for at in (0, 16, len(digits) - 1)]


PREFIXLESS: dict[str, Spoil] = {
    "digits alone": lambda digits: digits,
    "underscore and digits": lambda digits: f"_{digits}",
}
WRONG_PREFIX: dict[str, Spoil] = {
    "agent": lambda digits: f"agent_{digits}",
    "harness": lambda digits: f"harness_{digits}",
    "cut short": lambda digits: f"sessio_{digits}",
    "longer": lambda digits: f"xsession_{digits}",
    "plural": lambda digits: f"sessions_{digits}",
    "hyphen": lambda digits: f"session-{digits}",
    "without its underscore": lambda digits: f"session{digits}",
    "twice": lambda digits: f"session_session_{digits}",
}
TOO_SHORT: dict[str, Spoil] = {
    "without the last digit": lambda digits: PREFIX + digits[:-1],
    "without the first digit": lambda digits: PREFIX + digits[1:],
    "half of it": lambda digits: PREFIX + digits[:16],
    "one digit": lambda digits: PREFIX + digits[:1],
    "the page's own example": lambda digits: f"{PREFIX}01933b5a00007000800000000000001",  # noqa: ARG005
}
TOO_LONG: dict[str, Spoil] = {
    "one digit more": lambda digits: f"{PREFIX}{digits}0",
    "one digit before": lambda digits: f"{PREFIX}0{digits}",
    "twice": lambda digits: f"{PREFIX}{digits}{digits}",
}
NOT_HEX: dict[str, Spoil] = {
    "g last": lambda digits: PREFIX + _with(digits, 31, "g"),
    "g first": lambda digits: PREFIX + _with(digits, 0, "g"),
    "z inside": lambda digits: PREFIX + _with(digits, 16, "z"),
    "underscore inside": lambda digits: PREFIX + _with(digits, 16, "_"),
    "hyphens as in a UUID": lambda digits: PREFIX + _as_a_uuid(digits),
    "hyphen inside": lambda digits: PREFIX + _with(digits, 16, "-"),
    "plus first": lambda digits: PREFIX + _with(digits, 0, "+"),
    "space first": lambda digits: PREFIX + _with(digits, 0, " "),
    "line feed last": lambda digits: f"{PREFIX}{digits}\n",
    "line feed for the last": lambda digits: PREFIX + _with(digits, 31, "\n"),
    "NUL behind": lambda digits: f"{PREFIX}{digits}\0",
    "space behind": lambda digits: f"{PREFIX}{digits} ",
    "dot behind": lambda digits: f"{PREFIX}{digits}.",
    "a digit of another script": lambda digits: PREFIX + _with(digits, 16, "\u0663"),
    "no digit at all": lambda digits: PREFIX + "x" * 32,  # noqa: ARG005
}


def every_malformed(session_id: str) -> list[str]:
    """Every id of this module that is made from this one and cannot be a session's."""
    digits = digits_of(session_id)
    spoilt = [PREFIXLESS, WRONG_PREFIX, TOO_SHORT, TOO_LONG, NOT_HEX]
    return [spoil(digits) for ways in spoilt for spoil in ways.values()]


def _as_a_uuid(digits: str) -> str:
    bounds = (0, 8, 12, 16, 20, len(digits))
    return "-".join(digits[begin:end] for begin, end in pairwise(bounds))


def _with(digits: str, at: int, character: str) -> str:
    return digits[:at] + character + digits[at + 1 :]
