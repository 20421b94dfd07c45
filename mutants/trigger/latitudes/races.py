"""Latitudes: what the replies to writes at the same time may show of one another."""

import time
from dataclasses import replace

from mutants.catalogue import latitude
from reference.application import Call, Reply
from reference.trigger import Change, TriggerReference

ROUND_TRIP = 0.004
"""Seconds that a database over a network takes to answer."""


@latitude
class RepliesShowTheRowAsItWasRead(TriggerReference):
    """An update writes its own members alone, and its reply shows them over the row as it was read before."""

    def round_trip(self) -> None:
        """Ask a database over a network."""
        time.sleep(ROUND_TRIP)

    def update(self, call: Call) -> Reply:
        environment = self.environment_to_update(call)
        with self.reading() as db:
            early = self.find_to_change(db, environment, call)
        self.round_trip()
        super().update(call)
        fields = self.check_update(self.update_object(call))
        row = self.updated_row(Change(call, environment, early, fields))
        with self.reading() as db:
            now = self.find_to_change(db, environment, call)
        return self.updated_reply(replace(row, updated_at=now.updated_at))
