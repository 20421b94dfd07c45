"""One Locust process: `python -m tck.load.engine`, with its orders on standard input.

Locust is imported first, as gevent must patch sockets before TLS and HTTP are imported.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gevent
import locust
from locust import LoadTestShape, constant, runners, task
from locust.env import Environment
from locust.exception import StopUser
from locust.html import get_html_report
from locust.stats import stats_history

from tck.atomic_write import whole_file
from tck.errors import KitError
from tck.load.observed import Observed
from tck.load.orders import Orders
from tck.load.process import Process, User
from tck.load.shape import Shape, users_at
from tck.randomized import RoundResult
from tck.transport.certificates import Certificates

OUTCOME = "outcome.json"
LOCUST_HTML = "locust.html"
REPORTED_EVERY = 1.0
"""Seconds between two reports of a worker."""
LATE_HEARTBEATS = 15
"""Seconds without a word after which a worker is lost: one at full load may be late."""
TO_STOP = 30.0
"""Seconds that users get to close what they have."""


class Engine:
    """What one process does, whatever its role."""

    def __init__(self, orders: Orders) -> None:
        self.orders = orders
        self.collected = Observed()
        self.process: Process | None = None
        self.stopped = gevent.event.Event()
        self.interrupted = False
        self.why_stopped = ""
        engine = self

        class SessionUser(locust.User):
            """A user of Locust that does one thing after the other."""

            wait_time = constant(0)
            acting: User

            def on_start(self) -> None:
                assert engine.process is not None
                self.acting = engine.process.user()

            @task
            def act(self) -> None:
                if not self.acting.act():
                    engine.reached_limit()
                    raise StopUser

            def stop(self, force: bool = False) -> bool:
                if hasattr(self, "acting"):
                    self.acting.stopping = True
                    self.acting.killed = self.acting.killed or force
                return bool(super().stop(force=force))

            def on_stop(self) -> None:
                self.acting.leave()

        class Course(LoadTestShape):
            """The course of the load."""

            def tick(self) -> tuple[int, float] | None:
                elapsed = self.get_run_time()
                if elapsed >= orders.seconds:
                    return None
                number = users_at(Shape(orders.shape), orders.users, elapsed, orders.seconds)
                return number, orders.spawn_rate

        shaped = orders.shape != Shape.STEADY and orders.role != "worker"
        self.environment = Environment(
            user_classes=[SessionUser], shape_class=Course() if shaped else None,
            host=orders.assignment.base_url if orders.assignment else None, stop_timeout=TO_STOP,
        )  # fmt: skip

    def fired(self, method: str, name: str, milliseconds: float, size: int, wrong: str) -> None:
        """Tell Locust of a request."""
        self.environment.events.request.fire(
            request_type=method, name=name, response_time=milliseconds, response_length=size,
            exception=wrong or None, context={},
        )  # fmt: skip

    def reached_limit(self) -> None:
        """No user may send any more."""
        if self.process and not self.why_stopped:
            self.why_stopped = self.process.spent
        self.stopped.set()

    def interrupt(self, *_: Any) -> None:
        """Stop at the first signal."""
        self.interrupted = True
        gevent.get_hub().loop.run_callback(self.stopped.set)

    def alone(self) -> None:
        """Run all users in this process."""
        orders = self.orders
        assert orders.assignment is not None
        self.process = self.opened(orders.assignment, "w1", lambda _: None)
        runner = self.environment.create_local_runner()
        self._lead(runner)
        self.collected = self.process.observed
        self.process.close()

    def opened(self, assignment: Any, name: str, told: Callable[[dict[str, Any]], None]) -> Process:
        certificates = Certificates(*(Path(one) if one else None for one in self.orders.certificates))
        return Process.open(
            assignment,
            name,
            Path(self.orders.ledgers),
            certificates,
            fired=self.fired,
            told=told,
            aside=aside,
        )

    def _lead(self, runner: Any) -> None:
        """From the first user to the last reply."""
        orders = self.orders
        gevent.spawn(stats_history, runner)
        started = time.monotonic()
        if self.environment.shape_class is not None:
            runner.start_shape()
        else:
            runner.start(orders.users, spawn_rate=orders.spawn_rate)
        while not self.stopped.is_set():
            left = orders.seconds - (time.monotonic() - started)
            if left <= 0:
                break
            if orders.requests and runner.stats.total.num_requests >= orders.requests:
                break
            self.stopped.wait(min(left, 0.2))
        if self.process:
            self.process.stopping = True
        runner.stop()

    def outcome(self) -> dict[str, Any]:
        """What the command reads at the end."""
        stats = self.environment.runner.stats if self.environment.runner else None
        rows = {}
        for entry in stats.entries.values() if stats else ():
            if entry.method != "RULE" and entry.num_requests:
                rows[entry.name] = {
                    "replies": entry.num_requests,
                    "times": {str(key): value for key, value in entry.response_times.items()},
                    "longest": entry.max_response_time,
                }
        return {
            "observed": self.collected.to_json(), "latency": rows, "interrupted": self.interrupted,
            "why_stopped": self.why_stopped,
        }  # fmt: skip


def aside(work: Callable[[], RoundResult]) -> RoundResult:
    """Work something out in a thread of the system, so that users go on meanwhile."""
    found: RoundResult = gevent.get_hub().threadpool.apply(work)
    return found


def main() -> int:
    orders = Orders.from_json(json.loads(sys.stdin.readline()))
    runners.WORKER_REPORT_INTERVAL = REPORTED_EVERY
    runners.HEARTBEAT_LIVENESS = LATE_HEARTBEATS
    engine = Engine(orders)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, engine.interrupt)
    try:
        engine.alone()
    except KitError as error:
        sys.stderr.write(f"ERROR: {error}\n")
        return 4
    folder = Path(orders.folder)
    with whole_file(folder / LOCUST_HTML) as file:
        file.write(get_html_report(engine.environment, show_download_link=False))
    with whole_file(folder / OUTCOME) as file:
        json.dump(engine.outcome(), file)
    return 0


if __name__ == "__main__":
    sys.stdout.flush()
    os._exit(main())
