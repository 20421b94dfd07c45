"""The pytest plugin: hooks, options, fixtures, `--plan`, progress and Allure.

Python's garbage collector rests from the import of this package until the checks are collected: what is made
until then lasts as long as the process, and to look it through takes a sixth of the start.
"""

import gc
import sys

gc.disable()
if "httpx" not in sys.modules:
    sys.modules["httpx._main"] = None  # type: ignore[assignment]
    import httpx  # noqa: F401 - without its command, for which it imports rich and more

    del sys.modules["httpx._main"]
