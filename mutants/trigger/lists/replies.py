"""Servers whose lists tell what goes on inside them."""

import traceback
from collections.abc import Mapping
from dataclasses import replace

from mutants.catalogue import mutant
from reference.application import Call, Json, Reply
from reference.refusals import Refusal
from reference.trigger import Row, TriggerReference


@mutant("list.no-secret-in-replies")
class RowsOfListsHoldAToken(TriggerReference):
    """Each row of a list holds a public token of its session."""

    def listed_row(self, row: Row) -> dict[str, Json]:
        return {**super().listed_row(row), "token": self.issue_token(self.environments[0], row)}


@mutant("list.no-secret-in-replies")
class ListRefusalTellsTheKey(TriggerReference):
    """A cursor that is refused is answered with the key of the environment."""

    def no_cursor(self, name: str) -> Row | None:
        raise Refusal(400, f"{self.environments[0].key} has no session for {name}")


@mutant("list.no-secret-in-replies")
class ListsTellTheKeyInAHeader(TriggerReference):
    """A list has a header that holds the key of its environment."""

    def list_sessions(self, call: Call) -> Reply:
        reply = super().list_sessions(call)
        return replace(reply, headers={**reply.headers, "x-environment": self.environments[0].key})


@mutant("list.hold-no-stack-trace")
class ListByATokenShowsTheStack(TriggerReference):
    """A list by a public token holds a stack trace beside its rows."""

    def list_sessions(self, call: Call) -> Reply:
        reply = super().list_sessions(call)
        if "Bearer eyJ" not in call.headers.get("authorization", "") or not isinstance(reply.body, Mapping):
            return reply
        told = "Traceback (most recent call last):\n" + "".join(traceback.format_stack())
        return replace(reply, body={**reply.body, "warning": told})
