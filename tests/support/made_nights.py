"""Histories of results that nobody judged, from digests that are made up."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tck.history.digest import Digest
from tck.history.note import Note
from tck.history.store import Kept, Night

FIRST = datetime(2026, 9, 1, 3, 17, tzinfo=UTC)
NAMES = tuple(
    f"{part}.rule-{number}" for part in ("create", "close", "update", "list") for number in range(20)
)
SHOULD = frozenset(name for name in NAMES if name.endswith("9"))


def began(number: int) -> str:
    """When the night of this number began."""
    return (FIRST + timedelta(days=number)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def digest(number: int = 0, kinds: Mapping[str, str] | None = None, **values) -> Digest:
    """One good night, with the kinds of these requirements otherwise."""
    found = {**dict.fromkeys(NAMES, "passed"), **(kinds or {})}
    failed = [name for name, kind in found.items() if kind == "failed"]
    unsure = [name for name, kind in found.items() if kind in ("indeterminate", "not_tested")]
    verdict = "not_conformant" if failed else "inconclusive" if unsure else "conformant"
    none = dict.fromkeys(("indeterminate", "error", "not_tested", "not_applicable", "waived"), 0)
    must = {**none, "passed": len(found) - len(failed) - len(unsure), "failed": len(failed)}
    made = Digest(
        sha256="a" * 64, started_at=began(number), duration=80.0 + number % 7, verdict=verdict,
        sentence=f"{verdict.replace('_', ' ').upper()}: made up.", partial=False, target="https://rooms.example.com",
        embedded=False, contract="rooms", revision="2026-11", requirements_digest="b" * 64, kit="0.2.0",
        kit_digest="c" * 64, requests=11_000 + 13 * (number % 5), retries=0, sessions=540, left_open=0,
        counts={"must": must, "should": {**none, "passed": len(SHOULD), "failed": 0}}, kinds=found, should=SHOULD,
        causes=tuple(failed[:3]), repeats=dict.fromkeys(failed, "failed 3 of 3"), flaky=frozenset(),
        latency={name: {"replies": 900, "p50": 8.0 + number % 3, "p95": 20.0 + number % 11, "p99": 41.0, "longest": 90.0}
                 for name in ("createSession", "retrieveSession", "updateSession", "closeSession")},
    )  # fmt: skip
    return replace(made, **values)


def night(number: int, kinds: Mapping[str, str] | None = None, note: Note | None = None, **values) -> Night:
    return Night(began(number)[:19].replace(":", "-"), digest(number, kinds, **values), note)


def lost(number: int, code: int = 4) -> Night:
    """A night that left no result."""
    return Night(began(number)[:19].replace(":", "-"), None, Note(began(number), code))


def ninety() -> Kept:
    """Three months: a fault for a week and again, a race that flips, weather, a new kit, a new contract, lost nights."""
    nights = []
    for number in range(90):
        kinds: dict[str, str] = {}
        if 20 <= number < 27 or number >= 86:
            kinds |= {"close.rule-3": "failed", "close.rule-4": "failed"}
        if number % 11 == 5:
            kinds["update.rule-7"] = "failed"
        if number in (40, 41):
            kinds |= {name: "indeterminate" for name in NAMES if name.startswith("list")}
        if number > 60:
            kinds["create.rule-9"] = "deviating"
        more = {"kit": "0.3.0", "kit_digest": "d" * 64} if number >= 50 else {}
        more |= {"revision": "2027-01", "requirements_digest": "e" * 64} if number >= 70 else {}
        retries = 140 if number in (40, 41) else 0
        note = Note(began(number), 1 if kinds else 0, source_moved=number >= 68)
        nights.append(
            lost(number) if number in (33, 34) else night(number, kinds, note, retries=retries, **more)
        )
    nights[89] = replace(nights[89], digest=replace(nights[89].digest, repeats={"close.rule-3": "failed 3 of 3",
        "close.rule-4": "failed 1 of 3"}, flaky=frozenset({"close.rule-4"})))  # fmt: skip
    return Kept(
        tuple(nights),
        (
            "reports/history/2026-09-09T03-17-00.json is not a whole result: it is not JSON; it may have been cut.",
        ),
    )
