import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from reference.serving import Server
from reference.trigger import TriggerReference
from tests.support.kit_tree import KEYS, Tree, environment, plant
from tests.support.stand_ins import Gate
from tests.support.warm_python import WarmPython, warm_python

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests of this folder as slow, before -m selects by it: each starts a pytest or more."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("kit") / "checkout"
    plant(root)
    return root


@pytest.fixture(scope="session")
def warm() -> Iterator[WarmPython]:
    with warm_python(environment({})) as process:
        yield process


@pytest.fixture(scope="module")
def module_tree(planted: Path, warm: WarmPython, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    yield from _grown(planted, warm, tmp_path_factory.mktemp("module"))


@pytest.fixture
def tree(planted: Path, warm: WarmPython, tmp_path: Path) -> Iterator[Tree]:
    yield from _grown(planted, warm, tmp_path)


def _grown(planted: Path, warm: WarmPython, folder: Path) -> Iterator[Tree]:
    root = folder / "checkout"
    shutil.copytree(planted, root, symlinks=True)
    tree = Tree(root, root / "reports" / "latest", warm)
    yield tree
    tree.stop()


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A reference server with KEYS, shared by all runs that do not need one of their own."""
    keys = {"env_main": KEYS["TRIGGER_SECRET_KEY"], "env_other": KEYS["TRIGGER_OTHER_SECRET_KEY"]}
    reference = TriggerReference(tmp_path_factory.mktemp("target") / "rows.sqlite", keys)
    with Server(reference.app()) as url:
        yield url


@pytest.fixture
def gate() -> Iterator[Gate]:
    with Gate() as gate:
        yield gate
