"""The fixtures of the tests beside this file; they name it in pytest_plugins."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reference.trigger import TriggerReference
from tests.support.trigger_server import KEYS, OTHER_KEY, Client, running


@pytest.fixture(scope="session")
def main(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of the first environment of a server that all tests share."""
    with running(TriggerReference(tmp_path_factory.mktemp("reference") / "rows.sqlite", KEYS)) as client:
        yield client


@pytest.fixture
def other(main: Client) -> Client:
    """A client of the second environment."""
    return main.with_token(OTHER_KEY)


@pytest.fixture
def serve(tmp_path: Path) -> Callable[..., Any]:
    """`with serve(Subclass) as client:` a server of one's own on a file of one's own."""

    def start(kind: type[TriggerReference] = TriggerReference) -> Any:
        return running(kind(tmp_path / "rows.sqlite", KEYS))

    return start
