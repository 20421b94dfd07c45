"""The machinery under the suites of sessions-tck; it names no contract."""

import sys

__version__ = "0.2.0"

if sys.version_info < (3, 11):  # noqa: UP036 - whoever starts a checkout with an older one sees this
    found = f"{sys.version_info[0]}.{sys.version_info[1]}"
    sys.stderr.write(f"ERROR: sessions-tck needs Python 3.11 or later; this is {found}.\n")
    sys.exit(4)
