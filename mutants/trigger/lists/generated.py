"""Lists that break on queries that nobody thought of."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mutants.catalogue import mutant
from reference.application import Call, Json, Operation, Reply
from reference.trigger import TriggerReference
from reference.trigger.access import Reader
from reference.trigger.listing import Condition, Page, Parameters


@mutant("list.fuzz-no-server-error")
class ListBreaksOnShortFilters(TriggerReference):
    """A filter whose value is one character breaks the server."""

    def parameters(self, call: Call) -> Parameters:
        found = super().parameters(call)
        if any(name.startswith("filter[") and len(value) == 1 for name, value in found.items()):
            raise RuntimeError("one character")
        return found


@mutant("list.fuzz-documented-status")
class ListAnswers202(TriggerReference):
    """A page of more than sixty rows is answered with 202."""

    def listed_reply(self, page: Page) -> Reply:
        reply = super().listed_reply(page)
        return replace(reply, status=202) if getattr(self, "large", False) else reply

    def size_in(self, text: str) -> int:
        size = super().size_in(text)
        self.large = size > 60
        return size


@mutant("list.fuzz-content-type")
class ListFilteredIsPlainText(TriggerReference):
    """A filtered list is plain text where it is empty."""

    def content_type(self, reply: Reply) -> str:
        empty = isinstance(reply.body, Mapping) and reply.body.get("data") == []
        return "text/plain" if empty else super().content_type(reply)


@mutant("list.fuzz-response-schema")
class ListOmitsEmptyData(TriggerReference):
    """A list without rows has no data."""

    def listed_body(self, page: Page) -> dict[str, Json]:
        body = super().listed_body(page)
        return body if page.rows else {"pagination": {}}


@mutant("list.fuzz-invalid-data-refused")
class ListTakesNegativeSizes(TriggerReference):
    """The sign of a size does not count."""

    def size_in(self, text: str) -> int:
        return self.DEFAULT_SIZE if text.startswith("-") or int("0" + text) > 100 else super().size_in(text)


@mutant("list.fuzz-valid-data-accepted")
class ListRefusesNinety(TriggerReference):
    """Sizes above ninety are refused."""

    PAGE_SIZES = (1, 90)


@mutant("list.fuzz-auth-not-ignored")
class ListWithSizeNeedsNoKey(TriggerReference):
    """A list with a size needs no credential."""

    def lister(self, call: Call) -> Reader:
        return Reader(self.environments[0], None) if "size" in call.query else super().lister(call)


@mutant("list.fuzz-no-secret")
class ListEchoesTheKey(TriggerReference):
    """A list with a status shows the key that it was asked with."""

    def list_sessions(self, call: Call) -> Reply:
        reply = super().list_sessions(call)
        if "status" not in call.query:
            return reply
        return replace(reply, body={**reply.body, "asked": call.headers.get("authorization", "")})


@mutant("list.fuzz-rows-fit")
class ListTypeOfOneLetter(TriggerReference):
    """A type of one or two characters shows all types."""

    def of_type(self, text: str) -> Condition:
        return Condition("1") if len(text) <= 2 else super().of_type(text)


@mutant("list.fuzz-rows-fit")
class ListExternalIdOfDigits(TriggerReference):
    """An externalId of a few characters is ignored."""

    def with_external_id(self, text: str) -> Condition:
        return Condition("1") if len(text) <= 4 else super().with_external_id(text)


@mutant("list.fuzz-undocumented-method-refused")
class PutLists(TriggerReference):
    """PUT on the sessions lists them, too."""

    def operations(self) -> Sequence[Operation]:
        every = super().operations()
        listing = next(one for one in every if one.name == "list")
        return (*every, replace(listing, name="put", method="PUT"))


@mutant("list.fuzz-holds-no-stack-trace")
class ListRefusalsShowTheTrace(TriggerReference):
    """A list that is refused shows the trace of the program that refused it."""

    TRACE = 'Traceback (most recent call last):\n  File "/srv/app/lists.py", line 61, in read_query\n'

    def finish(self, call: Call, reply: Reply) -> Reply:
        refused = call.operation == "list" and reply.status == 400 and isinstance(reply.body, Mapping)
        return replace(reply, body={**reply.body, "error": self.TRACE}) if refused else reply
