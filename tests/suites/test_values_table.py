"""The table of values: every body that carries a theme keeps the limits of the contract."""

from itertools import chain
from types import SimpleNamespace
from typing import Any

import pytest

from suites.trigger.support.round_trip_values import THEMES, Theme
from tck.checking.operations import encoded

RUN = SimpleNamespace(
    tag="tck-0123456789abcdef0123", options=SimpleNamespace(own={"task_identifier": "my-chat"})
)


class FewBodies:
    run = RUN

    def new_name(self):
        return f"{RUN.tag}-gw12-1234"

    def minimal(self, **changes):
        return {"taskIdentifier": "my-chat", **changes}


every_theme = pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)


@every_theme
def test_a_theme_fits_into_a_create_body(theme: Theme):
    few: Any = FewBodies()
    body: dict[str, Any] = theme.body(few)
    assert len(encoded(body)) < 31_000
    assert len(body["tags"]) <= 10
    assert max(map(len, body["tags"])) <= 128
    assert 1 <= len(body["type"]) <= 64
    assert len(body["externalId"]) <= 256
    assert body["externalId"] == body["externalId"].strip()


@every_theme
def test_a_theme_fits_into_a_close_body(theme: Theme):
    assert 1 <= len(theme.reason) <= 256
    assert len(encoded({"reason": theme.reason})) <= 1000


@every_theme
def test_a_theme_holds_no_text_that_cannot_be_stored(theme: Theme):
    for text in chain(theme.texts, [theme.reason, theme.type, theme.ending]):
        assert "\0" not in text
        assert text.encode().decode() == text
    assert len(set(theme.texts)) == len(theme.texts)
