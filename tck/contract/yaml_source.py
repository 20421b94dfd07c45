"""Our own YAML files: read with the line of every value, checked against their JSON Schema."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import jsonschema_rs
import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from tck import paths
from tck.errors import KitError

Where = tuple[str | int, ...]
LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LONGEST_VALUE = 60
TIMESTAMP = "tag:yaml.org,2002:timestamp"
TYPE_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "object": "a mapping",
        "array": "a list",
        "string": "text",
        "boolean": "true or false",
        "integer": "a whole number",
        "null": "null",
    }
)


@dataclass(frozen=True)
class Document:
    """One file's value; dates stay text, as JSON has none."""

    name: str
    value: Any
    lines: Mapping[Where, int]

    def error(self, where: Sequence[str | int], sentence: str) -> KitError:
        """The KitError for one place: `name:line: sentence`."""
        return KitError(f"{self.name}:{self.line(where)}: {sentence}")

    def line(self, where: Sequence[str | int]) -> int:
        """The line of a value, by the keys and indexes that lead to it; a mapping's is its key's."""
        return self.lines[tuple(where)]


def shown_name(path: Path) -> str:
    """The path as messages show it: from the kit's root on, if it lies in there."""
    resolved = path.resolve()
    return resolved.relative_to(paths.ROOT).as_posix() if resolved.is_relative_to(paths.ROOT) else str(path)


def read_document(path: Path) -> Document:
    """Read one YAML file; raises KitError when it cannot be read, parsed or says a key twice."""
    name = shown_name(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise KitError(f"{name} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise KitError(f"{name}:{line}: this is not UTF-8 text.") from None
    node = _compose(text, name)
    if node is None:
        raise KitError(f"{name}:1: the file is empty.")
    lines: dict[Where, int] = {}
    return Document(name, _Builder(name, lines).value(node, ()), lines)


def read_checked(path: Path, schema: str) -> Document:
    """Read one YAML file and check it against the JSON Schema of that short name."""
    document = read_document(path)
    rules = json.loads(paths.schema_path(schema).read_text(encoding="utf-8"))
    if _is_valid(document.value, rules):
        return document
    validator = Draft202012Validator(rules)
    faults = sorted(
        ((document.line(where), sentence, where) for where, sentence in _faults(validator, document)),
        key=lambda fault: fault[:2],
    )
    if faults:
        _, sentence, where = faults[0]
        raise document.error(where, sentence)
    return document


def _is_valid(value: Any, rules: Any) -> bool:
    """Whether a compiled validator has nothing to say, which is quick; what is wrong, jsonschema explains."""
    try:
        return jsonschema_rs.Draft202012Validator(rules).is_valid(value)
    except ValueError:  # for what JSON does not have, such as a date
        return False


def _compose(text: str, name: str) -> Any:
    loader: Any = None
    try:
        loader = LOADER(text)
        return loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise KitError(f"{name}:{line}: this is not YAML: {error.problem or error.context}.") from None
    except yaml.YAMLError as error:
        raise KitError(f"{name}:1: this is not YAML: {' '.join(str(error).split())}.") from None
    finally:
        if loader is not None:
            loader.dispose()


class _Builder:
    """Turns composed nodes into plain values and notes where each one stands."""

    def __init__(self, name: str, lines: dict[Where, int]) -> None:
        self.name = name
        self.lines = lines
        self.open_nodes: set[int] = set()
        self.scalars: Any = yaml.constructor.SafeConstructor()

    def value(self, node: Any, where: Where) -> Any:
        self.lines.setdefault(where, node.start_mark.line + 1)
        if id(node) in self.open_nodes:
            raise self.error(node, "this value contains itself.")
        self.open_nodes.add(id(node))
        try:
            if isinstance(node, yaml.MappingNode):
                return self.mapping(node, where)
            if isinstance(node, yaml.SequenceNode):
                return [self.value(item, (*where, index)) for index, item in enumerate(node.value)]
            return self.scalar(node)
        finally:
            self.open_nodes.discard(id(node))

    def mapping(self, node: yaml.MappingNode, where: Where) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise self.error(key_node, "a key must be text.")
            key = key_node.value
            if key in result:
                raise self.error(key_node, f"the key `{key}` stands here a second time.")
            self.lines[(*where, key)] = key_node.start_mark.line + 1
            result[key] = self.value(value_node, (*where, key))
        return result

    def scalar(self, node: Any) -> Any:
        if node.tag == TIMESTAMP:
            return node.value
        try:
            return self.scalars.construct_object(node)
        except (yaml.YAMLError, ValueError):
            raise self.error(node, f"the value {node.value!r} cannot be read.") from None

    def error(self, node: Any, sentence: str) -> KitError:
        return KitError(f"{self.name}:{node.start_mark.line + 1}: {sentence}")


def _faults(validator: Draft202012Validator, document: Document) -> Iterator[tuple[Where, str]]:
    for error in validator.iter_errors(document.value):
        yield from _told(error)


def _told(error: ValidationError) -> Iterator[tuple[Where, str]]:
    where: Where = tuple(error.absolute_path)
    schema: Any = error.schema
    rule: Any = error.validator_value
    instance: Any = error.instance
    if "propertyNames" in error.absolute_schema_path:
        hint = schema.get("description", error.message)
        yield (*where, instance), f"the key `{instance}` is not good here: {hint}"
        return
    name = _name(where)
    match error.validator:
        case "additionalProperties":
            known = schema["properties"]
            for key in instance:
                if key not in known:
                    yield (*where, key), f"`{key}` is not known here; known are {', '.join(sorted(known))}."
        case "required":
            missing = [key for key in rule if key not in instance]
            yield where, f"{name} lacks {' and '.join(f'`{key}`' for key in missing)}."
        case "type":
            kinds = [rule] if isinstance(rule, str) else rule
            yield where, f"{name} must be {' or '.join(TYPE_NAMES[kind] for kind in kinds)}."
        case "enum":
            yield where, f"{name} is {_shown(instance)}, which is not one of {', '.join(rule)}."
        case "minLength" | "minItems" | "minProperties":
            yield where, f"{name} is empty."
        case _:
            yield where, f"{name} is {_shown(instance)}: {schema.get('description', error.message)}"


def _name(where: Where) -> str:
    if not where:
        return "the file"
    last = where[-1]
    return f"`{last}`" if isinstance(last, str) else f"entry {last + 1}"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
