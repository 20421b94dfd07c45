"""A contract's folder with one file in it, for the tests of what reads that file."""

from pathlib import Path


def spec_with(root: Path, contract: str, name: str, text: str) -> Path:
    """Write spec/CONTRACT/NAME below a root, and return the root."""
    folder = root / "spec" / contract
    folder.mkdir(parents=True)
    (folder / name).write_text(text, encoding="utf-8")
    return root
