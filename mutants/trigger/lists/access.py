"""Lists that show sessions to the wrong people, and refusals of queries."""

from dataclasses import replace

from mutants.catalogue import mutant
from reference.application import Call, Reply
from reference.refusals import Refusal
from reference.trigger import TriggerReference
from reference.trigger.access import Reader
from reference.trigger.listing import Condition, Parameters


@mutant("list.without-key-answers-401")
class ListNeedsNoKey(TriggerReference):
    """A list is answered without a credential."""

    def lister(self, call: Call) -> Reader:
        if not call.headers.get("authorization"):
            return Reader(self.environments[0], None)
        return super().lister(call)


@mutant("list.without-key-answers-401")
class ListWithoutKeyAnswers404(TriggerReference):
    """A list without a credential is answered as if there were none."""

    def lister(self, call: Call) -> Reader:
        if not call.headers.get("authorization"):
            raise Refusal(404, "Not found")
        return super().lister(call)


@mutant("list.wrong-key-answers-401")
class ListTakesAnyKey(TriggerReference):
    """A list takes every key that looks like one."""

    def lister(self, call: Call) -> Reader:
        if self.credential(call).startswith("tr_"):
            return replace(Reader(self.environments[0], None))
        return super().lister(call)


@mutant("list.wrong-key-answers-401")
class ListTakesKeyInAnyCase(TriggerReference):
    """A list compares keys in any case."""

    def lister(self, call: Call) -> Reader:
        lowered = self.credential(call).lower()
        found = next((one for one in self.environments if one.key.lower() == lowered), None)
        return Reader(found, None) if found and lowered else super().lister(call)


@mutant("list.token-shows-no-other-session")
class ListShowsAllToTokens(TriggerReference):
    """A token lists all sessions of its environment."""

    def within_scopes(self, reader: Reader) -> tuple[Condition, ...]:
        return ()


@mutant("list.token-shows-no-other-session")
class ListFindsByNameForTokens(TriggerReference):
    """A token lists any session that it names by its externalId."""

    def list_sessions(self, call: Call) -> Reply:
        self.named = "externalId" in call.query
        return super().list_sessions(call)

    def within_scopes(self, reader: Reader) -> tuple[Condition, ...]:
        return () if self.named else super().within_scopes(reader)


@mutant("list.other-environment-not-shown")
class ListShowsAllEnvironments(TriggerReference):
    """A list shows the sessions of all environments."""

    def in_environment(self, reader: Reader) -> Condition:
        return Condition("1")


@mutant("list.other-environment-not-shown")
class ListFindsNamesEverywhere(TriggerReference):
    """An externalId is looked for in all environments."""

    def list_sessions(self, call: Call) -> Reply:
        self.named = "externalId" in call.query
        return super().list_sessions(call)

    def in_environment(self, reader: Reader) -> Condition:
        return Condition("1") if self.named else super().in_environment(reader)


@mutant("list.other-environments-session-stays-apart")
class ListMixesEnvironmentsByTag(TriggerReference):
    """A tag is looked for in all environments."""

    def list_sessions(self, call: Call) -> Reply:
        self.tagged = "tags" in call.query
        return super().list_sessions(call)

    def in_environment(self, reader: Reader) -> Condition:
        return Condition("1") if self.tagged else super().in_environment(reader)


@mutant("list.size-out-of-range-refused")
class ListTakesSizeZero(TriggerReference):
    """A page of no rows is one of twenty."""

    def size_in(self, text: str) -> int:
        return self.DEFAULT_SIZE if text == "0" else super().size_in(text)


@mutant("list.size-out-of-range-refused")
class ListTakesSizeOf101(TriggerReference):
    """A page holds up to 101 rows."""

    PAGE_SIZES = (1, 101)


@mutant("list.size-out-of-range-refused")
class ListClampsSizes(TriggerReference):
    """A size out of range is taken for the nearest one within."""

    def size_in(self, text: str) -> int:
        number = int(text) if text.removeprefix("-").isdecimal() else 0
        return super().size_in(str(min(max(number, 1), 100)) if number else text)


@mutant("list.size-no-number-refused")
class ListTakesWordsForSizes(TriggerReference):
    """A size that is no number is ignored."""

    def size_in(self, text: str) -> int:
        return super().size_in(text) if text.removeprefix("-").isdecimal() else self.DEFAULT_SIZE


@mutant("list.size-no-number-refused")
class ListReadsTheFirstDigits(TriggerReference):
    """A size is read up to the first character that is no digit."""

    def size_in(self, text: str) -> int:
        digits = len(text) - len(text.lstrip("0123456789"))
        return super().size_in(text[:digits] if digits else text)


@mutant("list.refusals-answer-400")
class ListRefusesWith422(TriggerReference):
    """A bad query is answered with 422."""

    def bad_query(self, name: str, sentence: str) -> Refusal:
        return replace_status(super().bad_query(name, sentence), 422)


@mutant("list.refusals-carry-error")
class ListRefusesWithMessage(TriggerReference):
    """The refusal of a query has a message and no error."""

    def refused(self, refusal: Refusal) -> Reply:
        reply = super().refused(refusal)
        if refusal.error.startswith("Invalid query"):
            return replace(reply, body={"message": refusal.error})
        return reply


@mutant("list.odd-queries-no-server-error")
class ListBreaksAtPeriods(TriggerReference):
    """A period that cannot be read breaks the server."""

    def period_in(self, text: str) -> int:
        return int(text[:-1]) * 86_400_000


@mutant("list.odd-queries-no-server-error")
class ListBreaksAtAnEmptyCursor(TriggerReference):
    """An empty cursor breaks the server."""

    def parameters(self, call: Call) -> Parameters:
        found = super().parameters(call)
        return {name: value or str(1 // len(value)) for name, value in found.items()}


@mutant("list.odd-bytes-no-server-error")
class ListBreaksAtBytes(TriggerReference):
    """Bytes that are no UTF-8 break the server."""

    def parameters(self, call: Call) -> Parameters:
        if "%FF" in call.query:
            raise RuntimeError("these are no characters")
        return super().parameters(call)


def replace_status(refusal: Refusal, status: int) -> Refusal:
    """The same refusal with another status."""
    return Refusal(status, refusal.error, refusal.problems)
