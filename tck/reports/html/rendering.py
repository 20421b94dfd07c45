"""What the pages for people share: templates that escape all, and a policy that lets nothing else in."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tck.reports.html.figures import KINDS, SHARES
from tck.reports.labels import VERDICTS, shown, told_level
from tck.values.texts import printable

TEMPLATES = Path(__file__).parent / "templates"
SIGNS = {
    "passed": "✓",
    "failed": "✗",
    "deviating": "≠",
    "indeterminate": "?",
    "error": "!",
    "not_tested": "-",
    "not_applicable": "·",
    "waived": "~",
}


def link(url: str) -> str:
    """The address if a click on it can do no harm, else nothing."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc else ""


@cache
def environment() -> Environment:
    """The templates, with the words and filters that they use."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters |= {
        "link": link,
        "plain": printable,
        "shown": shown,
        "level": told_level,
    }
    made.globals |= {"KINDS": KINDS, "SHARES": SHARES, "VERDICTS": VERDICTS, "SIGNS": SIGNS}
    return made


@cache
def asset(name: str) -> str:
    """A style or script of ours."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


def policy_hash(text: str) -> str:
    """What the page's own policy lets a style or script in by."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
