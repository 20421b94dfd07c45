"""The pages by which the order of a list is judged: as many as it takes until their rows span enough time."""

from types import SimpleNamespace
from typing import Any

import pytest

from suites.trigger.support.lists.order import FEW_PAGES, newest_pages


def lists_of(*pages: list[int], endless: bool = False) -> Any:
    """Stands for lists whose pages hold rows made at these seconds; it counts what is asked for."""
    asked: list[str] = []

    def page(query: dict[str, str]) -> Any:
        at = int(query.get("page[after]", "0"))
        asked.append(str(at))
        rows = [
            SimpleNamespace(values={"createdAt": f"2026-11-30T08:00:{second:02}Z"})
            for second in pages[min(at, len(pages) - 1)]
        ]
        more = at + 1 < len(pages) or endless
        return SimpleNamespace(
            rows=rows, next=str(at + 1) if more else None, reply=SimpleNamespace(exchange="")
        )

    return SimpleNamespace(page=page, asked=asked)


@pytest.mark.parametrize(
    ("pages", "asked"),
    [([[20, 9], [8]], 1), ([[20, 19], [18, 16], [9], [1]], 3), ([[20], [19]], 2), ([[20]], 1)],
)
def test_further_pages_are_read_until_the_rows_span_enough(pages: list[list[int]], asked: int) -> None:
    lists = lists_of(*pages)
    assert len(newest_pages(lists)) == len(lists.asked) == asked


def test_a_list_without_an_end_is_left() -> None:
    assert len(newest_pages(lists_of([20], endless=True))) == FEW_PAGES
