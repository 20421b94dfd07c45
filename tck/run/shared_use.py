"""What checks of all processes share and one of them uses up: that one waits until the others have ended."""

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256

from tck.run.context import Run
from tck.unjudged import NotTested
from tck.waiting import LONGEST_WAIT, eventually


@dataclass(frozen=True)
class SharedUse:
    """The checks that use something shared, by its name, and which of them have ended in any process."""

    run: Run
    name: str

    def has_ended(self, node: str) -> None:
        """Note that a check has ended, once however often it was begun."""
        (self.run.target.shared / f"{self._prefix}{_short(node)}").touch()

    def wait_for(self, others: Collection[str]) -> None:
        """Wait until the checks of these node ids have ended; raises NotTested when they do not."""
        names = {self._prefix + _short(node) for node in others}
        if not eventually(self._ended, names.issubset, LONGEST_WAIT).held:
            raise NotTested("other checks of the same sessions were still under way")

    def _ended(self) -> set[str]:
        return {path.name for path in self.run.target.shared.glob(f"{self._prefix}*")}

    @property
    def _prefix(self) -> str:
        return f"ended-{self.name}-"


def _short(node: str) -> str:
    return sha256(node.encode()).hexdigest()[:24]
