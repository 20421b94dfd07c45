"""Mutants: tokens of some kinds of sessions live longer than others."""

import threading
from collections.abc import Mapping
from typing import Any

import jwt

from mutants.catalogue import mutant
from reference.application import Call, Reply
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Environment

A_YEAR = 365 * 86_400


@mutant("tokens.lasts-one-hour")
class TokensWithoutADeadlineLastAYear(TriggerReference):
    """The token of a session that has no expiresAt is good for a year."""

    def token_seconds(self, row: Row) -> int:
        return super().token_seconds(row) if row.expires_at else A_YEAR


@mutant("tokens.expired-is-refused")
class ExpiredTokensOfIdsRead(TriggerReference):
    """The end of a token is not looked at where its scopes name an id."""

    def decode_token(self, environment: Environment, token: str) -> Mapping[str, Any]:
        try:
            return super().decode_token(environment, token)
        except jwt.ExpiredSignatureError:
            claims: Mapping[str, Any] = jwt.decode(token, options={"verify_signature": False})
            if self.read_scope("session_") in " ".join(self.scopes(claims)):
                return claims
            raise


@mutant("tokens.expired-is-refused")
class ExpiredTokensReadClosedSessions(TriggerReference):
    """The end of a token is not looked at where it retrieves a closed session."""

    def retrieve(self, call: Call) -> Reply:
        address = self.address(call)
        with self.reading() as db:
            rows = [self.find(db, environment, address) for environment in self.environments]
        self._of_closed.closed = any(row is not None and self.is_closed(row) for row in rows)
        try:
            return super().retrieve(call)
        finally:
            self._of_closed.closed = False

    def tokens_expire(self) -> bool:
        return not getattr(self._of_closed, "closed", False)

    _of_closed = threading.local()
