"""Texts that a careless server trims, folds, escapes, cuts, normalises or coerces, by the damage."""

from collections.abc import Mapping
from types import MappingProxyType

DELICATE_TEXTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "white-space": (
            " before",
            "after ",
            "two  inside",
            "tab\there",
            "line\nbreak",
            "\r\nboth\r\n",
            "\u00a0hard\u00a0",
            "\u3000",
            "\t",
        ),
        "case": (
            "MiXeD",
            "mixed",
            "MIXED",
            "Stra\u00dfe",
            "STRASSE",
            "\u0130stanbul",
            "\u0131I",
            "\u03a3\u0391\u03a3 \u03c2",
            "\u01c5",
        ),
        "markup": (
            "<b>bold</b>",
            "Tom & Ann",
            "&amp;",
            "&lt;b&gt;",
            "&#39;",
            'say "so"',
            "it's",
            "`tick`",
            "<!-- note -->",
        ),
        "escapes": (
            "back\\slash",
            "\\n",
            "\\u0041",
            '\\"',
            "%20",
            "50%25",
            "a+b=c",
            "a/b?c#d",
            "{{x}} ${y} %s {0}",
        ),
        "look-like-other-values": (
            "true",
            "null",
            "1",
            "1e3",
            "007",
            "2024-01-01",
            "[]",
            '{"a": 1}',
            "12:30",
        ),
        "look-like-nothing": ("false", "0", "undefined", "None", "NaN", '"nil"', "-0", "0.0", "{}"),
        "look-like-numbers": (
            "1.0",
            "+1",
            "0x1F",
            "1_000",
            "1,5",
            "Infinity",
            "9007199254740993",
            "1E5",
            ".5",
        ),
        "normal-forms": (
            "\u00e9",
            "e\u0301",
            "\u00c5",
            "A\u030a",
            "\u212b",
            "\ufb01",
            "\uff21",
            "\ud55c",
            "\u1112\u1161\u11ab",
        ),
        "beyond-the-plane": (
            "\U0001f600",
            "\U0001f469\u200d\U0001f469\u200d\U0001f467",
            "\U0001f1e9\U0001f1ea",
            "\U0001d4b3",
            "\U0001f44d\U0001f3fd",
            "\U00020bb7\u91ce\u5bb6",
            "\U00010348",
            "\ue000\uf8ff",
            "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        ),
        "rewritten": (
            "=1+1",
            "@ann ann@example.com 4111 1111 1111 1111",
            "#tag",
            "a|b;c",
            "https://example.com/a//../b?b=c&d=e",
            ":smile:",
            "wait... -- (c) \u201cso\u201d \u2013 it\u2019s\u2026",
            "*bold* _word_ ~no~",
            "z\u0301\u0302\u0303\u0304\u0305y",
        ),
        "unseen": (
            "zero\u200bwidth",
            "join\u200der",
            "\ufeffmark",
            "soft\u00adhyphen",
            "\u05e9\u05dc\u05d5\u05dd",
            "\u202eright\u202c",
            "\u0645\u0631\u062d\u0628\u0627",
            "\u270c\ufe0e",
            "line\u2028and\u2029paragraph",
        ),
        "at-the-limit": ("x" * 127 + "a", "x" * 127 + "b"),
        "wide-at-the-limit": ("\u20ac" * 127 + "a", "\u20ac" * 128),
    }
)
"""Every text is of at most 128 characters."""
ORDINARY_LENGTHS = tuple(name for name in DELICATE_TEXTS if not name.endswith("at-the-limit"))
"""The names of those whose texts are short."""
ODD_VALUES = (b'"\\u0000"', b'"\\ud800"', b"1e999", b"[" * 300 + b"]" * 300)
"""As JSON: NUL, half a surrogate pair, a number beyond all range and deep nesting; few carry all of them."""


def odd_members(name: str) -> list[bytes]:
    """For each odd value a body in which it stands inside this member, an object."""
    return [b'{"%s":{"odd":%s}}' % (name.encode(), value) for value in ODD_VALUES]
