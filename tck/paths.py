"""Where the kit's own files lie: in a checkout beside this package, installed in a folder inside it."""

from pathlib import Path

INSIDE = Path(__file__).resolve().parent / "kit"
"""Where a wheel keeps what a checkout has beside this package."""
INSTALLED = INSIDE.is_dir()
ROOT = INSIDE if INSTALLED else INSIDE.parent.parent
PROGRAM = "sessions-tck" if INSTALLED else "pytest"
"""What runs the checks here."""


def spec_dir(contract: str, root: Path | None = None) -> Path:
    """The folder that holds one contract as data, below the kit's root or another one."""
    return (root or ROOT) / "spec" / contract


def suites_dir(contract: str, root: Path | None = None) -> Path:
    """The folder that holds one contract's checks, below the kit's root or another one."""
    return (root or ROOT) / "suites" / contract


def schema_path(name: str) -> Path:
    """A JSON Schema of one of our own file formats, by its short name."""
    return ROOT / "spec" / "schemas" / f"{name}.schema.json"
