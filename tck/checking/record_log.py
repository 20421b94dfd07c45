"""A log is a total order of records: what its readers may see of what was appended, and what they may not.

Pure functions over appends and readings, for checks of one caller and for those of many at once.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from math import inf
from typing import Any

from tck.values.bounded_json import read_json
from tck.values.json_equality import same_json, shown
from tck.values.mismatch import Mismatch
from tck.vocabulary import NO_SUCH_RECORD

SHOWN = 60
"""Characters of a record that are shown of it in a sentence."""


class Fate(StrEnum):
    """What an append was answered."""

    KEPT = "acknowledged"
    REFUSED = "refused"
    UNKNOWN = "not answered"


@dataclass(frozen=True)
class Append:
    """One append between two instants of one clock in seconds; those of one `part` are one record.

    `by` is who appended, for a story.
    """

    text: str = field(repr=False)
    fate: Fate
    started: float = 0.0
    ended: float = inf
    part: str = ""
    exchange: str = ""
    by: str = "the caller"

    @property
    def words(self) -> str:
        """The text for a person."""
        return shown(self.text, SHOWN)


@dataclass(frozen=True)
class LogRecord:
    """One record as a reader saw it; each of the `forms` may be the text, or its value where that is JSON."""

    number: int
    forms: tuple[Any, ...] = field(repr=False)

    @property
    def words(self) -> str:
        """The record for a person."""
        return f"record {self.number} ({shown(self.forms[0], SHOWN)})"


@dataclass(frozen=True)
class Reading:
    """What one reader saw, in its order: everything from the start, or behind the number `after`.

    `by` is who read, for a story.
    """

    by: str
    records: tuple[LogRecord, ...]
    exchanges: tuple[str, ...] = ()
    after: int | None = None

    @property
    def numbers(self) -> list[int]:
        """The numbers of the records, in the order seen."""
        return [record.number for record in self.records]


@dataclass(frozen=True)
class LogProblem:
    """What cannot be, with the fewest appends and readings that show it."""

    mismatch: Mismatch
    appends: tuple[Append, ...]
    readings: tuple[Reading, ...]


def fits(text: str, form: Any) -> bool:
    """Whether a reader was shown this text: itself or, where it is JSON, its value."""
    if isinstance(form, str) and form == text:
        return True
    try:
        return same_json(read_json(text), form)
    except ValueError:
        return False


@dataclass(frozen=True)
class RecordLog:
    """Everything that was appended to one log, and what readings of it must show.

    Records that fit no append are those of others, and are left alone.
    """

    appends: tuple[Append, ...]

    @cached_property
    def _known(self) -> dict[str, list[Append]]:
        found: dict[str, list[Append]] = {}
        for one in self.appends:
            found.setdefault(one.text, []).append(one)
        return found

    @cached_property
    def _values(self) -> list[tuple[Any, str]]:
        """The texts that are JSON, with their values."""
        return [(value, text) for text in self._known for value in _values_of(text)]

    def text_of(self, record: LogRecord) -> str | None:
        """The text that a record is, as far as it was appended here."""
        for form in record.forms:
            if isinstance(form, str) and form in self._known:
                return form
        fitting = (text for form in record.forms for value, text in self._values if same_json(value, form))
        return next(fitting, None)

    def texts(self, reading: Reading) -> list[str]:
        """The texts of the records that were appended here, in the order seen."""
        return [text for text in map(self.text_of, reading.records) if text is not None]

    def least(self, text: str) -> int:
        """How often a text must be there."""
        return len({_identity(one) for one in self._known.get(text, ()) if one.fate is Fate.KEPT})

    def most(self, text: str) -> int:
        """How often a text may be there."""
        fates = (Fate.KEPT, Fate.UNKNOWN)
        return len({_identity(one) for one in self._known.get(text, ()) if one.fate in fates})

    def lost(self, reading: Reading) -> LogProblem | None:
        """An acknowledged record that a reading from the start does not show."""
        seen = Counter(self.texts(reading))
        for one in self.appends:
            if one.fate is Fate.KEPT and seen[one.text] < self.least(one.text):
                strange = [record for record in reading.records if self.text_of(record) is None]
                there = f"; what fits no append is {strange[0].words}" if strange else ""
                times = seen[one.text]
                found = f"it {times} of {self.least(one.text)} times" if times else NO_SUCH_RECORD
                said = f"{reading.by} does not show an acknowledged record whole"
                return self._problem(said, f"the record {one.words}", f"{found}{there}", (one,), reading)
        return None

    def doubled(self, reading: Reading) -> LogProblem | None:
        """A record that is there more often than it was appended."""
        for text, times in Counter(self.texts(reading)).items():
            if times > self.most(text):
                [first, *_] = self._known[text]
                allowed = self.most(text)
                if not allowed:
                    said = f"{reading.by} shows a record whose append was refused"
                    return self._problem(said, "no record of that append", first.words, (first,), reading)
                said = f"{reading.by} shows a record more often than it was appended"
                seen = f"{first.words} {times} times"
                return self._problem(
                    said,
                    f"the record {allowed} time{'' if allowed == 1 else 's'}",
                    seen,
                    tuple(self._known[text]),
                    reading,
                )
        return None

    def misordered(self, reading: Reading) -> LogProblem | None:
        """Two records in the other order than that in which their appends followed one another."""
        alone = [self._known[text][0] for text in self._known if len(self._known[text]) == 1]
        single = {one.text: one for one in alone if one.fate is Fate.KEPT}
        placed = [single[text] for text in self.texts(reading) if text in single]
        latest: Append | None = None
        for one in placed:
            if latest is not None and one.ended < latest.started:
                said = f"{reading.by} shows a record before one whose append was over earlier"
                expected = f"{one.words} before {latest.words}"
                return self._problem(said, expected, "the other order", (one, latest), reading)
            if latest is None or one.started > latest.started:
                latest = one
        return None

    def disagreement(self, one: Reading, other: Reading) -> LogProblem | None:
        """What one reading shows otherwise than another, where both show the log: number by number."""
        left, right = self._by_number(one), self._by_number(other)
        begin = max(-1 if reading.after is None else reading.after for reading in (one, other))
        end = min(max(numbers, default=begin) for numbers in (left, right))
        for number in sorted({*left, *right}):
            if not begin < number <= end or left.get(number) == right.get(number):
                continue
            said = f"{one.by} and {other.by} show different logs"
            seen = [_shown_at(number, records) for records in (left, right)]
            mismatch = Mismatch(
                said, f"{one.by}: {seen[0]}", f"{other.by}: {seen[1]}", _exchanges(one, other)
            )
            return LogProblem(mismatch, (), (one, other))
        return None

    def _by_number(self, reading: Reading) -> dict[int, str | None]:
        return {record.number: self.text_of(record) for record in reading.records}

    def unsorted(self, reading: Reading) -> LogProblem | None:
        """A number that is not above the one before it, or not above the one that was resumed after."""
        start = [] if reading.after is None else [reading.after]
        for before, number in pairwise([*start, *reading.numbers]):
            if number <= before:
                said = f"{reading.by} shows record {number} after {before}"
                return self._problem(said, f"numbers above {before}", str(number), (), reading)
        return None

    def first_problem(self, reading: Reading) -> LogProblem | None:
        """The first thing that a reading from the start shows and cannot be."""
        looks = (self.lost, self.doubled, self.misordered, self.unsorted)
        return next(filter(None, (look(reading) for look in looks)), None)

    @staticmethod
    def _problem(
        said: str, expected: str, seen: str, appends: tuple[Append, ...], reading: Reading
    ) -> LogProblem:
        exchanges = [*(one.exchange for one in appends), *_exchanges(reading)]
        return LogProblem(Mismatch(said, expected, seen, filter(None, exchanges)), appends, (reading,))


def _identity(one: Append) -> object:
    """What makes appends one: their part, or that they are the same one."""
    return one.part or id(one)


def _values_of(text: str) -> Iterator[Any]:
    try:
        yield read_json(text)
    except ValueError:
        return


def _shown_at(number: int, records: dict[int, str | None]) -> str:
    if number not in records:
        return f"no record {number}"
    text = records[number]
    return f"record {number} is " + ("one of others" if text is None else shown(text, SHOWN))


def _exchanges(*readings: Reading) -> Sequence[str]:
    return list(dict.fromkeys(one for reading in readings for one in reading.exchanges))
