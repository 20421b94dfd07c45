"""One scheduled run after another: judge, close, compare, keep, and send word."""

from tck.nightly.night import Night, Settings

__all__ = ["Night", "Settings"]
