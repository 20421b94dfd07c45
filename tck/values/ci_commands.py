"""What CI systems take for commands in the output of a step, broken up where texts of a target bring it."""

import re
from typing import Any, TextIO

WORKFLOW_COMMANDS = (
    "add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group", "notice",
    "remove-matcher", "save-state", "set-env", "set-output", "stop-commands", "warning",
)  # fmt: skip
"""Those of GitHub. Others are left alone inside a line, as the names of checks hold two colons as well."""
COMMANDS = re.compile(
    r"(?<=#)#(?=[a-z]*\[)"  # ##[error], ##vso[task.setvariable], ##teamcity[message]
    rf"|(?<=:):(?=(?:{'|'.join(WORKFLOW_COMMANDS)})\b)"
    r"|(?:(?<=\A:)|(?<=\s:)):(?=[a-z])",
    re.IGNORECASE,
)


def without_commands(text: str) -> str:
    r"""The text with the second character of each command shown as an escape: `#\u0023[error]`.

    In JSON and in YAML's double quotes the escaped text is still the same text.
    """
    if "##" not in text and "::" not in text:
        return text
    return COMMANDS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


class WithoutCommands:
    """Writes to a file of text what `without_commands` leaves; `file` itself takes the kit's own commands."""

    def __init__(self, file: TextIO) -> None:
        self.file = file

    def write(self, text: str) -> int:
        """Write, and count the characters that were given."""
        self.file.write(without_commands(text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)
