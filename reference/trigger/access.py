"""Who may do what: secret keys open their environment, public tokens read the session that they name."""

import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from reference.application import Call
from reference.trigger.refusals import TriggerRefusals
from reference.trigger.store import Row


@dataclass(frozen=True)
class Environment:
    """An environment: the name of its rows, and its secret key."""

    id: str
    key: str


@dataclass(frozen=True)
class Reader:
    """Who asks to read: the environment, and a token's scopes (None for the secret key, which reads all)."""

    environment: Environment
    scopes: frozenset[str] | None


class Access(TriggerRefusals):
    """Credentials and tokens, one rule a method."""

    TOKEN_SECONDS = 3600
    TOKEN_ISSUER = "https://id.trigger.dev"  # noqa: S105
    TOKEN_AUDIENCE = "https://api.trigger.dev"  # noqa: S105
    TOKEN_ALGORITHM = "HS256"  # noqa: S105

    def __init__(self, keys: Mapping[str, str]) -> None:
        """`keys`: the secret key of each environment, by the environment's id."""
        self.environments = tuple(Environment(name, key) for name, key in keys.items())

    def now(self) -> int:
        """The server's clock, in milliseconds."""
        return time.time_ns() // 1_000_000

    def environment_to_create(self, call: Call) -> Environment:
        """Where a create puts its session; only a secret key creates."""
        return self.secret_environment(call)

    def environment_to_update(self, call: Call) -> Environment:
        """Where an update looks; only a secret key updates."""
        return self.secret_environment(call)

    def environment_to_close(self, call: Call) -> Environment:
        """Where a close looks; only a secret key closes."""
        return self.secret_environment(call)

    def reader(self, call: Call) -> Reader:
        """Who retrieves: a secret key or a public token."""
        credential = self.credential(call)
        environment = self.environment_with_key(credential)
        reader = Reader(environment, None) if environment else self.token_reader(credential)
        if reader is None:
            raise self.unauthorized()
        return reader

    def secret_environment(self, call: Call) -> Environment:
        """The environment of the secret key that the call carries."""
        credential = self.credential(call)
        environment = self.environment_with_key(credential)
        if environment is not None:
            return environment
        raise self.unauthorized() if self.token_reader(credential) is None else self.token_not_allowed()

    def credential(self, call: Call) -> str:
        """What stands behind the scheme in Authorization; empty when there is none."""
        scheme, _, credential = call.headers.get("authorization", "").partition(" ")
        return credential.strip(" ") if self.is_scheme(scheme) else ""

    def is_scheme(self, scheme: str) -> bool:
        """Bearer, in any case, and nothing else."""
        return scheme.lower() == "bearer"

    def environment_with_key(self, credential: str) -> Environment | None:
        """The environment whose secret key this is."""
        return next((item for item in self.environments if self.same_key(item.key, credential)), None)

    def same_key(self, key: str, credential: str) -> bool:
        """Whether the credential is the key, every character of it."""
        return hmac.compare_digest(key.encode(), credential.encode())

    def token_reader(self, credential: str) -> Reader | None:
        """What a public token stands for, if it is good in one of the environments."""
        for environment in self.environments:
            claims = self.signed_claims(environment, credential)
            if claims is not None and self.claims_hold(environment, claims):
                return Reader(environment, self.scopes(claims))
        return None

    def signed_claims(self, environment: Environment, token: str) -> Mapping[str, Any] | None:
        """The claims of an unexpired token that the environment's key signed."""
        try:
            return self.decode_token(environment, token)
        except (jwt.InvalidTokenError, ValueError, TypeError, RecursionError):
            return None

    def decode_token(self, environment: Environment, token: str) -> Mapping[str, Any]:
        """Signature, algorithm, lifetime, audience and issuer; raises jwt.InvalidTokenError."""
        claims: Mapping[str, Any] = jwt.decode(
            token,
            self.token_key(environment),
            algorithms=self.token_algorithms(),
            audience=self.TOKEN_AUDIENCE,
            issuer=self.TOKEN_ISSUER,
            options={"require": ["exp", "sub"], "verify_exp": self.tokens_expire(), "verify_iat": False},
        )
        return claims

    def token_algorithms(self) -> list[str]:
        """The algorithms that a token may be signed with."""
        return [self.TOKEN_ALGORITHM]

    def tokens_expire(self) -> bool:
        """Whether exp is looked at."""
        return True

    def claims_hold(self, environment: Environment, claims: Mapping[str, Any]) -> bool:
        """A public token, and one of this environment."""
        return claims.get("pub") is True and claims.get("sub") == environment.id

    def scopes(self, claims: Mapping[str, Any]) -> frozenset[str]:
        """The scopes of a token; none when the claim is not a list of strings."""
        scopes = claims.get("scopes")
        named = scopes if isinstance(scopes, list) else []
        return frozenset(scope for scope in named if isinstance(scope, str))

    def may_read_row(self, reader: Reader, row: Row) -> bool:
        """The secret key, or a token with a scope that names the row."""
        return reader.scopes is None or not reader.scopes.isdisjoint(self.reading_scopes(row))

    def may_read_address(self, reader: Reader, address: str) -> bool:
        """Whether a reader may learn that nothing has this address."""
        return reader.scopes is None or self.read_scope(address) in reader.scopes

    def reading_scopes(self, row: Row) -> frozenset[str]:
        """The scopes that let a token read the row: by its id and by its externalId."""
        names = {row.id} if row.external_id is None else {row.id, row.external_id}
        return frozenset(self.read_scope(name) for name in names)

    def issue_token(self, environment: Environment, row: Row) -> str:
        """A new public token for the session."""
        return jwt.encode(
            self.token_claims(environment, row), self.token_key(environment), algorithm=self.TOKEN_ALGORITHM
        )

    def token_claims(self, environment: Environment, row: Row) -> dict[str, Any]:
        """All that an issued token says."""
        issued = self.now() // 1000
        return {
            "sub": environment.id,
            "pub": True,
            "scopes": self.issued_scopes(row),
            "iat": issued,
            "exp": issued + self.token_seconds(row),
            "iss": self.TOKEN_ISSUER,
            "aud": self.TOKEN_AUDIENCE,
        }

    def token_seconds(self, row: Row) -> int:  # noqa: ARG002 - for subclasses
        """How long an issued token is good."""
        return self.TOKEN_SECONDS

    def issued_scopes(self, row: Row) -> list[str]:
        """Exactly one read and one write scope of the session."""
        key = self.scope_key(row)
        return [self.read_scope(key), self.write_scope(key)]

    def scope_key(self, row: Row) -> str:
        """What the scopes of an issued token name: the externalId, or the id where there is none."""
        return row.id if row.external_id is None else row.external_id

    def read_scope(self, key: str) -> str:
        """The scope to read a session."""
        return f"read:sessions:{key}"

    def write_scope(self, key: str) -> str:
        """The scope to write to a session's input."""
        return f"write:sessions:{key}"

    def token_key(self, environment: Environment) -> bytes:
        """The secret key as HMAC takes it: a short one filled up with zeros, which HMAC does all the same."""
        return environment.key.encode().ljust(32, b"\0")
