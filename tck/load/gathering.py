"""Workers and the one who leads them: who takes part, what each may send, and what each has observed.

What Locust does not say travels as messages of the kit's own, from a worker and back:

    tck-hello -> tck-assignment     the target, and the worker's share of the limits
    tck-ready, tck-refused          whether it can judge
    tck-ledger                      each session that it is about to make, has made or closed
    tck-stop -> tck-done            its users have ended, and all that it has observed is told
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from tck.cleanup.ledger import PREFIX, Ledger
from tck.errors import KitError
from tck.load.assignment import Assignment
from tck.load.observed import Observed
from tck.load.process import Process
from tck.waiting import pause

LONGEST_GATHERING = 300.0
"""Seconds that the workers that are expected may take to come."""
LONGEST_LEAVE = 120.0
"""Seconds that workers may take to end what their users do."""
LOOK_EVERY = 0.1
OBSERVED, SPENT = "tck-observed", "tck-spent"
"""What a worker adds to its reports."""
Opened = Callable[[Assignment, str, Callable[[dict[str, Any]], None]], Process]


class Happening(Protocol):
    """An event that can be waited for."""

    def is_set(self) -> bool: ...

    def set(self) -> None: ...


@dataclass
class Gathering:
    """The workers of a load, as the one who leads knows them; `mirrored` keeps a ledger of what each has."""

    runner: Any
    assignment: Assignment
    expected: int
    ledgers: Path
    mirrored: bool
    collected: Observed = field(default_factory=Observed)
    names: dict[str, str] = field(default_factory=dict)
    """The workers that were given a part, by their ids."""
    ready: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    exhausted: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    _books: dict[str, Ledger] = field(default_factory=dict)

    def listen(self, events: Any) -> None:
        """Hear what workers say."""
        for said in ("hello", "ready", "refused", "ledger", "done"):
            self.runner.register_message(f"tck-{said}", getattr(self, f"_{said}"))
        events.worker_report.add_listener(self._report)

    def gather(self, stopped: Happening) -> bool:
        """Wait for the workers; False where the load was stopped before. Raises KitError without them."""
        deadline = time.monotonic() + LONGEST_GATHERING
        while len(self.ready) < self.expected:
            if stopped.is_set():
                return False
            if self.refused:
                raise KitError(f"a worker cannot take part: {self.refused[0]}")
            if time.monotonic() > deadline:
                raise KitError(
                    f"{len(self.ready)} of {self.expected} workers came within {LONGEST_GATHERING:.0f} s; "
                    "start the others, or expect fewer with --expect-workers."
                )
            pause(LOOK_EVERY)
        return True

    @property
    def is_over(self) -> bool:
        """Whether no worker is left that may send anything."""
        return all(one in self.exhausted or one in self.done or self._is_lost(one) for one in self.ready)

    @property
    def spent(self) -> str:
        """The limit that workers have reached; empty while none has."""
        return next(iter(self.exhausted.values()), "")

    def _is_lost(self, worker: str) -> bool:
        known = self.runner.clients.get(worker)
        return known is None or known.state == "missing"

    def dismiss(self) -> int:
        """Have the users of all workers end; how many workers were lost."""
        self.runner.send_message("tck-stop")
        deadline = time.monotonic() + LONGEST_LEAVE
        while time.monotonic() < deadline:
            if all(one in self.done or self._is_lost(one) for one in self.ready):
                break
            pause(LOOK_EVERY)
        return len(self.ready - self.done)

    def close(self) -> None:
        """Let go of the ledgers."""
        for ledger in self._books.values():
            ledger.close()

    # What workers say

    def _hello(self, environment: Any, msg: Any, **_: Any) -> None:  # noqa: ARG002 - Locust's form
        worker = msg.node_id
        if worker not in self.names and len(self.names) >= self.expected:
            self._answer(
                worker,
                "tck-refused",
                {"why": f"all {self.expected} workers are there; lead more with --expect-workers."},
            )
            return
        self.names.setdefault(worker, f"w{len(self.names) + 1}")
        share = self.assignment.share(self.expected)
        self._answer(worker, "tck-assignment", {"name": self.names[worker], "assignment": share.to_json()})

    def _answer(self, worker: str, kind: str, data: dict[str, Any]) -> None:
        self.runner.send_message(kind, data, client_id=worker)

    def _ready(self, environment: Any, msg: Any, **_: Any) -> None:  # noqa: ARG002
        self.ready.add(msg.node_id)

    def _refused(self, environment: Any, msg: Any, **_: Any) -> None:  # noqa: ARG002
        self.refused.append(str(msg.data["why"]))

    def _ledger(self, environment: Any, msg: Any, **_: Any) -> None:  # noqa: ARG002
        if not self.mirrored or msg.node_id not in self.names:
            return
        if msg.node_id not in self._books:
            about = self.assignment
            path = self.ledgers / f"{PREFIX}{about.prefix}{self.names[msg.node_id]}.jsonl"
            self._books[msg.node_id] = Ledger(path, about.base_url, about.contract, about.own, about.embedded)
        self._books[msg.node_id].write(dict(msg.data))

    def _done(self, environment: Any, msg: Any, **_: Any) -> None:  # noqa: ARG002
        if msg.node_id in self.names:
            self._take(msg.data)
            self.done.add(msg.node_id)

    def _report(self, client_id: str, data: dict[str, Any]) -> None:
        if client_id in self.names:
            self._take(data)
            if data.get(SPENT):
                self.exhausted[client_id] = data[SPENT]

    def _take(self, data: dict[str, Any]) -> None:
        if OBSERVED in data:
            self.collected.add(Observed.from_json(data[OBSERVED]))


@dataclass
class Member:
    """A worker: `opened` makes its process of users once it was given a part, `stopped` ends it."""

    runner: Any
    opened: Opened
    stopped: Happening
    process: Process | None = None
    refused: str = ""
    _left: bool = False

    def listen(self, events: Any) -> None:
        """Hear what the one who leads says, and ask for a part."""
        self.runner.register_message("tck-assignment", self._assignment)
        self.runner.register_message("tck-refused", self._refused)
        self.runner.register_message("tck-stop", self._stop, concurrent=True)
        events.report_to_master.add_listener(self._report)
        self.runner.send_message("tck-hello")

    def _assignment(self, environment: Any, msg: Any, **_: Any) -> None:  # noqa: ARG002 - Locust's form
        if self.process is not None:
            return
        try:
            assignment = Assignment.from_json(msg.data["assignment"])
            assignment.verify()
            self.process = self.opened(assignment, msg.data["name"], self._told)
        except KitError as error:
            self.refused = str(error)
            self.runner.send_message("tck-refused", {"why": self.refused})
            self.stopped.set()
            return
        self.runner.send_message("tck-ready")

    def _told(self, event: dict[str, Any]) -> None:
        self.runner.send_message("tck-ledger", event)

    def _refused(self, environment: Any, msg: Any, **_: Any) -> None:  # noqa: ARG002
        self.refused = str(msg.data["why"])
        self.stopped.set()

    def _stop(self, environment: Any, msg: Any, **_: Any) -> None:  # noqa: ARG002
        self.stopped.set()

    def _report(self, client_id: str, data: dict[str, Any]) -> None:  # noqa: ARG002
        if self.process is not None:
            self.process.count()
            data[OBSERVED] = self.process.observed.taken().to_json()
            data[SPENT] = self.process.spent

    def leave(self) -> None:
        """Have the users end, and tell all that was observed."""
        if self.process is None:
            return
        self.process.stopping = True
        self.runner.stop()
        last: dict[str, Any] = {}
        self._report("", last)
        self.process.close()
        self.runner.send_message("tck-done", last)
        pause(1.0)  # for the last message to go out
