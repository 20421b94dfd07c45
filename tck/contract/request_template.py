"""Requests of a contract with {placeholders} in them."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, unquote

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def option_name(flag: str) -> str:
    """An option's name in Python and in placeholders: --some-option is some_option."""
    return flag.removeprefix("--").replace("-", "_")


@dataclass(frozen=True)
class Request:
    """A request with {placeholders}; `json` counts only with `has_json`, as null is a body too."""

    method: str
    path: str
    has_json: bool = False
    json: Any = None

    @property
    def body(self) -> bytes | None:
        """The body as sent; None for none."""
        return json.dumps(self.json, ensure_ascii=False).encode() if self.has_json else None

    def filled(self, **values: str) -> "Request":
        """The request to send; values are percent-encoded in the path, and an empty one drops its member."""
        path = PLACEHOLDER.sub(lambda match: _encoded(values[match[1]]), self.path)
        return replace(self, path=path, json=_filled(self.json, values) if self.has_json else None)

    def value_in(self, method: str, path: str) -> str | None:
        """The decoded value of the path's only placeholder in a request as sent; None for another's."""
        before, _, rest = self.path.partition("{")
        after = rest.partition("}")[2]
        value = path[len(before) : len(path) - len(after)]
        fits = method == self.method and path == before + value + after and value and "/" not in value
        return unquote(value) if fits else None


def placeholders(template: Any) -> Iterator[str]:
    """The names of all placeholders in a path or a JSON value."""
    if isinstance(template, str):
        yield from PLACEHOLDER.findall(template)
    elif isinstance(template, dict | list):
        for item in template.values() if isinstance(template, dict) else template:
            yield from placeholders(item)


def _encoded(value: str) -> str:
    """A value as it stands in a path; half of a surrogate pair has no right form there."""
    return quote(value, safe="", errors="surrogatepass")


def _filled(template: Any, values: Mapping[str, str]) -> Any:
    if isinstance(template, str):
        return PLACEHOLDER.sub(lambda match: values[match[1]], template)
    if isinstance(template, dict):
        return {key: _filled(item, values) for key, item in template.items() if not _dropped(item, values)}
    if isinstance(template, list):
        return [_filled(item, values) for item in template if not _dropped(item, values)]
    return template


def _dropped(template: Any, values: Mapping[str, str]) -> bool:
    whole = PLACEHOLDER.fullmatch(template) if isinstance(template, str) else None
    return whole is not None and values[whole[1]] == ""
