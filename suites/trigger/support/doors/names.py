"""ExternalIds that are easily taken for one another, or for something that is no name."""

import hashlib
from collections.abc import Callable, Mapping
from types import MappingProxyType

from suites.trigger.support.bodies import Bodies

LONGEST = 256
LONGEST_ENDING = 2
"""UTF-16 code units of the longest ending below."""

ALIKE: Mapping[str, str] = MappingProxyType(
    {
        "composed": "\u00e9",
        "decomposed": "e\u0301",
        "without-accent": "e",
        "capital": "E",
        "with-a-zero-width-space": "e\u200b",
        "full-width": "\uff45",
        "one-emoji": "\U0001f600",
        "another-emoji": "\U0001f601",
    }
)
"""Endings of names of up to 256 characters that differ in nothing else; each has a session of its own."""

MORE_ALIKE: Mapping[str, str] = MappingProxyType(
    {
        "capital-with-accent": "\u00c9",
        "other-accent": "\u00ea",
        "cyrillic": "\u0435",
        "with-a-soft-hyphen": "e\u00ad",
        "with-a-joiner": "e\u200d",
        "with-a-direction-mark": "e\u200e",
        "with-a-variation-selector": "e\ufe0f",
        "with-a-byte-order-mark": "e\ufeff",
        "with-another-last-letter": "f",
        "nothing": "",
        "a-question-mark": "?",
        "a-replacement-character": "\ufffd",
        "circled": "\u24d4",
        "mathematical": "\U0001d41e",
        "a-third-emoji": "\U0001f602",
        "doubled": "ee",
    }
)
"""Endings that no session has, and that a session with one of the endings above may be found by in error."""


def _uuid(name: str) -> str:
    digits = hashlib.sha256(name.encode()).hexdigest()
    parts = (f"A{digits[1:8].upper()}", digits[8:12], f"4{digits[13:16]}", f"a{digits[17:20]}", digits[20:32])
    return "-".join(parts)


FORMS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "e-mail": "+{}.Ann@Example.com".format,
        "dots-at-either-end": ".{}.".format,
        "file": "-{}.json".format,
        "pattern": "{}*%_[a-z]".format,
        "uuid": _uuid,
        "run": "run_{}".format,
        "punctuation": "_{}!$&'()*+,;=:@~._-x".format,
    }
)
"""Names that a router, a database or a client may take for something else, made of one that nobody has."""


def stem(bodies: Bodies) -> str:
    """What all names that are alike begin with: with an ending it is as long as an externalId may be."""
    name = f"{bodies.new_name()}-"
    return name.ljust(LONGEST - LONGEST_ENDING, "x")
