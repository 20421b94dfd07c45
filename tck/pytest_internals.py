"""What has no public name in pytest: the expressions of -m, and the folder that a command is about."""

from pathlib import Path

import pytest
from _pytest.mark.expression import Expression

__all__ = ["Expression", "move_root"]


def move_root(config: pytest.Config, root: Path, conftests_from: Path) -> None:
    """Name checks from this root on, and import conftest.py from no folder above the other one.

    pytest decides on both before it asks any plugin.
    """
    config._rootpath = root
    config.pluginmanager._confcutdir = conftests_from
