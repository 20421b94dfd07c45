"""Servers that take tokens which nobody issued as they are."""

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jwt

from mutants.catalogue import mutant
from reference.application import Call
from reference.refusals import Refusal
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Environment, Reader


class LenientReference(TriggerReference):
    """The signature of some tokens is not looked at."""

    def is_trusted(self, environment: Environment, token: str, header: Mapping[str, Any]) -> bool:
        """Whether this token needs no verifying."""
        raise NotImplementedError

    def decode_token(self, environment: Environment, token: str) -> Mapping[str, Any]:
        header = self.header(token)
        if header is None or not self.is_trusted(environment, token, header):
            return super().decode_token(environment, token)
        part = token.split(".")[1]
        claims: Mapping[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        return claims

    def header(self, token: str) -> Mapping[str, Any] | None:
        """The header of a token in three parts."""
        parts = token.split(".")
        try:
            value = json.loads(base64.urlsafe_b64decode(parts[0] + "=" * (-len(parts[0]) % 4)))
        except ValueError:
            return None
        return value if isinstance(value, dict) and len(parts) == 3 else None

    def signature(self, environment: Environment, token: str) -> str:
        """The right signature of a token."""
        signed = token.rpartition(".")[0].encode()
        algorithm = jwt.get_algorithm_by_name(self.TOKEN_ALGORITHM)
        raw = algorithm.sign(signed, algorithm.prepare_key(self.token_key(environment)))
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@mutant("tokens.tampered-payload-answers-401")
class SignatureIsNotVerified(LenientReference):
    """The claims of a token are read and its signature is not."""

    def is_trusted(self, environment: Environment, token: str, header: Mapping[str, Any]) -> bool:
        return True


@mutant("tokens.tampered-payload-answers-401")
class SignatureIsOnlyRemembered(LenientReference):
    """A signature counts when it was ever issued, whatever stands before it."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self.issued: set[str] = set()

    def issue_token(self, environment: Environment, row: Row) -> str:
        token = super().issue_token(environment, row)
        self.issued.add(token.rpartition(".")[2])
        return token

    def is_trusted(self, environment: Environment, token: str, header: Mapping[str, Any]) -> bool:
        return token.rpartition(".")[2] in self.issued


@mutant("tokens.tampered-payload-answers-401")
class TamperedTokenIsForbidden(TriggerReference):
    """A token that is not good is answered with 403."""

    def token_reader(self, credential: str) -> Reader | None:
        reader = super().token_reader(credential)
        if reader is None and "." in credential:
            raise Refusal(403, "Forbidden")
        return reader


@mutant("tokens.tampered-signature-answers-401")
class SignatureIsComparedInPart(LenientReference):
    """Only the first eight characters of a signature are compared."""

    def is_trusted(self, environment: Environment, token: str, header: Mapping[str, Any]) -> bool:
        given = token.rpartition(".")[2]
        return given[:8] == self.signature(environment, token)[:8]


@mutant("tokens.tampered-signature-answers-401")
class SignatureMayBeCutShort(LenientReference):
    """A signature is compared as far as it goes."""

    def is_trusted(self, environment: Environment, token: str, header: Mapping[str, Any]) -> bool:
        return self.signature(environment, token).startswith(token.rpartition(".")[2])


@mutant("tokens.tampered-signature-answers-401")
class SignatureMayBeEmpty(LenientReference):
    """A token without a signature is not verified."""

    def is_trusted(self, environment: Environment, token: str, header: Mapping[str, Any]) -> bool:
        return token.endswith(".") and header.get("alg") == "HS256"


@mutant("tokens.tampered-signature-answers-401")
class SignatureOfAnyTokenWillDo(LenientReference):
    """A signature counts when it belongs to any token that was issued."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self.issued: dict[str, str] = {}

    def issue_token(self, environment: Environment, row: Row) -> str:
        token = super().issue_token(environment, row)
        signed, _, signature = token.rpartition(".")
        self.issued[signed] = signature
        return token

    def is_trusted(self, environment: Environment, token: str, header: Mapping[str, Any]) -> bool:
        signed, _, signature = token.rpartition(".")
        return signed in self.issued and signature in self.issued.values()


@mutant("tokens.unsigned-answers-401")
class AlgorithmNoneIsTaken(LenientReference):
    """A token with the algorithm none needs no signature."""

    def is_trusted(self, environment: Environment, token: str, header: Mapping[str, Any]) -> bool:
        return header.get("alg") == "none"


@mutant("tokens.unsigned-answers-401")
class AlgorithmNoneInCapitalsIsTaken(LenientReference):
    """The algorithm none is refused, but not in capital letters."""

    def is_trusted(self, environment: Environment, token: str, header: Mapping[str, Any]) -> bool:
        name = str(header.get("alg"))
        return name != "none" and name.lower() == "none"


@mutant("tokens.foreign-signature-answers-401")
class ForeignSignatureIsTaken(LenientReference):
    """A signature only needs the right length."""

    def is_trusted(self, environment: Environment, token: str, header: Mapping[str, Any]) -> bool:
        return len(token.rpartition(".")[2]) == len(self.signature(environment, token))


@mutant("tokens.foreign-signature-answers-401")
class EmptyKeySigns(TriggerReference):
    """A token signed with the empty key is taken, too."""

    def decode_token(self, environment: Environment, token: str) -> Mapping[str, Any]:
        try:
            return super().decode_token(environment, token)
        except jwt.InvalidTokenError:
            known = Environment(environment.id, self.known_key(environment))
            return super().decode_token(known, token)

    def known_key(self, environment: Environment) -> str:
        """A key that everybody knows."""
        return ""


@mutant("tokens.foreign-signature-answers-401")
class SubjectSigns(EmptyKeySigns):
    """A token signed with its own subject is taken, too."""

    def known_key(self, environment: Environment) -> str:
        return environment.id


@mutant("tokens.foreign-signature-answers-401")
class ForeignTokenIsForbiddenToClose(TriggerReference):
    """A close with any token that is no key is answered with 403."""

    def environment_to_close(self, call: Call) -> Environment:
        if "." in self.credential(call):
            raise Refusal(403, "This needs a secret key")
        return super().environment_to_close(call)


@mutant("tokens.foreign-signature-answers-401")
class TokensBringTheirKey(TriggerReference):
    """A token that carries a key in its header is verified with that key."""

    def decode_token(self, environment: Environment, token: str) -> Mapping[str, Any]:
        key = jwt.get_unverified_header(token).get("jwk")
        if not isinstance(key, dict) or key.get("kty") != "oct":
            return super().decode_token(environment, token)
        claims: Mapping[str, Any] = jwt.decode(
            token,
            base64.urlsafe_b64decode(key["k"] + "=="),
            algorithms=["HS256"],
            audience=self.TOKEN_AUDIENCE,
            issuer=self.TOKEN_ISSUER,
        )
        return claims
