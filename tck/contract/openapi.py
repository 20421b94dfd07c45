"""openapi.yaml as values: the operations, and what a reply's body must be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from tck.contract.yaml_source import Document, read_document
from tck.values.rfc3339 import is_date_time
from tck.values.texts import whole

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
SUCCESS = range(200, 300)
JSON_TYPE = "application/json"
LONGEST_VALUE = 80
BROKEN = "this is no whole OpenAPI document"


@dataclass(frozen=True)
class Operation:
    """One operation; `body` is "required", "optional" or "none"."""

    id: str
    method: str
    path: str
    statuses: tuple[int, ...]
    body: str

    @property
    def success(self) -> tuple[int, ...]:
        """The documented statuses of success."""
        return tuple(status for status in self.statuses if status in SUCCESS)


@dataclass(frozen=True)
class Checker:
    """A schema, compiled twice: to say yes soon, and to say in words what is wrong."""

    compiled: jsonschema_rs.Draft202012Validator
    exact: Draft202012Validator

    def problems(self, value: Any) -> list[str]:
        """What is wrong with a parsed JSON value, as short sentences."""
        try:
            if self.compiled.is_valid(value):
                return []
        except ValueError:  # half of a surrogate pair, or a depth that it does not read
            pass
        try:
            return sorted(_sentence(error) for error in self.exact.iter_errors(value))
        except RecursionError:
            return ["the body is nested too deeply to be looked at"]


class Api:
    """A whole OpenAPI document; its validators are built once."""

    def __init__(self, document: Document) -> None:
        """Raise KitError when a reference or another part of the document is not there."""
        self._root: Any = document.value
        self._formats = FormatChecker(formats=())
        self._formats.checks("date-time")(_holds_date_time)
        try:
            self._resolver = Registry().resolver_with_root(DRAFT202012.create_resource(self._root))
            self._operations: dict[str, Operation] = {}
            self._bodies: dict[tuple[str, int], Checker | None] = {}
            for path, item in self._root["paths"].items():
                for method in METHODS:
                    if method in item:
                        self._add(path, method, item[method])
            self._schemas: dict[str, Any] = self._inlined(self._target("#/components/schemas"), ())
            self._components = {name: self._checker(schema) for name, schema in self._schemas.items()}
            self._members: dict[str, Mapping[str, str | None]] = {}
        except KeyError as error:
            raise document.error((), f"{BROKEN}: {error.args[0]} is not in it.") from None
        except (TypeError, AttributeError, ValueError) as error:
            raise document.error((), f"{BROKEN}: {error}.") from None

    @property
    def operations(self) -> tuple[Operation, ...]:
        """All operations, in the document's order."""
        return tuple(self._operations.values())

    def operation(self, operation_id: str) -> Operation:
        """The operation of that operationId; raises KeyError."""
        return self._operations[operation_id]

    def problems(self, operation_id: str, status: int, body: Any) -> list[str]:
        """What is wrong with a reply's parsed JSON body, as short sentences.

        Empty where the document describes no body; an undocumented status is a problem of its own.
        """
        operation = self._operations[operation_id]
        if status not in operation.statuses:
            documented = ", ".join(str(known) for known in operation.statuses)
            return [f"{status} is not among the documented statuses {documented}"]
        checker = self._bodies[operation_id, status]
        return [] if checker is None else checker.problems(body)

    def schema_problems(self, schema_name: str, value: Any) -> list[str]:
        """What is wrong with a parsed JSON value by a schema of the components, as short sentences."""
        return self._components[schema_name].problems(value)

    def schema(self, schema_name: str) -> Mapping[str, Any]:
        """A schema of the components, what it refers to in place."""
        return MappingProxyType(self._schemas[schema_name])

    def members(self, schema_name: str) -> Mapping[str, str | None]:
        """The documented members of an object schema, each with its format if it has one."""
        if schema_name not in self._members:
            self._members[schema_name] = dict(_members(self.schema(schema_name)))
        return self._members[schema_name]

    def _add(self, path: str, method: str, node: Mapping[str, Any]) -> None:
        operation = self._operation(path, method, node)
        if operation.id in self._operations:
            raise ValueError(f"the operationId {operation.id} stands there a second time")
        self._operations[operation.id] = operation
        for status, response in node["responses"].items():
            content = self._followed(response).get("content", {})
            schema = content[JSON_TYPE]["schema"] if JSON_TYPE in content else None
            checker = None if schema is None else self._checker(self._inlined(schema, ()))
            self._bodies[operation.id, int(status)] = checker

    def _operation(self, path: str, method: str, node: Mapping[str, Any]) -> Operation:
        request = self._followed(node.get("requestBody", {}))
        return Operation(
            id=node["operationId"],
            method=method.upper(),
            path=path,
            statuses=tuple(int(status) for status in node["responses"]),
            body="none" if not request else "required" if request.get("required") else "optional",
        )

    def _checker(self, schema: Any) -> Checker:
        dates = {"date-time": _holds_date_time}
        compiled = jsonschema_rs.Draft202012Validator(schema, formats=dates, validate_formats=True)
        return Checker(compiled, Draft202012Validator(schema, format_checker=self._formats))

    def _inlined(self, node: Any, above: tuple[str, ...]) -> Any:
        """The schema with what it refers to in place of each reference: much faster to validate with."""
        if isinstance(node, list):
            return [self._inlined(item, above) for item in node]
        if not isinstance(node, dict):
            return node
        plain = {key: self._inlined(item, above) for key, item in node.items() if key != "$ref"}
        reference = node.get("$ref")
        if not isinstance(reference, str):
            return plain
        target = self._inlined(self._target(reference, above), (*above, reference))
        return {**plain, "allOf": [target, *plain.get("allOf", ())]} if plain else target

    def _followed(self, node: Any, above: tuple[str, ...] = ()) -> Any:
        """What a node is, or refers to in the end."""
        if "$ref" not in node:
            return node
        reference = node["$ref"]
        return self._followed(self._target(reference, above), (*above, reference))

    def _target(self, reference: str, above: tuple[str, ...] = ()) -> Any:
        if reference in above:
            raise ValueError(f"{reference} contains itself")
        try:
            return self._resolver.lookup(reference).contents
        except Unresolvable:
            raise KeyError(reference) from None


def load_api(path: Path) -> Api:
    """Read an OpenAPI document; raises KitError for a broken one."""
    return Api(read_document(path))


def _members(schema: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    for part in schema.get("allOf", ()):
        yield from _members(part)
    for name, member in schema.get("properties", {}).items():
        yield name, member.get("format")


def _holds_date_time(value: object) -> bool:
    return not isinstance(value, str) or is_date_time(value)


def _sentence(error: ValidationError) -> str:
    place = ""
    for step in error.absolute_path:
        place += f"[{step}]" if isinstance(step, int) else f".{step}" if place else str(step)
    subject = f"`{place}`" if place else "the body"
    return whole(f"{subject}: {_short_message(error)}")


def _short_message(error: ValidationError) -> str:
    value = repr(error.instance)
    if len(value) <= LONGEST_VALUE:
        return error.message
    return error.message.replace(value, value[: LONGEST_VALUE - 1] + "…")
