"""Every way in which the everruns contract refuses a request, with its status."""

from reference.bodies import Bodies
from reference.refusals import Problem, Refusal


class EverrunsRefusals(Bodies):
    """One method a refusal: a subclass may answer each with another status or other words."""

    def unauthorized(self) -> Refusal:
        """No key, or none that is good here."""
        return Refusal(401, "A valid API key is needed")

    def invalid_id(self, sentence: str) -> Refusal:
        """An id that cannot be a session's."""
        return Refusal(400, f"Invalid session ID: {sentence}")

    def not_found(self) -> Refusal:
        """No session has the id."""
        return Refusal(404, "Session not found")

    def not_json(self) -> Refusal:
        """A body that does not say it is JSON."""
        return Refusal(415, "The body must be sent as application/json")

    def too_large(self, limit: int) -> Refusal:
        """A body of more than `limit` bytes."""
        return Refusal(413, f"The body has more than {limit} bytes")

    def unparsable(self, sentence: str) -> Refusal:
        """A body that is not JSON."""
        return Refusal(400, sentence)

    def invalid(self, *problems: Problem) -> Refusal:
        """A JSON body whose members are not of their types."""
        told = [": ".join(filter(None, (".".join(one.path), one.message))) for one in problems]
        return Refusal(422, "; ".join(told))
