"""When the vendor's pages were last seen as they were: from the facts that `sessions-tck drift` keeps."""

from datetime import date
from pathlib import Path

from tck import paths
from tck.contract.contract import Contract
from tck.contract.yaml_source import read_checked

FILE = "source.yaml"


def source_path(contract: Contract) -> Path:
    """Where the facts of what a contract was written from are kept."""
    return paths.spec_dir(contract.name, contract.root) / FILE


def last_seen_unchanged(contract: Contract) -> date | None:
    """The oldest day on which one of the pages was seen so; None where none is kept."""
    path = source_path(contract)
    pages = read_checked(path, "source").value["pages"].values() if path.exists() else ()
    return min((date.fromisoformat(page["seen"]) for page in pages), default=None)
