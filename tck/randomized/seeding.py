"""Generated cases that are the same wherever and however often they are generated."""

import gzip
import hashlib
import json
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, configuration, core, seed, settings
from hypothesis.internal import charmap
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

from tck.randomized.schemathesis_gate import draws_cases, load_schemathesis

Test = TypeVar("Test", bound=Callable[..., Any])
DEFAULT_SEED = 0
"""The seed of every run that is given none."""
PROFILE = "sessions-tck"


def seed_of(config: pytest.Config) -> int | str:
    """The seed that --hypothesis-seed gives, else the one that is always the same."""
    given = config.getoption("hypothesis_seed", None)
    if given is None:
        return DEFAULT_SEED
    text = str(given)
    return int(text) if text.lstrip("-").isdecimal() else text


def replay_option(chosen: int | str) -> str:
    """The option that makes another run generate the same cases."""
    return f"--hypothesis-seed={chosen}"


def settings_for(examples: int, **more: Any) -> settings:
    """Settings under which only the seed decides: no database, no deadline, no health check, no replays."""
    chosen: dict[str, Any] = {
        "database": None, "deadline": None, "derandomize": False, "phases": (Phase.generate,),
        "suppress_health_check": list(HealthCheck), "verbosity": Verbosity.quiet, "print_blob": False,
    }  # fmt: skip
    return settings(max_examples=examples, **{**chosen, **more})


def seeded(test: Test, chosen: int | str, stream: str) -> Test:
    """The Hypothesis test, or what makes a state machine, with a stream of its own of the run's seed."""
    return seed(f"{chosen}/{stream}")(test)


@contextmanager
def only_the_seed_decides() -> Iterator[None]:
    """Keep Hypothesis from mixing in constants of whatever modules are loaded, and from leaving files."""
    collect, home = providers._get_local_constants, configuration.storage_directory().path
    nothing = Constants()
    providers._get_local_constants = lambda: nothing
    providers.CONSTANTS_CACHE.cache.clear()
    with tempfile.TemporaryDirectory(prefix="sessions-tck-") as folder:
        configuration.set_hypothesis_home_dir(folder)
        _spare_the_table_of_utf_8()
        try:
            yield
        finally:
            configuration.set_hypothesis_home_dir(home)
            providers._get_local_constants = collect
            providers.CONSTANTS_CACHE.cache.clear()


def _spare_the_table_of_utf_8() -> None:
    """Tell Hypothesis which characters UTF-8 has, which it would otherwise spend two seconds to find out."""
    table = charmap.charmap_file("codec-v2-utf-8")
    table.parent.mkdir(parents=True)
    encodable, not_restored = [(0, 0xD7FF), (0xE000, sys.maxunicode)], list[int]()
    table.write_bytes(gzip.compress(json.dumps([encodable, not_restored]).encode()))


def seed_in_force() -> int:
    """The seed as a number, for what is made before any config is at hand."""
    given = core.global_force_seed
    if given is None or isinstance(given, int):
        return DEFAULT_SEED if given is None else given
    return int.from_bytes(hashlib.sha256(str(given).encode()).digest()[:8])


def begin(config: pytest.Config, examples: int, wanted: Collection[str]) -> None:
    """Let only the seed decide what is generated, from collection on, for as long as this pytest runs.

    `examples` are drawn for each test that names no settings of its own; a mere collection draws none, nor
    does a run that leaves the fuzzing out, by `-m`, its files or the `wanted` requirements.
    """
    phases = (Phase.explicit, *((Phase.generate,) if examples else ()))
    drawing = phases if draws_cases(config, wanted) else ()
    if drawing:
        load_schemathesis(config)
    before = settings.get_current_profile_name()
    settings.register_profile(PROFILE, settings_for(max(1, examples), phases=drawing))
    settings.load_profile(PROFILE)
    steady = ExitStack()
    steady.callback(settings.load_profile, before)
    steady.enter_context(only_the_seed_decides())
    config.add_cleanup(steady.close)


def anything_is_drawn() -> bool:
    """Whether this pytest will run what it collects of the fuzzing, so that cases are needed."""
    return bool(settings().phases)
