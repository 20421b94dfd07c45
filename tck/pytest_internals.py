"""What has no public name in pytest: running one item, the expressions of -m, and a command's folder."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from _pytest.junitxml import LogXML, xml_key
from _pytest.mark.expression import Expression
from _pytest.runner import runtestprotocol

__all__ = ["Expression", "JunitWriter", "move_root", "remember_with", "runtestprotocol", "spare_cache"]


class JunitWriter(LogXML):
    """pytest's writer of junit.xml, which writes when it is asked to, not whenever a session ends."""

    def pytest_sessionfinish(self) -> None:
        """Write nothing yet."""

    def pytest_terminal_summary(self, terminalreporter: Any, config: Any) -> None:
        """Leave it to the kit to say where the reports are."""

    def write(self, path: Path) -> None:
        """Write what was seen so far."""
        self.logfile = str(path)
        super().pytest_sessionfinish()

    @classmethod
    def take_over(cls, config: pytest.Config) -> "JunitWriter | None":
        """Register one in place of pytest's own, with pytest's options for it; None without that plugin.

        To be called before pytest registers its own.
        """
        if not config.pluginmanager.has_plugin("junitxml"):
            return None
        config.option.xmlpath = None
        ini = ("suite_name", "logging", "duration_report", "family", "log_passing_tests")
        settings: list[Any] = [config.getini(f"junit_{name}") for name in ini]
        writer = cls("junit.xml", config.option.junitprefix, *settings)
        config.stash[xml_key] = writer
        config.pluginmanager.register(writer)
        return writer


def remember_with(config: pytest.Config, failed: str, others: Iterable[str]) -> None:
    """Let --lf run the first of these with an item that failed and cannot be run by itself."""
    plugin = config.pluginmanager.get_plugin("lfplugin")
    first = next(iter(others), None)
    if plugin is not None and first is not None and failed in map(str, plugin.lastfailed):
        plugin.lastfailed[first] = True


def spare_cache(config: pytest.Config, say: Callable[[OSError], None]) -> None:
    """Let pytest go on where its cache cannot be written, and report that to `say`."""
    cache = getattr(config, "cache", None)
    if cache is None:
        return
    store = cache.set

    def tried(key: str, value: object) -> None:
        try:
            store(key, value)
        except OSError as error:
            say(error)

    cache.set = tried


def move_root(config: pytest.Config, root: Path, conftests_from: Path) -> None:
    """Name checks from this root on, and import conftest.py from no folder above the other one.

    pytest decides on both before it asks any plugin.
    """
    config._rootpath = root
    config.pluginmanager._confcutdir = conftests_from
