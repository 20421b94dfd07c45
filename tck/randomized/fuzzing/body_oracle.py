"""What is certain of a JSON value under a schema: that every sound server refuses it, or accepts it.

Between the two lies what the contract leaves open, or what good servers differ on: that is judged by nobody.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from tck.values.deadlines import is_weeks_ahead, weeks_ahead

Schema = Mapping[str, Any]
PLAIN_INSTANT = re.compile(r"[-0-9]{10}T[:0-9]{8}(\.\d{3})?Z", re.ASCII)
"""How an instant is written that every server reads."""
SAFE_INTEGER = 2**31 - 1
LARGEST_PLAIN, SMALLEST_PLAIN = 1e12, 1e-6
DEEPEST = 8
"""Objects and arrays inside one another that every server takes."""
KINDS: Mapping[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,),
    "object": (dict,), "array": (list,), "null": (type(None),),
}  # fmt: skip


def violations(schema: Schema, value: Any) -> list[str]:
    """Why every sound server refuses the value: sentences, none when that is not certain.

    A broken format is no violation, nor is null for a member that may be left out, nor a length that depends
    on how characters are counted.
    """
    return list(_violations(schema, value, "", optional=False))


def ambiguities(schema: Schema, value: Any) -> list[str]:
    """Why a sound server might refuse a value without violations, or might show it in another way."""
    return list(_ambiguities(schema, value, "", 0))


def unambiguous(schema: Schema, value: Any) -> Any:
    """A value without violations as a like one without ambiguities."""
    if "format" in schema:
        return value if isinstance(value, str) and _is_plain_deadline(value) else weeks_ahead()
    if isinstance(value, dict):
        return _unambiguous_object(schema, value)
    if isinstance(value, list):
        return [unambiguous(schema.get("items", {}), item) for item in value[: schema.get("maxItems")]]
    if isinstance(value, str):
        return _unambiguous_text(schema, value)
    if isinstance(value, float) or (isinstance(value, int) and not isinstance(value, bool)):
        return _unambiguous_number(schema, value)
    return value


def _violations(schema: Schema, value: Any, place: str, *, optional: bool) -> Iterator[str]:
    if value is None and (optional or "null" in _types(schema)):
        return
    if "format" in schema:
        return
    if not any(_is_of(kind, value) for kind in _types(schema)):
        yield f"{place or 'the body'} is of a wrong type"
    elif isinstance(value, str):
        yield from _text_violations(schema, value, place)
    elif isinstance(value, dict):
        yield from _object_violations(schema, value, place)
    elif isinstance(value, list):
        yield from _array_violations(schema, value, place)
    elif not isinstance(value, bool) and isinstance(value, int | float):
        yield from _number_violations(schema, value, place)


def _text_violations(schema: Schema, text: str, place: str) -> Iterator[str]:
    if _fewest(text) > schema.get("maxLength", _fewest(text)):
        yield f"{place} is longer than {schema['maxLength']} characters"
    if _most(text) < schema.get("minLength", 0):
        yield f"{place} is shorter than {schema['minLength']} characters"
    forbidden = schema.get("not", {}).get("pattern")
    if forbidden and re.search(forbidden, text):
        yield f"{place} matches {forbidden}, which is not allowed"


def _number_violations(schema: Schema, number: float, place: str) -> Iterator[str]:
    if number < schema.get("minimum", number):
        yield f"{place} is less than {schema['minimum']}"
    if number > schema.get("maximum", number):
        yield f"{place} is more than {schema['maximum']}"


def _array_violations(schema: Schema, items: list[Any], place: str) -> Iterator[str]:
    different = {repr(item) for item in items if item != ""}
    if len(different) > schema.get("maxItems", len(items)):
        yield f"{place} has more than {schema['maxItems']} items"
    for index, item in enumerate(items):
        yield from _violations(schema.get("items", {}), item, f"{place}[{index}]", optional=False)


def _object_violations(schema: Schema, members: dict[str, Any], place: str) -> Iterator[str]:
    required = schema.get("required", ())
    yield from (f"{_inside(place, name)} is missing" for name in required if name not in members)
    for name, inner in schema.get("properties", {}).items():
        if name in members:
            here = _inside(place, name)
            yield from _violations(inner, members[name], here, optional=name not in required)


def _ambiguities(schema: Schema, value: Any, place: str, depth: int) -> Iterator[str]:
    if depth > DEEPEST:
        yield f"{place} is nested deeply"
    elif "format" in schema and not isinstance(value, str):
        yield f"{place} is not the text that its format is for"
    elif isinstance(value, str):
        yield from _text_ambiguities(schema, value, place)
    elif isinstance(value, dict):
        for name, item in value.items():
            here = _inside(place, name)
            yield from _name_ambiguities(schema, name, item, here)
            yield from _ambiguities(schema.get("properties", {}).get(name, {}), item, here, depth + 1)
    elif isinstance(value, list):
        yield from (
            [f"{place} is long, with equal items"] if len(value) > schema.get("maxItems", len(value)) else []
        )
        for index, item in enumerate(value):
            yield from _ambiguities(schema.get("items", {}), item, f"{place}[{index}]", depth + 1)
    elif isinstance(value, int | float) and not _is_plain_number(schema, value):
        yield f"{place} is a number that not every server keeps"


def _name_ambiguities(schema: Schema, name: str, item: Any, place: str) -> Iterator[str]:
    known = schema.get("properties", {})
    if not _is_plain_name(name):
        yield f"{place} is an odd name"
    if known and name not in known:
        yield f"{place} is not documented"
    if name in known and item is None and "null" not in _types(known[name]):
        yield f"{place} is null"


def _text_ambiguities(schema: Schema, text: str, place: str) -> Iterator[str]:
    if "format" in schema and not _is_plain_deadline(text):
        yield f"{place} is not a plain instant some weeks ahead"
    if not _is_plain_text(text):
        yield f"{place} has characters that not every server keeps"
    if _most(text) > schema.get("maxLength", _most(text)) or _fewest(text) < schema.get("minLength", 0):
        yield f"{place} has a length that depends on how characters are counted"


def _is_plain_deadline(text: str) -> bool:
    return PLAIN_INSTANT.fullmatch(text) is not None and is_weeks_ahead(text)


def _unambiguous_object(schema: Schema, members: dict[str, Any]) -> dict[str, Any]:
    known = schema.get("properties", {})
    kept = {
        name: item for name, item in members.items() if not any(_name_ambiguities(schema, name, item, name))
    }
    return {
        name: unambiguous(known.get(name, {}), item)
        for name, item in kept.items()
        if _depth(item) < DEEPEST - 2
    }


def _unambiguous_text(schema: Schema, text: str) -> str:
    plain = "".join(character for character in text if _is_plain(character)).strip()
    longest, shortest = schema.get("maxLength"), schema.get("minLength", 0)
    while longest is not None and _most(plain) > longest:
        plain = plain[:-1].strip()
    return plain if _fewest(plain) >= shortest else "x" * shortest


def _unambiguous_number(schema: Schema, number: float) -> float:
    if _is_plain_number(schema, number):
        return number
    lowest, highest = schema.get("minimum", 0), schema.get("maximum", SAFE_INTEGER)
    return int(min(max(number, lowest), highest)) if number == number else lowest  # noqa: PLR0124 - NaN differs


def _types(schema: Schema) -> list[str]:
    given = schema.get("type", list(KINDS))
    return [given] if isinstance(given, str) else list(given)


def _is_of(kind: str, value: Any) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    whole = kind == "integer" and isinstance(value, float) and value.is_integer()
    return whole or isinstance(value, KINDS[kind])


def _is_plain_number(schema: Schema, number: float) -> bool:
    if isinstance(number, bool):
        return True
    if isinstance(number, int):
        return abs(number) <= SAFE_INTEGER
    if "integer" in _types(schema) and "number" not in _types(schema):
        return False
    return number == 0 or (SMALLEST_PLAIN <= abs(number) <= LARGEST_PLAIN and number == round(number, 6))


def _is_plain_text(text: str) -> bool:
    return text == text.strip() and all(map(_is_plain, text))


def _is_plain_name(name: str) -> bool:
    return bool(name) and _is_plain_text(name) and not name.startswith(("$", "_")) and "." not in name


def _is_plain(character: str) -> bool:
    """Letters, digits, punctuation, symbols, the space: nothing unassigned, no control, no half of a pair."""
    return character == " " or unicodedata.category(character)[0] in "LNPS"


def _fewest(text: str) -> int:
    """The fewest characters that any server counts: without marks, edges and what cannot be seen."""
    return sum(unicodedata.category(character)[0] in "LNPSZ" for character in text.strip())


def _most(text: str) -> int:
    """The most characters that any server counts: UTF-16 code units, composed or not."""
    forms = (text, unicodedata.normalize("NFD", text))
    return max(len(form.encode("utf-16-le", "surrogatepass")) // 2 for form in forms)


def _depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, inner), default=0)


def _inside(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name
