"""Registers the kit's plugin, once."""

import pytest

pytest.register_assert_rewrite("suites", "tck.check")

pytest_plugins = ("tck.plugin",)
