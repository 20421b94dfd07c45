"""One look at the target before any check, whether there is something that could be judged."""

from collections.abc import Callable, Iterable

from tck.errors import KitError
from tck.run.looks import Look
from tck.run.sight import Sight

CHECK = "preflight"


def preflight(looks: Iterable[Look], clean: Callable[[str], str]) -> Sight:
    """What the looks found; raises KitError at the first with which the target cannot be judged at all.

    `clean` takes secrets out of what the target has written.
    """
    no_sessions, remarks = "", []
    for look in looks:
        if look.refusal:
            raise KitError(clean(look.refusal))
        no_sessions = no_sessions or clean(look.no_sessions)
        remarks += [clean(look.remark)] if look.remark else []
    return Sight(no_sessions, tuple(remarks))
