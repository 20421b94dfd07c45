"""The operations of the contract."""

from dataclasses import dataclass

from tck.checking import Operations, Reply, encoded
from tck.run import Run


@dataclass(frozen=True)
class Notes(Operations):
    """Create and read notes."""

    run: Run

    def create(self, text: str) -> Reply:
        """POST a note in the notebook that --notebook names."""
        return self.create_from(encoded({"text": text, "notebook": self.run.options.own["notebook"]}))

    def create_from(self, body: bytes | None) -> Reply:
        return self.send("createNote", "POST", "/notes", body)

    def read(self, note: str) -> Reply:
        return self.send("readNote", "GET", f"/notes/{note}", None)
