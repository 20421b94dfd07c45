"""A plugin that ends a trial as soon as it has shown what it is made for."""

from collections.abc import Generator, Iterable

import pytest

from tck.vocabulary import Outcome


class Enough:
    """Skips checks whose requirements have failed already, and ends the run once all of these have."""

    def __init__(self, requirements: Iterable[str]) -> None:
        self._missing = set(requirements)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Skip a check that can show nothing more."""
        named = {name for mark in item.iter_markers("requirement") for name in mark.args}
        if not named & self._missing:
            pytest.skip("its requirements have failed already")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what has failed: the kit gives the findings of a check to its last report."""
        found = getattr(report, "findings", ())
        self._missing -= {one["requirement"] for one in found if one["outcome"] == Outcome.FAILED}

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """End the run after a check that has shown the last of it."""
        result = yield
        if not self._missing:
            item.session.shouldfail = "all has failed that must fail"
        return result
