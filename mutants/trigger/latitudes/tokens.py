"""Latitudes: what a token may say beyond its two scopes, and how it may be refused what needs a key."""

from dataclasses import replace
from typing import Any

from mutants.catalogue import latitude
from reference.application import Call, Reply
from reference.refusals import Refusal
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Environment, Reader

OK = 200
SHOW_A_ROW = ("retrieve", "update", "close")


@latitude
class HiddenFromTokens(TriggerReference):
    """What a token may not do is answered as if the session were not there."""

    def token_not_allowed(self) -> Refusal:
        return self.not_found()


@latitude
class TokensReadTheirRunToo(TriggerReference):
    """The token may also read its session's run, and append to the session's input by a scope of its own."""

    def issued_scopes(self, row: Row) -> list[str]:
        more = [f"read:runs:{row.run_id}", f"append:inputs:{self.scope_key(row)}", "realtime"]
        return [*super().issued_scopes(row), *more]


@latitude
class ScopesByAnotherName(TriggerReference):
    """The claim of scopes is an object that lists them by kind, and is called permissions."""

    def token_claims(self, environment: Environment, row: Row) -> dict[str, Any]:
        claims = super().token_claims(environment, row)
        return {**claims, "permissions": {"sessions": claims.pop("scopes")}}

    def scopes(self, claims: Any) -> frozenset[str]:
        granted = claims.get("permissions")
        named = granted.get("sessions") if isinstance(granted, dict) else None
        return super().scopes({"scopes": named})


@latitude
class TokenTimesAreFractions(TriggerReference):
    """The times in a token have fractions of a second, and it says from when on it is good."""

    def token_claims(self, environment: Environment, row: Row) -> dict[str, Any]:
        claims = super().token_claims(environment, row)
        return {**claims, "iat": claims["iat"] + 0.25, "exp": claims["exp"] + 0.25, "nbf": claims["iat"]}


@latitude
class KeysAreToldATokenWithEachRow(TriggerReference):
    """A row that a secret key is shown has a fresh token of its session."""

    def finish(self, call: Call, reply: Reply) -> Reply:
        key = call.headers.get("authorization", "").rpartition(" ")[2]
        environment = next((one for one in self.environments if one.key == key), None)
        if environment is None or reply.status != OK or call.operation not in SHOW_A_ROW:
            return reply
        with self.reading() as db:
            row = self.row_by_id(db, environment.id, str(reply.body["id"]))
        if row is None:
            return reply
        return replace(reply, body={**reply.body, "publicAccessToken": self.issue_token(environment, row)})


@latitude
class TokensEndWithTheirSession(TriggerReference):
    """A token is good for nothing once its session is closed."""

    def may_read_row(self, reader: Reader, row: Row) -> bool:
        if reader.scopes is not None and self.is_closed(row):
            raise self.unauthorized()
        return super().may_read_row(reader, row)
