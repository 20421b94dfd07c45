"""Values of the members of a body, in shapes that are inside every documented limit."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any

from suites.trigger.support.bodies import OMITTED
from tck.checking import DELICATE_TEXTS

WEEKS = timedelta(weeks=3)
KATHMANDU = timezone(timedelta(hours=5, minutes=45))

OBJECTS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "many-keys": {f"k{number:03}": number for number in range(120)},
        "long-lists": {
            "numbers": [number % 7 for number in range(1_200)],
            "texts": ["b", "a", "b", "", "a", "a"],
            "lists": [[2, 1], [1, 2], [2, 1], []],
            "mixed": [1, "1", 1, True, None, None],
        },
        "long-names": {"n" * 399 + "1": "first", "n" * 399 + "2": "second", "n" * 100: {"n" * 100: "deep"}},
    }
)
"""Objects for metadata and basePayload."""

TAGS: Mapping[str, list[str]] = MappingProxyType(
    {
        "different": [
            " before",
            "after ",
            "MiXeD",
            "<b>&amp;",
            "a,b",
            "100%",
            "null",
            "\U0001f600",
            "z\u0301",
        ],
        "alike": [
            "x" * 118 + ending
            for ending in ("tag", "Tag", "TAG", "t\u00e0g", "ta\u0300g", "tag\u200b", "tag tag", "tagg", "ta")
        ],
    }
)
"""Nine tags of which no two are the same; those that look alike are nearly as long as they may be."""

TYPES: Mapping[str, str] = MappingProxyType(
    {
        "padded": " \tpadded  inside and outside ",
        "mixed": "MiXeD-\u00c9-e\u0301-\u00df-\ufb01-\uff21-<b>&amp;-%20-\\n",
        "unseen": "zero\u200bwidth-\U0001f600-\u05e9\u05dc-\u202eright\u202c-soft\u00adhyphen",
    }
)

CONFIGS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "lowest": {"maxAttempts": 1, "maxDuration": 1, "idleTimeoutInSeconds": 1, "tags": []},
        "highest": {
            "maxAttempts": 10,
            "maxDuration": 2_147_483_647,
            "idleTimeoutInSeconds": 3600,
            "tags": [f"{'x' * 127}{number}" for number in range(5)],
        },
        "crossed": {
            "maxAttempts": 10,
            "maxDuration": 1,
            "idleTimeoutInSeconds": 3600,
            "tags": list(DELICATE_TEXTS["white-space"][:5]),
        },
    }
)
"""Members of triggerConfig at the ends of what they may be, together."""


def deadlines() -> Mapping[str, Any]:
    """Values of expiresAt three weeks from now, with digits that a careless server drops."""
    later = datetime.now(UTC) + WEEKS
    elsewhere = later.replace(microsecond=123_000).astimezone(KATHMANDU)
    return {
        "thousandths": f"{later:%Y-%m-%d}T23:59:58.789Z",
        "offset": elsewhere.isoformat(timespec="milliseconds"),
        "left-out": OMITTED,
    }


def times(tags: Iterable[Any] | None) -> Mapping[str, int]:
    """How often each tag stands there, in any order."""
    return dict(sorted(Counter(map(str, tags or ())).items()))
