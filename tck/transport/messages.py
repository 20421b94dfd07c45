"""What a check sees of one exchange: the request as it was sent and the whole reply."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from tck.errors import Broken
from tck.values.bounded_json import read_json
from tck.values.interoperability import is_exotic
from tck.values.json_equality import JsonValue, shown
from tck.values.origin import Noted, Origin, Status, unnoted
from tck.values.row import Row, RowShape

UNPARSABLE = object()
SUCCESS = range(200, 300)
REFUSAL = range(400, 500)
SHOWN = 200
"""Characters of a body that are shown of it in a sentence."""


@dataclass(frozen=True)
class Call:
    """One request to be sent; `authorization` is the whole header value, None for no header.

    `headers` go beside those that every request has; one with an empty value is left out, also of those.
    """

    operation: str
    method: str
    path: str
    authorization: str | None = None
    credential: str = ""
    body: bytes | None = None
    chunked: bool = False
    content_type: str | None = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    longest: int | None = None
    """Bytes of the reply's body that are read; None for what is read of an ordinary one."""


@dataclass(frozen=True)
class Reply:
    """A complete reply; `exchange` is the id under which it was recorded.

    `doubtful`: an earlier try, answered otherwise than with 429, may have taken effect as well.
    `turned_away`: each earlier try was answered by an overloaded target with when to come again, which says
    that it was not carried out. `noted` hears when something of the reply is looked at.
    """

    call: Call
    exchange: str
    answered: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)
    shape: RowShape = field(repr=False)
    retries: int = 0
    doubtful: bool = False
    turned_away: bool = False
    noted: Noted = field(default=unnoted, repr=False, compare=False)

    def noted_by(self, noted: Noted) -> "Reply":
        """The same reply; whatever is looked at of it from now on is noted."""
        reply = replace(self, noted=noted)
        if "parsed" in vars(self):
            vars(reply)["parsed"] = self.parsed
        return reply

    @property
    def origin(self) -> Origin:
        """What goes with each value that is taken from the reply."""
        return Origin(self.exchange, noted=self.noted)

    def _look(self) -> None:
        if self.noted is not unnoted:  # while monitors look, which is most of the time, nobody notes it
            self.origin.look()

    @property
    def status(self) -> Status:
        """The status, which knows its exchange."""
        self._look()
        return Status(self.answered, self.origin)

    @property
    def asked_for_something_exotic(self) -> bool:
        """Whether the request holds what a sound server may be unable to carry."""
        return is_exotic(self.call.body, self.call.path)

    @property
    def failed_at_something_exotic(self) -> bool:
        """Whether it is a server error in reply to what a sound server may be unable to carry."""
        return self.answered not in (*SUCCESS, *REFUSAL) and self.asked_for_something_exotic

    @property
    def succeeded(self) -> bool:
        """Whether the status is a 2xx."""
        self._look()
        return self.answered in SUCCESS

    @property
    def refused(self) -> bool:
        """Whether the status is a 4xx."""
        self._look()
        return self.answered in REFUSAL

    @property
    def text(self) -> str:
        """The body as text; bytes that are not UTF-8 are replaced."""
        self._look()
        return self.body.decode("utf-8", "replace")

    def header(self, name: str) -> str:
        """The value of a header, its name in any case; empty when there is none."""
        self._look()
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def media_type(self) -> str:
        """The media type of the body without parameters, in lower case."""
        return self.header("content-type").split(";")[0].strip().lower()

    @cached_property
    def parsed(self) -> Any:
        """The body as parsed JSON, or UNPARSABLE."""
        try:
            return read_json(self.body.decode("utf-8"))
        except ValueError:
            return UNPARSABLE

    @property
    def is_object(self) -> bool:
        """Whether the body is a JSON object."""
        self._look()
        return isinstance(self.parsed, dict)

    @property
    def row(self) -> Row:
        """The body as a row; raises Broken when it is no JSON object."""
        if not isinstance(self.parsed, dict):
            raise Broken("the body is not a JSON object", "a JSON object", shown(self.text), self.exchange)
        return Row(self.parsed, self.shape, origin=self.origin)

    @property
    def told(self) -> str:
        """The status and the beginning of the body, for a person."""
        if not self.body:
            return f"{self.answered} without a body"
        return f"{self.answered} {shown(self.text if self.parsed is UNPARSABLE else self.parsed, SHOWN)}"

    def __getitem__(self, member: str) -> JsonValue:
        return self.row[member]

    def __repr__(self) -> str:
        return f"<{self.call.method} {self.call.path} answered {self.answered}>"
