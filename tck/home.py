"""Where the kit's own files lie."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def spec_dir(contract: str) -> Path:
    """The folder that holds one contract as data."""
    return ROOT / "spec" / contract


def suites_dir(contract: str) -> Path:
    """The folder that holds one contract's checks."""
    return ROOT / "suites" / contract


def schema_path(name: str) -> Path:
    """A JSON Schema of one of our own file formats, by its short name."""
    return ROOT / "spec" / "schemas" / f"{name}.schema.json"
