"""Generated notes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from suites.notes.support import Notes
from tck.checking import Check, spec_dir
from tck.randomized import fuzz_operation, fuzzed_api
from tck.randomized.fuzzing import Answer, BodyDriver, Case, CaseResult, Fuzz, SchemathesisCase
from tck.run import Run

API = fuzzed_api(spec_dir("notes", Path(__file__).parents[2]) / "openapi.yaml")


class CreateDriver(BodyDriver):
    """Sends generated notes."""

    method = "POST"

    def __init__(self, notes: Notes) -> None:
        super().__init__(notes.run.api.schema("NewNote"), {}, sessions=1, wanted=1)
        self.notes = notes

    def odd(self) -> Iterator[Case]:
        return iter(())

    def place_for(self, answer: Answer) -> str:
        return "/notes"

    def send(self, case: Case, *, fresh: bool = False) -> CaseResult:
        return CaseResult(case, self.notes.create_from(case.body))


@pytest.fixture
def creates(request: pytest.FixtureRequest, run: Run, check: Check, notes: Notes) -> Fuzz:
    return fuzz_operation(request, run, check, "create", CreateDriver(notes))


@pytest.mark.fuzz
@API.include(operation_id="createNote").parametrize()
@pytest.mark.requirement("create.fuzz-valid-data-accepted")
def test_create(case: SchemathesisCase, creates: Fuzz) -> None:
    creates.judge(case)
