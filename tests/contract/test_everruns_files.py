"""The second contract's files: what its page says is in them, and its page's slips are not."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tck.contract.contract import Contract, load_contract
from tck.contract.openapi import Api, load_api
from tck.contract.requirements import Registry, load_requirements
from tck.contract.yaml_source import read_document
from tck.paths import spec_dir
from tck.vocabulary import Level, Outcome

FOLDER = spec_dir("everruns")
MEMBERS = {
    "id", "organization_id", "harness_id", "status", "created_at", "updated_at", "agent_id", "model_id",
    "title", "preview", "output_preview", "tags", "capabilities", "tools", "features", "is_pinned",
    "active_schedule_count", "usage", "started_at", "finished_at",
}  # fmt: skip
HEX = "0190c5e27d3b7f64a1b28c4e95d0f317"
SMALL = {
    "id": f"session_{HEX}", "organization_id": f"org_{HEX}", "harness_id": f"harness_{HEX}",
    "status": "started", "created_at": "2026-02-27T08:30:00Z", "updated_at": "2026-02-27T08:30:00Z",
}  # fmt: skip
TOOL = {"type": "builtin", "name": "n", "description": "d", "parameters": None}


@cache
def api() -> Api:
    return load_api(FOLDER / "openapi.yaml")


@cache
def contract() -> Contract:
    return load_contract("everruns")


@cache
def registry() -> Registry:
    return load_requirements(FOLDER / "requirements.yaml", contract().pages, contract().capabilities)


def document() -> Any:
    return read_document(FOLDER / "openapi.yaml").value


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts(item)
    elif isinstance(value, str):
        yield value


def test_the_document_is_valid_openapi() -> None:
    assert list(OpenAPIV31SpecValidator(json.loads(json.dumps(document(), default=str))).iter_errors()) == []


def test_there_is_the_one_operation_with_the_statuses_of_the_page() -> None:
    (update,) = api().operations
    assert (update.id, update.method, update.path) == ("updateSession", "PATCH", "/v1/sessions/{session_id}")
    assert set(update.statuses) == {200, 400, 404, 500}
    assert update.body == "required"
    node = document()["paths"][update.path]["patch"]
    assert node.get("security", document()["security"]) == [{}, {"key": []}]


def test_a_session_has_every_member_and_requires_six() -> None:
    assert set(api().members("Session")) == MEMBERS
    assert set(api().schema("Session")["required"]) == set(SMALL)
    assert api().schema("UpdateSessionRequest").get("required", []) == []


def test_every_example_is_good_and_none_has_the_page_s_31_digits() -> None:
    for example in document()["components"]["examples"].values():
        assert api().schema_problems("Session", example["value"]) == []
    ids = [
        text for text in texts(document()) if re.match(r"(session|org|harness|agent|model)_[0-9a-f]{4}", text)
    ]
    assert ids
    assert all(len(text.partition("_")[2]) == 32 for text in ids)


@pytest.mark.parametrize(
    "more",
    [
        {},
        dict.fromkeys(MEMBERS - SMALL.keys()),
        {"status": "waitingfortoolresults", "tags": [], "title": ""},
        {"tools": [TOOL, {**TOOL, "type": "client_side", "display_name": None}], "features": ["new"]},
        {
            "tools": [{**TOOL, "policy": "client_side"}],
            "capabilities": [{"ref": "r"}, {"ref": "r", "config": [1]}],
        },
        {"usage": {"input_tokens": 0, "output_tokens": 1, "cache_read_tokens": None}},
        {"id": f"session_{HEX.upper()}", "extra": 1},
    ],
)
def test_what_a_session_may_be(more: dict[str, Any]) -> None:
    assert api().schema_problems("Session", {**SMALL, **more}) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": f"session_{HEX[:-1]}"}, {"id": HEX}, {"harness_id": None},
        {"status": "waiting_for_tool_results"}, {"status": None},
        {"created_at": 1}, {"updated_at": "yesterday"}, {"title": 5}, {"tags": [None]},
        {"tags": "a"}, {"active_schedule_count": -1}, {"is_pinned": "no"}, {"usage": {"input_tokens": 1}},
        {"tools": [{**TOOL, "type": "other"}]}, {"capabilities": [{}]}, {"started_at": "2026-02-27"},
    ],
)  # fmt: skip
def test_what_a_session_may_not_be(wrong: dict[str, Any]) -> None:
    assert api().schema_problems("Session", {**SMALL, **wrong})


def test_the_key_is_optional_and_sent_as_the_operator_says() -> None:
    (key,) = contract().credentials
    assert (key.env, key.required, key.capability) == ("EVERRUNS_API_KEY", False, "authentication")
    forms = [
        key.authorization.header("evr_1", {"auth_scheme": form}) for form in ("bare", "ApiKey", "Bearer")
    ]
    assert forms == ["evr_1", "ApiKey evr_1", "Bearer evr_1"]


def test_what_lacks_makes_requirements_not_applicable_or_not_tested() -> None:
    lacking = {name: one.when_missing for name, one in contract().capabilities.items()}
    assert lacking == {
        "authentication": Outcome.NOT_APPLICABLE,
        "own-sessions": Outcome.NOT_TESTED,
        "restart": Outcome.NOT_APPLICABLE,
    }
    assert {one.needs for one in registry().values() if one.operation == "credentials"} == {
        ("authentication",)
    }
    assert "--session-id" in contract().capabilities["own-sessions"].missing_reason


@pytest.mark.parametrize(
    ("harness", "body"),
    [("", {"tags": ["t"]}), (f"harness_{HEX}", {"harness_id": f"harness_{HEX}", "tags": ["t"]})],
)
def test_a_session_is_made_with_a_harness_or_without(harness: str, body: dict[str, Any]) -> None:
    own = {"auth_scheme": "bare", "harness_id": harness, "session_id": ""}
    assert contract().ownership.request.filled(tag="t", **own).json == body


def test_preflight_makes_nothing_and_clean_up_deletes() -> None:
    assert contract().preflight.post.method == "PATCH"
    assert contract().cleanup.request.filled(address="session_1").path == "/v1/sessions/session_1"
    assert contract().cleanup.address_in("DELETE", "/v1/sessions/session_1") == "session_1"


def test_row_rules_name_members_that_there_are() -> None:
    row = contract().row
    assert {*row.unordered, *row.may_vanish, *row.volatile} <= MEMBERS
    assert contract().restore is not None
    assert set(contract().restore.members) == {"title", "tags"}


def test_what_the_page_does_not_say_is_no_must() -> None:
    habits = ("null-", "unknown-members-ignored", "empty-body-accepted", "-wrong-type-refused", "tags-keep-")
    shoulds = {one.id for one in registry().values() if one.level is Level.SHOULD}
    assert {one for one in registry() if any(word in one for word in habits)} <= shoulds
