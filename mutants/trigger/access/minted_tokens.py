"""Servers that take tokens for more than they are, or after their end."""

from collections.abc import Mapping
from typing import Any

import jwt

from mutants.catalogue import mutant
from mutants.trigger.access.forged_tokens import LenientReference
from reference.application import Call
from reference.refusals import Refusal
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Environment, Reader


@mutant("tokens.expired-is-refused")
class ExpiredTokenReads(TriggerReference):
    """The end of a token is not looked at."""

    def tokens_expire(self) -> bool:
        return False


@mutant("tokens.expired-is-refused")
class ExpiredTokenIsForbidden(TriggerReference):
    """An expired token is answered with 403."""

    def signed_claims(self, environment: Environment, token: str) -> Mapping[str, Any] | None:
        try:
            return self.decode_token(environment, token)
        except jwt.ExpiredSignatureError:
            raise Refusal(403, "The token has expired") from None
        except (jwt.InvalidTokenError, ValueError, TypeError, RecursionError):
            return None


@mutant("tokens.expired-is-refused")
class ExpiredTokenHasADayOfGrace(LenientReference):
    """A token is taken until half a day after its end."""

    def is_trusted(self, environment: Environment, token: str, header: Mapping[str, Any]) -> bool:
        return self.signature(environment, token) == token.rpartition(".")[2] and self.is_recent(token)

    def is_recent(self, token: str) -> bool:
        """Whether the token has not expired, or not long ago."""
        claims = jwt.decode(token, options={"verify_signature": False})
        return float(claims["exp"]) > self.now() / 1000 - 43_200


class _Scopes(TriggerReference):
    """The scopes of a token are read in another way."""

    def token_reader(self, credential: str) -> Reader | None:
        reader = super().token_reader(credential)
        return Reader(reader.environment, self.meant(reader.scopes or frozenset())) if reader else None

    def meant(self, scopes: frozenset[str]) -> frozenset[str]:
        """The scopes that the given ones are taken for."""
        return scopes


@mutant("tokens.read-scope-only-reads")
class ReadingNeedsBothScopes(_Scopes):
    """A token retrieves only with the write scope, too."""

    def meant(self, scopes: frozenset[str]) -> frozenset[str]:
        writable = {scope.removeprefix("write:") for scope in scopes if scope.startswith("write:")}
        return frozenset(scope for scope in scopes if scope.removeprefix("read:") in writable)


class _OnlyReader(TriggerReference):
    """Tokens with the read scope alone are taken for something better."""

    def only_reads(self, call: Call) -> Environment | None:
        """The environment of a token that has nothing but a read scope."""
        reader = self.token_reader(self.credential(call))
        alone = reader is not None and len(reader.scopes or ()) == 1
        return reader.environment if reader and alone and str(reader.scopes).count("read:") else None


@mutant("tokens.read-scope-only-reads")
class ReadScopeUpdates(_OnlyReader):
    """A token with the read scope alone may update."""

    def environment_to_update(self, call: Call) -> Environment:
        return self.only_reads(call) or super().environment_to_update(call)


@mutant("tokens.read-scope-only-reads")
class ReadScopeCloses(_OnlyReader):
    """A token with the read scope alone may close."""

    def environment_to_close(self, call: Call) -> Environment:
        return self.only_reads(call) or super().environment_to_close(call)


@mutant("tokens.admin-scope-does-not-write")
class AdminScopesWrite(TriggerReference):
    """A token with a scope of an administrator updates and closes."""

    def secret_environment(self, call: Call) -> Environment:
        reader = self.token_reader(self.credential(call))
        if reader is not None and any(scope.startswith("admin") for scope in reader.scopes or ()):
            return reader.environment
        return super().secret_environment(call)


@mutant("tokens.write-scope-does-not-read")
class WriteScopeReads(_Scopes):
    """Who may write may read."""

    def meant(self, scopes: frozenset[str]) -> frozenset[str]:
        return scopes | {scope.replace("write:", "read:", 1) for scope in scopes}


@mutant("tokens.write-scope-does-not-read")
class WriteScopeAloneUpdates(TriggerReference):
    """A token with the write scope alone may update."""

    def environment_to_update(self, call: Call) -> Environment:
        reader = self.token_reader(self.credential(call))
        writes = reader and reader.scopes and all(scope.startswith("write:") for scope in reader.scopes)
        return reader.environment if reader and writes else super().environment_to_update(call)


@mutant("tokens.without-scopes-does-nothing")
class NoScopesClaimReadsAll(TriggerReference):
    """A token without a claim of scopes reads every session."""

    def may_read_row(self, reader: Reader, row: Row) -> bool:
        return not reader.scopes or super().may_read_row(reader, row)


@mutant("tokens.without-scopes-does-nothing")
class NoScopesIsTheSecretKey(TriggerReference):
    """A token without scopes is as good as the secret key."""

    def secret_environment(self, call: Call) -> Environment:
        reader = self.token_reader(self.credential(call))
        return reader.environment if reader and not reader.scopes else super().secret_environment(call)


@mutant("tokens.other-scopes-do-not-read")
class ResourceOfScopeIsIgnored(_Scopes):
    """A scope to read anything of the key reads the session."""

    def meant(self, scopes: frozenset[str]) -> frozenset[str]:
        return scopes | {
            f"read:sessions:{scope.split(':', 2)[2]}" for scope in scopes if scope.count(":") > 1
        }


@mutant("tokens.other-scopes-do-not-read")
class ScopeIsAPrefix(TriggerReference):
    """A scope reads every session whose address begins with its key."""

    def may_read_row(self, reader: Reader, row: Row) -> bool:
        named = [
            scope
            for scope in reader.scopes or ()
            if any(full.startswith(scope) for full in self.reading_scopes(row))
        ]
        return super().may_read_row(reader, row) or bool(named)
