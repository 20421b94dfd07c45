"""Servers that take a wrong credential, or refuse one in a wrong way."""

import base64

from mutants.catalogue import mutant
from reference.application import Call, Reply
from reference.refusals import Refusal
from reference.trigger import TriggerReference
from reference.trigger.access import Environment, Reader


class _NoCredential(TriggerReference):
    """A request without a credential counts as the first environment's."""

    OPERATIONS: tuple[str, ...] = ("create", "retrieve", "update", "close")

    def credential(self, call: Call) -> str:
        trusted = call.operation in self.OPERATIONS and "authorization" not in call.headers
        return self.environments[0].key if trusted else super().credential(call)


@mutant("credentials.none-answers-401")
class NoCredentialCreates(_NoCredential):
    """A create needs no credential."""

    OPERATIONS = ("create",)


@mutant("credentials.none-answers-401")
class NoCredentialRetrieves(_NoCredential):
    """A retrieve needs no credential."""

    OPERATIONS = ("retrieve",)


@mutant("credentials.none-answers-401")
class NoCredentialUpdates(_NoCredential):
    """An update needs no credential."""

    OPERATIONS = ("update",)


@mutant("credentials.none-answers-401")
class NoCredentialCloses(_NoCredential):
    """A close needs no credential."""

    OPERATIONS = ("close",)


@mutant("credentials.none-answers-401")
class NoCredentialRetrievesByExternalId(_NoCredential):
    """A retrieve by externalId needs no credential."""

    def credential(self, call: Call) -> str:
        found = super().credential(call)
        given = call.headers.get("authorization")
        return found if given or not self.is_id(self.address(call)) else ""

    OPERATIONS = ("retrieve",)


@mutant("credentials.none-answers-401")
class NoCredentialIsForbidden(TriggerReference):
    """A request without a credential is answered with 403."""

    def credential(self, call: Call) -> str:
        if "authorization" not in call.headers:
            raise Refusal(403, "Forbidden")
        return super().credential(call)


@mutant("credentials.none-answers-401")
class NoCredentialIsNotFound(TriggerReference):
    """A retrieve without a credential is answered with 404."""

    def reader(self, call: Call) -> Reader:
        if "authorization" not in call.headers:
            raise self.not_found()
        return super().reader(call)


@mutant("credentials.none-answers-401")
class CloseIsDoneBeforeTheKeyIsAsked(_NoCredential):
    """A close without a credential takes effect before it is refused."""

    OPERATIONS = ("close",)

    def close_session(self, call: Call) -> Reply:
        reply = super().close_session(call)
        if "authorization" not in call.headers:
            raise self.unauthorized()
        return reply


@mutant("credentials.none-answers-401")
class CreateIsDoneBeforeTheKeyIsAsked(_NoCredential):
    """A create without a credential takes effect before it is refused."""

    OPERATIONS = ("create",)

    def create(self, call: Call) -> Reply:
        reply = super().create(call)
        if "authorization" not in call.headers:
            raise self.unauthorized()
        return reply


class _OtherKeys(TriggerReference):
    """Some credentials are taken for the key of an environment."""

    def same_key(self, key: str, credential: str) -> bool:
        return super().same_key(key, credential) or ("." not in credential and self.will_do(key, credential))

    def will_do(self, key: str, credential: str) -> bool:
        """Whether the credential is as good as the key."""
        raise NotImplementedError


@mutant("credentials.unknown-key-answers-401")
class AnyKeyIsGood(_OtherKeys):
    """Every key of the right form opens the first environment."""

    def will_do(self, key: str, credential: str) -> bool:
        return credential.startswith("tr_dev_") and len(credential) == len(key) and key not in credential


@mutant("credentials.unknown-key-answers-401")
class UnknownKeyHasAnEmptyEnvironment(TriggerReference):
    """An unknown key opens an environment of its own, in which nothing is found."""

    def environment_with_key(self, credential: str) -> Environment | None:
        known = super().environment_with_key(credential)
        return known or (Environment("env_new", credential) if credential.startswith("tr_dev_") else None)


@mutant("credentials.unknown-key-answers-401")
class SecretPartIsEnough(_OtherKeys):
    """What stands before the last underscore of a key is not looked at."""

    def will_do(self, key: str, credential: str) -> bool:
        return credential.startswith("tr_") and credential.rpartition("_")[2] == key.rpartition("_")[2]


@mutant("credentials.unknown-key-answers-401")
class UnknownKeyIsForbidden(TriggerReference):
    """An unknown key is answered with 403."""

    def environment_with_key(self, credential: str) -> Environment | None:
        known = super().environment_with_key(credential)
        if known is None and credential.startswith("tr_"):
            raise Refusal(403, "Forbidden")
        return known


@mutant("credentials.near-miss-key-answers-401")
class KeyIgnoresCase(_OtherKeys):
    """Keys are compared without regard to case."""

    def will_do(self, key: str, credential: str) -> bool:
        return key.lower() == credential.lower()


@mutant("credentials.near-miss-key-answers-401")
class KeyMayGoOn(_OtherKeys):
    """A credential that begins with the key will do."""

    def will_do(self, key: str, credential: str) -> bool:
        return credential.startswith(key)


@mutant("credentials.near-miss-key-answers-401")
class KeyMayBeCutShort(_OtherKeys):
    """A credential that the key begins with will do."""

    def will_do(self, key: str, credential: str) -> bool:
        return len(credential) > len("tr_dev_") and key.startswith(credential)


@mutant("credentials.near-miss-key-answers-401")
class KeyIsComparedInPart(_OtherKeys):
    """Only the first 24 characters of a key are compared."""

    def will_do(self, key: str, credential: str) -> bool:
        return len(key) == len(credential) and key[:24] == credential[:24]


@mutant("credentials.near-miss-key-answers-401")
class KeyIsFoundAnywhere(_OtherKeys):
    """A credential that holds the key somewhere will do."""

    def will_do(self, key: str, credential: str) -> bool:
        return credential.endswith(key)


@mutant("credentials.near-miss-key-answers-401")
class FirstCharacterOfKeyIsIgnored(_OtherKeys):
    """The first character of a key is not compared."""

    def will_do(self, key: str, credential: str) -> bool:
        return credential[1:] == key[1:]


class _OtherSchemes(TriggerReference):
    """The scheme of a credential may be another one."""

    SCHEMES: tuple[str, ...] = ("bearer",)

    def is_scheme(self, scheme: str) -> bool:
        return scheme.lower() in self.SCHEMES


@mutant("credentials.key-under-another-scheme-answers-401")
class AnySchemeWillDo(_OtherSchemes):
    """The scheme is not looked at."""

    def is_scheme(self, scheme: str) -> bool:
        return True


@mutant("credentials.key-under-another-scheme-answers-401")
class TokenSchemeWillDo(_OtherSchemes):
    """The scheme may be Token as well."""

    SCHEMES = ("bearer", "token")


@mutant("credentials.key-under-another-scheme-answers-401")
class BasicUserWillDo(TriggerReference):
    """The key may come as a Basic user without a password."""

    def credential(self, call: Call) -> str:
        scheme, _, rest = call.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return super().credential(call)
        try:
            return base64.b64decode(rest).decode().partition(":")[0]
        except ValueError:
            return ""


@mutant("credentials.key-under-another-scheme-answers-401")
class OtherSchemeIsABadRequest(TriggerReference):
    """Another scheme is answered with 400."""

    def credential(self, call: Call) -> str:
        scheme = call.headers.get("authorization", "Bearer").partition(" ")[0]
        if not self.is_scheme(scheme):
            raise Refusal(400, "The scheme must be Bearer")
        return super().credential(call)


@mutant("credentials.unknown-key-answers-401")
class AnyBasicUserIsGood(TriggerReference):
    """Whatever comes under Basic is taken for the key of the first environment."""

    def credential(self, call: Call) -> str:
        scheme = call.headers.get("authorization", "").partition(" ")[0].lower()
        return self.environments[0].key if scheme == "basic" else super().credential(call)
