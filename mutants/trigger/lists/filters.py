"""Lists whose filters show too much or too little."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from sqlite3 import Connection

from mutants.catalogue import mutant
from reference.application import Call
from reference.trigger import Row, TriggerReference
from reference.trigger.listing import Condition, Page, Parameters, Wanted

Rules = Mapping[str, Callable[[str], Condition]]


class _WithoutAFilter(TriggerReference):
    """One filter is ignored."""

    IGNORED: str

    def filter_rules(self) -> Rules:
        rules = super().filter_rules()
        return {name: rule for name, rule in rules.items() if name != self.IGNORED}


@mutant("list.filter-type")
class ListIgnoresType(_WithoutAFilter):
    """The filter by type is ignored."""

    IGNORED = "filter[type]"


@mutant("list.filter-type")
class ListTypeByPrefix(TriggerReference):
    """A type shows the types that begin with it, too."""

    def of_type(self, text: str) -> Condition:
        return Condition("substr(type, 1, length(?)) = ?", (text, text))


@mutant("list.filter-type")
class ListTypeInAnyCase(TriggerReference):
    """A type is compared in any case."""

    def of_type(self, text: str) -> Condition:
        return Condition("type = ? COLLATE NOCASE", (text,))


@mutant("list.filter-tags")
class ListIgnoresTags(_WithoutAFilter):
    """The filter by tags is ignored."""

    IGNORED = "filter[tags]"


class _Tagged(TriggerReference):
    """A tag is looked for in another way."""

    HOW: str

    def with_tags(self, text: str) -> Condition:
        return Condition(f"EXISTS (SELECT 1 FROM json_each(sessions.tags) WHERE {self.HOW})", (text,))  # noqa: S608


@mutant("list.filter-tags")
class ListTagByPart(_Tagged):
    """A tag shows the sessions with a tag that holds it."""

    HOW = "instr(value, ?)"


@mutant("list.filter-tags")
class ListTagInAnyCase(_Tagged):
    """A tag is compared in any case."""

    HOW = "value = ? COLLATE NOCASE"


@mutant("list.filter-tags")
class ListTagTheLast(_Tagged):
    """Only the last tag of a session is looked at, and the first."""

    HOW = "value = ? AND (key = 0 OR key = json_array_length(sessions.tags) - 1)"


@mutant("list.filter-task")
class ListIgnoresTask(_WithoutAFilter):
    """The filter by task is ignored."""

    IGNORED = "filter[taskIdentifier]"


@mutant("list.filter-task")
class ListTaskByPattern(TriggerReference):
    """A task is taken for a pattern."""

    def of_task(self, text: str) -> Condition:
        return Condition("task_identifier LIKE ?", (text,))


@mutant("list.filter-task")
class ListTaskByPrefix(TriggerReference):
    """A task shows the tasks that begin with it, too."""

    def of_task(self, text: str) -> Condition:
        return Condition("substr(task_identifier, 1, length(?)) = ?", (text, text))


@mutant("list.filter-external-id")
class ListIgnoresExternalId(_WithoutAFilter):
    """The filter by externalId is ignored."""

    IGNORED = "filter[externalId]"


class _Named(TriggerReference):
    """An externalId is compared in another way."""

    HOW: str

    def with_external_id(self, text: str) -> Condition:
        return Condition(self.HOW, (text,))


@mutant("list.filter-external-id")
class ListExternalIdByPattern(_Named):
    """An externalId is taken for a pattern."""

    HOW = "external_id LIKE ?"


@mutant("list.filter-external-id")
class ListExternalIdInAnyCase(_Named):
    """An externalId is compared in any case."""

    HOW = "external_id = ? COLLATE NOCASE"


@mutant("list.filter-external-id")
class ListExternalIdByPart(_Named):
    """An externalId shows the sessions whose externalId holds it."""

    HOW = "instr(external_id, ?)"


@mutant("list.filter-external-id")
class ListExternalIdTrimmed(_Named):
    """Spaces around an externalId do not count."""

    HOW = "external_id = trim(?)"


@mutant("list.filter-external-id")
class ListExternalIdSplit(TriggerReference):
    """An externalId is taken for a list between commas."""

    def with_external_id(self, text: str) -> Condition:
        return self.any_of("external_id", self.listed_values(text))


@mutant("list.filter-external-id")
class ListPlusIsPlus(TriggerReference):
    """A plus in a query stands for itself."""

    def parameters(self, call: Call) -> Parameters:
        return super().parameters(replace(call, query=call.query.replace("+", "%2B")))


@mutant("list.filter-status")
class ListIgnoresStatus(_WithoutAFilter):
    """The filter by status is ignored."""

    IGNORED = "filter[status]"


@mutant("list.filter-status")
class ListActiveHoldsClosed(TriggerReference):
    """ACTIVE shows closed sessions, too."""

    def active(self) -> Condition:
        return Condition("(expires_at IS NULL OR expires_at > ?)", (self.now(),))


@mutant("list.filter-status")
class ListClosedNeedsAReason(TriggerReference):
    """CLOSED shows only sessions that were closed with a reason."""

    def closed(self) -> Condition:
        return Condition("closed_reason IS NOT NULL")


@mutant("list.no-closed-session-is-expired")
class ListExpiredHoldsDeadlines(TriggerReference):
    """EXPIRED shows every session that has a deadline."""

    def expired(self) -> Condition:
        return Condition("expires_at IS NOT NULL")


@mutant("list.status-follows-expiry")
class ListActiveHoldsExpired(TriggerReference):
    """ACTIVE shows sessions past their deadline."""

    def active(self) -> Condition:
        return Condition("closed_at IS NULL")


@mutant("list.status-follows-expiry")
class ListExpiredIsEmpty(TriggerReference):
    """EXPIRED shows nothing."""

    def expired(self) -> Condition:
        return Condition("0")


@mutant("list.unknown-status-shows-nothing")
class ListIgnoresAnUnknownStatus(TriggerReference):
    """A status that there is not is ignored."""

    def no_state(self, state: str) -> Condition:
        return Condition("1")


@mutant("list.filter-created-period")
class ListPeriodInMinutes(TriggerReference):
    """A period ends some while ago."""

    def created_lately(self, text: str) -> Condition:
        return Condition("created_at < ?", (self.now() - self.period_in(text),))


@mutant("list.filter-created-period")
class ListRefusesPeriods(TriggerReference):
    """A period in days is refused."""

    def period_in(self, text: str) -> int:
        raise self.bad_query("filter[createdAt][period]", "a number of seconds")


@mutant("list.filter-created-range")
class ListRangeIsOpen(TriggerReference):
    """The end of a range is ignored."""

    def created_to(self, text: str) -> Condition:
        return Condition("1")


@mutant("list.filter-created-range")
class ListRangeIsTurned(TriggerReference):
    """From and to are mixed up."""

    def created_from(self, text: str) -> Condition:
        return super().created_to(text)

    def created_to(self, text: str) -> Condition:
        return super().created_from(text)


@mutant("list.filters-combine")
class ListFiltersAreAlternatives(TriggerReference):
    """A session is shown that fits any of the filters."""

    def filters(self, asked: Parameters) -> tuple[Condition, ...]:
        found = super().filters(asked)
        if len(found) <= 1:
            return found
        values = tuple(value for one in found for value in one.values)
        return (Condition(f"({' OR '.join(f'({one.sql})' for one in found)})", values),)


@mutant("list.filters-combine")
class ListTypeOverrulesStatus(TriggerReference):
    """A status beside a type is ignored."""

    def filters(self, asked: Parameters) -> tuple[Condition, ...]:
        kept = {name: value for name, value in asked.items() if name != "filter[status]"}
        return super().filters(kept if "filter[type]" in asked else asked)


@mutant("list.filters-combine")
class ListExternalIdOverrulesAll(TriggerReference):
    """Beside an externalId all filters are ignored."""

    def filters(self, asked: Parameters) -> tuple[Condition, ...]:
        one = "filter[externalId]"
        return super().filters({one: asked[one]} if one in asked else asked)


@mutant("list.filters-commute")
class ListFirstFilterCounts(TriggerReference):
    """Only the first two filters of a query count."""

    def filters(self, asked: Parameters) -> tuple[Condition, ...]:
        return super().filters(asked)[:2]


@mutant("list.filters-commute")
class ListStatusNotLast(TriggerReference):
    """A status is ignored where it is the last filter."""

    def filters(self, asked: Parameters) -> tuple[Condition, ...]:
        names = [name for name in asked if name.startswith("filter[")]
        last = names[-1:] == ["filter[status]"] and len(names) > 1
        return super().filters({name: asked[name] for name in asked if not (last and name == names[-1])})


@mutant("list.further-filter-adds-no-rows")
class ListThirdFilterWidens(TriggerReference):
    """Where a fourth filter is given, the others are ignored."""

    def filters(self, asked: Parameters) -> tuple[Condition, ...]:
        found = super().filters(asked)
        return found[-1:] if len(found) > 3 else found


@mutant("list.further-filter-adds-no-rows")
class ListSecondFilterResets(TriggerReference):
    """A status beside other filters is all that counts."""

    def filters(self, asked: Parameters) -> tuple[Condition, ...]:
        one = "filter[status]"
        return super().filters({one: asked[one]} if one in asked else asked)


@mutant("list.filters-hold-on-every-page")
class ListFiltersTheFirstPage(TriggerReference):
    """Beside a cursor filters are ignored."""

    def wanted(self, db: Connection, reader: object, asked: Parameters) -> Wanted:
        kept = {name: value for name, value in asked.items() if not name.startswith("filter[")}
        return super().wanted(db, reader, kept if "page[after]" in asked else asked)  # type: ignore[arg-type]


@mutant("list.filters-hold-on-every-page")
class ListFiltersAfterTheLimit(TriggerReference):
    """A page is cut from all sessions, and filtered then."""

    def page(self, db: Connection, wanted: Wanted) -> Page:
        every = super().page(db, replace(wanted, conditions=wanted.conditions[:1]))
        kept = [row for row in every.rows if self.fits(db, wanted, row)]
        return replace(every, rows=kept, next=kept[-1].id if kept and every.next else None)

    def fits(self, db: Connection, wanted: Wanted, row: Row) -> bool:
        """Whether a row fulfils all conditions."""
        one: Sequence[Condition] = (*wanted.conditions, Condition("id = ?", (row.id,)))
        return bool(self.select(db, one, "id", 1))


@mutant("list.comma-lists")
class ListTakesOneValue(TriggerReference):
    """A list between commas is taken for one value."""

    def listed_values(self, text: str) -> list[str]:
        return [text]


@mutant("list.comma-lists-of-status")
class ListRefusesSeveralStatuses(TriggerReference):
    """Several statuses between commas are refused."""

    def of_status(self, text: str) -> Condition:
        return self.in_state(text)
