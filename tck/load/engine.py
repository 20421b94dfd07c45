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
import gevent.event
import locust
from locust import LoadTestShape, constant, runners, task
from locust.env import Environment
from locust.exception import StopUser
from locust.html import get_html_report
from locust.stats import stats_history

from tck.atomic_write import whole_file
from tck.errors import KitError
from tck.load.assignment import Assignment
from tck.load.gathering import Gathering, Member
from tck.load.observed import Observed
from tck.load.orders import LOCUST_PAGE, OUTCOME, Orders, Outcome
from tck.load.process import Process, User
from tck.load.saturation import is_saturated, split
from tck.load.shape import Shape, users_at
from tck.randomized import RoundResult
from tck.reports.cause_view import count
from tck.results.latency import Times
from tck.transport.certificates import Certificates
from tck.vocabulary import CANNOT_START

REPORTED_EVERY = 1.0
"""Seconds between two reports of a worker."""
LATE_HEARTBEATS = 15
"""Seconds without a word after which a worker is lost: one at full load may be late."""
CONNECTS = 12
"""Times that a worker tries to reach its master, for five seconds each."""
TO_STOP = 30.0
"""Seconds that users get to end what they do."""
TOLD_EVERY = 10.0
"""Seconds between two lines about how far a load is."""
LOOK_EVERY = 0.2
"""Seconds between two looks whether a load is over."""


class Engine:
    """What one process does, whatever its role."""

    def __init__(self, orders: Orders) -> None:
        self.orders = orders
        self.process: Process | None = None
        self.stopped = gevent.event.Event()
        self.interrupted = False
        self.why_stopped = ""
        self.collected: Callable[[], Observed] | None = None
        self.environment = Environment(
            user_classes=[self._user_class()], shape_class=self._course(), stop_timeout=TO_STOP,
            host=orders.assignment.base_url if orders.assignment else None,
        )  # fmt: skip

    def _user_class(self) -> type[locust.User]:
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

        return SessionUser

    def _course(self) -> LoadTestShape | None:
        orders = self.orders

        class Course(LoadTestShape):
            """The course of the load."""

            def tick(self) -> tuple[int, float] | None:
                elapsed = min(self.get_run_time(), orders.seconds)
                return users_at(Shape(orders.shape), orders.users, elapsed, orders.seconds), orders.spawn_rate

        return None if orders.shape == Shape.STEADY or orders.role == "worker" else Course()

    def fired(self, method: str, name: str, milliseconds: float, size: int, wrong: str) -> None:
        """Tell Locust of a request."""
        self.environment.events.request.fire(
            request_type=method, name=name, response_time=milliseconds, response_length=size,
            exception=wrong or None, context={},
        )  # fmt: skip

    def reached_limit(self) -> None:
        """No user of this process may send any more."""
        if self.process and not self.why_stopped:
            self.why_stopped = self.process.spent
        self.stopped.set()

    def interrupt(self, *_: Any) -> None:
        """Stop at the first signal."""
        self.interrupted = True
        self.stopped.set()

    def opened(self, assignment: Assignment, name: str, told: Callable[[dict[str, Any]], None]) -> Process:
        """The users' process; raises KitError where it cannot judge by the contract."""
        certificates = Certificates(*(Path(one) if one else None for one in self.orders.certificates))
        ledgers = Path(self.orders.ledgers)
        return Process.open(
            assignment, name, ledgers, certificates, fired=self.fired, told=told, aside=aside
        )  # fmt: skip

    def becomes(self, assignment: Assignment, name: str, told: Callable[[dict[str, Any]], None]) -> Process:
        """The same, for a worker."""
        self.process = self.opened(assignment, name, told)
        return self.process

    def alone(self) -> Outcome:
        """Run all users in this process."""
        assert self.orders.assignment is not None
        process = self.process = self.opened(self.orders.assignment, "w1", lambda _: None)
        self.collected = lambda: process.observed
        runner = self.environment.create_local_runner()
        self._show_page()
        self._lead(runner, lambda: False)
        process.stopping = True
        runner.stop()
        process.close()
        return self._outcome(process.observed)

    def master(self) -> Outcome:
        """Lead the workers, from the first that comes to the last that ends; raises KitError without them."""
        orders = self.orders
        assert orders.assignment is not None
        runner = self.environment.create_master_runner(orders.host, orders.port)
        gathering = Gathering(
            runner, orders.assignment, orders.workers, Path(orders.ledgers), orders.mirrored
        )
        gathering.listen(self.environment.events)
        self.collected = lambda: gathering.collected
        self._show_page()
        try:
            if not gathering.gather(self.stopped):
                return self._outcome(gathering.collected, 0)
            self._lead(runner, lambda: gathering.is_over)
            lost = gathering.dismiss()
            self.why_stopped = self.why_stopped or gathering.spent
            return self._outcome(gathering.collected, lost)
        finally:
            gathering.close()
            runner.quit()

    def worker(self) -> None:
        """Run the users that a master sends; raises KitError where it cannot be reached, or refuses."""
        orders = self.orders
        try:
            runner = self.environment.create_worker_runner(orders.host, orders.port)
        except ConnectionError:
            raise KitError(f"no load is led at {orders.host}, port {orders.port}.") from None
        member = Member(runner, self.becomes, self.stopped)
        member.listen(self.environment.events)
        while not self.stopped.wait(LOOK_EVERY):
            if not len(runner.greenlet):  # the one who led is gone
                break
        if member.refused:
            raise KitError(member.refused)
        member.leave()

    def _show_page(self) -> None:
        if self.orders.web_port is not None:
            self.environment.create_web_ui(self.orders.web_host, self.orders.web_port)

    def _lead(self, runner: Any, over: Callable[[], bool]) -> None:
        """From the first user to the end of the time, or what else ends a load."""
        orders = self.orders
        gevent.spawn(stats_history, runner)
        started, begun = time.monotonic(), None
        told = started + TOLD_EVERY
        if self.environment.shape_class is not None:
            runner.start_shape()
        else:
            begun = gevent.spawn(runner.start, orders.users, spawn_rate=orders.spawn_rate)
        while not self.stopped.is_set() and not over():
            left = orders.seconds - (time.monotonic() - started)
            if left <= 0 or (orders.requests and runner.stats.total.num_requests >= orders.requests):
                break
            self.stopped.wait(min(left, LOOK_EVERY))
            if time.monotonic() >= told:
                told += TOLD_EVERY
                self._tell(runner, time.monotonic() - started)
        if begun is not None:
            begun.kill(block=True)
        if runner.shape_greenlet is not None:
            runner.shape_greenlet.kill(block=True)
            runner.shape_greenlet = None

    def _tell(self, runner: Any, seconds: float) -> None:
        """A line about how far the load is."""
        observed = self.collected() if self.collected else Observed()
        broken = (
            f"{count(len(observed.broken), 'requirement')} broken" if observed.broken else "nothing broken"
        )
        saturated = sum(number for name, number in observed.replies.items() if is_saturated(split(name)[1]))
        total = runner.stats.total
        whole = "" if self.orders.requests else f" of {self.orders.seconds:.0f}"
        of = f" of about {self.orders.requests:,}" if self.orders.requests else ""
        requests = f"{total.num_requests:,}{of} requests ({total.current_rps:.0f} a second)"
        sys.stdout.write(
            f"after {seconds:.0f}{whole} s: {runner.user_count} users, {requests}, "
            f"{broken}, {saturated:,} calls saturated\n"
        )
        sys.stdout.flush()

    def _outcome(self, observed: Observed, lost: int = 0) -> Outcome:
        stats = self.environment.runner.stats if self.environment.runner else None
        rows = [one for one in (stats.entries.values() if stats else ()) if one.method != "RULE"]
        latency = {one.name: _times(one) for one in rows if one.num_requests}
        return Outcome(observed, latency, self.interrupted, self.why_stopped, lost)


def aside(work: Callable[[], RoundResult]) -> RoundResult:
    """Work something out in a thread of the system, so that users go on meanwhile."""
    found: RoundResult = gevent.get_hub().threadpool.apply(work)
    return found


def _times(row: Any) -> Times:
    return {float(time): number for time, number in row.response_times.items()}


def main() -> int:
    orders = Orders.from_json(json.loads(sys.stdin.readline()))
    runners.WORKER_REPORT_INTERVAL = REPORTED_EVERY
    runners.HEARTBEAT_LIVENESS = LATE_HEARTBEATS
    runners.CONNECT_RETRY_COUNT = CONNECTS
    engine = Engine(orders)
    for number in (signal.SIGINT, signal.SIGTERM):
        gevent.signal_handler(number, engine.interrupt)
    folder = Path(orders.folder)
    try:
        if orders.role == "worker":
            engine.worker()
            return 0
        outcome = engine.master() if orders.role == "master" else engine.alone()
    except KitError as error:
        sys.stderr.write(f"ERROR: {error}\n")
        return CANNOT_START
    with whole_file(folder / LOCUST_PAGE) as file:
        file.write(get_html_report(engine.environment, show_download_link=False))
    with whole_file(folder / OUTCOME) as file:
        json.dump(outcome.to_json(), file)
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
