"""One process's part of a run: sends what checks ask for, and keeps the ledger and the shared results."""

import itertools
import json
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock

from tck.atomic_write import whole_file
from tck.checking.check import Check
from tck.cleanup.ledger import PREFIX, Ledger
from tck.contract.contract import Contract
from tck.contract.openapi import Api
from tck.contract.requirements import Registry
from tck.costs.generated_share import Allowance
from tck.errors import Indeterminate, SentAgain, Unreachable
from tck.recording.exchange import Exchange, Spool, read_spool
from tck.recording.redaction import Redactor
from tck.recording.secret_forms import public_prefix
from tck.run.inputs import Plan
from tck.run.options import Options
from tck.run.sight import kept_sight
from tck.run.target import Target
from tck.transport.client import Client
from tck.transport.event_stream import Enough, Listened
from tck.transport.in_flight import InFlight
from tck.transport.limits import Budget, Counter
from tck.transport.messages import REFUSAL, Call, Reply
from tck.transport.rate_limiter import Pacer
from tck.transport.way import Way, way_to
from tck.unjudged import NotTested
from tck.values.json_equality import Kind
from tck.values.row import RowShape
from tck.values.texts import in_all_texts, whole
from tck.vocabulary import CORE, NEW_SESSIONS
from tck.waiting import ReadPatience

T = TypeVar("T")
UPDATE = "PATCH"
"""The method of writes that may be sent again with the same effect."""
Monitor = Callable[[Check, Reply], None]
"""Judges a reply beside the point of the check that asked for it, by `check.observe`."""


@dataclass
class Run:
    """Everything a check needs of the run; made once a process."""

    options: Options
    contract: Contract
    registry: Registry
    api: Api
    target: Target
    worker: str
    redactor: Redactor
    client: Client
    ledger: Ledger
    budget: Budget
    allowance: Allowance = field(default_factory=Allowance)
    monitors: list[Monitor] = field(default_factory=list)
    """Judge the replies to operations of the core."""
    group_monitors: dict[str, list[Monitor]] = field(default_factory=dict)
    """By optional group, those that judge the replies to its operations."""
    broken_by_replies: set[str] = field(default_factory=set)
    """The rules on every reply that replies to any check of this process broke."""
    patience: ReadPatience = field(default_factory=ReadPatience)
    again: str = ""
    """The name of the round in which failed checks are judged again; empty in the run itself."""
    _names: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def close(self) -> None:
        """Let go of the ledger and of the connections."""
        self.ledger.close()
        self.client.close()

    def authorization(self, credential: str) -> str | None:
        """The Authorization header of the named credential, None when it is not set."""
        sent_as = self.contract.credential(credential).authorization
        secret = self.target.credentials.get(credential)
        return sent_as.header(secret, self.options.own) if secret else None

    @property
    def lanes(self) -> int:
        """How many requests of one check may be under way at once where their order says nothing."""
        return self.target.at_once or 1

    @cached_property
    def keys(self) -> Mapping[str, str]:
        """The secrets of the run by the variables that hold them."""
        known = self.target.credentials
        return {item.env: known[item.name] for item in self.contract.credentials if item.name in known}

    def clean(self, text: str) -> str:
        """The text without secrets, as all that checks, pytest or its plugins say is made once, on entry."""
        return whole(self.redactor.text(text))

    def new_name(self) -> str:
        """A text that no other session on any target has, for addresses that the run chooses."""
        return f"{self.target.prefix}{self.worker}-{next(self._names)}"

    @property
    def tag(self) -> str:
        """The tag that marks the sessions of this run."""
        return self.target.prefix.rstrip("-")

    def send(self, call: Call, check: Check) -> Reply:
        """Send for a check: on the ledger before, recorded after, then shown to the monitors."""
        if call.authorization is not None:
            self._keep_to_ourselves(call.authorization.rpartition(" ")[2])
        try:
            reply = self._kept(call, check.node)
        except Indeterminate as weather:
            check.exchanges += [weather.exchange] if weather.exchange else []
            check.hit_by(weather)
            raise
        check.exchanges.append(reply.exchange)
        if reply.answered in REFUSAL and self._is_our_create(call):
            self._verify_creates()
        if reply.doubtful and not reply.turned_away and not check.weighs_doubt:
            said = f"{call.method} {call.path} was sent again, so its reply is no evidence"
            raise Indeterminate(said, reply.exchange)
        self.show(check, [reply])
        return reply.noted_by(check.note)

    def listen(self, call: Call, check: Check, seconds: float, enough: Enough) -> Listened:
        """Subscribe for a check to a stream of events, for so many seconds at most; recorded afterwards."""
        if call.authorization is not None:
            self._keep_to_ourselves(call.authorization.rpartition(" ")[2])
        try:
            listened = self.client.listen(call, check.node, seconds, enough)
        except Indeterminate as weather:
            check.exchanges += [weather.exchange] if weather.exchange else []
            check.hit_by(weather)
            raise
        check.exchanges.append(listened.exchange)
        self.show(check, [listened.reply])
        return replace(listened, reply=listened.reply.noted_by(check.note))

    def abandon(self, call: Call, check: Check) -> None:
        """Send a whole request for a check, and hang up before the reply to it can come."""
        check.exchanges.append(self.client.abandon(call, check.node))

    def show(self, check: Check, replies: Iterable[Reply]) -> None:
        """Let the monitors judge replies that a check looks at."""
        for reply in replies:
            group = self.contract.group_of(reply.call.operation)
            for monitor in self.monitors if group == CORE else self.group_monitors.get(group, ()):
                monitor(check, reply)

    def _is_our_create(self, call: Call) -> bool:
        """Whether a call makes a session with one of the run's own credentials."""
        rule = self.contract.ownership
        keys = {self.authorization(item.name) for item in self.contract.credentials}
        return (call.method, call.path) == (rule.method, rule.path) and call.authorization in keys

    def _verify_creates(self) -> None:
        """Raise NotTested where the target makes no session of what the options name."""
        no_sessions = kept_sight(self.target.shared).no_sessions
        if no_sessions:
            raise NotTested(no_sessions, NEW_SESSIONS)

    def made_up(self, credential: str) -> str:
        """A credential that a check has made up: it is no secret, and is shown as it is."""
        self.redactor.spare(credential)
        return credential

    def _keep_to_ourselves(self, credential: str) -> None:
        """Take a credential out of all that is kept, unless it is a name of the run itself."""
        if credential.startswith(self.target.prefix):
            self.redactor.spare(credential)
        else:
            self.redactor.register_presented(credential, self.keys)

    def send_quietly(self, call: Call, purpose: str) -> Reply:
        """Send for the kit itself, judged by nobody."""
        return self._kept(call, purpose)

    def _kept(self, call: Call, purpose: str) -> Reply:
        rule = self.contract.ownership
        if call.method == rule.method and call.path == rule.path:
            return self._kept_create(call, purpose)
        address = self.contract.cleanup.address_in(call.method, call.path)
        idempotent = address is not None or call.method == UPDATE
        reply = self.client.send(call, purpose, idempotent=idempotent)
        if address is not None and reply.succeeded and _shows(reply, rule.closed_member):
            self.ledger.closed(address)
        return reply

    def _kept_create(self, call: Call, purpose: str) -> Reply:
        chosen = _member(call.body, self.contract.ownership.client_id_member)
        self.budget.spend_session()
        if chosen is not None:
            self.ledger.plan(chosen, call.credential)
        try:
            reply = self.client.send(call, purpose, repeatable=chosen is not None)
        except NotTested:
            self._nothing_made(chosen)
            raise
        except Unreachable:
            self._take_back(chosen)
            raise
        except Indeterminate:
            self.budget.broken.step()
            raise
        if reply.refused:
            self._nothing_made(chosen)
        elif chosen is not None and not reply.succeeded and _is_held_nowhere(chosen):
            self._take_back(chosen)
        elif reply.succeeded and reply.is_object:
            self._own(reply, chosen, call.credential)
        else:
            self.budget.broken.step()
        return reply

    def _take_back(self, chosen: str | None) -> None:
        """Take back what was counted and planned."""
        self.budget.no_session()
        if chosen is not None:
            self.ledger.not_ours(chosen)

    def _nothing_made(self, chosen: str | None) -> None:
        """Take back what was counted; an address that can only be ours stays on the ledger, to be closed.

        One that no server can hold does not.
        """
        self.budget.no_session()
        if chosen is None:
            return
        if self._is_ours(chosen) and not _is_held_nowhere(chosen):
            self.ledger.refused(chosen)
        else:
            self.ledger.not_ours(chosen)

    def _own(self, reply: Reply, chosen: str | None, credential: str) -> None:
        rule = self.contract.ownership
        given = reply[rule.server_id_member].value
        found = bool(rule.existed_member) and reply[rule.existed_member].value is True
        if found and reply.doubtful:
            call, member = reply.call, rule.existed_member
            said = f"{call.method} {call.path} was sent again, so {member} says nothing"
            self.budget.broken.step()
            raise SentAgain(said, reply.exchange)
        if found:
            self.budget.no_session()
        if found and not (chosen and self._is_ours(chosen)):
            if chosen:
                self.ledger.not_ours(chosen)
        elif isinstance(given, str) and given:
            self.ledger.made(given, credential, chosen)
        elif not found:
            self.budget.broken.step()

    def _is_ours(self, address: str) -> bool:
        return address.startswith(self.target.prefix)

    def capability_seen(self, name: str, present: bool) -> None:
        """Note for the result whether the target has a capability."""
        if self.again:
            return
        with whole_file(self.target.shared / f"capability-{name}") as file:
            file.write("yes" if present else "no")

    def capabilities(self) -> dict[str, bool]:
        """The capabilities that any worker has looked for, and whether the target has them."""
        found = sorted(self.target.shared.glob("capability-*"))
        return {path.name.removeprefix("capability-"): path.read_text("utf-8") == "yes" for path in found}

    def group_seen(self, name: str, offered: bool) -> None:
        """Note for the result whether the target offers a group of requirements."""
        if self.again:
            return
        with whole_file(self.target.shared / f"group-{name}") as file:
            file.write("yes" if offered else "no")

    def groups_seen(self) -> dict[str, bool]:
        """The groups of which a check of any worker was to run, and whether the target offers them."""
        found = sorted(self.target.shared.glob("group-*"))
        return {path.name.removeprefix("group-"): path.read_text("utf-8") == "yes" for path in found}

    def note(self, name: str, facts: Mapping[str, Any]) -> None:
        """Keep for the result what a generated check says of its work; a later note replaces an earlier.

        What is judged again is noted nowhere.
        """
        if self.again:
            return
        path = self.target.shared / f"note-{name.replace(' ', '-')}"
        said = {"name": name, "facts": in_all_texts(facts, self.clean)}
        with whole_file(path) as file:
            file.write(json.dumps(said))

    def notes(self) -> dict[str, Any]:
        """What the generated checks of all workers have noted, by name."""
        paths = sorted(self.target.shared.glob("note-*"))
        return {
            note["name"]: note["facts"] for note in (json.loads(path.read_text("utf-8")) for path in paths)
        }

    def once(self, key: str, make: Callable[[], T]) -> T:
        """The JSON value that the first worker to ask made for this key; a NotTested of it holds for all.

        A key that begins with the name of an optional group and a dot is made at the cost of that group.
        In a round in which failed checks are judged again, each process makes it anew.
        """
        path = self.target.shared / f"once-{key}{self.again}.json"
        with FileLock(path.with_suffix(".lock")):
            if not path.exists():
                outcome = json.dumps(_outcome_of(make))
                with whole_file(path) as file:
                    file.write(outcome)
        stored = json.loads(path.read_text(encoding="utf-8"))
        if "not_tested" in stored:
            raise NotTested.again(stored["not_tested"], stored["capability"], stored["left_to"])
        value: T = stored["value"]
        return value

    def recorded(self, ids: Collection[str]) -> dict[str, Exchange]:
        """The exchanges of these ids that this process has recorded."""
        path = spool_path(self.target.shared, self.worker)
        if not ids or not path.exists():
            return {}
        return {exchange.id: exchange for exchange in read_spool(path) if exchange.id in ids}

    def alone(self, key: str) -> FileLock:
        """A lock on something of the target that checks of all workers use one at a time."""
        return FileLock(self.target.shared / f"alone-{key}.lock")


def _outcome_of(make: Callable[[], Any]) -> dict[str, Any]:
    try:
        return {"value": make()}
    except NotTested as signal:
        return {"not_tested": signal.reason, "capability": signal.capability, "left_to": signal.left_to}


def _shows(reply: Reply, member: str) -> bool:
    return not member or (reply.is_object and not reply[member].is_null)


def _is_held_nowhere(address: str) -> bool:
    """Whether a text is none that a server could store: it has half of a surrogate pair or a NUL in it."""
    return "\0" in address or address.encode(errors="replace").decode() != address


def _member(body: bytes | None, name: str) -> str | None:
    try:
        value = json.loads(body or b"null")
    except (ValueError, RecursionError):
        return None
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) and found else None


def open_run(plan: Plan, target: Target, worker: str) -> Run:
    """Put together this process's part of the run."""
    options, contract, api = plan.options, plan.spec.contract, plan.spec.api
    redactor = Redactor()
    for item in contract.credentials:
        if item.name in target.credentials:
            redactor.spare(public_prefix(target.credentials[item.name]))
            redactor.register(target.credentials[item.name], item.env)
    budget = Budget(
        Counter(target.shared / "requests"), Counter(target.shared / "sessions"),
        options.max_requests, options.max_sessions,
    )  # fmt: skip
    way = Way() if target.embedded else way_to(target.base_url, options.certificates, os.environ)
    way.keep_secret(redactor)
    rate = options.rate_limit / target.workers if options.rate_limit else None
    client = Client(
        base_url=target.base_url, timeout=options.request_timeout, shape=row_shape(contract, api),
        redactor=redactor, recorder=Spool(spool_path(target.shared, worker)), budget=budget,
        pacer=Pacer(rate), name=worker, way=way,
        traced=options.trace_headers, in_flight=InFlight(target.shared, target.at_once),
    )  # fmt: skip
    path = ledger_path(target, worker)
    ledger = Ledger(path, target.base_url, contract.name, options.own, target.embedded)
    return Run(
        options, contract, plan.spec.registry, api, target, worker,
        redactor, client, ledger, budget, plan.allowance,
    )  # fmt: skip


def spool_path(shared: Path, worker: str) -> Path:
    """The file that this worker's exchanges go to while the run lasts."""
    return shared / f"exchanges-{worker}.jsonl"


def ledger_path(target: Target, worker: str) -> Path:
    """The ledger of this worker; it outlives a crash of the kit."""
    return (target.ledgers or target.shared) / f"{PREFIX}{target.prefix}{worker}.jsonl"


def row_shape(contract: Contract, api: Api) -> RowShape:
    """The documented row of the contract as a shape to compare by."""
    unordered = frozenset(contract.row.unordered)
    members = {
        name: Kind.INSTANT if form == "date-time" else Kind.UNORDERED if name in unordered else Kind.PLAIN
        for name, form in api.members(contract.row.schema).items()
    }
    return RowShape(members, frozenset(contract.row.may_vanish), unordered, frozenset(contract.row.volatile))
