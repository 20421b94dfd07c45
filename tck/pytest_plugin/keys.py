"""The keys under which the plugin keeps its values on pytest's config."""

from collections.abc import Mapping

import pytest

from tck.contract.waivers import Waiver
from tck.run.accounting import Collected
from tck.run.context import Run
from tck.run.controller import Controller
from tck.run.finish import Ending
from tck.run.plan import Plan

PLAN = pytest.StashKey[Plan]()
RUN = pytest.StashKey[Run]()
CONTROLLER = pytest.StashKey[Controller]()
WAIVERS = pytest.StashKey[Mapping[str, Waiver]]()
COLLECTED = pytest.StashKey[Collected]()
ENDING = pytest.StashKey[Ending]()
