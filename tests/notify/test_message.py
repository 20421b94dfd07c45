"""What is said of a comparison: ten lines at most, and nothing where nothing moved."""

import pytest

from tck.notify import word_of
from tck.reports.diff import compare
from tck.results.result_file import build_result
from tck.vocabulary import Level, Outcome
from tests.support.result_samples import facts, settled

PASSED, FAILED = settled(Outcome.PASSED), settled(Outcome.FAILED, reason="it was opened again")


def result(*entries, **values):
    return build_result(facts(*entries, **values))


def many(outcome, number, level=Level.MUST):
    return [settled(outcome, level, f"close.rule-{number:02}") for number in range(number)]


def test_nothing_is_said_where_nothing_moved_or_only_requirements_came():
    assert word_of(compare(result(FAILED), result(FAILED))) is None
    assert word_of(compare(result(PASSED), result(PASSED, settled(Outcome.FAILED, name="open.new")))) is None
    assert word_of(compare(result(settled(Outcome.ERROR)), result(PASSED)), ["The contract moved."]) is None


def test_what_got_worse_is_said_with_its_causes():
    word = word_of(compare(result(PASSED), result(FAILED)))
    assert word.worse
    assert word.title == "WORSE: rooms at https://rooms.example.com"
    assert word.lines == (
        "WORSE: 1 broke.",
        "NOT CONFORMANT: 1 MUST requirement failed. The run began at 2026-09-21 14:13 UTC.",
        "Failed now: close.is-terminal",
        "Cause 1: MUST close.is-terminal (1 requirement, 1 request): A closed room stays closed.",
    )


def test_what_was_mended_is_said():
    word = word_of(compare(result(FAILED), result(PASSED)))
    assert not word.worse
    assert word.title.startswith("Mended: ")
    assert word.lines[0] == "Not worse: 1 mended."
    assert word.lines[2] == "Mended: close.is-terminal"


def test_ten_lines_hold_the_most_pressing_and_count_the_others():
    word = word_of(
        compare(result(*many(Outcome.PASSED, 30)), result(*many(Outcome.FAILED, 30))), ["One.", "Two."]
    )
    assert len(word.lines) == 10
    assert word.lines[2] == (
        "Failed now: close.rule-00, close.rule-01, close.rule-02, close.rule-03 and 26 more"
    )
    assert word.lines[8:] == ("And 25 more, in the report.", "One.")


@pytest.mark.parametrize("kit", ["0.2.0"])
def test_a_kit_that_changed_meanwhile_is_named(kit):
    old, new = facts(PASSED), facts(FAILED)
    changed = type(old.kit)("sessions-tck", kit, "e" * 64)
    found = compare(build_result(old), build_result(type(new)(**{**vars(new), "kit": changed})))
    assert "Also changed: kit version, 0.1.0 before, 0.2.0 now." in word_of(found).lines


def test_what_a_target_wrote_stays_on_its_line():
    told = settled(Outcome.FAILED, reason="\x1b[31m\nall good\r" + "x" * 900)
    word = word_of(compare(result(PASSED), result(told, base_url="https://a\u202eb.example.com")))
    assert all(line.isprintable() and len(line) <= 240 for line in (word.title, *word.lines))
