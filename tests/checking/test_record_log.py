"""The model of a log: what readings of it may show."""

from tck.checking.record_log import Append, Fate, LogRecord, Reading, RecordLog, fits


def kept(text: str, at: float = 0.0, took: float = 1.0, **more) -> Append:
    return Append(text, more.pop("fate", Fate.KEPT), at, at + took, exchange=f"x-{text}", **more)


def reading(*texts, first: int = 0, after=None, by: str = "a drain") -> Reading:
    records = [LogRecord(number, (text,)) for number, text in enumerate(texts, first)]
    return Reading(by, tuple(records), ("x-read",), after)


def test_a_text_is_shown_as_itself_or_as_its_value():
    shown = [("1", "1"), ("1", 1), ('{"a": 1}', {"a": 1.0}), ('"a"', "a")]
    other = [("1", True), ("a", "a "), ("[]", {}), ("a", None)]
    assert [fits(*one) for one in shown] == [True] * 4
    assert [fits(*one) for one in other] == [False] * 4


def test_whole_logs_in_their_order_are_sound():
    log = RecordLog((kept("a", 0), kept("b", 2), kept("{}", 4)))
    assert log.first_problem(reading("a", "b", {})) is None
    assert log.first_problem(reading("other", "a", "b", "{}", "other")) is None


def test_what_is_lost_is_named_with_what_is_there_instead():
    log = RecordLog((kept("a", 0), kept("b ", 2)))
    problem = log.first_problem(reading("a", "b"))
    assert str(problem.mismatch) == "a drain does not show an acknowledged record whole"
    assert (problem.mismatch.expected, problem.mismatch.seen) == (
        'the record "b "',
        'no such record; what fits no append is record 1 ("b")',
    )
    assert (problem.appends, problem.mismatch.exchanges) == ((log.appends[1],), ("x-b ", "x-read"))


def test_unanswered_appends_may_be_there_once_and_refused_ones_never():
    log = RecordLog((kept("a", fate=Fate.UNKNOWN), kept("b", fate=Fate.REFUSED)))
    assert log.first_problem(reading()) is None
    assert log.first_problem(reading("a")) is None
    assert "more often" in log.first_problem(reading("a", "a")).mismatch
    assert "whose append was refused" in log.first_problem(reading("b")).mismatch


def test_appends_of_one_part_are_one_record_and_equal_texts_of_others_are_two():
    log = RecordLog((kept("a", part="p"), kept("a", part="p", fate=Fate.UNKNOWN)))
    assert log.first_problem(reading("a")) is None
    assert log.first_problem(reading("a", "a")).mismatch.seen == '"a" 2 times'
    log = RecordLog((kept("a", part="p"), kept("a", part="q"), kept("a")))
    assert log.first_problem(reading("a", "a", "a")) is None
    assert "2 of 3 times" in log.first_problem(reading("a", "a")).mismatch.seen


def test_appends_that_follow_one_another_stand_in_their_order():
    log = RecordLog((kept("a", 0), kept("b", 0.5), kept("c", 2)))
    assert log.first_problem(reading("b", "a", "c")) is None
    problem = log.first_problem(reading("b", "c", "a"))
    assert problem.mismatch.expected == '"a" before "c"'
    assert [one.text for one in problem.appends] == ["a", "c"]


def test_numbers_grow():
    log = RecordLog(())
    assert log.unsorted(reading("a", "b", first=5, after=4)) is None
    assert str(log.unsorted(reading("a", first=4, after=4)).mismatch) == "a drain shows record 4 after 4"


def test_two_readings_show_one_log_where_both_show_it():
    log = RecordLog((kept("a"), kept("b"), kept("c")))
    whole = reading("a", "b", "c")
    assert log.disagreement(whole, reading("b", "c", first=1, after=0)) is None
    assert log.disagreement(whole, reading("a", "b", by="a subscriber")) is None
    gap = log.disagreement(whole, reading("c", first=2, after=0, by="a subscriber"))
    assert gap.mismatch.seen == "a subscriber: no record 1"
    other = log.disagreement(whole, reading("a", "c", by="a subscriber"))
    assert (other.mismatch.expected, other.mismatch.seen) == (
        'a drain: record 1 is "b"',
        'a subscriber: record 1 is "c"',
    )
    foreign = log.disagreement(whole, reading("a", "z", by="a subscriber"))
    assert foreign.mismatch.seen == "a subscriber: record 1 is one of others"
