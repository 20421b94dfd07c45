"""One run: its options, target, preflight, the context of each process, and how it finishes.

`Run` is what a check uses of it, `Groups` what makes sessions for an optional group asks first, and
`in_order` sends parts of a check side by side.
"""

from tck.run.context import Run
from tck.run.groups import Groups
from tck.run.side_by_side import in_order

__all__ = ["Groups", "Run", "in_order"]
