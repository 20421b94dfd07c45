"""The types of a result and its published schema say the same."""

import json
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from tck import paths
from tck.results import document
from tck.results.document import Result

SCHEMA = json.loads(paths.schema_path("result").read_text(encoding="utf-8"))
PLAIN = {str: "string", bool: "boolean", int: "integer", float: "number", NoneType: "null"}


def _whole(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with the definition that it refers to, if any."""
    name = schema.get("$ref", "").rpartition("/")[2]
    return {**schema, **SCHEMA["$defs"][name]} if name else schema


def _said(schema: dict[str, Any]) -> Any:
    """What a schema allows, in the terms of `_typed`."""
    schema = _whole(schema)
    if "enum" in schema:
        return frozenset(schema["enum"])
    kinds = schema.get("type", ["integer"] if "const" in schema else [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    told = [_kind(kind, schema) for kind in kinds]
    return told[0] if len(told) == 1 else frozenset(map(repr, told))


def _kind(kind: str, schema: dict[str, Any]) -> Any:
    if kind == "array":
        return ["list", _said(schema["items"])]
    if kind != "object":
        return kind
    if "properties" in schema:
        assert schema["additionalProperties"] is False
        members = {name: _said(member) for name, member in schema["properties"].items()}
        return ["members", members, sorted(schema["required"])]
    inner = schema.get("additionalProperties", True)
    names = _said(schema["propertyNames"]) if "propertyNames" in schema else "string"
    return ["map", names, "anything" if inner is True else _said(inner)]


def _typed(hint: Any) -> Any:
    """What a type allows; a plain mapping of anything stands for an object without declared members."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint is Any:
        return "anything"
    if is_typeddict(hint):
        members = {name: _typed(member) for name, member in get_type_hints(hint).items()}
        return ["members", members, sorted(hint.__required_keys__)]
    if origin is Literal:
        return frozenset(inner)
    if origin in (Union, UnionType):
        return frozenset(repr(_typed(one)) for one in inner)
    return PLAIN.get(hint) or ["list" if len(inner) == 1 else "map", *map(_typed, inner)]


def test_the_types_and_the_schema_declare_the_same_members_kinds_and_values():
    assert _typed(Result) == _said(SCHEMA)


@pytest.mark.parametrize(
    ("hint", "schema"),
    [
        (str, {"type": "integer"}),
        (document.LevelName, {"enum": ["must", "should", "may"]}),
        (int | None, {"type": "integer"}),
        (document.ReleaseEntry, {**_whole(SCHEMA["properties"]["contract"]["properties"]["release"])}),
        (document.SourceEntry, {**SCHEMA["$defs"]["requirement"]["properties"]["source"], "required": []}),
    ],
)
def test_a_type_that_differs_from_its_schema_is_seen(hint, schema):
    assert _typed(hint) != _said(schema)
