"""How many users there are at each moment of a load: steady, a ramp, or a spike; pure."""

from enum import StrEnum

SPIKE_FROM, SPIKE_TO = 1 / 3, 2 / 3
"""Between these parts of the time all users are there; outside of it a tenth of them."""
CALM = 10
STEPS = 20
"""Steps of a ramp."""


class Shape(StrEnum):
    """The course of a load."""

    STEADY = "steady"
    RAMP = "ramp"
    SPIKE = "spike"


def users_at(shape: Shape, users: int, elapsed: float, seconds: float) -> int:
    """The users that there are so many seconds after the beginning of a load that lasts so many seconds."""
    part = elapsed / seconds
    match shape:
        case Shape.STEADY:
            return users
        case Shape.RAMP:
            step = min(STEPS, int(part * STEPS) + 1)
            return max(1, users * step // STEPS)
        case Shape.SPIKE:
            return users if SPIKE_FROM <= part < SPIKE_TO else max(1, users // CALM)
