"""Which optional groups the target offers: looked for once a run, on sessions of the run's own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tck.contract.contract import Group, Probe
from tck.errors import BadGateway, Indeterminate, NoReply
from tck.results.document import GroupState
from tck.results.outcomes import NO_ROUTE
from tck.run.context import Run
from tck.run.options import Options
from tck.transport.messages import Call, Reply
from tck.unjudged import NotApplicable, NotTested
from tck.vocabulary import CORE

PROBE = "groups"
"""The purpose under which the probes stand in the exchanges."""


@dataclass(frozen=True)
class Groups:
    """The groups of the contract, as a run finds them at its target."""

    run: Run

    def require(self, name: str) -> None:
        """Raise NotApplicable unless the target offers the group."""
        if name == CORE:
            return
        offered = bool(
            self.run.once(f"{name}.offered", lambda: self._is_offered(self.run.contract.groups[name]))
        )
        self.run.group_seen(name, offered)
        if not offered:
            raise NotApplicable(not_offered(self.run.contract.groups[name]))

    def _is_offered(self, group: Group) -> bool:
        """Whether any probe is answered otherwise than by a missing route; raises Indeterminate."""
        address = self._own_session() if any(one.needs_session for one in group.probe) else ""
        return any(self._is_there(one, address) for one in group.probe)

    def _is_there(self, probe: Probe, address: str) -> bool:
        try:
            return self.run.send_quietly(self._call(probe, address), PROBE).answered not in NO_ROUTE
        except (NoReply, BadGateway) as failure:
            if isinstance(failure, NoReply) and failure.timed_out:
                return True
            raise
        except Indeterminate:
            return True

    def _call(self, probe: Probe, address: str) -> Call:
        first = self.run.contract.credentials[0].name
        request = probe.request.filled(address=address)
        return Call(
            probe.operation, request.method, request.path, self.run.authorization(first), first,
            request.body, headers=probe.headers,
        )  # fmt: skip

    def _own_session(self) -> str:
        """The address of a new session; raises NotTested where the target makes none."""
        rule, run = self.run.contract.ownership, self.run
        own = {"external_id": run.new_name(), "tag": run.tag, **run.options.own}
        first = run.contract.credentials[0].name
        request = rule.request.filled(**own)
        reply = run.send_quietly(
            Call("", request.method, request.path, run.authorization(first), first, request.body), PROBE
        )
        address = _member(reply, rule.server_id_member)
        if not address:
            raise NotTested(
                f"the create of a session to look for groups with was answered with {reply.answered}"
            )
        return address


def not_offered(group: Group) -> str:
    """Why nothing of a group is judged that the target does not offer."""
    return (
        f"The target does not offer the group {group.name}: "
        "every operation of it answers a good call with 404, 405 or 501."
    )


def left_out(group: str, options: Options) -> str:
    """Why nothing of a group is judged that --groups does not name."""
    return f"--groups={','.join(options.groups)} leaves out the group {group}."


def states(names: Iterable[str], options: Options, seen: Mapping[str, bool]) -> dict[str, GroupState]:
    """What became of each of these groups; one of which no check ran counts as not chosen."""
    return {name: _state(options.chooses(name), seen.get(name)) for name in names}


def _state(chosen: bool, offered: bool | None) -> GroupState:
    if not chosen or offered is None:
        return "not_chosen"
    return "judged" if offered else "not_offered"


def _member(reply: Reply, name: str) -> str:
    found = reply[name].value if reply.succeeded and reply.is_object else None
    return found if isinstance(found, str) else ""
