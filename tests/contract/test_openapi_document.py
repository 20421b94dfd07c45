"""The first contract's OpenAPI document: every constraint of the pages is in it."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tck.contract.contract import load_contract
from tck.contract.openapi import Api, Operation, load_api
from tck.contract.yaml_source import read_document
from tck.paths import spec_dir

PATH = spec_dir("trigger") / "openapi.yaml"
CREATE, ROW, CREATED = "CreateSessionRequestBody", "SessionObject", "CreatedSessionObject"
UPDATE, CLOSE, CONFIG = "UpdateSessionRequestBody", "CloseSessionRequestBody", "SessionTriggerConfig"
NULLABLE_TEXT = ["string", "null"]
DATE_TIME = {"type": "string", "format": "date-time"}
NULLABLE_DATE_TIME = {"type": NULLABLE_TEXT, "format": "date-time"}
ANY_OBJECT = {"type": "object", "additionalProperties": True}
NULLABLE_OBJECT = {"type": ["object", "null"], "additionalProperties": True}

OPERATIONS = {
    "createSession": ("POST", "/api/v1/sessions", {200, 201, 401, 409, 422}, "required", ("secretKey",)),
    "listSessions": ("GET", "/api/v1/sessions", {200, 400, 401}, "none", ("secretKey", "publicAccessToken")),
    "retrieveSession": (
        "GET", "/api/v1/sessions/{session}", {200, 401, 404}, "none", ("secretKey", "publicAccessToken"),
    ),
    "updateSession": (
        "PATCH", "/api/v1/sessions/{session}", {200, 401, 404, 422}, "required", ("secretKey",),
    ),
    "closeSession": ("POST", "/api/v1/sessions/{session}/close", {200, 401, 404}, "optional", ("secretKey",)),
}  # fmt: skip

REQUIRED = {
    CREATE: ["type", "taskIdentifier", "triggerConfig"],
    UPDATE: [],
    CLOSE: [],
    CONFIG: ["basePayload"],
    ROW: ["id", "type", "taskIdentifier", "tags", "createdAt", "updatedAt"],
    "ErrorResponse": ["error"],
    "ErrorWithDetailsResponse": ["error"],
}

CONSTRAINTS: dict[str, dict[str, dict[str, Any]]] = {
    CREATE: {
        "type": {"type": "string", "minLength": 1, "maxLength": 64},
        "taskIdentifier": {"type": "string", "minLength": 1, "maxLength": 128},
        "externalId": {"type": "string", "minLength": 1, "maxLength": 256, "not": {"pattern": "^session_"}},
        "tags": {"type": "array", "maxItems": 10, "items": {"type": "string", "maxLength": 128}},
        "metadata": ANY_OBJECT,
        "expiresAt": DATE_TIME,
    },
    UPDATE: {
        "tags": {"type": "array", "maxItems": 10, "items": {"type": "string", "maxLength": 128}},
        "metadata": NULLABLE_OBJECT,
        "externalId": {"type": NULLABLE_TEXT, "minLength": 1, "maxLength": 256},
    },
    CLOSE: {"reason": {"type": "string", "maxLength": 256}},
    CONFIG: {
        "basePayload": ANY_OBJECT,
        "machine": {"type": "string"},
        "queue": {"type": "string", "maxLength": 128},
        "tags": {"type": "array", "maxItems": 5, "items": {"type": "string", "maxLength": 128}},
        "maxAttempts": {"type": "integer", "minimum": 1, "maximum": 10},
        "maxDuration": {"type": "integer", "minimum": 1},
        "lockToVersion": {"type": "string"},
        "region": {"type": "string"},
        "idleTimeoutInSeconds": {"type": "integer", "minimum": 1, "maximum": 3600},
    },
    ROW: {
        "id": {"type": "string", "pattern": "^session_"},
        "externalId": {"type": NULLABLE_TEXT},
        "type": {"type": "string"},
        "taskIdentifier": {"type": "string"},
        "currentRunId": {"type": NULLABLE_TEXT, "pattern": "^run_"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "metadata": NULLABLE_OBJECT,
        "closedAt": NULLABLE_DATE_TIME,
        "closedReason": {"type": NULLABLE_TEXT},
        "expiresAt": NULLABLE_DATE_TIME,
        "createdAt": DATE_TIME,
        "updatedAt": DATE_TIME,
    },
}

LARGE, SMALL = (32_000, 32_769), (1_000, 1_025)
BODY_BYTES = {"createSession": LARGE, "updateSession": LARGE, "closeSession": SMALL}

DOCUMENTED_BODIES = {
    ("createSession", 200): CREATED,
    ("createSession", 201): CREATED,
    ("createSession", 409): "ErrorResponse",
    ("createSession", 422): "ErrorWithDetailsResponse",
    ("listSessions", 200): "SessionList",
    ("listSessions", 400): "ErrorWithDetailsResponse",
    ("retrieveSession", 200): ROW,
    ("updateSession", 200): ROW,
    ("updateSession", 422): "ErrorWithDetailsResponse",
    ("closeSession", 200): ROW,
}

FOLLOW_UPS = {
    ("createSession", "201"): {"retrieveSession", "updateSession", "closeSession"},
    ("createSession", "200"): {"retrieveSession", "updateSession", "closeSession"},
    ("retrieveSession", "200"): {"updateSession", "closeSession"},
    ("updateSession", "200"): {"retrieveSession", "closeSession"},
    ("closeSession", "200"): {"retrieveSession"},
}


@cache
def document() -> Any:
    return read_document(PATH).value


@cache
def api() -> Api:
    return load_api(PATH)


def json_operations() -> list[Operation]:
    """Those that take and show JSON: all but the channels."""
    contract = load_contract("trigger")
    return [one for one in api().operations if contract.group_of(one.id) != "channels"]


def resolved(node: Any) -> Any:
    while isinstance(node, dict) and "$ref" in node:
        node = at(node["$ref"])
    return node


def at(reference: str) -> Any:
    node = document()
    for part in reference.split("/")[1:]:
        node = node[part.replace("~1", "/")]
    return node


def node_of(operation: str) -> Any:
    found = api().operation(operation)
    return document()["paths"][found.path][found.method.lower()]


def schemes_of(operation: str) -> tuple[str, ...]:
    choices = node_of(operation).get("security", document()["security"])
    return tuple(scheme for choice in choices for scheme in choice)


def without_prose(schema: Any) -> Any:
    return {key: value for key, value in schema.items() if key not in ("description", "examples")}


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for item in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes(item)


def test_the_document_is_valid_openapi() -> None:
    errors = list(OpenAPIV31SpecValidator(document()).iter_errors())
    assert errors == []


def test_it_has_the_four_operations_and_no_more() -> None:
    found = {
        operation.id: (
            operation.method, operation.path, set(operation.statuses), operation.body, schemes_of(operation.id),
        )
        for operation in json_operations()
    }  # fmt: skip
    assert found == OPERATIONS


@pytest.mark.parametrize("schema", REQUIRED)
def test_required_members_are_those_of_the_pages(schema: str) -> None:
    assert api().schema(schema).get("required", []) == REQUIRED[schema]


@pytest.mark.parametrize(
    ("schema", "member"), [(schema, member) for schema, members in CONSTRAINTS.items() for member in members]
)
def test_a_member_is_constrained_as_the_pages_say(schema: str, member: str) -> None:
    found = document()["components"]["schemas"][schema]["properties"][member]
    assert without_prose(found) == CONSTRAINTS[schema][member]


@pytest.mark.parametrize("schema", CONSTRAINTS)
def test_a_schema_has_no_member_that_the_pages_lack(schema: str) -> None:
    config = {"triggerConfig"} if schema in (CREATE, ROW) else set()
    assert set(api().members(schema)) == set(CONSTRAINTS[schema]) | config


@pytest.mark.parametrize("schema", [CREATE, ROW])
def test_a_trigger_config_is_one_schema_everywhere(schema: str) -> None:
    found = document()["components"]["schemas"][schema]["properties"]["triggerConfig"]
    assert found == {"$ref": f"#/components/schemas/{CONFIG}"}


def test_a_create_reply_is_a_row_with_three_more_members() -> None:
    row, more = api().schema(CREATED)["allOf"]
    assert row == api().schema(ROW)
    assert more["required"] == ["runId", "publicAccessToken", "isCached"]
    assert {name: without_prose(member) for name, member in more["properties"].items()} == {
        "runId": {"type": "string", "pattern": "^run_"},
        "publicAccessToken": {"type": "string"},
        "isCached": {"type": "boolean"},
    }


def test_error_details_are_constrained_as_the_pages_say() -> None:
    details = api().schema("ErrorWithDetailsResponse")["properties"]["details"]
    assert details["type"] == "array"
    assert details["items"]["required"] == ["code", "message"]
    members = {name: without_prose(member) for name, member in details["items"]["properties"].items()}
    text = {"type": "string"}
    assert members == {"code": text, "message": text, "path": {"type": "array", "items": text}}


@pytest.mark.parametrize("operation", BODY_BYTES)
def test_the_size_limit_of_a_body_stands_beside_it(operation: str) -> None:
    limit = node_of(operation)["requestBody"]["x-body-bytes"]
    assert (limit["within"], limit["beyond"]) == BODY_BYTES[operation]


def test_each_documented_reply_has_the_body_of_the_pages_and_no_other_has_one() -> None:
    found = {}
    for operation in json_operations():
        for status, response in node_of(operation.id)["responses"].items():
            content = resolved(response).get("content")
            if content is not None:
                assert list(content) == ["application/json"]
                reference = content["application/json"]["schema"]["$ref"]
                found[operation.id, int(status)] = reference.rpartition("/")[2]
    assert found == DOCUMENTED_BODIES


@pytest.mark.parametrize(("operation", "status"), FOLLOW_UPS)
def test_a_reply_leads_to_the_other_operations_by_its_id(operation: str, status: str) -> None:
    links = [resolved(link) for link in node_of(operation)["responses"][status]["links"].values()]
    assert {link["operationId"] for link in links} == FOLLOW_UPS[operation, status]
    assert all(link["parameters"] == {"session": "$response.body#/id"} for link in links)


def test_nothing_forbids_further_members() -> None:
    assert not [node for node in nodes(document()) if node.get("additionalProperties") is False]


def test_no_keyword_of_an_older_openapi_is_used() -> None:
    assert not [node for node in nodes(document()) if "nullable" in node]


def request_examples() -> Iterator[tuple[str, str, Any]]:
    for operation in json_operations():
        content = node_of(operation.id).get("requestBody", {}).get("content", {})
        for media in content.values():
            schema = media["schema"]["$ref"].rpartition("/")[2]
            for name, example in media["examples"].items():
                yield schema, f"{operation.id}-{name}", example["value"]


def reply_examples() -> Iterator[tuple[str, int, str, Any]]:
    for operation in json_operations():
        for status, response in node_of(operation.id)["responses"].items():
            for media in resolved(response).get("content", {}).values():
                for name, example in media["examples"].items():
                    yield operation.id, int(status), name, resolved(example)["value"]


def member_examples() -> Iterator[tuple[str, str, Any]]:
    for schema in document()["components"]["schemas"]:
        for member, found in api().schema(schema).get("properties", {}).items():
            for value in found.get("examples", ()):
                yield schema, member, value


@pytest.mark.parametrize(
    ("schema", "value"),
    [pytest.param(schema, value, id=name) for schema, name, value in request_examples()],
)
def test_a_request_example_is_valid(schema: str, value: Any) -> None:
    assert api().schema_problems(schema, value) == []


REPLY_EXAMPLES = list(reply_examples())


@pytest.mark.parametrize(
    ("operation", "status", "value"),
    [pytest.param(op, status, value, id=f"{op}-{name}") for op, status, name, value in REPLY_EXAMPLES],
)
def test_a_reply_example_is_valid(operation: str, status: int, value: Any) -> None:
    assert api().problems(operation, status, value) == []


@pytest.mark.parametrize(("schema", "member", "value"), list(member_examples()))
def test_an_example_of_a_member_is_valid(schema: str, member: str, value: Any) -> None:
    found = [problem for problem in api().schema_problems(schema, {member: value}) if f"`{member}" in problem]
    assert found == []


def test_every_documented_body_has_an_example() -> None:
    assert {(operation, status) for operation, status, _, _ in REPLY_EXAMPLES} == set(DOCUMENTED_BODIES)


def test_no_example_names_what_may_not_exist_in_a_target() -> None:
    configs = [value.get("triggerConfig", {}) for _, _, value in request_examples()]
    assert not {"queue", "region", "lockToVersion"} & {member for config in configs for member in config}
