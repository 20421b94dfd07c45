"""The keys under which the plugin keeps its values on pytest's config."""

from collections.abc import Mapping

import pytest

from tck.collection import Collected
from tck.controller import Controller, Plan
from tck.finish import Ending
from tck.run import Run
from tck.waivers import Waiver

PLAN = pytest.StashKey[Plan]()
RUN = pytest.StashKey[Run]()
CONTROLLER = pytest.StashKey[Controller]()
WAIVERS = pytest.StashKey[Mapping[str, Waiver]]()
COLLECTED = pytest.StashKey[Collected]()
ENDING = pytest.StashKey[Ending]()
