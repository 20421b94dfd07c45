"""Two environments of one target, and sessions that share an externalId across them."""

from collections.abc import Callable
from dataclasses import dataclass

from suites.trigger.support.access.intruders import Intruder
from suites.trigger.support.access.public_tokens import token_of
from suites.trigger.support.api import LiveSession, Sessions
from suites.trigger.support.bodies import Bodies, Body
from suites.trigger.support.shared_sessions import marked
from tck.checking import NotTested
from tck.run import Run

NOT_FROM_ABROAD = frozenset({401, 403, 404})


@dataclass(frozen=True)
class Environments:
    """The operations with the key of the environment where a session lives, and with the other one's."""

    run: Run
    home: Sessions
    abroad: Sessions
    bodies: Bodies
    make: Callable[[Sessions, Body], LiveSession]

    def at_home(self) -> LiveSession:
        """A new session at home; nothing abroad has its externalId."""
        return self.make(self.home, marked(self.bodies))

    def namesake(self, session: LiveSession) -> LiveSession:
        """A new session abroad with the externalId of one at home; a precondition."""
        other = self.make(self.abroad, marked(self.bodies, externalId=session.external_id))
        if other.id == session.id:
            raise NotTested(
                "a create with the key of another environment found the session",
                judged_by="isolation.external-id-is-unique-per-environment",
            )
        return other

    def namesakes(self) -> tuple[LiveSession, LiveSession]:
        """Two new sessions with one externalId, the first at home and the second abroad."""
        session = self.at_home()
        return session, self.namesake(session)

    def signed_abroad(self, session: LiveSession) -> str:
        """The claims of a session's token, signed with the key of the other environment."""
        return token_of(session).signed_with(self.run.target.credentials[self.abroad.credential])

    def intruders(self, requirement: str, session: LiveSession) -> list[Intruder]:
        """The key of the other environment, once for each address of the session."""
        about = "the key of another environment"
        return [
            Intruder(requirement, about, self.abroad.authorization, NOT_FROM_ABROAD)
            for _ in session.addresses
        ]
