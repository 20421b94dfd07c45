"""Lists that forget on the way back what was asked for."""

from dataclasses import replace
from sqlite3 import Connection

from mutants.catalogue import mutant
from reference.trigger import Row, TriggerReference
from reference.trigger.listing import Wanted


@mutant("list.previous-leads-back")
class BeforeIgnoresFilters(TriggerReference):
    """A page before a session shows whatever is there, whether or not it fits the filters."""

    def rows_before(self, db: Connection, wanted: Wanted) -> list[Row]:
        return super().rows_before(db, replace(wanted, conditions=wanted.conditions[:1]))
