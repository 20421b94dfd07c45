"""Generated updates: what nobody thought of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from suites.everruns.conftest import NewSession
from suites.everruns.support.api import LiveSession
from suites.everruns.support.update import arranged
from tck.checking import Check, spec_dir
from tck.randomized import fuzz_operation, fuzzed_api
from tck.run import Run

if TYPE_CHECKING:
    from tck.randomized.fuzzing import Fuzz, SchemathesisCase

API = fuzzed_api(spec_dir("everruns") / "openapi.yaml")
pytestmark = pytest.mark.fuzz


@pytest.fixture
def updates(
    request: pytest.FixtureRequest, run: Run, check: Check, session: LiveSession, new_session: NewSession
) -> Fuzz:
    """Judges generated updates."""
    from suites.everruns.randomized.fuzzing import UpdateDriver  # noqa: PLC0415 - it needs Schemathesis

    arranged(session)
    another = (lambda: session) if run.options.own["session_id"] else new_session
    return fuzz_operation(request, run, check, "update", UpdateDriver(run, session, another))


@API.include(operation_id="updateSession").parametrize()
@pytest.mark.requirement(
    "update.fuzz-no-server-error",
    "update.fuzz-content-type",
    "update.fuzz-response-schema",
    "update.fuzz-valid-data-accepted",
    "update.fuzz-shows-what-was-sent",
    "update.fuzz-invalid-data-refused",
    "update.fuzz-refused-changes-nothing",
    "update.fuzz-no-secret",
    "update.fuzz-holds-no-stack-trace",
    "update.fuzz-invariants",
)
def test_update(case: SchemathesisCase, updates: Fuzz) -> None:
    updates.judge(case)
