"""Every way in which the trigger contract refuses a request, with its status."""

from reference.bodies import Bodies
from reference.refusals import Problem, Refusal


class TriggerRefusals(Bodies):
    """One method a refusal: a subclass may answer each with another status or other words."""

    CHALLENGE = {"www-authenticate": "Bearer"}  # noqa: RUF012 - never written to

    def unauthorized(self) -> Refusal:
        """No credential, or one that is not good for anything here."""
        return Refusal(401, "Invalid or missing credential", headers=self.CHALLENGE)

    def token_not_allowed(self) -> Refusal:
        """A good public token where only a secret key will do."""
        return Refusal(401, "This needs a secret key", headers=self.CHALLENGE)

    def scope_lacking(self) -> Refusal:
        """A good public token whose scopes name another session."""
        return Refusal(401, "The token is not for this session", headers=self.CHALLENGE)

    def not_found(self) -> Refusal:
        """No session of the environment has the address."""
        return Refusal(404, "Session not found")

    def closed_conflict(self) -> Refusal:
        """A create with the externalId of a closed session."""
        return Refusal(409, "A closed session has this externalId")

    def expired_conflict(self) -> Refusal:
        """A create with the externalId of an expired session."""
        return Refusal(409, "An expired session has this externalId")

    def too_large(self, limit: int) -> Refusal:
        """A body of more than `limit` bytes."""
        return Refusal(422, "The body is too large", (Problem("too_big", f"At most {limit} bytes."),))

    def unparsable(self, sentence: str) -> Refusal:
        """A body that is not JSON."""
        return Refusal(422, "The body cannot be read", (Problem("invalid_json", sentence),))

    def invalid(self, *problems: Problem) -> Refusal:
        """A JSON body that breaks the schema."""
        return Refusal(422, "The body is not valid", problems)

    def external_id_differs(self) -> Refusal:
        """An update that names another externalId than the session's, or null when it has one."""
        problem = Problem("custom", "It is fixed once the session exists.", ("externalId",))
        return Refusal(422, "The externalId cannot be changed", (problem,))
