"""How many processes judge a target that is far away: pure, from what the first replies showed."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from tck.recording.exchange import Headers, header
from tck.transport.retry import limit_reset

NEAR = 0.02
"""Seconds that a reply takes of a target that is near: one process judges it."""
GOAL = 60.0
"""Seconds that waiting for replies should take in all, as far as the rest allows."""
MOST = 16
PER_CORE = 4
"""Processes for each core of this machine: they wait for replies most of the time."""
STARTING = 8.0
"""Seconds that a run takes beside waiting for replies, about: processes start, reports are written."""
POLICY = re.compile(r"(?:^|[;,\s])(?:q=)?([0-9]{1,9})\s*;\s*w=([0-9]{1,9})")
"""A limit and the seconds for which it holds, as drafts of the IETF write RateLimit-Policy."""
LEFT = re.compile(r"(?:^|[;,\s])(?:r|remaining)=([0-9]{1,9})")
"""The requests that are left by a RateLimit field."""
REMAINING = ("x-ratelimit-remaining", "ratelimit-remaining", "x-rate-limit-remaining")
MINUTE = 60
IN_SECONDS = 100
"""Seconds up to which a time is given in seconds."""


@dataclass(frozen=True)
class Spread:
    """So many processes run the checks, and why in a sentence; 1 stands for the process that was started."""

    workers: int
    said: str = ""


@dataclass(frozen=True)
class Work:
    """What a run is to do: how many requests it sends about, and whether its limits allow so many processes.

    `rate` is the one that --rate-limit allows, in requests a second. `least` and `most` are the processes
    that -n auto and --maxprocesses ask for.
    """

    requests: float
    fits: Callable[[int], bool]
    rate: float | None = None
    max_sessions: int | None = None
    least: int = 1
    most: int = MOST


def spread(work: Work, latency: float, named: float | None, cores: int) -> Spread:
    """The processes for a target that answers after `latency` seconds, and that names the rate `named`."""
    if latency < NEAR:
        return Spread(1)
    workers, why = max(work.least, math.ceil(work.requests * latency / GOAL)), ""
    rates = {"--rate-limit": work.rate, "the limit that the target's headers name": named}
    limits = [
        (work.most, f"{work.most} are the most"),
        (PER_CORE * cores, f"this machine has {cores} cores" if cores > 1 else "this machine has one core"),
        *((math.ceil(rate * latency), f"{what} has no use for more") for what, rate in rates.items() if rate),
    ]
    for limit, reason in limits:
        if limit < workers:
            workers, why = max(1, limit), reason
    allowed = next((number for number in range(workers, 1, -1) if work.fits(number)), 1)
    if allowed < workers:
        workers, why = allowed, f"--max-sessions={work.max_sessions} allows no more"
    slowest = min((rate for rate in rates.values() if rate), default=math.inf)
    took = [max(work.requests * latency / number, work.requests / slowest) for number in (1, workers)]
    return Spread(workers, _sentence(latency, workers, why, *took))


def _sentence(latency: float, workers: int, why: str, alone: float, together: float) -> str:
    replies = f"a reply takes {1000 * latency:.0f} ms"
    because = f" ({why})" if why else ""
    beside, after = _about(together + STARTING), _about(alone + STARTING)
    if workers == 1:
        return f"{replies}; one process runs the checks{because}: this takes {after}"
    other = "" if beside == after else f", and {after} one after the other (-n 0)"
    return f"{replies}, so {workers} processes run the checks{because}: this takes {beside}{other}"


def _about(seconds: float) -> str:
    if seconds < IN_SECONDS:
        return f"about {max(10, round(seconds, -1)):.0f} s"
    return f"about {round(seconds / MINUTE)} minutes"


def named_rate(headers: Headers) -> float | None:
    """The requests a second that a reply's headers allow for a while; None where they name no limit."""
    policy = POLICY.search(header(headers, "ratelimit-policy"))
    if policy is not None and int(policy[2]):
        return int(policy[1]) / int(policy[2]) or None
    listed = LEFT.search(header(headers, "ratelimit"))
    texts = (header(headers, name).strip() for name in REMAINING)
    left = next((int(text) for text in texts if text.isascii() and text.isdigit()), None)
    left = int(listed[1]) if listed is not None else left
    resets = limit_reset(headers)
    if left is None or not resets:
        return None
    return max(1, left) / resets
