"""Which of pytest's own sections a judged run shows: FAILURES and the FAILED lines only when asked for."""

from dataclasses import dataclass
from typing import Any

import pytest

DEFAULT_STYLE = "auto"
DEFAULT_LINES = "fE"
"""What pytest takes for --tb and for -r when they are not given."""


@dataclass(frozen=True)
class OwnSections:
    """Whether the user asked for tracebacks, by --tb, and for a line for each failure, by -r."""

    tracebacks: bool
    lines: bool

    @classmethod
    def asked_for(cls, config: pytest.Config) -> "OwnSections":
        """What the options ask for; to be read before the kit sets a style of its own."""
        style = getattr(config.option, "tbstyle", DEFAULT_STYLE)
        lines = getattr(config.option, "reportchars", DEFAULT_LINES)
        given = any(str(one).startswith("-r") for one in config.invocation_params.args)
        return cls(style != DEFAULT_STYLE, lines != DEFAULT_LINES or given)

    def leave_out_others(self, config: pytest.Config) -> None:
        """Let pytest show nothing that the summary shows once."""
        if not self.tracebacks:
            config.option.tbstyle = "no"
        reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
        if not self.lines and reporter is not None:
            reporter.reportchars = ""
