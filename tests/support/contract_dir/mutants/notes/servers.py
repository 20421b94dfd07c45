"""Four servers that break one rule each, and one that differs as the contract allows."""

from reference.notes import NotesReference

from mutants.catalogue import latitude, mutant
from reference.application import Call, Json, Reply
from reference.refusals import Problem, Refusal


@mutant("create.refuses-empty-text")
class TakesEmptyText(NotesReference):
    """A note may be empty."""

    def check_text(self, text: Json, shortest: int, longest: int) -> None:
        super().check_text(text, 0, longest)


@mutant("create.fuzz-valid-data-accepted")
class RefusesLongText(NotesReference):
    """A text may have 150 characters at most."""

    def check_text(self, text: Json, shortest: int, longest: int) -> None:
        super().check_text(text, shortest, min(longest, 150))


@mutant("read.shows-text")
class TrimsText(NotesReference):
    """A read shows the text without the spaces around it."""

    def read(self, call: Call) -> Reply:
        note = self.found(call)
        return Reply(200, {**note, "text": note["text"].strip()})


@mutant("replies.match-schema")
class HidesNotebook(NotesReference):
    """A read does not show the notebook."""

    def read(self, call: Call) -> Reply:
        return Reply(200, {name: value for name, value in self.found(call).items() if name != "notebook"})


@latitude
class RefusesWith422(NotesReference):
    """A body that breaks a rule is refused with 422."""

    def invalid(self, *problems: Problem) -> Refusal:
        return Refusal(422, "The body breaks a rule", problems)
