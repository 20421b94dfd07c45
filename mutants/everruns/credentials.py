"""Keys that are taken for the right one."""

import re
from dataclasses import replace

from starlette.types import ASGIApp, Receive, Scope, Send

from mutants.catalogue import mutant
from reference.application import Call, Operation, Reply
from reference.everruns import EverrunsReference
from reference.refusals import Refusal


@mutant("credentials.no-key-refused")
class NoCredentialIsGood(EverrunsReference):
    """An update without a credential is carried out."""

    def check_access_to_update(self, call: Call) -> None:
        if "authorization" in call.headers:
            super().check_access_to_update(call)


@mutant("credentials.no-key-refused")
class RefusedUpdatesShowTheSession(EverrunsReference):
    """The refusal of an update without a credential names the session's title."""

    def check_access_to_update(self, call: Call) -> None:
        try:
            super().check_access_to_update(call)
        except Refusal as refusal:
            with self.reading() as db:
                title = self.find(db, self.address(call)).title
            raise Refusal(refusal.status, f"You may not update {title}") from None


@mutant("credentials.made-up-key-refused")
class AnyKeyOfTheFormIsGood(EverrunsReference):
    """An update with anything that looks like a key is carried out."""

    def check_access_to_update(self, call: Call) -> None:
        if not re.fullmatch(r"evr_[0-9a-f]{64}", self.credential(call)):
            super().check_access_to_update(call)


@mutant("credentials.near-key-refused")
class KeysMatchByTheirBeginning(EverrunsReference):
    """A key is good when it begins like the right one."""

    def same_key(self, key: str, credential: str) -> bool:
        return credential.startswith(key)


@mutant("credentials.near-key-refused")
class KeysIgnoreCase(EverrunsReference):
    """The case of a key does not count."""

    def same_key(self, key: str, credential: str) -> bool:
        return super().same_key(key.lower(), credential.lower())


@mutant("credentials.near-key-refused")
class UpdatedBeforeTheKeyIsLookedAt(EverrunsReference):
    """A wrong key is refused after the update."""

    def update(self, call: Call) -> Reply:
        with self.writing() as db:
            row = self.row_by_id(db, call.path.rpartition("/")[2])
            if row and b"ntruder" in call.body:
                self.save_row(db, replace(row, title="Intruder"))
        return super().update(call)


class _Asking(EverrunsReference):
    """One method is served as another one, as if it carried the key."""

    METHODS = ("", "")

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        asked, served = self.METHODS
        if scope["type"] == "http" and scope["method"] == asked:
            key = (b"authorization", (self.key or "").encode())
            kept = [pair for pair in scope["headers"] if pair[0] != b"authorization"]
            scope = {**scope, "method": served, "headers": [*kept, key]}
        await super().serve(app, scope, receive, send)


@mutant("credentials.head-and-options-show-nothing")
class OptionsNeedNoKey(_Asking):
    """OPTIONS on a session's path shows the row to anybody."""

    METHODS = ("OPTIONS", "GET")


@mutant("credentials.head-and-options-show-nothing")
class HeadNamesTheSession(_Asking):
    """HEAD on a session's path gives anybody the title of the session, in a header."""

    METHODS = ("HEAD", "HEAD")

    def answer(self, operation: Operation, call: Call) -> Reply:
        reply = super().answer(operation, call)
        if call.method != "HEAD" or not isinstance(reply.body, dict) or "title" not in reply.body:
            return reply
        return replace(reply, headers={**reply.headers, "x-session-title": str(reply.body["title"])})
