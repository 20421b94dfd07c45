"""How many requests of all processes of a run are under way at once; fewer where the target strains."""

import json
import statistics
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import Any

from filelock import FileLock, Timeout

from tck.atomic_write import whole_file
from tck.waiting import PATIENCE, pause

FILE = "in-flight"
BETWEEN = 0.01
"""Seconds between two looks whether a request may go."""
FRESH = 0.1
"""Seconds for which a process goes by what it has read of the others."""
HELD_BACK = 0.1
"""Seconds between two such looks while the target has asked to wait."""
CUT_AGAIN = 2.0
"""Seconds after a cut during which no further one is made: requests that were under way still come back."""
EASED = 5.0
"""Seconds without strain after which one more request may go at once."""
WINDOW = 24
"""Replies of one process by which it sees that the target has become slower."""
SLOWER, BY = 3.0, 0.25
"""As many times as long as at first, and so many seconds more, replies take of a target that strains."""


@dataclass(frozen=True)
class Load:
    """What the processes of a run share of it.

    `level` is how many requests may go at once now, `lowest` the least that it was; `busy` counts the 429
    replies that cost a wait, and `slow` how often replies had become slower. `changed` is when the level
    changed last, `until` when something may be sent again, in seconds since 1970.
    """

    level: int
    lowest: int
    busy: int = 0
    slow: int = 0
    changed: float = 0.0
    until: float = 0.0


@dataclass
class InFlight:
    """Lets at most so many requests go at once; `most` 0 means no limit. Safe for threads.

    `folder` is shared by the processes of the run.
    """

    folder: Path = Path()
    most: int = 0
    _slots: dict[int, FileLock] = field(default_factory=dict)
    _held: set[int] = field(default_factory=set)
    _looking: Lock = field(default_factory=Lock)
    _noting: Lock = field(default_factory=Lock)
    _aside: int = 0
    _load: Load | None = None
    _read_at: float = 0.0
    _recent: deque[float] = field(default_factory=lambda: deque(maxlen=WINDOW))
    _at_first: float = 0.0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until a request may go, and count it as under way for as long as this lasts."""
        if not self.most or self._aside:
            yield
            return
        slot = self._taken()
        try:
            yield
        finally:
            self._slots[slot].release()
            self._held.discard(slot)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Let all requests of this process go at once meanwhile: their meaning is that they do."""
        self._aside += 1
        try:
            yield
        finally:
            self._aside -= 1

    def _taken(self) -> int:
        """A slot that no other request of the run has; one thread of a process looks for it at a time."""
        with self._looking:
            while True:
                load = self.load()
                left = load.until - time.time()
                if left <= 0:
                    for slot in range(load.level):
                        if slot not in self._held and self._is_free(slot):
                            self._held.add(slot)
                            return slot
                pause(min(max(left, BETWEEN), HELD_BACK))

    def _is_free(self, slot: int) -> bool:
        if slot not in self._slots:
            self._slots[slot] = FileLock(self.folder / f"{FILE}-{slot}.lock", thread_local=False)
        try:
            self._slots[slot].acquire(blocking=False)
        except Timeout:
            return False
        except OSError:  # a full disk holds no request back
            return True
        return True

    # What replies show

    def asked_to_wait(self, seconds: float) -> None:
        """A request was answered with 429 and will wait: all others wait as long, and fewer go then."""
        if self.most:
            self._change(busy=1, until=time.time() + min(seconds, PATIENCE))

    def answered(self, seconds: float) -> None:
        """A request was answered after so many seconds; fewer go where that has become much longer."""
        if not self.most or self._aside:
            return
        with self._noting:
            self._recent.append(seconds)
            strained = len(self._recent) == WINDOW and self._is_slower()
        if strained:
            self._change(slow=1)
        elif self.load().level < self.most and time.time() - self.load().changed > EASED:
            self._change()

    def _is_slower(self) -> bool:
        middle = statistics.median(self._recent)
        self._at_first = min(self._at_first or middle, middle)
        if middle <= self._at_first * SLOWER + BY:
            return False
        self._recent.clear()
        return True

    # What is shared

    def load(self) -> Load:
        """The load as the processes know it, a moment old at most."""
        now = time.monotonic()
        if self._load is None or now - self._read_at > FRESH:
            self._load, self._read_at = self._read(), now
        return self._load

    def _read(self) -> Load:
        try:
            said: Mapping[str, Any] = json.loads((self.folder / f"{FILE}.json").read_text(encoding="utf-8"))
        except OSError:
            return Load(self.most, self.most)
        return Load(**said)

    def _change(self, *, busy: int = 0, slow: int = 0, until: float = 0.0) -> None:
        """Note a strain, or without one that there has been none for a while."""
        with suppress(OSError), FileLock(self.folder / f"{FILE}.lock", thread_local=False):
            before, now = self._read(), time.time()
            after = replace(
                before, busy=before.busy + busy, slow=before.slow + slow, until=max(before.until, until)
            )
            if (busy or slow) and now - before.changed > CUT_AGAIN:
                level = max(1, before.level // 2)
                after = replace(after, level=level, lowest=min(level, before.lowest), changed=now)
            elif not (busy or slow) and now - before.changed > EASED:
                after = replace(after, level=min(self.most, before.level + 1), changed=now)
            with whole_file(self.folder / f"{FILE}.json") as file:
                file.write(json.dumps(asdict(after)))
            self._load, self._read_at = after, time.monotonic()

    def story(self) -> str:
        """A sentence where the run has sent fewer requests at once than it began with; else empty."""
        load = self._read() if self.most else Load(0, 0)
        requests = "1 request" if load.busy == 1 else f"{load.busy} requests"
        why = [f"answered 429 to {requests}"] if load.busy else []
        why += ["became slower under load"] if load.slow else []
        if load.lowest >= self.most or not why:
            return ""
        sent = f"only {load.lowest} were" if load.lowest > 1 else "one alone was"
        return f"the target {' and '.join(why)}: of {self.most} requests at once, at times {sent} sent."
