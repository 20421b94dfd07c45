"""What stack traces look like, by language; strict enough that no good reply looks like one."""

import re

PATTERNS = {
    "Traceback (": r"Traceback \(most recent call last\)",
    ".py": r'File "[^"\n]+\.py", line \d+',
    "at ": (
        r"(?:^|[\n\"'])\s*at (?:"
        r"[^\n\"]*(?:\.[cm]?[jt]sx?|node:[\w/]+|<anonymous>|\[eval\])(?:\?[^\n\":]*)?:\d+(?::\d+)?\)?"
        r"|[\w.$/<>]+\((?:[\w$]+\.(?:java|kt|scala|groovy|clj):\d+|Native Method|Unknown Source)\)"
        r"|[^\n\"]+ in [^\n\"]+:line \d+)"
        r"|[\n\"] {2,}at [A-Z]\w*(?:\.[\w<>`+]+)+\("
        r"| at \S+\.p[lm] line \d+"
    ),
    "Caused by": r"Caused by: [\w.$]+(?:Exception|Error)\b",
    "goroutine": r"goroutine \d+ \[[\w ,]+\]:",
    ".go:": r"\.go:\d+ \+0x[0-9a-f]+",
    ".rb:": r"\.rb:\d+:in [`'\"]",
    "panicked": r"thread '[^'\n]*' (?:\(\d+\) )?panicked at",
    "backtrace": r"stack backtrace:",
    ".php": r"#\d+ [^\n\"]+\.php\(\d+\)| in [^\s\"]+\.php(?: on line |:)\d+",
    ".ex": r"\.exs?:\d+: [\w.]+[./]\d",
    "CallStack": r"CallStack \(from HasCallStack\):",
    "#0": r"#\d+ {2,}\S+ \((?:package|file|dart):[^)\n]+\)|Stack trace:\n#0 ",
}
"""By a text that must be there before it is worth looking."""
ESCAPES = (("\\n", "\n"), ("\\t", "\t"), ('\\"', '"'), ("\\/", "/"), ("\\\\", "\\"))


def stack_trace_in(text: str) -> str | None:
    """The beginning of a stack trace in the text of a body, JSON-escaped or not; None when there is none."""
    for hint, pattern in PATTERNS.items():
        if hint in text:
            found = re.search(pattern, _unescaped(text))
            if found:
                return found[0].strip()
    return None


def _unescaped(text: str) -> str:
    for escaped, bare in ESCAPES:
        text = text.replace(escaped, bare)
    return text
