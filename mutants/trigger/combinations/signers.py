"""Servers whose tokens others can sign, or outlive their end, and ones whose headers tell too much."""

from collections.abc import Mapping
from typing import Any

import jwt

from mutants.catalogue import mutant
from reference.application import Call, Reply
from reference.trigger import TriggerReference
from reference.trigger.access import Environment


@mutant("tokens.foreign-signature-answers-401")
class TheWordSecretSigns(TriggerReference):
    """A token that is signed with the word secret is taken as well."""

    WORD = "secret"

    def decode_token(self, environment: Environment, token: str) -> Mapping[str, Any]:
        try:
            return super().decode_token(environment, token)
        except jwt.InvalidTokenError:
            word = self.WORD.encode().ljust(32, b"\0")
            claims: Mapping[str, Any] = jwt.decode(
                token, word, algorithms=self.token_algorithms(), audience=self.TOKEN_AUDIENCE
            )
            return claims


@mutant("tokens.foreign-signature-answers-401")
class TheExampleOfALibrarySigns(TheWordSecretSigns):
    """A token that is signed with the key that a library's example has is taken as well."""

    WORD = "your-256-bit-secret"


@mutant("tokens.foreign-signature-answers-401")
class TokensAreSignedWithAWord(TriggerReference):
    """Tokens are signed with the word secret, and their end is not looked at."""

    def token_key(self, environment: Environment) -> bytes:
        return b"secret".ljust(32, b"\0")

    def tokens_expire(self) -> bool:
        return False


@mutant("tokens.just-expired-is-refused")
class TokensHaveTwoMinutesOfGrace(TriggerReference):
    """A token is taken for two minutes and more after its end."""

    def decode_token(self, environment: Environment, token: str) -> Mapping[str, Any]:
        claims: Mapping[str, Any] = jwt.decode(
            token, self.token_key(environment), algorithms=self.token_algorithms(),
            audience=self.TOKEN_AUDIENCE, issuer=self.TOKEN_ISSUER, leeway=300,
        )  # fmt: skip
        return claims


@mutant("replies.no-secret-in-headers")
class CreateEchoesTheCredential(TriggerReference):
    """The reply to a create has the Authorization header of the request."""

    def finish(self, call: Call, reply: Reply) -> Reply:
        if call.operation != "create" or "authorization" not in call.headers:
            return reply
        return Reply(
            reply.status, reply.body, {**reply.headers, "authorization": call.headers["authorization"]}
        )


@mutant("replies.no-secret-in-headers")
class ChallengeTellsTheKey(TriggerReference):
    """The challenge of a 401 names the key that would have been good."""

    def finish(self, call: Call, reply: Reply) -> Reply:
        if reply.status != 401:
            return reply
        challenge = f'Bearer realm="sessions", hint="{self.environments[0].key}"'
        return Reply(reply.status, reply.body, {**reply.headers, "www-authenticate": challenge})


@mutant("create.error-409-is-json")
class ConflictIsPlainText(TriggerReference):
    """The 409 is told to be plain text."""

    def content_type(self, reply: Reply) -> str:
        return "text/plain" if reply.status == 409 else super().content_type(reply)
