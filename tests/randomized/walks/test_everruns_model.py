"""What the model of Everruns demands is told in the words of the page, not of the program."""

import pytest

from suites.everruns.randomized.model import Action, Ask, Session, expected, update

SESSION = Session("Old", ("a", "b"))


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (Ask(Action.READ), '200 with title "Old" and tags ["a", "b"]'),
        (update(title=None, tags=[]), "200 with title null and tags []"),
        (update(), '200 with title "Old" and tags ["a", "b"], or a 4xx'),
        (Ask(Action.MISS, '{"title": "New"}'), "404"),
    ],
)
def test_an_expected_answer_is_told_as_a_person_would(ask: Ask, told: str) -> None:
    assert expected(SESSION, ask) == told
