"""Parts of one check that have nothing to do with one another, sent side by side where the run may do so."""

from collections import deque
from collections.abc import Callable, Generator, Hashable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as ended
from functools import partial
from typing import Generic, TypeVar

T = TypeVar("T")
Task = Callable[[], T]
AHEAD = 2
"""Tasks for each lane that may be begun before the result of the first of them is taken."""


class SideBySide(Generic[T]):
    """Runs tasks in so many lanes; whoever takes the results gets them in the order of the tasks.

    With one lane, a task runs in the thread of the caller, and its result is there at once.
    """

    def __init__(self, lanes: int) -> None:
        self.lanes = lanes
        self._threads = ThreadPoolExecutor(lanes) if lanes > 1 else None
        self._begun: deque[Future[T]] = deque()
        self._last: dict[Hashable, Future[T]] = {}

    def begin(self, task: Task[T], after: Hashable = None) -> None:
        """Begin a task; those with the same `after`, unless it is None, run one after the other."""
        future: Future[T]
        if self._threads is None:
            future = _run(task)
        else:
            before = self._last.get(after) if after is not None else None
            future = self._threads.submit(partial(_following, before, task))
        if after is not None:
            self._last[after] = future
        self._begun.append(future)

    def results(self, *, all_of_them: bool = False) -> Iterator[T]:
        """The results that are due: of the first tasks where many were begun, or of all."""
        most = 0 if all_of_them or self._threads is None else AHEAD * self.lanes
        while len(self._begun) > most:
            yield self._begun.popleft().result()

    def end(self) -> None:
        """Begin no further task, and wait for those under way."""
        self._begun.clear()
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)


def in_order(lanes: int, tasks: Iterable[Task[T]]) -> Generator[T]:
    """The results of tasks that need not wait for one another, in their order; raises what they raised."""
    beside = SideBySide[T](lanes)
    try:
        for task in tasks:
            beside.begin(task)
            yield from beside.results()
        yield from beside.results(all_of_them=True)
    finally:
        beside.end()


def _run(task: Task[T]) -> Future[T]:
    future: Future[T] = Future()
    try:
        future.set_result(task())
    except Exception as failure:  # noqa: BLE001 - it is raised again by whoever takes the result
        future.set_exception(failure)
    return future


def _following(before: Future[T] | None, task: Task[T]) -> T:
    if before is not None:
        ended([before])
    return task()
