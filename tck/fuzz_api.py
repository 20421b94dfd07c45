"""An OpenAPI document as Schemathesis generates requests from it, and the check that judges them."""

from pathlib import Path

import pytest
import schemathesis
from schemathesis import GenerationMode
from schemathesis.schemas import BaseSchema

from tck.check import Check
from tck.fuzz import Fuzz
from tck.fuzz_case import Driver
from tck.generation import anything_is_drawn, replay_option, seed_in_force, seed_of
from tck.run import Run

TWO_GOOD_TO_ONE_BAD = [GenerationMode.POSITIVE, GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


def fuzzed_api(path: Path) -> BaseSchema:
    """The document, from which the seed of the run alone decides what is generated."""
    api = schemathesis.openapi.from_path(path, config=schemathesis.Config(seed=seed_in_force()))
    api.config.generation.update(with_security_parameters=False)
    api.config.phases.fuzzing.generation.update(modes=TWO_GOOD_TO_ONE_BAD)
    api.config.phases.coverage.enabled = api.config.phases.examples.enabled = anything_is_drawn()
    api.config.phases.coverage.unexpected_methods = set()  # the drivers know which methods to try, and where
    return api


def fuzzing(request: pytest.FixtureRequest, run: Run, check: Check, operation: str, driver: Driver) -> Fuzz:
    """The fuzzing of one operation for the running check, which it ends."""
    options = [replay_option(seed_of(request.config)), f"--fuzz-examples={run.options.fuzz_examples}"]
    fuzz = Fuzz(
        check,
        driver,
        f"{operation}.fuzz-",
        " ".join(options),
        lambda facts: run.note(f"fuzz {operation}", facts),
    )
    check.at_end.append(fuzz.finish)
    return fuzz
