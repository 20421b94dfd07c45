"""What an id and each member of a request body may be. Every method returns the value to keep, or raises."""

import re
from collections.abc import Callable, Mapping

from reference.application import Call, Json
from reference.everruns.access import Access
from reference.refusals import Invalid, Path, Problem

Rule = Callable[[Json, Path], Json]


class Fields(Access):
    """Ids and the schema of the two request bodies."""

    PREFIX = "session_"
    DIGITS = 32
    BODY_BYTES = 1 << 20

    def check_id(self, text: str) -> str:
        """The id of a session; raises the refusal of one that cannot be."""
        self.check_id_prefix(text)
        digits = text.removeprefix(self.PREFIX)
        self.check_id_length(digits)
        self.check_id_digits(digits)
        return text

    def check_id_prefix(self, text: str) -> None:
        """It begins with session_."""
        if not text.startswith(self.PREFIX):
            raise self.invalid_id("it does not begin with session_")

    def check_id_length(self, digits: str) -> None:
        """It has 32 digits."""
        if len(digits) != self.DIGITS:
            raise self.invalid_id(f"it has {len(digits)} digits instead of {self.DIGITS}")

    def check_id_digits(self, digits: str) -> None:
        """Its digits are hexadecimal, in lower case."""
        if not re.fullmatch(r"[0-9a-f]*", digits):
            raise self.invalid_id("its digits are not lower-case hexadecimal")

    def check_content_type(self, call: Call) -> None:
        """The body must say that it is JSON."""
        given = call.headers.get("content-type", "").partition(";")[0].strip().lower()
        if given != "application/json":
            raise self.not_json()

    def check_create(self, body: dict[str, Json]) -> dict[str, Json]:
        """The known members of a create body."""
        return self.check_body(body, self.create_rules())

    def check_update(self, body: dict[str, Json]) -> dict[str, Json]:
        """The known members of an update body; null ones count as left out."""
        known = self.check_body(body, self.update_rules())
        return {name: value for name, value in known.items() if not self.is_left_out(value)}

    def is_left_out(self, value: Json) -> bool:
        """Whether a member that is present counts as left out."""
        return value is None

    def create_rules(self) -> Mapping[str, Rule]:
        """The members of a create body."""
        return {
            "harness_id": self.check_text,
            "agent_id": self.check_text,
            "model_id": self.check_text,
            "title": self.check_title,
            "tags": self.check_tags,
            "capabilities": self.check_list,
            "tools": self.check_list,
        }

    def update_rules(self) -> Mapping[str, Rule]:
        """The members of an update body."""
        return {"title": self.check_title, "tags": self.check_tags}

    def check_body(self, body: dict[str, Json], rules: Mapping[str, Rule]) -> dict[str, Json]:
        """The known members, each checked; unknown ones are ignored."""
        kept: dict[str, Json] = {}
        problems: list[Problem] = []
        for name, rule in rules.items():
            try:
                kept.update({name: rule(body[name], (name,))} if name in body else {})
            except Invalid as invalid:
                problems += invalid.problems
        if problems:
            raise self.invalid(*problems)
        return kept

    def check_title(self, value: Json, path: Path) -> Json:
        """Any text, or null."""
        return self.check_text(value, path)

    def check_tags(self, value: Json, path: Path) -> Json:
        """A list of tags, or null."""
        self.check_list(value, path)
        return None if value is None else [self.check_tag(tag, path) for tag in value]

    def check_tag(self, value: Json, path: Path) -> Json:
        """Any text."""
        if not isinstance(value, str):
            raise Invalid(Problem("invalid_type", "every tag must be a string", path))
        return value

    def check_text(self, value: Json, path: Path) -> Json:
        """Text or null."""
        if value is not None and not isinstance(value, str):
            raise Invalid(Problem("invalid_type", "it must be a string", path))
        return value

    def check_list(self, value: Json, path: Path) -> Json:
        """A list or null."""
        if value is not None and not isinstance(value, list):
            raise Invalid(Problem("invalid_type", "it must be a list", path))
        return value
