"""differences.yaml: what servers of a contract are known to do where its pages are silent."""

from collections.abc import Mapping
from pathlib import Path

from tck.contract.yaml_source import read_checked


def load_differences(path: Path) -> Mapping[str, str]:
    """The sentence about each known difference, by id; a contract may know none. Raises KitError."""
    if not path.exists():
        return {}
    found: dict[str, str] = {}
    document = read_checked(path, "differences")
    for index, entry in enumerate(document.value["differences"]):
        if entry["id"] in found:
            where = ("differences", index, "id")
            raise document.error(where, f"the id {entry['id']} stands here a second time.")
        found[entry["id"]] = entry["statement"]
    return found
