"""Whose implementation a certificate is about."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlsplit

LONGEST = 200
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class Implementation:
    """The record of one implementation: who made it, and where it and they are found."""

    organization: str
    implementation: str
    version: str
    url: str
    contact: str

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Implementation":
        """The record with these members; what is missing is empty."""
        return cls(**{name: str(values.get(name) or "").strip() for name in NAMES})

    @property
    def name_in_paths(self) -> str:
        """The implementation as a folder's name: words in lower case; empty for a text without any."""
        return re.sub(r"[\W_]+", "-", self.implementation.lower()).strip("-")

    @property
    def version_in_paths(self) -> str:
        """The version as a folder's name; empty for a text that makes none."""
        return re.sub(r"[^\w.+-]+", "-", self.version).strip("-.")

    def fault(self) -> str:
        """What is wrong with the record, in a sentence; empty when nothing is."""
        missing = [f"--{name}" for name in NAMES if not getattr(self, name)]
        if missing:
            return f"the implementation record is incomplete: give {', '.join(missing)}."
        for name in NAMES:
            text: str = getattr(self, name)
            if len(text) > LONGEST or not text.isprintable():
                return f"--{name} is not one line of at most {LONGEST} characters."
        if not (self.name_in_paths and self.version_in_paths):
            return "--implementation and --version must each have a letter or a digit."
        if not _is_address(self.url):
            return f"--url={self.url} is not an http or https address."
        if not (MAIL.fullmatch(self.contact) or _is_address(self.contact)):
            return f"--contact={self.contact} is neither a mail address nor an http or https address."
        return ""


NAMES = tuple(member.name for member in fields(Implementation))


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", text)
