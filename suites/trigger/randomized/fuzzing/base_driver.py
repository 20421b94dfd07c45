"""What fuzzing the four operations has in common: what a generated body becomes, and how it is sent."""

import itertools
from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from suites.trigger.randomized.fuzzing.bodies import NAME_LENGTH, OWN, as_sent, filled
from suites.trigger.randomized.fuzzing.rules import rules_of
from suites.trigger.randomized.fuzzing.session_pool import (
    SPOILT,
    Place,
    Places,
    PooledSession,
    SessionKind,
    Stand,
)
from suites.trigger.support.api import Sessions
from suites.trigger.support.bodies import Bodies
from suites.trigger.support.replies.monitors import ReplyMonitor
from tck.checking import Broken, Call, Check, Mismatch, Reply, Row, joined
from tck.randomized.fuzzing import (
    NOTHING,
    Answer,
    Bearer,
    BodyDriver,
    Case,
    CaseResult,
    Oddity,
    SchemathesisCase,
    oddities,
)
from tck.run import Run

KEPT = frozenset({SessionKind.OPEN, SessionKind.QUIET, SessionKind.CLOSED})
"""The sessions that serve many requests."""
WITHOUT_THE_KEY_EVERY = 15
"""One in so many good requests is repeated without the right key."""
MANY = 10
"""Sessions left with which requests whose answer is left open may have one of their own, too."""


class SessionDriver(BodyDriver):
    """One operation; the subclasses say what is certain of the answer to its requests."""

    operation: str
    schema_name: str = ""
    suffix: str = ""
    kept: int = 0
    """Sessions that serve all requests; the rest of those granted are made for one request each."""
    judges_closed = True
    """Whether the pages say what becomes of a good request to a closed session."""
    probed: tuple[str, ...] = ()
    """Methods that the pages do not have for the path, and that are tried."""

    def __init__(self, run: Run, check: Check, sessions: int, wanted: int) -> None:
        schema = run.api.schema(self.schema_name) if self.schema_name else {}
        super().__init__(
            schema,
            rules_of(ReplyMonitor(run.api, run.target.credentials, run.options.own["task_identifier"])),
            sessions,
            wanted,
        )
        self.run, self.check = run, check
        self._names, self._good = itertools.count(1), itertools.count()
        self._bodies: set[bytes | None] = set()
        self.left = sessions - self.kept
        speaking = Sessions(run, check, run.authorization("key"))
        self.places = Places(speaking, Bodies(run), self.new_name, sessions + SPOILT)

    def new_name(self) -> str:
        """A name that no other session has: the run's prefix, and the same number for the same request."""
        begun = f"{self.run.target.prefix}{self.operation}-"
        return f"{begun}{next(self._names):0{NAME_LENGTH - len(begun)}d}"

    # What a generated case becomes

    @abstractmethod
    def odd_values(self) -> Iterator[Case]:
        """The odd texts, numbers and bytes."""

    def cases(self, generated: SchemathesisCase) -> Iterator[Case]:
        """The requests that a generated case becomes, some of them again without the right key."""
        for request in self.requests(generated):
            yield from self.planned(request)
            if request.answer is Answer.ACCEPTED:
                yield from self._without_the_key(request)

    def planned(self, request: Case) -> Iterator[Case]:
        """How a request is sent; what must be refused is sent once, however often it is generated."""
        if request.answer is not Answer.REFUSED or self._is_first(request):
            yield request

    def may_make(self, request: Case) -> bool:
        """Whether the request is worth a session of its own, and the check may still make one."""
        worthy = request.answer is Answer.ACCEPTED or self.left >= MANY
        makes = worthy and self.left > 0 and self._is_first(request)
        self.left -= makes
        return makes

    def _is_first(self, request: Case) -> bool:
        known = len(self._bodies)
        self._bodies.add(request.body)
        return len(self._bodies) > known

    def odd(self) -> Iterator[Case]:
        """What is sent in every run: the odd values, and the methods that the path does not have."""
        yield from self.odd_values()
        for method in self.probed:
            body = None if method == "GET" else self.body_of_probes()
            yield Case(f"the method {method}", method, self.place_of_probes(), body, probe=True)

    def body_of_probes(self) -> bytes:
        """What a request with another method carries."""
        return b"{}"

    def judged(self, case: Case, value: Any) -> Case:
        """As for all contracts; what becomes of a good request to a closed session may be open."""
        again = super().judged(case, value)
        closed = isinstance(again.place, Place) and again.place.kind is SessionKind.CLOSED
        is_open = again.answer is Answer.ACCEPTED and closed and not self.judges_closed
        return replace(again, answer=Answer.OPEN) if is_open else again

    def as_sent(self, value: Any) -> Any:
        """The body with names as long as those that will be sent."""
        return as_sent(value)

    @abstractmethod
    def place_for(self, answer: Answer) -> Place:
        """Where a request with that answer is sent."""

    def place_of_probes(self) -> Place:
        """Where a request with another method is sent."""
        return Place(SessionKind.OPEN)

    def _without_the_key(self, case: Case) -> Iterator[Case]:
        if next(self._good) % WITHOUT_THE_KEY_EVERY == 0:
            where = self.place_of_probes() if _is_new(case.place) else case.place
            for bearer in (Bearer.NONE, Bearer.UNKNOWN):
                yield replace(case, place=where, bearer=bearer, answer=Answer.OPEN, value=NOTHING)

    # Sending

    def after(self, case: Case) -> SessionKind | None:
        """Requests to a session that serves many go one after the other; others wait for none."""
        assert isinstance(case.place, Place)
        if case.place.kind is SessionKind.ALL and OWN.encode() in (case.body or b""):
            return SessionKind.OPEN
        return case.place.kind if case.place.kind in KEPT else None

    def send(self, case: Case, *, fresh: bool = False) -> CaseResult:
        """Put the names of the run in and send it, on fresh sessions if asked."""
        places = self.places.renewed() if fresh else self.places
        assert isinstance(case.place, Place)
        stand = places.stand(case.place, case.tail, self.suffix)
        if case.probe:
            self.run.ledger.plan(stand.name, "key")
        reply = self.run.send(self._call(case, stand, places), self.check)
        if case.looks_after:
            stand = self._looked_after(case, stand, reply)
        if stand.known is not None and (stand.changed or self.spoils(case, reply)):
            places.forget(stand.known)
        return CaseResult(case, reply, stand)

    def _call(self, case: Case, stand: Stand, places: Places) -> Call:
        body = filled(case.body, stand.name, self.own_name(case, stand, places))
        authorization = {
            Bearer.KEY: self.run.authorization("key"),
            Bearer.NONE: None,
            Bearer.UNKNOWN: f"Bearer {self.run.target.prefix}unknown",
        }[case.bearer]
        operation = "" if case.probe else f"{self.operation}Session"
        return Call(
            operation,
            case.method,
            stand.path,
            authorization,
            "key",
            body,
            content_type=case.content_type,
        )

    def own_name(self, case: Case, stand: Stand, places: Places) -> str:  # noqa: ARG002 - for create
        """The externalId of the session that the request is about."""
        return stand.known.live.external_id if stand.known else stand.name

    def spoils(self, case: Case, reply: Reply) -> bool:
        """Whether the session may have been changed in a way that makes it useless."""
        wrong = case.answer is Answer.REFUSED or case.probe or case.bearer is not Bearer.KEY
        return reply.failed_at_something_exotic or (reply.succeeded and wrong)

    def _looked_after(self, case: Case, stand: Stand, reply: Reply) -> Stand:
        if case.answer is Answer.REFUSED:
            return replace(stand, changed=self.changed(stand) if reply.refused else None)
        if case.is_exotic or not reply.succeeded or not reply.is_object:
            return stand
        return replace(stand, after=self.places.sessions.retrieve(str(reply["id"].value)))

    def changed(self, stand: Stand) -> Mismatch | None:
        """What a refused request has changed all the same."""
        if stand.known is None:
            return None
        known: PooledSession = stand.known
        try:
            looked = self.run.patience.wait(known.live.read, lambda row: self.untouched(known.row, row))
        except Broken as gone:
            return Mismatch(str(gone), gone.expected, gone.seen, gone.exchanges)
        found = known.row.differences(looked.value)
        return joined(found) if found and not looked.held else None

    def untouched(self, before: Row, now: Row) -> bool:
        """Whether the row is as it was, but for what may move by itself."""
        return before.without_volatile() == now.without_volatile()

    # Odd values

    def oddities(self) -> tuple[Oddity, ...]:
        """The odd values, in sizes that stand out in a body of this operation."""
        return oddities(longest=self.body_outside + 100, deepest=min(300, self.body_inside // 2 - 200))


def _is_new(where: object) -> bool:
    return isinstance(where, Place) and where.kind is SessionKind.NEW
