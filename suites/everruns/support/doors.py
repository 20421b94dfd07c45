"""How an update can be sent: the arrays of spec/everruns/doors.yaml, and what their words stand for."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from types import MappingProxyType
from typing import Any

from suites.everruns.support.api import COLLECTION, OPERATION, Body, Sessions, path_of
from tck.checking import (
    EQUIVALENT,
    PLAIN,
    Combination,
    Reply,
    encoded,
    in_escapes,
    load_doors,
    sending,
    spaced_to,
)

SPACED = 2_000
"""Bytes of a body that is written with blanks."""
SIMPLE: Combination = MappingProxyType({**PLAIN, "members": "both", "values": "other", "path": "plain"})
"""How the kit sends an update unless a check asks for another way."""
SPELLINGS: Mapping[str, Callable[[Body], bytes]] = MappingProxyType(
    {
        "compact": encoded,
        "spaced": partial(spaced_to, SPACED),
        "escaped": lambda body: in_escapes(body).encode(),
    }
)
PATHS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "plain": path_of,
        "escaped": lambda session_id: f"{COLLECTION}/{EQUIVALENT['every byte escaped'](session_id)}",
        "small-hex-digits": lambda session_id: (
            f"{COLLECTION}/{EQUIVALENT['every byte escaped in small hex digits'](session_id)}"
        ),
        "slash-behind": lambda session_id: f"{path_of(session_id)}/",
        "two-slashes-before": lambda session_id: f"{COLLECTION}//{session_id}",
        "two-slashes-at-the-beginning": lambda session_id: f"/{path_of(session_id)}",
    }
)


@cache
def combinations(name: str) -> tuple[Combination, ...]:
    """The rows of one array, in the order of the file."""
    return load_doors("everruns").arrays[name]


def sent_by(sessions: Sessions, session_id: str, body: Body, words: Combination) -> Reply:
    """An update that is written as a combination says."""
    raw = SPELLINGS[words.get("spelling", "compact")](body)
    path = PATHS[words.get("path", "plain")](session_id)
    given: dict[str, Any] = sending(words)
    return sessions.send(OPERATION, "PATCH", path, raw, **given)


def body_of(words: Combination, title: str, tags: list[str]) -> Body:
    """A body with the members that a combination names."""
    bodies: Mapping[str, Body] = {
        "title": {"title": title},
        "tags": {"tags": tags},
        "both": {"title": title, "tags": tags},
        "no-tags": {"tags": []},
        "title-and-null": {"title": title, "tags": None},
        "tags-and-null": {"title": None, "tags": tags},
        "both-and-unknown": {"x_unknown": {"title": "another", "tags": []}, "tags": tags, "title": title},
        "none": {},
    }
    return bodies[words["members"]]
