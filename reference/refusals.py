"""What a rule says when it refuses a request, before anything is rendered."""

from collections.abc import Mapping
from dataclasses import dataclass

Path = tuple[str, ...]


@dataclass(frozen=True)
class Problem:
    """One fault of a body: its kind, a sentence, and the members that lead to it."""

    code: str
    message: str
    path: Path = ()


class Invalid(Exception):  # noqa: N818 - a body's faults on their way to one refusal
    """The faults of one value; gathered into a refusal by whoever checks the whole body."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems


class Refusal(Exception):  # noqa: N818 - an answer, not an error of ours
    """A request is refused: status, sentence, and the faults where there are several to name."""

    def __init__(
        self,
        status: int,
        error: str,
        problems: tuple[Problem, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, error)
        self.status = status
        self.error = error
        self.problems = problems
        self.headers = dict(headers or {})
