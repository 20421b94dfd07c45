"""tck.contract.openapi: bodies are judged by the document, in short sentences."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tck.contract.openapi import Api, load_api
from tck.errors import KitError
from tck.paths import spec_dir

MINIMAL = """\
openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /things/{thing}:
    get:
      operationId: readThing
      responses:
        '200': {$ref: '#/components/responses/Thing'}
        '404': {description: none}
components:
  responses:
    Thing:
      description: a thing
      content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}
  schemas:
    Thing: {type: object, properties: {parts: {type: array, items: {$ref: '#/components/schemas/Part'}}}}
    Part: {type: string, maxLength: 3}
"""

AGAIN = "  /b: {get: {operationId: readThing, responses: {}}}"

CREATED = {
    "id": "session_1", "type": "chat.agent", "taskIdentifier": "my-chat", "tags": [],
    "createdAt": "2026-11-02T08:30:00Z", "updatedAt": "2026-11-02T08:30:00Z",
    "runId": "run_1", "publicAccessToken": "a.b.c", "isCached": False,
}  # fmt: skip
CREATE = {"type": "t", "taskIdentifier": "t", "triggerConfig": {"basePayload": {}}}
SOMEDAY = "2099-01-01T00:00:00Z"
NULLABLE = ("externalId", "currentRunId", "metadata", "closedAt", "closedReason", "expiresAt")


@cache
def api() -> Api:
    return load_api(spec_dir("trigger") / "openapi.yaml")


def with_config(**members: Any) -> dict[str, Any]:
    return {**CREATE, "triggerConfig": {"basePayload": {}, **members}}


LIMITS: list[tuple[str, Callable[[Any], dict[str, Any]], Any, Any]] = [
    ("CreateSessionRequestBody", lambda value: {**CREATE, "type": value}, "x", ""),
    ("CreateSessionRequestBody", lambda value: {**CREATE, "type": value}, "x" * 64, "x" * 65),
    ("CreateSessionRequestBody", lambda value: {**CREATE, "taskIdentifier": value}, "x", ""),
    ("CreateSessionRequestBody", lambda value: {**CREATE, "taskIdentifier": value}, "x" * 128, "x" * 129),
    ("CreateSessionRequestBody", lambda value: {**CREATE, "externalId": value}, "x", ""),
    ("CreateSessionRequestBody", lambda value: {**CREATE, "externalId": value}, "x" * 256, "x" * 257),
    ("CreateSessionRequestBody", lambda value: {**CREATE, "externalId": value}, "Session_1", "session_"),
    ("CreateSessionRequestBody", lambda value: {**CREATE, "externalId": value}, "a session_", "session_A"),
    ("CreateSessionRequestBody", lambda value: {**CREATE, "tags": value}, ["x"] * 10, ["x"] * 11),
    ("CreateSessionRequestBody", lambda value: {**CREATE, "tags": value}, ["x" * 128], ["x" * 129]),
    ("CreateSessionRequestBody", lambda value: {**CREATE, "metadata": value}, {"a": [1]}, [1]),
    ("CreateSessionRequestBody", lambda value: {**CREATE, "expiresAt": value}, SOMEDAY, "soon"),
    ("CreateSessionRequestBody", lambda value: with_config(tags=value), ["x"] * 5, ["x"] * 6),
    ("CreateSessionRequestBody", lambda value: with_config(tags=value), ["x" * 128], ["x" * 129]),
    ("CreateSessionRequestBody", lambda value: with_config(queue=value), "x" * 128, "x" * 129),
    ("CreateSessionRequestBody", lambda value: with_config(maxAttempts=value), 1, 0),
    ("CreateSessionRequestBody", lambda value: with_config(maxAttempts=value), 10, 11),
    ("CreateSessionRequestBody", lambda value: with_config(maxAttempts=value), 2.0, 2.5),
    ("CreateSessionRequestBody", lambda value: with_config(maxAttempts=value), 1, True),
    ("CreateSessionRequestBody", lambda value: with_config(maxDuration=value), 2**53, 0),
    ("CreateSessionRequestBody", lambda value: with_config(idleTimeoutInSeconds=value), 1, 0),
    ("CreateSessionRequestBody", lambda value: with_config(idleTimeoutInSeconds=value), 3600, 3601),
    ("UpdateSessionRequestBody", lambda value: {"tags": value}, [], None),
    ("UpdateSessionRequestBody", lambda value: {"metadata": value}, None, []),
    ("UpdateSessionRequestBody", lambda value: {"externalId": value}, None, ""),
    ("CloseSessionRequestBody", lambda value: {"reason": value}, "x" * 256, "x" * 257),
]


@pytest.mark.parametrize(("schema", "body", "good", "bad"), LIMITS)
def test_both_sides_of_a_limit(schema: str, body: Callable[[Any], Any], good: Any, bad: Any) -> None:
    assert api().schema_problems(schema, body(good)) == []
    assert len(api().schema_problems(schema, body(bad))) == 1


@pytest.mark.parametrize("member", NULLABLE)
def test_a_nullable_member_of_a_row_may_be_null_or_absent(member: str) -> None:
    assert api().problems("createSession", 201, {**CREATED, member: None}) == []
    assert api().problems("createSession", 201, CREATED) == []


@pytest.mark.parametrize("member", CREATED)
def test_a_required_member_of_a_create_reply_may_not_be_left_out(member: str) -> None:
    body = {key: value for key, value in CREATED.items() if key != member}
    assert api().problems("createSession", 201, body) == [f"the body: '{member}' is a required property"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"tags": 3}, "`tags`: 3 is not of type 'array'"),
        ({"tags": ["a", 1]}, "`tags[1]`: 1 is not of type 'string'"),
        ({"isCached": 0}, "`isCached`: 0 is not of type 'boolean'"),
        ({"createdAt": "2026-11-02"}, "`createdAt`: '2026-11-02' is not a 'date-time'"),
        ({"id": "7"}, "`id`: '7' does not match '^session_'"),
        ({"triggerConfig": {}}, "`triggerConfig`: 'basePayload' is a required property"),
        ({"triggerConfig": {"basePayload": []}}, "`triggerConfig.basePayload`: [] is not of type 'object'"),
    ],
)
def test_a_problem_is_one_short_sentence(change: dict[str, Any], sentence: str) -> None:
    assert api().problems("createSession", 201, {**CREATED, **change}) == [sentence]


def test_all_problems_are_told_in_a_fixed_order() -> None:
    found = api().problems("createSession", 201, {**CREATED, "type": 1, "id": 2})
    assert found == ["`id`: 2 is not of type 'string'", "`type`: 1 is not of type 'string'"]


def test_further_members_are_no_problem() -> None:
    assert api().problems("closeSession", 200, {**CREATED, "hue": "blue"}) == []


def test_a_long_value_is_cut_in_its_sentence() -> None:
    (found,) = api().problems("createSession", 201, {**CREATED, "metadata": "x" * 5000})
    assert len(found) < 150
    assert found.endswith("… is not of type 'object', 'null'")


def test_a_body_nested_too_deeply_is_a_problem_and_no_crash() -> None:
    body: Any = []
    for _ in range(100_000):
        body = [body]
    assert len(api().problems("closeSession", 200, body)) == 1


def test_a_lone_surrogate_can_be_printed() -> None:
    (found,) = api().problems("closeSession", 200, {**CREATED, "metadata": "\ud800"})
    found.encode("utf-8")


def test_a_status_without_a_documented_body_has_no_problem() -> None:
    assert api().problems("retrieveSession", 404, "whatever") == []
    assert api().problems("retrieveSession", 200, "whatever") != []


def test_an_undocumented_status_is_a_problem() -> None:
    sentence = "422 is not among the documented statuses 200, 401, 404"
    assert api().problems("closeSession", 422, {"error": "x"}) == [sentence]


def test_members_come_with_their_formats_through_references() -> None:
    members = api().members("CreatedSessionObject")
    assert members["closedAt"] == "date-time"
    assert members["tags"] is None
    assert list(members)[-3:] == ["runId", "publicAccessToken", "isCached"]


def load(tmp_path: Path, text: str) -> Api:
    path = tmp_path / "openapi.yaml"
    path.write_text(text, encoding="utf-8")
    return load_api(path)


def test_references_to_responses_and_schemas_are_followed(tmp_path: Path) -> None:
    other = load(tmp_path, MINIMAL)
    assert other.operation("readThing").success == (200,)
    assert other.problems("readThing", 200, {"parts": ["abcd"]}) == ["`parts[0]`: 'abcd' is too long"]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("schemas/Part'", "schemas/Bit'", "#/components/schemas/Bit is not in it."),
        ("responses/Thing'", "responses/Thin'", "#/components/responses/Thin is not in it."),
        (
            "Thing:\n      description: a thing\n", "Thing:\n      $ref: '#/components/responses/Thing'\n",
            "#/components/responses/Thing contains itself.",
        ),
        ("components:\n", "components: {}\nparts:\n", "#/components/responses/Thing is not in it."),
        ("schemas/Part'", "../other.yaml'", "#/components/../other.yaml is not in it."),
        ("#/components/schemas/Part'", "other.yaml#/Part'", "other.yaml#/Part is not in it."),
        ("operationId: readThing", "summary: x", "operationId is not in it."),
        ("type: string, maxLength: 3", "$ref: '#/components/schemas/Part'", "/Part contains itself."),
        ("paths:", "ways:", "paths is not in it."),
        ("'404'", "4XX", "invalid literal for int() with base 10: '4XX'."),
        ("paths:\n", f"paths:\n{AGAIN}\n", "the operationId readThing stands there a second time."),
    ],
)  # fmt: skip
def test_a_broken_document_is_refused(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    with pytest.raises(KitError, match=r"openapi\.yaml:1: this is no whole OpenAPI document: ") as caught:
        load(tmp_path, MINIMAL.replace(old, new))
    assert str(caught.value).endswith(sentence)


def test_an_unknown_operation_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError):
        api().operation("deleteSession")


ODD = (
    None, True, 0, 1, 1.0, 1.5, -1, 10**30, 1e300, "", "x" * 600, "\ud800", "2026-11-02T08:30:00z",
    "2026-11-02T08:30:00", "2026-02-30T08:30:00Z", "2016-12-31T23:59:60Z", [], ["x"], [1], {}, {"id": 1}, ["t"] * 11,
)  # fmt: skip


@pytest.mark.parametrize("contract", ["trigger", "everruns"])
def test_what_is_compiled_says_no_more_than_what_explains(contract):
    api = load_api(spec_dir(contract) / "openapi.yaml")
    whole = {**CREATED, "title": "t", "version": 1, "status": "active"}
    values = [*ODD, whole, *({**whole, name: odd} for name in api_members(api) for odd in ODD)]
    values += [{key: value for key, value in whole.items() if key != name} for name in whole]
    for name, checker in api._components.items():
        for value in values:
            exact = [error.message for error in checker.exact.iter_errors(value)]
            assert bool(checker.problems(value)) == bool(exact), (name, value)


def api_members(api: Api) -> set[str]:
    return {member for name in api._components for member in api.members(name)}
