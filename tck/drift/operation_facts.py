"""What an OpenAPI document, 3.0 or 3.1, says of an operation, flat: each member with its type and limits."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from tck.contract.openapi import METHODS
from tck.drift.page_text import words_digest
from tck.errors import KitError

Facts = Mapping[str, Any]
KEPT = (
    "type", "format", "enum", "const", "default", "pattern", "minLength", "maxLength", "minimum", "maximum",
    "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems",
    "minProperties", "maxProperties", "not", "readOnly", "writeOnly", "deprecated", "style", "explode",
)  # fmt: skip
"""What is kept of a schema or parameter, besides whether it is required and the digest of its words."""
NULL = {"type": "null"}
DEEPEST = 30
"""References one after the other that are followed."""
MOST_MEMBERS = 20_000
NAME_IN_PATH = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True)
class OperationFacts:
    """One operation. `members` has a member's facts by its place, such as `request.tags[]` or `200.id`.

    `page` is the contract's page about it; `source` says what the facts were read from: a page's id, a
    document's name, or the kit's own contract.
    """

    key: str
    page: str
    source: str
    body: str
    statuses: tuple[str, ...]
    security: tuple[str, ...]
    words: str
    members: Mapping[str, Facts] = field(default_factory=dict)


def operation_key(method: str, path: str) -> str:
    """An operation's method and path, whatever its parameters are called."""
    return f"{method.upper()} {NAME_IN_PATH.sub('{}', path.rstrip('/') or '/')}"


class ApiDocument:
    """An OpenAPI document; what it refers to is resolved where it is asked for."""

    def __init__(self, document: Mapping[str, Any], name: str, *, own: bool = False) -> None:
        """`own` is the kit's document, whose words are not the vendor's."""
        self._document, self._name, self._own = document, name, own
        self._resolver = Registry().resolver_with_root(DRAFT202012.create_resource(document))
        self._places = {
            operation_key(method, path): (path, method)
            for path, item in document["paths"].items()
            for method in METHODS
            if isinstance(item, Mapping) and method in self._followed(item)
        }

    @property
    def keys(self) -> tuple[str, ...]:
        """All operations, in the document's order."""
        return tuple(self._places)

    def operation_id(self, key: str) -> str:
        """The operationId; empty where there is none."""
        path, method = self._places[key]
        return str(self._followed(self._document["paths"][path])[method].get("operationId", ""))

    def facts(self, key: str, page: str, source: str) -> OperationFacts:
        """What the document says of an operation; raises KitError for a reference that leads nowhere."""
        try:
            return self._facts(key, page, source)
        except (AttributeError, TypeError, KeyError, ValueError, RecursionError) as error:
            raise KitError(f"{self._name}: {key} cannot be read as OpenAPI 3: {_said(error)}.") from None

    def _facts(self, key: str, page: str, source: str) -> OperationFacts:
        path, method = self._places[key]
        item = self._followed(self._document["paths"][path])
        operation = item[method]
        body = self._followed(operation.get("requestBody") or {})
        words = " ".join(str(operation.get(part, "")) for part in ("summary", "description"))
        return OperationFacts(
            key, page, source,
            body="none" if not body else "required" if body.get("required") else "optional",
            statuses=tuple(sorted(map(str, operation.get("responses", {})))),
            security=tuple(sorted(self._alternatives(operation))),
            words=self._words(f"{words} {body.get('description', '')}"),
            members=dict(_few(self._members(item, operation, body))),
        )  # fmt: skip

    def _members(self, item: Facts, operation: Facts, body: Facts) -> Iterator[tuple[str, Facts]]:
        parameters = {}
        for one in map(self._followed, [*item.get("parameters", ()), *operation.get("parameters", ())]):
            parameters[one["in"], one["name"]] = one
        for (where, name), one in parameters.items():
            content: Facts = next(iter(one.get("content", {}).values()), {})
            schema = one.get("schema") or content.get("schema", {})
            place = f"{where}.{name}" if where != "path" else f"path.{{{self._place_in_path(item, name)}}}"
            described = {**{part: one[part] for part in ("description", "style", "explode") if part in one}}
            required = bool(one.get("required"))
            yield from self._flat({**self._merged(schema), **described}, place, required=required)
        yield from self._of_content(body, "request")
        for status, response in operation.get("responses", {}).items():
            told = self._followed(response)
            yield from self._of_content(told, str(status))
            for name, header in told.get("headers", {}).items():
                yield from self._flat(
                    self._followed(header).get("schema", {}), f"{status}.header.{name.lower()}"
                )

    def _place_in_path(self, item: Facts, name: str) -> int:
        """Which of the path's parameters it is, as their names do not count."""
        paths = [path for path, one in self._document["paths"].items() if self._followed(one) is item]
        names = [found.strip("{}") for path in paths for found in NAME_IN_PATH.findall(path)]
        return names.index(name) + 1 if name in names else 0

    def _of_content(self, carrier: Facts, place: str) -> Iterator[tuple[str, Facts]]:
        for media, content in (carrier.get("content") or {}).items():
            where = place if media == "application/json" else f"{place} ({media})"
            yield from self._flat(content.get("schema", {}), where)

    def _flat(
        self, schema: Any, place: str, *, required: bool | None = None, above: frozenset[str] = frozenset()
    ) -> Iterator[tuple[str, Facts]]:
        """The schema at a place, and below it each member's."""
        references = set(_references(schema))
        if not references.isdisjoint(above):
            yield place, {"type": "recursive"}
            return
        merged, deeper = self._merged(schema), above | references
        yield place, self._kept(merged, required=required)
        needed = merged.get("required", ())
        for name, member in merged.get("properties", {}).items():
            yield from self._flat(member, f"{place}.{name}", required=name in needed, above=deeper)
        if isinstance(merged.get("items"), Mapping):
            yield from self._flat(merged["items"], f"{place}[]", above=deeper)
        if isinstance(merged.get("additionalProperties"), Mapping) and merged["additionalProperties"]:
            yield from self._flat(merged["additionalProperties"], f"{place}.*", above=deeper)
        for number, branch in enumerate(merged.get("oneOf", ()) or merged.get("anyOf", ()), 1):
            yield from self._flat(branch, f"{place}|{number}", above=deeper)

    def _kept(self, schema: Facts, *, required: bool | None) -> Facts:
        facts = {name: _plain(schema[name]) for name in KEPT if not _says_nothing(schema.get(name))}
        if "not" in facts:
            facts["not"] = json.dumps(facts["not"], sort_keys=True)
        if isinstance(facts.get("type"), list):
            facts["type"] = " or ".join(sorted(facts["type"], key=lambda one: (one == "null", one)))
        if schema.get("additionalProperties") is False:
            facts["additionalProperties"] = False
        if required is not None:
            facts["required"] = required
        words = self._words(str(schema.get("description", "")))
        return {**facts, **({"words": words} if words else {})}

    def _words(self, text: str) -> str:
        return "" if self._own else words_digest(text)

    def _merged(self, schema: Any) -> dict[str, Any]:
        """The schema with what it refers to, `allOf` and the ways to say null put together, the 3.1 way."""
        if not isinstance(schema, Mapping):
            return {}
        merged: dict[str, Any] = {}
        if "$ref" in schema:
            merged = _together(merged, self._merged(self._target(str(schema["$ref"]))))
        for part in schema.get("allOf", ()):
            merged = _together(merged, self._merged(part))
        own = {key: value for key, value in schema.items() if key not in ("$ref", "allOf")}
        return self._nullable(_bounded(_together(merged, own)))

    def _nullable(self, schema: dict[str, Any]) -> dict[str, Any]:
        for kind in ("oneOf", "anyOf"):
            branches = schema.get(kind, ())
            others = [one for one in branches if one != NULL]
            if len(branches) > len(others) and len(others) == 1:
                rest = {key: value for key, value in schema.items() if key != kind}
                return self._nullable({**_together(self._merged(others[0]), rest), "nullable": True})
        if schema.pop("nullable", False) is not True or "type" not in schema:
            return schema
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        return {**schema, "type": [*(one for one in types if one != "null"), "null"]}

    def _alternatives(self, operation: Facts) -> Iterator[str]:
        """Each way to be let in: the names and kinds of its schemes."""
        for one in operation.get("security", self._document.get("security", [])) or [{}]:
            yield " and ".join(sorted(self._scheme(name) for name in one)) or "nothing"

    def _scheme(self, name: str) -> str:
        schemes = self._document.get("components", {}).get("securitySchemes", {})
        scheme = self._followed(schemes.get(name, {}))
        kind = " ".join(str(scheme[part]) for part in ("type", "scheme", "in", "name") if part in scheme)
        return f"{name} ({kind})" if kind else name

    def _followed(self, node: Any, passed: int = 0) -> Any:
        if not isinstance(node, Mapping) or "$ref" not in node:
            return node
        if passed > DEEPEST:
            raise KitError(f"{self._name}: {node['$ref']} refers to itself.")
        return self._followed(self._target(str(node["$ref"])), passed + 1)

    def _target(self, reference: str) -> Any:
        if not reference.startswith("#"):
            raise KitError(
                f"{self._name} refers to {reference}, which is outside of it; bundle it into one file."
            )
        try:
            return self._resolver.lookup(reference).contents
        except Unresolvable:
            raise KitError(f"{self._name} refers to {reference}, which is not in it.") from None


def _references(schema: Any) -> Iterator[str]:
    """What a schema refers to as a whole, also by a part of `allOf` or beside null."""
    if isinstance(schema, Mapping):
        if "$ref" in schema:
            yield str(schema["$ref"])
        beside_null = [
            one for kind in ("oneOf", "anyOf") for one in schema.get(kind, ()) if NULL in schema[kind]
        ]
        for part in (*schema.get("allOf", ()), *(beside_null if len(beside_null) == 2 else ())):  # noqa: PLR2004
            yield from _references(part)


def _few(members: Iterator[tuple[str, Facts]]) -> Iterator[tuple[str, Facts]]:
    """The members; raises ValueError where there is no end of them."""
    for number, member in enumerate(members):
        if number == MOST_MEMBERS:
            raise ValueError(f"it has more than {MOST_MEMBERS} members")
        yield member


def _said(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it contains itself"
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def _plain(value: Any) -> Any:
    """The value as JSON has it: YAML knows dates too."""
    return json.loads(json.dumps(value, default=str))


def _says_nothing(value: Any) -> bool:
    return value is None or value is False


def _together(one: dict[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Two parts of one schema: members and what is required add up, of anything else the later counts."""
    joined = {**one, **other}
    if "properties" in one and "properties" in other:
        joined["properties"] = {**one["properties"], **other["properties"]}
    if "required" in one and "required" in other:
        joined["required"] = list(dict.fromkeys([*one["required"], *other["required"]]))
    return joined


def _bounded(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with exclusive bounds as 3.1 writes them: in 3.0 they are true beside the bound."""
    for name, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if schema.get(name) is True:
            schema = {
                **{key: value for key, value in schema.items() if key != bound},
                name: schema.get(bound),
            }
    return schema
