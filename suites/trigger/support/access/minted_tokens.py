"""Tokens minted with the secret key: expired ones, and ones whose scopes allow less than a session's own."""

from dataclasses import dataclass
from typing import Any

from suites.trigger.support.access.intruders import ALLOWED_NOTHING, Intruder
from suites.trigger.support.access.public_tokens import (
    NOT_ALLOWED,
    READ,
    SHOWS_NOTHING,
    WRITE,
    created_at,
    key_of,
    scope_claims,
    token_of,
    with_scopes,
)
from suites.trigger.support.api import LiveSession
from tck.run import Run

__all__ = ["NOT_ALLOWED", "Narrow", "expired", "minted", "who_may_not_write"]
LONG_AGO = 600
"""Seconds before a session was made at which an expired token expired: more than any leeway for clocks."""


def minted(run: Run, session: LiveSession, scopes: list[str] | None = None, **claims: Any) -> str:
    """The session's token with other scopes or claims, signed as the environment's own key signs."""
    token = token_of(session)
    scoped = {} if scopes is None else with_scopes(token, scopes)
    return token.signed_with(run.target.credentials["key"], **{**scoped, **claims})


def minted_without_scopes(run: Run, session: LiveSession) -> str:
    """The session's token without any claim of scopes, signed as the environment's own key signs."""
    token = token_of(session)
    return token.signed_with(run.target.credentials["key"], without=tuple(scope_claims(token)))


def expired(run: Run, session: LiveSession) -> list[Intruder]:
    """Tokens with the session's own scopes that expired before the session was made."""
    made = int(created_at(session.created))
    ends = {"some minutes ago": made - LONG_AGO, "a day ago": made - 86_400, "in 1970": 7200}
    tokens = {
        f"a token that expired {when}": minted(run, session, exp=end, iat=end - 3600)
        for when, end in ends.items()
    }
    return _bearing("tokens.expired-is-refused", tokens, ALLOWED_NOTHING)


def just_expired(run: Run, session: LiveSession) -> list[Intruder]:
    """A token with the session's own scopes that expired a minute and a half before the session was made."""
    end = int(created_at(session.created)) - 90
    token = {"a token that expired a minute ago": minted(run, session, exp=end, iat=end - 3600)}
    return _bearing("tokens.just-expired-is-refused", token, ALLOWED_NOTHING)


@dataclass(frozen=True)
class Narrow:
    """Tokens of a session that are good, but not for one operation."""

    run: Run
    session: LiveSession
    answers: frozenset[int]
    deviation: str = ""

    def read_only(self, requirement: str) -> list[Intruder]:
        """One that may read the session."""
        token = minted(self.run, self.session, [READ + key_of(self.session)])
        return self._bearing(requirement, {"a token with the read scope alone": token})

    def write_only(self) -> list[Intruder]:
        """One that may write to the session's input."""
        token = minted(self.run, self.session, [WRITE + key_of(self.session)])
        tokens = {"a token with the write scope alone": token}
        return self._bearing("tokens.write-scope-does-not-read", tokens)

    def scopeless(self) -> list[Intruder]:
        """Ones that may do nothing."""
        tokens = {
            "a token with an empty list of scopes": minted(self.run, self.session, []),
            "a token without any claim of scopes": minted_without_scopes(self.run, self.session),
        }
        return self._bearing("tokens.without-scopes-does-nothing", tokens)

    def elsewhere(self) -> list[Intruder]:
        """Ones that may read something of a like name."""
        key = key_of(self.session)
        scopes = {
            "a token that may read a run of the session's name": f"read:runs:{key}",
            "a token that may read a longer name": f"{READ}{key}-longer",
            "a token that may read a shorter name": READ + key[:-1],
        }
        tokens = {about: minted(self.run, self.session, [scope]) for about, scope in scopes.items()}
        return self._bearing("tokens.other-scopes-do-not-read", tokens)

    def of_an_administrator(self) -> list[Intruder]:
        """Ones that may do everything by their scopes; a secret key is needed all the same."""
        scopes = {
            "admin": ["admin"],
            "everything": ["*"],
            "all of sessions": ["admin:sessions", "write:sessions"],
        }
        tokens = {
            f"a token with the scope of {what}": minted(self.run, self.session, granted)
            for what, granted in scopes.items()
        }
        return self._bearing("tokens.admin-scope-does-not-write", tokens)

    def _bearing(self, requirement: str, tokens: dict[str, str]) -> list[Intruder]:
        return _bearing(requirement, tokens, self.answers, self.deviation)


def who_may_not_write(run: Run, session: LiveSession, deviation: str) -> list[Intruder]:
    """Every minted token that neither updates nor closes the session."""
    narrow = Narrow(run, session, NOT_ALLOWED, deviation)
    return [
        *expired(run, session),
        *narrow.read_only("tokens.read-scope-only-reads"),
        *narrow.write_only(),
        *narrow.scopeless(),
        *narrow.of_an_administrator(),
    ]


def _bearing(
    requirement: str, tokens: dict[str, str], answers: frozenset[int], deviation: str = ""
) -> list[Intruder]:
    return [
        Intruder(requirement, about, f"Bearer {token}", answers, deviation, SHOWS_NOTHING)
        for about, token in tokens.items()
    ]
