"""OpenAPI documents of either version that say the same have the same facts."""

import pytest

from tck.drift.operation_facts import ApiDocument, operation_key
from tck.errors import KitError

KEY = "POST /rooms/{}/close"


def document(version="3.1.0", *, body=None, schemas=None, **operation):
    told = {
        "operationId": "closeRoom",
        "requestBody": {
            "content": {"application/json": {"schema": body or {"$ref": "#/components/schemas/Reason"}}}
        },
        "responses": {"200": {"$ref": "#/components/responses/Room"}, "404": {"description": "Unknown."}},
        "security": [{"key": []}],
        **operation,
    }
    return {
        "openapi": version,
        "paths": {
            "/rooms/{room}/close": {
                "parameters": [
                    {"in": "path", "name": "room", "required": True, "schema": {"type": "string"}}
                ],
                "post": told,
            }
        },
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "responses": {
                "Room": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Room"}}}}
            },
            "schemas": {
                "Reason": {"type": "object", "properties": {"reason": {"type": "string", "maxLength": 256}}},
                "Room": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}},
                **(schemas or {}),
            },
        },
    }


def facts(*args, **values):
    return ApiDocument(document(*args, **values), "openapi.json").facts(KEY, "rooms-close", "openapi.json")


def members(schema, version="3.1.0", **schemas):
    return facts(version, body=schema, schemas=schemas).members


def test_an_operation_is_flat():
    found = facts()
    assert (found.body, found.statuses, found.security) == (
        "optional",
        ("200", "404"),
        ("key (http bearer)",),
    )
    assert found.members == {
        "path.{1}": {"type": "string", "required": True},
        "request": {"type": "object"},
        "request.reason": {"type": "string", "maxLength": 256, "required": False},
        "200": {"type": "object"},
        "200.id": {"type": "string", "required": True},
    }


def test_names_of_parameters_in_a_path_do_not_count():
    assert operation_key("get", "/rooms/{id}/") == operation_key("GET", "/rooms/{room}") == "GET /rooms/{}"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        (
            {"allOf": [{"type": "string"}], "nullable": True},
            {"anyOf": [{"type": "string"}, {"type": "null"}]},
        ),
        (
            {"type": "number", "minimum": 0, "exclusiveMinimum": True},
            {"type": "number", "exclusiveMinimum": 0},
        ),
        ({"type": "number", "minimum": 1, "exclusiveMinimum": False}, {"type": "number", "minimum": 1}),
        ({"oneOf": [{"$ref": "#/components/schemas/Word"}]}, {"oneOf": [{"type": "string", "maxLength": 9}]}),
    ],
)
def test_the_forms_of_3_0_and_3_1_are_one(old, new):
    word = {"type": "string", "maxLength": 9}
    assert members(old, "3.0.3", Word=word) == members(new, "3.1.0", Word=word)


def test_all_of_adds_up_and_a_bound_of_zero_is_kept():
    base = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer", "minimum": 0}}}
    more = {"required": ["b"], "properties": {"b": {"type": "array", "items": {"enum": [1, 2]}}}}
    found = members({"allOf": [{"$ref": "#/components/schemas/Base"}, more]}, Base=base)
    assert found["request.a"] == {"type": "integer", "minimum": 0, "required": True}
    assert found["request.b"] == {"type": "array", "required": True}
    assert found["request.b[]"] == {"enum": [1, 2]}


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_schema_that_contains_itself_ends(wrapped):
    reference = {"$ref": "#/components/schemas/Tree"}
    child = {"allOf": [reference]} if wrapped else reference
    tree = {"type": "object", "properties": {"left": child, "right": child}}
    found = members(reference, Tree=tree)
    assert found["request.left"] == found["request.right"] == {"type": "recursive"}


@pytest.mark.parametrize(
    ("schema", "schemas", "said"),
    [
        (
            {"$ref": "#/components/schemas/None"},
            {},
            "refers to #/components/schemas/None, which is not in it.",
        ),
        ({"$ref": "other.yaml#/Thing"}, {}, "refers to other.yaml#/Thing, which is outside of it; bundle it"),
        (
            {"$ref": "#/components/schemas/A"},
            {"A": {"allOf": [{"$ref": "#/components/schemas/A"}]}},
            "contains itself",
        ),
        ({"properties": ["a"]}, {}, "cannot be read as OpenAPI 3"),
        ({"properties": {str(number): {} for number in range(20_001)}}, {}, "more than 20000 members"),
    ],
)
def test_what_cannot_be_read_is_a_sentence(schema, schemas, said):
    with pytest.raises(KitError, match=r"^openapi\.json") as raised:
        facts(body=schema, schemas=schemas)
    assert said in str(raised.value)


def test_words_are_kept_as_digests_and_those_of_the_kit_are_not_kept():
    told = document(description="It is terminal.", body={"type": "string", "description": "Why."})
    theirs, own = (ApiDocument(told, "x", own=own).facts(KEY, "", "") for own in (False, True))
    assert len(theirs.words) == len(theirs.members["request"]["words"]) == 12
    assert own.words == ""
    assert "words" not in own.members["request"]
