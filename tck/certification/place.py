"""Where an entry lies among the published ones, and what it consists of; pure."""

from pathlib import PurePosixPath

from tck.certification.implementation import Implementation

RESULT, CERTIFICATE, KEY, README = "result.json", "certificate.json", "key.pub", "README.md"
FILES = frozenset({RESULT, CERTIFICATE, KEY, README})
PAGES = frozenset({"README.md", "index.html"})
"""What lies beside the entries: the pages that show all of them."""
SHAPE = "<contract>/<implementation>/<version>"


def place(contract: str, record: Implementation) -> PurePosixPath:
    """The folder of an entry, below the one that holds all."""
    return PurePosixPath(contract, record.name_in_paths, record.version_in_paths)
