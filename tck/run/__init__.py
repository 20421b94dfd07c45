"""One run: its options, target, preflight, the context of each process, and how it finishes.

`Run` is what a check uses of it.
"""

from tck.run.context import Run

__all__ = ["Run"]
