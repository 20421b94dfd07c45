"""The commands that repeat a certified run and compare the two results, with the kit that judged it; pure."""

import shlex
from collections.abc import Iterator
from typing import Any

from tck.results.document import Result

RATE = "rate_limit"
AGAIN = "reports/again"
"""Where the repeated run reports, so that it does not overwrite the result it is compared with."""


def commands(result: Result, name: str) -> tuple[str, str]:
    """Run it again with the same kit, seed, options and budget; then compare with the result of that name."""
    kit = result["kit"]["name"]
    return _run(result, kit), shlex.join([kit, "diff", name, f"{AGAIN}/result.json"])


def earlier_form(result: Result) -> str:
    """The run as READMEs of earlier kits have it."""
    kit = result["kit"]
    return _run(result, "uvx", f"{kit['name']}=={kit['version']}")


def release_of(result: Result) -> str:
    """How to get the kit that judged the run, in a sentence."""
    kit = result["kit"]
    return (
        f"The kit is {kit['name']} {kit['version']}: the commit that "
        f"git log --grep='^Release {kit['version']}$' shows in its repository."
    )


def _run(result: Result, *program: str) -> str:
    url = f"--base-url={result['target']['base_url']}"
    return shlex.join([*program, url, *_options(result), f"--report-dir={AGAIN}"])


def _options(result: Result) -> Iterator[str]:
    for name, value in result["options"].items():
        flag = f"--{name.replace('_', '-')}"
        if value is True:
            yield flag
        elif isinstance(value, list | tuple):
            yield from (f"{flag}={one}" for one in value)
        elif value not in (None, False, ""):
            yield f"{flag}={_number(value)}{'/s' if name == RATE else ''}"
    if result["seed"] is not None:
        yield f"--hypothesis-seed={result['seed']}"


def _number(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
