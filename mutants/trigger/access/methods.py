"""Methods that only ask about a path, and that need no credential."""

from dataclasses import replace
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from mutants.catalogue import mutant
from reference.application import Call, Reply
from reference.trigger import TriggerReference


class _Asking(TriggerReference):
    """One method is served as another one, as if it carried the key."""

    METHODS = ("", "")

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        asked, served = self.METHODS
        if scope["type"] == "http" and scope["method"] == asked:
            key = (b"authorization", f"Bearer {self.environments[0].key}".encode())
            kept = [pair for pair in scope["headers"] if pair[0] != b"authorization"]
            scope = {**scope, "method": served, "headers": [*kept, key]}
        await super().serve(app, scope, receive, send)


@mutant("credentials.head-and-options-show-nothing")
class OptionsNeedNoKey(_Asking):
    """OPTIONS on a session's path shows the row to anybody."""

    METHODS = ("OPTIONS", "GET")


@mutant("credentials.head-and-options-show-nothing")
class HeadNamesTheSession(_Asking):
    """HEAD on a session's path gives anybody the id of the session, in Content-Location."""

    METHODS = ("HEAD", "HEAD")

    def obey(self, operation: Any, call: Call) -> Reply:
        reply = super().obey(operation, call)
        if call.method != "HEAD" or not isinstance(reply.body, dict) or "id" not in reply.body:
            return reply
        return replace(reply, headers={**reply.headers, "content-location": f"./{reply.body['id']}"})
