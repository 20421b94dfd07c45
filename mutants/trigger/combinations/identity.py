"""Servers that give two sessions what each must have for itself, or remember that something was not there."""

from collections.abc import Mapping
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from mutants.catalogue import mutant
from reference.application import Call, Reply
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Environment


@mutant("create.session-ids-are-unique")
class SessionIdsCountTheClock(TriggerReference):
    """Ids are the second in which a session was made, and a later session replaces an earlier one."""

    def new_session_id(self) -> str:
        return f"session_{self.now() // 1000:024}"

    def insert_row(self, db: Connection, row: Row) -> None:
        self.save_row(db, row)


@mutant("create.run-ids-are-unique")
class AllSessionsHaveOneRun(TriggerReference):
    """All sessions of the server have the same first run."""

    def new_run_id(self) -> str:
        return "run_0123456789abcdef01234567"


@mutant("create.run-ids-are-unique")
class RunsAreSharedByTwo(TriggerReference):
    """Every second session is given the run of the one before it."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._runs: list[str] = []

    def new_run_id(self) -> str:
        self._runs.append(super().new_run_id())
        return self._runs[(len(self._runs) - 1) // 2 * 2]


@mutant("create.run-ids-are-unique")
class RowsShowTheRunBefore(TriggerReference):
    """A retrieve shows as currentRunId the run of the session that was made before."""

    def retrieved_reply(self, row: Row) -> Reply:
        with self.reading() as db:
            found = db.execute(
                "SELECT run_id FROM sessions WHERE created_at < ? ORDER BY created_at DESC LIMIT 1",
                (row.created_at,),
            ).fetchone()
        reply = super().retrieved_reply(row)
        return reply if found is None else Reply(reply.status, {**reply.body, "currentRunId": found[0]})


@mutant("tokens.name-no-other-session")
class OneTokenForAll(TriggerReference):
    """The first token that an environment issues is handed out with all its sessions."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._issued: dict[str, str] = {}

    def issue_token(self, environment: Environment, row: Row) -> str:
        return self._issued.setdefault(environment.id, super().issue_token(environment, row))


@mutant("tokens.name-no-other-session")
class TokensAreSharedByTheTag(TriggerReference):
    """A token reads the session before, too, when that had a tag in common with its own."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._last: Row | None = None

    def token_claims(self, environment: Environment, row: Row) -> dict[str, Any]:
        claims, last = super().token_claims(environment, row), self._last
        self._last = row
        if last is not None and last.id != row.id and set(last.tags) & set(row.tags):
            claims["scopes"] = [*claims["scopes"], self.read_scope(self.scope_key(last))]
        return claims


class _Remembers(TriggerReference):
    """What was not found once is not looked for again."""

    OPERATION = "retrieve"

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._missing: set[str] = set()

    def obey(self, operation: Any, call: Call) -> Reply:
        reply = super().obey(operation, call)
        if reply.status == 404 and call.operation == self.OPERATION:
            self._missing.add(call.address)
        return reply

    def retrieve(self, call: Call) -> Reply:
        if call.address in self._missing:
            self.reader(call)
            raise self.not_found()
        return super().retrieve(call)


@mutant("retrieve.found-after-an-early-lookup")
class NotFoundIsRemembered(_Remembers):
    """A retrieve that found nothing once finds nothing at that address ever after."""


@mutant("retrieve.found-after-an-early-lookup")
class NotUpdatedIsRemembered(_Remembers):
    """An address at which an update found nothing is not retrieved ever after."""

    OPERATION = "update"


@mutant("retrieve.found-after-an-early-lookup")
class NotClosedIsRemembered(_Remembers):
    """An address at which a close found nothing is not retrieved ever after."""

    OPERATION = "close"
