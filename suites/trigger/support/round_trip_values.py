"""The table of values that a careless server trims, folds, escapes, cuts, normalises or coerces."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from suites.trigger.support.bodies import LONGEST_NAME, Bodies, Body
from tck.checking import DELICATE_TEXTS, JsonValue, Kind, Row

MOST_TRIGGER_TAGS = 5
DEPTH = 17
"""Objects, each in a list in the one before, so that a body has fewer than 40 levels in all."""


@dataclass(frozen=True)
class Theme:
    """Values in which one kind of damage shows.

    `texts`: tags, metadata keys and values; `ending`: of the externalId; `more`: further members of metadata.
    """

    name: str
    texts: tuple[str, ...]
    reason: str
    ending: str
    type: str
    more: Mapping[str, Any] = field(default_factory=dict)
    filling: str = ""

    @property
    def json(self) -> Body:
        """The texts as values and as keys, at the top and deeper down, and what else the theme has."""
        return {
            **{text: index for index, text in enumerate(self.texts)},
            "values": list(self.texts),
            "deep": {"down": [{text: [text]} for text in self.texts]},
            **self.more,
        }

    def body(self, bodies: Bodies) -> Body:
        """A create body that carries the theme in every text that it may choose."""
        name = f"{bodies.new_name()}-{self.ending}"
        return bodies.minimal(
            type=self.type,
            externalId=name.ljust(LONGEST_NAME, self.filling) if self.filling else name,
            tags=[bodies.run.tag, *self.texts],
            metadata=self.json,
            triggerConfig={"basePayload": self.json, "tags": list(self.texts[:MOST_TRIGGER_TAGS])},
        )


def digits_of(bodies: Bodies) -> str:
    """A text of 24 digits, the first of them no zero, that is nobody's externalId."""
    return "1" + str(int(hashlib.sha256(bodies.new_name().encode()).hexdigest(), 16))[-23:]


def base_payload(row: Row) -> JsonValue:
    """The basePayload that a row shows; null when it shows none."""
    config = row["triggerConfig"]
    held = config.value.get("basePayload") if isinstance(config.value, dict) else None
    return config.made(held, part="basePayload")


def trigger_tags(row: Row) -> JsonValue:
    """The tags of the triggerConfig that a row shows, in any order; null when it shows none."""
    config = row["triggerConfig"]
    held = config.value.get("tags") if isinstance(config.value, dict) else None
    return config.made(held, Kind.UNORDERED, part="tags")


def _nested(depth: int) -> Any:
    return {"list": [_nested(depth - 1)], "empty": {}} if depth else {"nothing": None, "text": "the bottom"}


NUMBERS = {
    "zero": 0,
    "negative": [-1, -2147483648, -2147483649, -9007199254740991],
    "beyond 31 bits": [2147483647, 2147483648, 4294967295, 4294967296],
    "up to 53 bits": [1099511627776, 9007199254740990, 9007199254740991],
    "beyond 64 bits": [1e20, 1e21, -1e22],
    "fractions": [0.5, 0.1, 0.30000000000000004, -2.75, 3.141592653589793, 123456789.125, 0.0000001],
    "texts": ["1", "-1", "0.10", "9007199254740993", "1e400"],
}
INSTANTS = [
    "2024-01-01T10:00:00+02:00", "2024-01-01T10:00:00.120Z", "2024-01-01t10:00:00z", "2024-01-01 10:00:00",
    "2024-02-30T00:00:00Z", "/Date(1700000000000)/",
]  # fmt: skip
"""Texts that a parser may take for instants and write anew."""
TYPED = [
    {"$date": "2024-01-01T10:00:00Z"},
    {"$numberLong": "5"},
    {"$oid": "65a0c0ffee65a0c0ffee65a0"},
    {"type": "Buffer", "data": [104, 105]},
    {"json": {"when": "2024-01-01"}, "meta": {"values": {"when": ["Date"]}}},
    {"__type": "Date", "iso": "2024-01-01T10:00:00.000Z"},
]
"""Objects that a library which writes types into JSON may read as what they stand for."""
SHAPES = {
    "typed": TYPED,
    "empty": [{}, [], "", [[]], [{}], {"": ""}],
    "nothing": [None, {"null": None}, [None, [None]]],
    "truth": [True, False, {"true": True, "false": False}],
    "mixed": [1, "1", True, None, 1.5, [1], {"1": 1}],
    "order": [3, 1, 2, 3, 1],
    "deep": _nested(DEPTH),
}
KEYS = {
    "": "the empty key",
    "a.b": "dotted",
    "a": {"b": "inside", "b.c": "dotted inside", "": "empty inside"},
    "a[0]": "indexed",
    "a/b~1": "pointed",
    "$set": {"$inc": 1, "$ref": "#/a"},
    "constructor": "a word",
    "prototype": {"constructor": "a word inside"},
    "toString": "a word",
    "hasOwnProperty": False,
    "length": 0,
    "0": "zeroth",
    "10": "tenth",
    "snake_case": 1,
    "camelCase": 2,
    "kebab-case": 3,
    "PascalCase": 4,
    " spaced ": 5,
    "id": "not the id",
    "metadata": {"metadata": "inside"},
    "externalId": None,
    "updatedAt": "2001-02-03T04:05:06Z",
    "_id": "not the id either",
    "__v": 0,
    "_private": {"_inside": 1},
    "@type": "a word",
    "#text": "a word",
    "password": "a word",
    "passwd": "a word",
    "secret": {"secret": "a word inside"},
    "token": "a word",
    "accessToken": "a word",
    "apiKey": "a word",
    "api_key": "a word",
    "authorization": "a word",
    "cookie": "a word",
    "email": "ann@example.com",
}
PROTO = {"__proto__": {"kept": True}, "inner": {"__proto__": "text"}}
"""Keys that some parsers drop or refuse, to keep scripts safe."""

THEMES = (
    Theme(
        "white-space",
        DELICATE_TEXTS["white-space"],
        reason=" two spaces before,  inside and after, then a tab and a line break  \t\n",
        ending="two  spaces inside",
        type="two  spaces",
        more={"only": " ", "controls": "\b\f\u001f\u007f\u0085"},
    ),
    Theme(
        "case",
        DELICATE_TEXTS["case"],
        reason="MiXeD Case, Stra\u00dfe, \u0130stanbul, \u03a3\u0391\u03a3 \u03c2",
        ending="MiXeD-Stra\u00dfe-\u0130-\u03c2",
        type="Chat.AGENT-Stra\u00dfe",
        more={"keys": KEYS, **KEYS},
    ),
    Theme(
        "markup",
        DELICATE_TEXTS["markup"],
        reason="<b>\"Tom\"</b> & 'Ann' &amp; &lt; &#39;",
        ending="<b>\"Tom\"</b>&amp;'Ann'",
        type="<b>\"Tom\"</b> & 'Ann' &amp;",
    ),
    Theme(
        "escapes",
        DELICATE_TEXTS["escapes"],
        reason='back\\slash \\n \\u0041 \\" %20 50%25 a+b {{x}} %s',
        ending="back\\slash-\\u0041-%20-50%25-a+b-a/b?c#d",
        type='\\u0041 \\" %20 a+b',
    ),
    Theme(
        "look-like-other-values",
        DELICATE_TEXTS["look-like-other-values"],
        reason="null",
        ending="null",
        type="null",
        more={"numbers": NUMBERS, **NUMBERS, "instants": INSTANTS},
    ),
    Theme(
        "look-like-nothing",
        DELICATE_TEXTS["look-like-nothing"],
        reason="0",
        ending="0",
        type="0",
        more={"shapes": SHAPES, **SHAPES},
    ),
    Theme(
        "look-like-numbers",
        DELICATE_TEXTS["look-like-numbers"],
        reason="1.0",
        ending="1.0",
        type="1.0",
    ),
    Theme(
        "normal-forms",
        DELICATE_TEXTS["normal-forms"],
        reason="\u00e9 and e\u0301, \u212b, \ufb01, \uff21, \u1112\u1161\u11ab",
        ending="e\u0301-\u212b-\ufb01-\uff21-end",
        type="e\u0301 \u212b \ufb01",
    ),
    Theme(
        "beyond-the-plane",
        DELICATE_TEXTS["beyond-the-plane"],
        reason="\U0001f600 \U0001f469\u200d\U0001f467 \U0001d4b3 \U00020bb7",
        ending="\U0001f600-\U0001d4b3-end",
        type="\U0001f600 chat",
    ),
    Theme(
        "rewritten",
        DELICATE_TEXTS["rewritten"],
        reason="=1+1 @ann #tag a|b;c https://example.com :smile: wait... -- (c) *bold*",
        ending="=1+1-@ann-#tag-a|b;c-:smile:-...-*bold*",
        type="=1+1 @ann #tag :smile: ...",
    ),
    Theme(
        "unseen",
        DELICATE_TEXTS["unseen"],
        reason="zero\u200bwidth \u05e9\u05dc\u05d5\u05dd \u202eright\u202c soft\u00adhyphen",
        ending="zero\u200bwidth-\u05e9\u05dc-end",
        type="zero\u200bwidth \u05e9\u05dc",
    ),
    Theme(
        "at-the-limit",
        DELICATE_TEXTS["at-the-limit"],
        reason="x" * 255 + "y",
        ending="long",
        type="t" * 63 + "u",
        more={"long": "x" * 8191 + "y", "k" * 300 + "1": 1, "k" * 300 + "2": 2},
        filling="x",
    ),
    Theme(
        "wide-at-the-limit",
        DELICATE_TEXTS["wide-at-the-limit"],
        reason="\u20ac" * 255 + "y",
        ending="long",
        type="\u00e9" * 63 + "u",
        more={"long": "\u20ac" * 2730 + "y"},
        filling="\u00e9",
    ),
)
