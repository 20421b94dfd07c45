"""Servers that break, or tell what goes on inside them."""

import traceback
from dataclasses import replace
from sqlite3 import Connection
from typing import Any

from mutants.catalogue import mutant
from reference.application import Call, Json, Reply
from reference.refusals import Refusal
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Environment


@mutant("replies.no-server-error")
class UnparsableBodyBreaks(TriggerReference):
    """A body that is not JSON brings the server to its knees."""

    def unparsable(self, sentence: str) -> Refusal:
        return Refusal(500, "Internal server error")


@mutant("replies.no-server-error")
class UnknownUpdateBreaks(TriggerReference):
    """An update of a session that is not there brings the server to its knees."""

    def finish(self, call: Call, reply: Reply) -> Reply:
        return self.broken() if call.operation == "update" and reply.status == 404 else reply


@mutant("replies.no-server-error")
class RepeatedCreateBreaks(TriggerReference):
    """A create with the externalId of a closed session brings the server to its knees."""

    def closed_conflict(self) -> Refusal:
        return Refusal(500, "UNIQUE constraint failed")


class _Leak(TriggerReference):
    """Some replies hold a secret."""

    def finish(self, call: Call, reply: Reply) -> Reply:
        key = self.environments[0].key
        if not self.leaks(call, reply) or not isinstance(reply.body, dict):
            return reply
        return replace(reply, body={**reply.body, **self.leaked(key)})

    def leaks(self, call: Call, reply: Reply) -> bool:
        """Whether this reply holds the secret."""
        raise NotImplementedError

    def leaked(self, key: str) -> dict[str, Json]:
        """What the reply holds besides."""
        return {"error": f"Not good for {key}"}


@mutant("replies.no-secret-in-body")
class UnauthorizedTellsTheKey(_Leak):
    """A refused credential is answered with the right one."""

    def leaks(self, call: Call, reply: Reply) -> bool:
        return reply.status == 401


@mutant("replies.no-secret-in-body")
class NotFoundTellsTheKey(_Leak):
    """A close of a session that is not there names the key that was asked with."""

    def leaks(self, call: Call, reply: Reply) -> bool:
        return reply.status == 404 and call.operation == "close"


@mutant("replies.no-secret-in-body")
class ConflictTellsTheRequest(_Leak):
    """A 409 holds the headers of the request."""

    def leaks(self, call: Call, reply: Reply) -> bool:
        return reply.status == 409

    def leaked(self, key: str) -> dict[str, Json]:
        return {"request": {"headers": {"authorization": [f"Bearer {key}"]}}}


@mutant("replies.no-secret-in-body")
class RetrieveShowsAToken(TriggerReference):
    """A retrieved row holds a public token of the session."""

    def retrieved_reply(self, row: Row) -> Reply:
        token = self.issue_token(self.environments[0], row)
        return Reply(200, {**self.session_body(row), "token": token})


@mutant("replies.no-secret-in-body")
class RetrieveShowsTheNewestToken(TriggerReference):
    """A row that the secret key retrieves holds a token of the newest session, whichever that is."""

    newest: Row | None = None

    def insert_row(self, db: Connection, row: Row) -> None:
        super().insert_row(db, row)
        self.newest = row

    def retrieve(self, call: Call) -> Reply:
        reply = super().retrieve(call)
        by_token = call.headers.get("authorization", "").count(".") > 1
        if self.newest is None or by_token:
            return reply
        token = self.issue_token(self.environments[0], self.newest)
        return replace(reply, body={**reply.body, "token": token})


@mutant("replies.no-secret-in-body")
class TokenHoldsTheKey(TriggerReference):
    """The claims of an issued token hold the key that signs it."""

    def token_claims(self, environment: Environment, row: Row) -> dict[str, Any]:
        return {**super().token_claims(environment, row), "kid": environment.key}


@mutant("replies.hold-no-stack-trace")
class UnparsableBodyShowsTraceback(TriggerReference):
    """A body that is not JSON is answered with a traceback."""

    def unparsable(self, sentence: str) -> Refusal:
        return Refusal(422, "".join(traceback.format_stack()))

    def error_body(self, refusal: Refusal) -> Json:
        body = super().error_body(refusal)
        if "File " in refusal.error:
            body["error"] = f"Traceback (most recent call last):\n{refusal.error}"
        return body


@mutant("replies.hold-no-stack-trace")
class NotFoundShowsStack(TriggerReference):
    """A session that is not there is answered with the stack of a JavaScript server."""

    def error_body(self, refusal: Refusal) -> Json:
        body = super().error_body(refusal)
        stack = "Error: no row\n    at find (/srv/store.js:41:11)\n    at async handle (/srv/app.js:9:3)"
        return {**body, "stack": stack} if refusal.status == 404 else body
