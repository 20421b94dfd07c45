"""All requirements that the kit knows, of every contract: what `sessions-tck requirements` searches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tck import paths
from tck.contract.contract import Page, load_contract
from tck.contract.releases import load_release, release_paths
from tck.contract.requirements import Registry, Requirement, Withdrawn, load_requirements


@dataclass(frozen=True)
class Listed:
    """One requirement with its contract, its page, and the first release that has it, if any.

    `withdrawn` says when and why it was.
    """

    contract: str
    requirement: Requirement
    page: Page
    released: str | None
    withdrawn: Withdrawn | None = None

    def is_about(self, words: Sequence[str]) -> bool:
        """Whether each of these words stands in its id or statement, in whatever case."""
        text = f"{self.requirement.id} {self.requirement.statement}".lower()
        return all(word.lower() in text for word in words)

    def is_from(self, page: str) -> bool:
        """Whether this stands in the name or title of the page that says it."""
        return page.lower() in f"{self.page.id} {self.page.title}".lower()


def registry_of(contract: str, contract_dir: Path | None = None) -> Registry:
    """The requirements of one contract; raises KitError for a broken file."""
    about = load_contract(contract, contract_dir)
    path = paths.spec_dir(contract, about.root) / "requirements.yaml"
    return load_requirements(path, about.pages, about.capabilities, about.groups)


def listed(contract: str, contract_dir: Path | None = None) -> Iterator[Listed]:
    """The requirements of one contract, in the order of their file, the withdrawn ones last."""
    about = load_contract(contract, contract_dir)
    first: dict[str, str] = {}
    for release in map(load_release, release_paths(contract, about.root)):
        for name in release.requirements:
            first.setdefault(name, release.name)
    registry = registry_of(contract, contract_dir)
    gone = registry.withdrawn
    for one in [*registry.values(), *(entry.requirement for entry in gone.values())]:
        yield Listed(contract, one, about.pages[one.source.page], first.get(one.id), gone.get(one.id))
