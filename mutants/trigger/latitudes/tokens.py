"""Latitudes: what a token may say beyond its two scopes, and how it may be refused what needs a key."""

from typing import Any

from mutants.catalogue import latitude
from reference.refusals import Refusal
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Environment


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
