"""The machinery under the suites of sessions-tck; it names no contract."""

__version__ = "0.2.0"
