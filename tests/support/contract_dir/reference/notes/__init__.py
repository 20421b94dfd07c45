"""A server of notes that keeps them in memory."""

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from reference.application import Application, Call, Json, Operation, Reply
from reference.bodies import Bodies
from reference.refusals import Problem, Refusal


class NotesReference(Bodies, Application):
    """The notes API, with the key that it asks for."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.notes: dict[str, dict[str, Json]] = {}

    def operations(self) -> Sequence[Operation]:
        return (
            Operation("create", "POST", "/notes", self.create),
            Operation("read", "GET", "/notes/{session}", self.read),
            Operation("delete", "DELETE", "/notes/{session}", self.delete),
        )

    def create(self, call: Call) -> Reply:
        self.check_key(call)
        fields = {"notebook": "inbox", **self.read_object(call, 10_000)}
        self.check_text(fields.get("text"), 1, 200)
        self.check_text(fields["notebook"], 0, 50)
        note = {"id": secrets.token_hex(8), "text": fields["text"], "notebook": fields["notebook"]}
        self.notes[note["id"]] = note
        return Reply(201, note)

    def read(self, call: Call) -> Reply:
        return Reply(200, self.found(call))

    def delete(self, call: Call) -> Reply:
        return Reply(200, self.notes.pop(self.found(call)["id"]))

    def found(self, call: Call) -> dict[str, Json]:
        self.check_key(call)
        if call.address not in self.notes:
            raise Refusal(404, "There is no such note")
        return self.notes[call.address]

    def check_key(self, call: Call) -> None:
        if call.headers.get("authorization") != f"Bearer {self.key}":
            raise Refusal(401, "A key is needed")

    def check_text(self, text: Json, shortest: int, longest: int) -> None:
        if not isinstance(text, str) or not shortest <= len(text) <= longest:
            raise self.invalid(Problem("text", f"A text has {shortest} to {longest} characters."))

    def too_large(self, limit: int) -> Refusal:
        return Refusal(413, f"The body has more than {limit} bytes")

    def unparsable(self, sentence: str) -> Refusal:
        return Refusal(400, sentence)

    def invalid(self, *problems: Problem) -> Refusal:
        return Refusal(400, "The body breaks a rule", problems)


def from_environment(database: Path, environ: Mapping[str, str]) -> tuple[NotesReference, list[str]]:
    """The server, and what to say when it starts; raises ValueError without a key."""
    if not environ.get("NOTES_KEY"):
        raise ValueError("NOTES_KEY is not set")
    return NotesReference(environ["NOTES_KEY"]), []
