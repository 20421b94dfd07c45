"""Rows of lists beside the rows of retrieves."""

from suites.trigger.support.lists.lists import Lists
from suites.trigger.support.lists.population import PAGE
from tck.checking import NotTested, Row


def row_of(lists: Lists, role: str) -> Row | None:
    """The row of a session of the population in a list of all of them."""
    return lists.member(lists.page(lists.all({"page[size]": str(PAGE)})).rows, role)


def shown_by_retrieve(lists: Lists, role: str) -> Row:
    """The row of the same session as a retrieve shows it; raises NotTested where it shows none."""
    reply = lists.sessions.retrieve(lists.population.members[role].id)
    if not reply.succeeded or not reply.is_object:
        raise NotTested(f"retrieve answered {reply.status}", judged_by="retrieve.by-id-answers-200")
    return reply.row


def agrees(row: Row, read: Row) -> bool:
    """Whether a listed row agrees with a retrieve in every member that both show."""
    return all(row[member] == read[member] for member in row.values if member in read.values)
