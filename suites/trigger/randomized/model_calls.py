"""Sends the calls of the model, and says calls and answers in a few words."""

from suites.trigger.randomized.model import Action, Ask, Bearer
from suites.trigger.support.api import Sessions
from tck.checking import Reply, shown


def send(sessions: Sessions, address: str, ask: Ask) -> Reply:
    """Send one call."""
    match ask.action:
        case Action.CREATE:
            return sessions.create(ask.members)
        case Action.RETRIEVE:
            return sessions.retrieve(address)
        case Action.UPDATE:
            return sessions.update(address, ask.members)
        case Action.CLOSE:
            return sessions.close(address, ask.members)


def asked(ask: Ask, name: str = "", by: str = "", of: str = "") -> str:
    """A call in a few words; `name` is the session, `by` its address, `of` whose foreign token is used."""
    about = " ".join(filter(None, [ask.action, name, by and f"by {by}"]))
    bearer = {Bearer.KEY: "", Bearer.TOKEN: " with its public token", Bearer.FOREIGN_TOKEN: f" with {of}"}
    sent = "" if ask.action is Action.RETRIEVE else f" {shown(ask.members)}"
    return f"{about}{bearer[ask.bearer]}{sent}"


def answered(reply: Reply) -> str:
    """A reply in a few words."""
    if not reply.succeeded or not reply.is_object:
        return str(reply.status)
    cached = [f"isCached {reply['isCached']!r}, {reply['id']!r}"] if "isCached" in reply.row else []
    closed = "open" if reply["closedAt"].is_null else f"closed (reason {reply['closedReason']!r})"
    values = (f"{name} {reply[name]!r}" for name in ("tags", "metadata"))
    return ", ".join([str(reply.status), *cached, closed, *values])
