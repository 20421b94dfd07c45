"""The commands that repeat a certified run and compare the two results; pure."""

import shlex
from collections.abc import Iterator
from typing import Any

from tck.results.document import Result

RATE = "rate_limit"
AGAIN = "reports/again"
"""Where the repeated run reports, so that it does not overwrite the result it is compared with."""


def commands(result: Result, name: str) -> tuple[str, str]:
    """Run it again with the same kit, seed, options and budget; then compare with the result of that name."""
    kit = result["kit"]
    url = f"--base-url={result['target']['base_url']}"
    run = shlex.join(
        ["uvx", f"{kit['name']}=={kit['version']}", url, *_options(result), f"--report-dir={AGAIN}"]
    )
    return run, shlex.join([kit["name"], "diff", name, f"{AGAIN}/result.json"])


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
