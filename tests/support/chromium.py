"""A Chromium for the tests: the machine's own, else the one that Playwright downloads."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
INSTALL = (sys.executable, "-m", "playwright", "install", "--only-shell", "chromium")
LONGEST = 300


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser; the test is skipped where none can be had."""
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=_program(playwright))
        except Error as error:
            pytest.skip(f"no Chromium can be started here; apt-get install chromium: {str(error)[:200]}")
        yield browser
        browser.close()


def _program(playwright: Playwright) -> str | None:
    """A browser on the PATH; None for Playwright's own, which is downloaded if need be."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None and not Path(playwright.chromium.executable_path).exists():
        try:
            subprocess.run(INSTALL, capture_output=True, timeout=LONGEST, check=True)
        except (subprocess.SubprocessError, OSError):
            pytest.skip("there is no Chromium, and it cannot be downloaded; apt-get install chromium")
    return found
