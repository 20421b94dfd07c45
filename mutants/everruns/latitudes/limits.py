"""Latitudes: limits that the page does not promise away, and who may update."""

from dataclasses import replace
from typing import Any

from mutants.catalogue import latitude
from reference.application import Call, Json, Reply
from reference.everruns import EverrunsReference
from reference.refusals import Path, Problem


@latitude
class LimitsOfItsOwn(EverrunsReference):
    """More than 20 tags, a tag of more than 100 characters and a title of more than 255 are refused."""

    MOST_TAGS, LONGEST_TAG, LONGEST_TITLE = 20, 100, 255

    def check_title(self, value: Json, path: Path) -> Json:
        if isinstance(value, str) and len(value) > self.LONGEST_TITLE:
            raise self.invalid(Problem("too_long", "the title is too long", path))
        return super().check_title(value, path)

    def check_tags(self, value: Json, path: Path) -> Json:
        tags = value if isinstance(value, list) else []
        long = any(isinstance(tag, str) and len(tag) > self.LONGEST_TAG for tag in tags)
        if long or len(tags) > self.MOST_TAGS:
            raise self.invalid(Problem("too_long", "the tags are too many or too long", path))
        return super().check_tags(value, path)


@latitude
class LowLimits(LimitsOfItsOwn):
    """More than 10 tags, a tag of more than 50 characters and a title of more than 80 are refused."""

    MOST_TAGS, LONGEST_TAG, LONGEST_TITLE = 10, 50, 80


@latitude
class LowestLimits(LimitsOfItsOwn):
    """More than 8 tags, a tag of more than 40 characters and a title of more than 64 are refused."""

    MOST_TAGS, LONGEST_TAG, LONGEST_TITLE = 8, 40, 64


@latitude
class TextsAreOneLine(EverrunsReference):
    """Titles and tags that are empty or blank, or that hold control characters, are refused."""

    def check_title(self, value: Json, path: Path) -> Json:
        self._is_one_line(value, path)
        return super().check_title(value, path)

    def check_tags(self, value: Json, path: Path) -> Json:
        for tag in value if isinstance(value, list) else []:
            self._is_one_line(tag, path)
        return super().check_tags(value, path)

    def _is_one_line(self, text: Json, path: Path) -> None:
        if isinstance(text, str) and (not text.strip() or any(ord(one) < ord(" ") for one in text)):
            raise self.invalid(Problem("invalid_string", "it must be a line of text", path))


@latitude
class KeysAreOptional(EverrunsReference):
    """A key that is given is looked at by nobody: the proxy in front of the server lets in whom it likes."""

    def check_access(self, call: Call) -> None:
        pass


@latitude
class TracesShown(EverrunsReference):
    """Refusals show where in the server they were raised."""

    def obey(self, operation: Any, call: Call) -> Reply:
        reply = super().obey(operation, call)
        trace = 'Traceback (most recent call last):\n  File "/app/main.py", line 7, in update\n'
        return replace(reply, body={**reply.body, "trace": trace}) if reply.status >= 400 else reply
