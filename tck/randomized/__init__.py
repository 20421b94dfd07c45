"""Checks that generate their own requests: walks, races, and the items, seeds and counts of all of them.

A suite imports these names from here, and what drives fuzzing, which needs Schemathesis, from
`tck.randomized.fuzzing`.
"""

from tck.randomized.generated_items import fuzz_operation, fuzzed_api
from tck.randomized.model_call import ModelCall, packed
from tck.randomized.races.history import Event, together
from tck.randomized.races.history_checker import RaceRules
from tck.randomized.races.log_stories import log_finding
from tck.randomized.races.origins import unsent
from tck.randomized.races.racer import CONNECTIONS, History, Lane, Racer, flat, row_of
from tck.randomized.races.rounds import Play, RoundResult, play_rounds
from tck.randomized.seeding import replay_option, seed_of
from tck.randomized.tally import Tally
from tck.randomized.walks.generate import Walk, WalkMachine
from tck.randomized.walks.lifecycle import WalkPlan, explore_walks
from tck.randomized.walks.walker import Sending, WalkedSession, Walker

__all__ = [
    "CONNECTIONS",
    "Event",
    "History",
    "Lane",
    "ModelCall",
    "Play",
    "RaceRules",
    "Racer",
    "RoundResult",
    "Sending",
    "Tally",
    "Walk",
    "WalkMachine",
    "WalkPlan",
    "WalkedSession",
    "Walker",
    "explore_walks",
    "flat",
    "fuzz_operation",
    "fuzzed_api",
    "log_finding",
    "packed",
    "play_rounds",
    "replay_option",
    "row_of",
    "seed_of",
    "together",
    "unsent",
]
