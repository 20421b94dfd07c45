"""The four operations, each with what is certain of the answers to its generated requests."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote_to_bytes

from suites.trigger.randomized.fuzzing.base_driver import SessionDriver
from suites.trigger.randomized.fuzzing.bodies import (
    NEW,
    OWN,
    existing_names,
    prefixed,
)
from suites.trigger.randomized.fuzzing.rules import documented_status_but
from suites.trigger.randomized.fuzzing.session_pool import (
    By,
    Place,
    Places,
    SessionKind,
    Stand,
    percent_encoded,
)
from suites.trigger.randomized.fuzzing.session_share import granted
from suites.trigger.support.bodies import names_something
from suites.trigger.support.body_sizes import CLOSE_INSIDE, CLOSE_OUTSIDE, INSIDE, OUTSIDE
from tck.checking import FITS_A_BAD_BODY, Check, Mismatch, Reply
from tck.randomized.fuzzing import Answer, Case, SchemathesisCase, as_bytes, label_of, odd_bodies
from tck.run import Run

PLENTY = 30
"""Sessions with which a check can afford one for each odd value."""


class CreateDriver(SessionDriver):
    """Create: a good body makes a session, or finds the one whose externalId it has."""

    operation, method, schema_name = "create", "POST", "CreateSessionRequestBody"
    body_inside, body_outside = INSIDE, OUTSIDE
    probed = ("PUT", "PATCH")

    kept = 1

    def __init__(self, run: Run, check: Check, sessions: int, wanted: int) -> None:
        super().__init__(run, check, sessions, wanted)
        self._finds = itertools.cycle((False, False, True))

    def odd_values(self) -> Iterator[Case]:
        """The odd values of this operation."""
        members = {**self._good_body(), "externalId": NEW if self.sessions >= PLENTY else OWN}
        for name, raw in odd_bodies(members, "metadata", ('{"odd": @, "n": 1}',), self.oddities()):
            yield self.odd_case(name, raw)
        for name, raw in odd_bodies(members, "externalId", (f'"{NEW}-~"',), self.oddities()):
            yield self.odd_case(name, raw)

    def _good_body(self) -> dict[str, Any]:
        return {
            "type": "chat.agent", "taskIdentifier": self.run.options.own["task_identifier"],
            "tags": ["odd"], "triggerConfig": {"basePayload": {}},
        }  # fmt: skip

    def fit(self, generated: Any) -> Any:
        """The generated body with names of the run."""
        if not isinstance(generated, dict):
            return generated
        body = existing_names(self.schema, generated, self.run.options.own["task_identifier"])
        given = body.get("externalId", NEW)
        return {**body, "externalId": prefixed(given) if isinstance(given, str) else given}

    def planned(self, request: Case) -> Iterator[Case]:
        """A good create makes a session; where it may not, and every now and then, it finds one."""
        good = request.answer is not Answer.REFUSED and isinstance(request.value, dict)
        makes = not good or self.may_make(request)
        yield from super().planned(request) if makes else ()
        if good and (next(self._finds) or not makes):
            yield self.judged(request, {**request.value, "externalId": OWN})

    def ambiguous(self, value: Any, size: int) -> list[str]:
        """As for all operations, and what is open for this one."""
        named = isinstance(value, dict) and names_something(value)
        return super().ambiguous(value, size) + (["it names what the target may lack"] if named else [])

    def without_body(self, label: str) -> Case:
        """No body, and what is certain of the answer."""
        return replace(super().without_body(label), answer=Answer.REFUSED, why="there is no body")

    def place_for(self, answer: Answer) -> Place:  # noqa: ARG002 - all creates go there
        """Where a request with that answer is sent."""
        return Place(SessionKind.ALL)

    def body_of_probes(self) -> bytes:
        """A good body with a name of the run."""
        return as_bytes({**self._good_body(), "externalId": NEW})

    def place_of_probes(self) -> Place:
        """The collection."""
        return Place(SessionKind.ALL)

    def own_name(self, case: Case, stand: Stand, places: Places) -> str:
        """The externalId of the session that a create is to find."""
        wanted = case.body is not None and OWN.encode() in case.body
        return places.known(SessionKind.OPEN).live.external_id if wanted else stand.name

    def changed(self, stand: Stand) -> Mismatch | None:
        """A refused create may not leave a session."""
        found = self.places.sessions.retrieve(stand.name)
        if not found.succeeded:
            return None
        said = "a session has its externalId"
        return Mismatch(said, "no session at its externalId", found.told, (found.exchange,))


class RetrieveDriver(SessionDriver):
    """Retrieve: sessions by both addresses, and addresses that nobody has."""

    operation, method = "retrieve", "GET"
    probed = ("PUT", "DELETE", "POST")
    KNOWN = (
        Place(SessionKind.OPEN, By.ID), Place(SessionKind.OPEN, By.EXTERNAL_ID),
        Place(SessionKind.CLOSED, By.ID), Place(SessionKind.CLOSED, By.EXTERNAL_ID),
    )  # fmt: skip

    def __init__(self, run: Run, check: Check, sessions: int, wanted: int) -> None:
        super().__init__(run, check, sessions, wanted)
        self._turn = itertools.cycle(self.KNOWN)
        self._spelt = itertools.cycle((True, False, False))
        self._strange = itertools.cycle((True, False))

    def odd_values(self) -> Iterator[Case]:
        """The odd values of this operation."""
        for oddity in self.oddities():
            yield self._of_nobody(f"odd values: {oddity.name}", oddity.path)
        yield self._of_nobody("odd values: a member twice", b'{"a":1,"a":2}')

    def requests(self, generated: SchemathesisCase) -> Iterator[Case]:
        """A session of the check, and every other time the generated address below a name that nobody has."""
        label = label_of(generated)
        yield Case(label, self.method, next(self._turn), answer=Answer.ACCEPTED, content_type=None)
        if next(self._spelt):
            yield Case(
                f"{label}, spelt otherwise", self.method, Place(SessionKind.OPEN, By.HEX), content_type=None
            )
        if next(self._strange):
            yield self._of_nobody(label, unquote_to_bytes(str(generated.path_parameters.get("session", ""))))

    def after(self, case: Case) -> SessionKind | None:
        """Reads change nothing, so none waits for another."""
        return super().after(case) if case.probe else None

    def _of_nobody(self, label: str, raw: bytes) -> Case:
        return Case(
            f"{label}, as an address",
            self.method,
            Place(SessionKind.NOBODY),
            tail=percent_encoded(raw),
            content_type=None,
        )

    def place_for(self, answer: Answer) -> Place:  # noqa: ARG002 - there is no body to be judged
        """Where a request with that answer is sent."""
        return Place(SessionKind.NOBODY)


class UpdateDriver(SessionDriver):
    """Update: good bodies go to an open session, bad ones to one whose row must stay as it is."""

    operation, method, schema_name = "update", "PATCH", "UpdateSessionRequestBody"
    body_inside, body_outside = INSIDE, OUTSIDE
    judges_closed = False
    PLACES = (
        Place(SessionKind.OPEN, By.ID),
        Place(SessionKind.OPEN, By.EXTERNAL_ID),
        Place(SessionKind.OPEN, By.ID),
        Place(SessionKind.OPEN, By.EXTERNAL_ID),
        Place(SessionKind.CLOSED, By.ID),
    )

    def __init__(self, run: Run, check: Check, sessions: int, wanted: int) -> None:
        super().__init__(run, check, sessions, wanted)
        self._turn = itertools.cycle(self.PLACES)
        self._differs = itertools.cycle((False, False, False, True))

    def odd_values(self) -> Iterator[Case]:
        """The odd values of this operation."""
        for name, raw in odd_bodies({"tags": ["odd"]}, "metadata", ('{"odd": @, "n": 1}',), self.oddities()):
            yield self.odd_case(name, raw)
        for name, raw in odd_bodies({}, "tags", ('["~"]',), self.oddities()):
            yield self.odd_case(name, raw)

    def fit(self, generated: Any) -> Any:
        """The generated body with names of the run."""
        given = generated.get("externalId", OWN) if isinstance(generated, dict) else OWN
        if given == OWN or not (isinstance(given, str) or given is None):
            return generated
        if next(self._differs):
            return {**generated, "externalId": prefixed(given) if given else given}
        return {**generated, "externalId": OWN}

    def wrong(self, value: Any, size: int) -> list[str]:
        """As for all operations, and what is wrong for this one."""
        if not isinstance(value, dict | list | str):
            return []
        given = value.get("externalId", OWN) if isinstance(value, dict) else OWN
        other = given != OWN and (given is None or isinstance(given, str))
        return super().wrong(value, size) + (
            ["it names another externalId than the session's"] if other else []
        )

    def ambiguous(self, value: Any, size: int) -> list[str]:
        """As for all operations, and what is open for this one."""
        return super().ambiguous(value, size) + ([] if isinstance(value, dict) else ["it is no object"])

    def place_for(self, answer: Answer) -> Place:
        """Where a request with that answer is sent."""
        return Place(SessionKind.QUIET) if answer is Answer.REFUSED else next(self._turn)


class CloseDriver(SessionDriver):
    """Close: bad bodies go to an open session, good ones to a closed one, and some to one just made."""

    operation, method, schema_name, suffix = "close", "POST", "CloseSessionRequestBody", "/close"
    body_inside, body_outside = CLOSE_INSIDE, CLOSE_OUTSIDE
    kept = 2
    probed = ("GET", "PUT", "PATCH", "DELETE")

    def __init__(self, run: Run, check: Check, sessions: int, wanted: int) -> None:
        super().__init__(run, check, sessions, wanted)
        self.rules = {**self.rules, "documented-status": documented_status_but(FITS_A_BAD_BODY)}
        self._by = itertools.cycle((By.ID, By.EXTERNAL_ID))

    def odd_values(self) -> Iterator[Case]:
        """The odd values of this operation."""
        for name, raw in odd_bodies({}, "reason", ("@",), self.oddities()):
            yield from self.planned(self.odd_case(name, raw))
        yield from self.planned(self.without_body("odd values: no body"))

    def planned(self, request: Case) -> Iterator[Case]:
        """A close that may succeed ends a session just made, where it may have one, and a closed one."""
        makes = request.answer is not Answer.REFUSED and self.may_make(request)
        if makes:
            yield replace(request, place=Place(SessionKind.NEW, next(self._by)))
        if not makes or request.answer is Answer.ACCEPTED:
            yield from super().planned(request)

    def wrong(self, value: Any, size: int) -> list[str]:
        """As for all operations, and what is wrong for this one."""
        return super().wrong(value, size) if isinstance(value, dict | list | str) else []

    def ambiguous(self, value: Any, size: int) -> list[str]:
        """As for all operations, and what is open for this one."""
        return super().ambiguous(value, size) + ([] if isinstance(value, dict) else ["it is no object"])

    def without_body(self, label: str) -> Case:
        """No body, and what is certain of the answer."""
        return replace(super().without_body(label), answer=Answer.ACCEPTED)

    def place_for(self, answer: Answer) -> Place:
        """Where a request with that answer is sent."""
        return Place(SessionKind.QUIET if answer is Answer.REFUSED else SessionKind.CLOSED, next(self._by))

    def place_of_probes(self) -> Place:
        """The session that must stay open."""
        return Place(SessionKind.QUIET)

    def spoils(self, case: Case, reply: Reply) -> bool:
        """A close also spoils an open session by succeeding."""
        open_before = isinstance(case.place, Place) and case.place.kind in (
            SessionKind.OPEN,
            SessionKind.QUIET,
        )
        return super().spoils(case, reply) or (reply.succeeded and open_before)


DRIVERS: Mapping[str, type[SessionDriver]] = {
    "create": CreateDriver, "retrieve": RetrieveDriver, "update": UpdateDriver, "close": CloseDriver,
}  # fmt: skip


def driver_for(operation: str, run: Run, check: Check) -> SessionDriver:
    """What knows the operation, with its share of the sessions."""
    return DRIVERS[operation](run, check, *granted(run, operation))
