"""An OpenAPI document as Schemathesis generates requests from it, and the check that judges them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from tck.checking.check import Check
from tck.randomized.schemathesis_gate import FuzzedApi, Undrawn
from tck.randomized.seeding import anything_is_drawn, replay_option, seed_in_force, seed_of
from tck.run.context import Run

if TYPE_CHECKING:
    from schemathesis import BaseSchema

    from tck.randomized.fuzzing.case import Driver
    from tck.randomized.fuzzing.engine import Fuzz


def fuzzed_api(path: Path) -> FuzzedApi:
    """The document, from which the seed of the run alone decides what is generated."""
    return cast("FuzzedApi", _drawn(path)) if anything_is_drawn() else Undrawn()


def _drawn(path: Path) -> BaseSchema:
    import schemathesis  # noqa: PLC0415 - it is slow to import, and not needed by every pytest

    good, bad = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE
    api = schemathesis.openapi.from_path(path, config=schemathesis.Config(seed=seed_in_force()))
    api.config.generation.update(with_security_parameters=False)
    api.config.phases.fuzzing.generation.update(modes=[good, good, bad])
    api.config.phases.coverage.unexpected_methods = set()  # the drivers know which methods to try, and where
    return api


def fuzz_operation(
    request: pytest.FixtureRequest, run: Run, check: Check, operation: str, driver: Driver
) -> Fuzz:
    """The fuzzing of one operation for the running check, which it ends."""
    from tck.randomized.fuzzing.engine import Fuzz  # noqa: PLC0415 - Schemathesis

    options = [replay_option(seed_of(request.config)), f"--fuzz-examples={run.options.fuzz_examples}"]
    fuzz = Fuzz(
        check,
        driver,
        f"{operation}.fuzz-",
        " ".join(options),
        lambda facts: run.note(f"fuzz {operation}", facts),
        run.lanes,
    )
    check.at_end.append(fuzz.finish)
    return fuzz
