"""Generated lists: queries that nobody thought of."""

from __future__ import annotations

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
def fuzzed_lists(request: pytest.FixtureRequest, run: Run, check: Check) -> Fuzz:
    """Judges generated lists."""
    from suites.trigger.randomized.fuzzing.list_driver import ListDriver  # noqa: PLC0415 - it needs Schemathesis

    return fuzz_operation(request, run, check, "list", ListDriver(run, check))


@API.include(operation_id="listSessions").parametrize()
@pytest.mark.requirement(
    "list.fuzz-no-server-error",
    "list.fuzz-documented-status",
    "list.fuzz-content-type",
    "list.fuzz-response-schema",
    "list.fuzz-invalid-data-refused",
    "list.fuzz-valid-data-accepted",
    "list.fuzz-auth-not-ignored",
    "list.fuzz-undocumented-method-refused",
    "list.fuzz-no-secret",
    "list.fuzz-holds-no-stack-trace",
    "list.fuzz-rows-fit",
)
def test_list(case: SchemathesisCase, fuzzed_lists: Fuzz) -> None:
    fuzzed_lists.judge(case)
