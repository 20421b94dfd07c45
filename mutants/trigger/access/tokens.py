"""Servers whose public tokens say or do what they should not."""

import fnmatch
from dataclasses import replace
from typing import Any

import jwt

from mutants.catalogue import mutant
from reference.application import Call, Reply
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Environment, Reader

A_DAY = 86_400


@mutant("tokens.is-jwt")
class TokenIsOpaque(TriggerReference):
    """The token is a random text that says nothing."""

    def issue_token(self, environment: Environment, row: Row) -> str:
        return f"pat_{row.id}"


@mutant("tokens.is-jwt")
class TokenLacksItsHeader(TriggerReference):
    """The token is issued without its header, which is always the same."""

    def issue_token(self, environment: Environment, row: Row) -> str:
        return super().issue_token(environment, row).split(".", 1)[1]


@mutant("tokens.carries-session-scopes")
class TokenLacksWriteScope(TriggerReference):
    """The token carries the read scope alone."""

    def issued_scopes(self, row: Row) -> list[str]:
        return super().issued_scopes(row)[:1]


class _MoreScopes(TriggerReference):
    """The token carries one more scope."""

    def one_more(self, row: Row) -> str:
        """The scope that it should not have."""
        raise NotImplementedError

    def issued_scopes(self, row: Row) -> list[str]:
        return [*super().issued_scopes(row), self.one_more(row)]


@mutant("tokens.scopes-reach-no-further")
class TokenHasScopeOfAllSessions(_MoreScopes):
    """The token carries a scope for all sessions."""

    def one_more(self, row: Row) -> str:
        return "read:sessions"


@mutant("tokens.scopes-reach-no-further")
class TokenHasScopeOfAnotherSession(_MoreScopes):
    """The token carries a scope for the session of a longer name."""

    def one_more(self, row: Row) -> str:
        return self.read_scope(f"{self.scope_key(row)}-next")


@mutant("tokens.scopes-reach-no-further")
class TokenHasScopeOfEverything(_MoreScopes):
    """The token carries a scope to read whatever there is."""

    def one_more(self, row: Row) -> str:
        return "read:all"


@mutant("tokens.scopes-reach-no-further")
class TokenHasScopeOfEveryRun(_MoreScopes):
    """The token carries a scope with a star for the run."""

    def one_more(self, row: Row) -> str:
        return "read:runs:*"


@mutant("tokens.scopes-reach-no-further")
class TokenHasScopeOfAnAdministrator(_MoreScopes):
    """The token of a session without an externalId carries the scope of an administrator."""

    def one_more(self, row: Row) -> str:
        return "admin" if row.external_id is None else f"read:runs:{row.run_id}"


@mutant("tokens.carries-session-scopes")
class TokenScopesHaveTwoKeys(TriggerReference):
    """One scope names the externalId and the other one the id."""

    def issued_scopes(self, row: Row) -> list[str]:
        return [self.read_scope(self.scope_key(row)), self.write_scope(row.id)]


@mutant("tokens.carries-session-scopes")
class TokenScopesNameTheRun(TriggerReference):
    """The scopes name the first run instead of the session."""

    def scope_key(self, row: Row) -> str:
        return row.run_id


@mutant("tokens.carries-session-scopes")
class TokenScopesAreLowerCase(TriggerReference):
    """The scopes name the externalId in lower case."""

    def scope_key(self, row: Row) -> str:
        return super().scope_key(row).lower()


@mutant("tokens.lasts-one-hour")
class TokenLastsADay(TriggerReference):
    """The token is good for a day."""

    TOKEN_SECONDS = A_DAY


@mutant("tokens.lasts-one-hour")
class TokenLastsAMinute(TriggerReference):
    """The lifetime is 60 minutes taken for seconds."""

    TOKEN_SECONDS = 60


@mutant("tokens.lasts-one-hour")
class TokenEndIsInMilliseconds(TriggerReference):
    """The end of a token is told in milliseconds."""

    def token_claims(self, environment: Environment, row: Row) -> dict[str, Any]:
        claims = super().token_claims(environment, row)
        return {**claims, "exp": claims["exp"] * 1000}


@mutant("tokens.lasts-one-hour")
class TokenNeverEnds(TriggerReference):
    """The token of a session without an externalId has no end."""

    def token_claims(self, environment: Environment, row: Row) -> dict[str, Any]:
        claims = super().token_claims(environment, row)
        return {name: value for name, value in claims.items() if name != "exp" or row.external_id}


@mutant("tokens.lasts-one-hour")
class TokenIsPostdated(TriggerReference):
    """The token says that it was issued an hour later than it was."""

    def token_claims(self, environment: Environment, row: Row) -> dict[str, Any]:
        claims = super().token_claims(environment, row)
        return {**claims, "iat": claims["iat"] + 3600, "exp": claims["exp"] + 3600}


class _CachedToken(TriggerReference):
    """A cached create issues another kind of token."""

    def cached_reply(self, environment: Environment, row: Row) -> Reply:
        reply = super().cached_reply(environment, row)
        return replace(reply, body={**reply.body, "publicAccessToken": self.cached_token(environment, row)})

    def cached_token(self, environment: Environment, row: Row) -> str:
        """The token of a cached create."""
        return self.issue_token(environment, row)


@mutant("tokens.issued-on-cached-create")
class CachedCreateIssuesNoToken(_CachedToken):
    """A cached create returns an empty token."""

    def cached_token(self, environment: Environment, row: Row) -> str:
        return ""


@mutant("tokens.issued-on-cached-create")
class CachedTokenHasExpired(_CachedToken):
    """The token of a cached create is one that has expired."""

    def cached_token(self, environment: Environment, row: Row) -> str:
        claims = self.token_claims(environment, row)
        early = {name: claims[name] - 7200 for name in ("iat", "exp")}
        return jwt.encode({**claims, **early}, self.token_key(environment), algorithm=self.TOKEN_ALGORITHM)


@mutant("tokens.issued-on-cached-create")
class CachedTokenIsForAnotherKey(_CachedToken):
    """The token of a cached create names the run."""

    def cached_token(self, environment: Environment, row: Row) -> str:
        return self.issue_token(environment, replace(row, external_id=row.run_id))


@mutant("tokens.retrieves-own-session")
class TokenDoesNotRead(TriggerReference):
    """Only secret keys retrieve."""

    def token_reader(self, credential: str) -> Reader | None:
        return None


@mutant("tokens.retrieves-own-session")
class TokenOfUnnamedSessionDoesNotRead(TriggerReference):
    """The token of a session without an externalId does not retrieve it."""

    def reading_scopes(self, row: Row) -> frozenset[str]:
        return super().reading_scopes(row) if row.external_id else frozenset()


@mutant("tokens.retrieves-own-session")
class TokenScopeEndsAtColon(TriggerReference):
    """A scope is read up to the third colon."""

    def scopes(self, claims: Any) -> frozenset[str]:
        return frozenset(":".join(scope.split(":")[:3]) for scope in super().scopes(claims))


@mutant("tokens.retrieves-own-session")
class TokenScopesAreWords(TriggerReference):
    """The scopes are joined and split at white space."""

    def scopes(self, claims: Any) -> frozenset[str]:
        return frozenset(" ".join(super().scopes(claims)).split())


class _OtherReader(TriggerReference):
    """A token reads more than the session that its scopes name."""

    def keys_read(self, reader: Reader) -> list[str]:
        """The keys that the read scopes of a token name."""
        begin = self.read_scope("")
        return [scope.removeprefix(begin) for scope in reader.scopes or () if scope.startswith(begin)]

    def reads_too(self, key: str, row: Row) -> bool:
        """Whether a token for this key reads the row."""
        return True

    def may_read_row(self, reader: Reader, row: Row) -> bool:
        too = any(self.reads_too(key, row) for key in self.keys_read(reader))
        return super().may_read_row(reader, row) or too


@mutant("tokens.other-session-not-retrievable")
class TokenReadsAllSessions(_OtherReader):
    """A session's token reads every session of its environment."""


@mutant("tokens.other-session-not-retrievable")
class TokenReadsUnnamedSessions(_OtherReader):
    """A session's token reads every session that has no externalId."""

    def reads_too(self, key: str, row: Row) -> bool:
        return row.external_id is None


@mutant("tokens.neighbour-not-retrievable")
class TokenReadsLongerNames(_OtherReader):
    """A token reads every session whose externalId begins with its key."""

    def reads_too(self, key: str, row: Row) -> bool:
        return (row.external_id or "").startswith(key)


@mutant("tokens.neighbour-not-retrievable")
class TokenReadsShorterNames(_OtherReader):
    """A token reads every session whose externalId its key begins with."""

    def reads_too(self, key: str, row: Row) -> bool:
        return key.startswith(row.external_id or "-")


@mutant("tokens.neighbour-not-retrievable")
class TokenReadsOtherCase(_OtherReader):
    """A token reads a session whose externalId is its key in another case."""

    def reads_too(self, key: str, row: Row) -> bool:
        return key.lower() == (row.external_id or "").lower()


@mutant("tokens.neighbour-not-retrievable")
class TokenKeyEndsAtColon(_OtherReader):
    """A token's key is read up to its first colon."""

    def reads_too(self, key: str, row: Row) -> bool:
        return key.split(":", maxsplit=1)[0] == row.external_id


@mutant("tokens.neighbour-not-retrievable")
class TokenKeyIsAPattern(_OtherReader):
    """A star in a token's key stands for any text."""

    def reads_too(self, key: str, row: Row) -> bool:
        return fnmatch.fnmatchcase(row.external_id or "", key)


@mutant("tokens.neighbour-not-retrievable")
class TokenKeyIsAWord(_OtherReader):
    """Each word of a token's scopes counts as a scope."""

    def reads_too(self, key: str, row: Row) -> bool:
        return row.external_id in key.split()


@mutant("tokens.other-environment-not-retrievable")
class TokenCrossesEnvironments(TriggerReference):
    """A good token of any environment reads rows of all of them."""

    def retrieve(self, call: Call) -> Reply:
        reader = self.reader(call)
        for environment in self.environments if reader.scopes is not None else ():
            with self.reading() as db:
                row = self.find(db, environment, self.address(call))
            if row and self.may_read_row(reader, row):
                return self.retrieved_reply(row)
        return super().retrieve(call)


@mutant("tokens.other-environment-not-retrievable")
class TokenSubjectIsTrusted(TriggerReference):
    """A token signed with the key of any environment counts in the environment that it names."""

    def token_reader(self, credential: str) -> Reader | None:
        for signer in self.environments:
            claims = self.signed_claims(signer, credential)
            named = [item for item in self.environments if claims and item.id == claims.get("sub")]
            if claims and named:
                return Reader(named[0], self.scopes(claims))
        return None
