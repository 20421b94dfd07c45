"""Servers that go wrong only for a session that is there already, or for odd but good requests."""

from mutants.catalogue import mutant
from reference.application import Call
from reference.trigger import TriggerReference
from reference.trigger.access import Environment


class _KnownExternalIdIsEnough(TriggerReference):
    """A create that names the externalId of a session is served before some credentials are looked at."""

    def environment_to_create(self, call: Call) -> Environment:
        if self.is_let_in(call) and self.is_known(call):
            return self.environments[0]
        return super().environment_to_create(call)

    def is_known(self, call: Call) -> bool:
        """Whether the body names a session of the first environment."""
        name = self.create_object(call).get("externalId")
        with self.reading() as db:
            return self.row_by_external_id(db, self.environments[0].id, str(name)) is not None

    def is_let_in(self, call: Call) -> bool:
        """Whether the credential is not looked at."""
        raise NotImplementedError


@mutant("credentials.none-answers-401")
class KnownExternalIdNeedsNoCredential(_KnownExternalIdIsEnough):
    """A create that names the externalId of a session needs no credential."""

    def is_let_in(self, call: Call) -> bool:
        return "authorization" not in call.headers


@mutant("credentials.unknown-key-answers-401")
class KnownExternalIdNeedsAnyKey(_KnownExternalIdIsEnough):
    """A create that names the externalId of a session is shown it, whatever the key."""

    def is_let_in(self, call: Call) -> bool:
        return call.headers.get("authorization", "").startswith("Bearer tr_")


@mutant("tokens.unsigned-answers-401")
class KnownExternalIdNeedsAnyToken(_KnownExternalIdIsEnough):
    """A create that names the externalId of a session is shown it for any token, signed or not."""

    def is_let_in(self, call: Call) -> bool:
        return call.headers.get("authorization", "").startswith("Bearer ey")
