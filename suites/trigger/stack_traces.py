"""What stack traces look like is no contract's own."""

from tck.checking.stack_traces import stack_trace_in

__all__ = ["stack_trace_in"]
