"""Latitudes: what the replies to updates at the same time may show of one another."""

import time
from dataclasses import replace

from mutants.catalogue import latitude
from reference.application import Call, Reply
from reference.everruns import Change, EverrunsReference

ROUND_TRIP = 0.004
"""Seconds that a database over a network takes to answer."""


@latitude
class RepliesShowTheRowAsItWasRead(EverrunsReference):
    """An update writes its own members alone, and its reply shows them over the row as it was read before."""

    def update(self, call: Call) -> Reply:
        self.check_access_to_update(call)
        with self.reading() as db:
            early = self.find_to_update(db, self.address_to_update(call))
        time.sleep(ROUND_TRIP)
        super().update(call)
        with self.reading() as db:
            now = self.find(db, early.id)
        row = self.updated_row(Change(call, early, self.check_update(self.update_object(call))))
        return self.updated_reply(replace(row, updated_at=now.updated_at))
