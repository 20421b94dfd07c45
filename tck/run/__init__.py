"""One run: its options, target, preflight, the context of each process, and how it finishes.

`Run` is what a check uses of it, and `Groups` what makes sessions for an optional group asks first.
"""

from tck.run.context import Run
from tck.run.groups import Groups

__all__ = ["Groups", "Run"]
