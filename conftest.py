"""Registers the kit's plugin, once."""

import pytest

pytest.register_assert_rewrite("suites", "tck.checking.check")

pytest_plugins = ("tck.pytest_plugin.plugin",)
