"""A session's row as the suites of this contract compare it."""

from dataclasses import replace

from tck.checking import JsonValue, Kind, Row

WRITTEN = ("title", "tags")
"""What an update writes."""
LEFT_OUT_WHEN_EMPTY = ("tags", "capabilities", "tools")


def title_of(row: Row) -> JsonValue:
    """The title."""
    return row["title"]


def tags_of(row: Row) -> JsonValue:
    """The tags in any order; a member that is left out or null is no tags."""
    tags = row["tags"]
    return tags.made([] if tags.is_null else tags.value, Kind.UNORDERED)


def listed_tags(row: Row) -> JsonValue:
    """The tags in their order."""
    tags = tags_of(row)
    return tags.made(tags.value)


def each_tag(row: Row) -> list[str]:
    """Every tag as often as it is shown, sorted."""
    return sorted(map(str, tags_of(row).value))


def without_volatile(row: Row) -> Row:
    """The row without what may move by itself; an empty list is as good as none."""
    empty = [name for name in LEFT_OUT_WHEN_EMPTY if row[name] == []]
    values = {name: value for name, value in row.values.items() if name not in empty}
    return replace(row, values=values).without_volatile()


def untouched(row: Row) -> Row:
    """The row without what an update may name and what may move by itself."""
    return without_volatile(row).without(*WRITTEN)


def as_replied(row: Row) -> Row:
    """A read row, compared with a reply to an update, which may leave optional lists out."""
    shape = replace(row.shape, may_vanish=row.shape.may_vanish | {"capabilities", "tools"})
    return replace(row, shape=shape)
