"""Generated requests to all four operations: what nobody thought of."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tck.checking import Check, spec_dir
from tck.randomized import fuzz_operation, fuzzed_api
from tck.run import Run

if TYPE_CHECKING:
    from tck.randomized.fuzzing import Fuzz, SchemathesisCase

API = fuzzed_api(spec_dir("trigger") / "openapi.yaml")
pytestmark = pytest.mark.fuzz


@pytest.fixture
def fuzz(request: pytest.FixtureRequest, run: Run, check: Check) -> Callable[[str], Fuzz]:
    """Judges generated requests to one operation."""
    from suites.trigger.randomized.fuzzing.drivers import driver_for  # noqa: PLC0415 - it needs Schemathesis

    return lambda operation: fuzz_operation(request, run, check, operation, driver_for(operation, run, check))


@pytest.fixture
def creates(fuzz: Callable[[str], Fuzz]) -> Fuzz:
    """Judges generated creates."""
    return fuzz("create")


@pytest.fixture
def retrieves(fuzz: Callable[[str], Fuzz]) -> Fuzz:
    """Judges generated retrieves."""
    return fuzz("retrieve")


@pytest.fixture
def updates(fuzz: Callable[[str], Fuzz]) -> Fuzz:
    """Judges generated updates."""
    return fuzz("update")


@pytest.fixture
def closes(fuzz: Callable[[str], Fuzz]) -> Fuzz:
    """Judges generated closes."""
    return fuzz("close")


@API.include(operation_id="createSession").parametrize()
@pytest.mark.requirement(
    "create.fuzz-no-server-error",
    "create.fuzz-documented-status",
    "create.fuzz-content-type",
    "create.fuzz-response-schema",
    "create.fuzz-invalid-data-refused",
    "create.fuzz-valid-data-accepted",
    "create.fuzz-shows-what-was-sent",
    "create.fuzz-auth-not-ignored",
    "create.fuzz-undocumented-method-refused",
    "create.fuzz-no-secret",
    "create.fuzz-holds-no-stack-trace",
    "create.fuzz-invariants",
)
def test_create(case: SchemathesisCase, creates: Fuzz) -> None:
    creates.judge(case)


@API.include(operation_id="retrieveSession").parametrize()
@pytest.mark.requirement(
    "retrieve.fuzz-no-server-error",
    "retrieve.fuzz-documented-status",
    "retrieve.fuzz-content-type",
    "retrieve.fuzz-response-schema",
    "retrieve.fuzz-valid-data-accepted",
    "retrieve.fuzz-auth-not-ignored",
    "retrieve.fuzz-undocumented-method-refused",
    "retrieve.fuzz-no-secret",
    "retrieve.fuzz-holds-no-stack-trace",
    "retrieve.fuzz-invariants",
)
def test_retrieve(case: SchemathesisCase, retrieves: Fuzz) -> None:
    retrieves.judge(case)


@API.include(operation_id="updateSession").parametrize()
@pytest.mark.requirement(
    "update.fuzz-no-server-error",
    "update.fuzz-documented-status",
    "update.fuzz-content-type",
    "update.fuzz-response-schema",
    "update.fuzz-invalid-data-refused",
    "update.fuzz-valid-data-accepted",
    "update.fuzz-shows-what-was-sent",
    "update.fuzz-auth-not-ignored",
    "update.fuzz-no-secret",
    "update.fuzz-holds-no-stack-trace",
    "update.fuzz-invariants",
)
def test_update(case: SchemathesisCase, updates: Fuzz) -> None:
    updates.judge(case)


@API.include(operation_id="closeSession").parametrize()
@pytest.mark.requirement(
    "close.fuzz-no-server-error",
    "close.fuzz-documented-status",
    "close.fuzz-content-type",
    "close.fuzz-response-schema",
    "close.fuzz-invalid-data-refused",
    "close.fuzz-valid-data-accepted",
    "close.fuzz-shows-what-was-sent",
    "close.fuzz-auth-not-ignored",
    "close.fuzz-undocumented-method-refused",
    "close.fuzz-no-secret",
    "close.fuzz-holds-no-stack-trace",
    "close.fuzz-invariants",
)
def test_close(case: SchemathesisCase, closes: Fuzz) -> None:
    closes.judge(case)
