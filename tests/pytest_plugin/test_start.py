"""What a start of the kit does without, until the checks are collected."""

import gc
import subprocess
import sys

from tck.paths import ROOT

SPARED = {"allure_commons", "click", "hypothesis", "rich", "schemathesis"}
SOURCE = f"""
import gc, sys
import tck.pytest_plugin.plugin
import httpx
print(sorted({SPARED!r} & set(sys.modules)), "httpx._main" in sys.modules, httpx.Client.__name__, gc.isenabled())
"""


def test_it_imports_no_library_that_a_run_may_not_need_and_looks_for_no_garbage():
    command = [sys.executable, "-c", SOURCE]
    seen = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True).stdout
    assert seen == "[] False Client False\n"


def test_garbage_is_looked_for_again_once_all_is_collected():
    """As the plugin is part of this run, too."""
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
