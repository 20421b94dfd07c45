"""Results for the tests of views: one with every outcome, in which all that a target says is hostile."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from tck.contract.waivers import Waiver
from tck.recording.exchange import Exchange
from tck.recording.har import write_har
from tck.results.document import Result
from tck.results.outcomes import settle
from tck.results.result_file import build_result, write_result
from tck.vocabulary import Level, Outcome
from tests.support.result_samples import PAGE, exchange, facts, finding, requirement, settled

ATTACK = (
    "</script></pre><script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'>\"'`${1}{{7*7}}"
)
HOSTILE = exchange(
    id="main-1",
    url=f"http://127.0.0.1:1/{ATTACK}?q={ATTACK}",
    request_headers=(("X-Odd", ATTACK),),
    request_body=ATTACK.encode(),
    response_headers=(("Content-Type", ATTACK), (ATTACK, "a")),
    response_body=ATTACK.encode(),
    error=ATTACK,
)
WAIVER = Waiver("close.is-waived", ATTACK, "T-1", date(2026, 10, 1))
Sample = tuple[Result, Mapping[str, Exchange]]


def hostile(**values: Any) -> Sample:
    """Every outcome, and an attack in every text that may come from a target or an operator."""
    told = {"reason": ATTACK, "expected": ATTACK, "seen": ATTACK, "exchanges": ("main-0", "main-1")}
    failed = finding(Outcome.FAILED, story=(ATTACK, "then"), **told)
    entries = [
        settle(requirement(), [failed, finding(Outcome.PASSED)]),
        settled(Outcome.FAILED, Level.SHOULD, "open.is-odd", **told),
        settle(requirement("close.is-waived"), [failed], WAIVER),
        settled(Outcome.PASSED, name="open.is-quick", deviation=ATTACK, exchanges=("main-1",)),
        *(
            settled(one, name=f"open.is-{one.value.replace('_', '-')}", reason=ATTACK)
            for one in (Outcome.ERROR, Outcome.INDETERMINATE, Outcome.NOT_TESTED, Outcome.NOT_APPLICABLE)
        ),
    ]
    kept = {"main-0": exchange(id="main-0"), "main-1": HOSTILE}
    page = replace(PAGE, title=ATTACK, url="javascript:window.hacked=3")
    given = {
        "exchanges": kept,
        "pages": {PAGE.id: page},
        "base_url": f"http://127.0.0.1:1/{ATTACK}",
        "generated": {ATTACK: {"cases": ATTACK}},
        **values,
    }
    return build_result(facts(*entries, **given)), kept


def conformant() -> Sample:
    """One requirement that held."""
    kept = {"main-1": exchange()}
    entry = settled(Outcome.PASSED, exchanges=("main-1",))
    return build_result(facts(entry, exchanges=kept)), kept


def several() -> Sample:
    """Two causes, one of them a race, a deviation, and what passed, each with exchanges."""
    closed = b'{"id":"r1","closed":{"reason":"was done","by":"ann"},"seats":[1,2]}'
    kept = {
        one.id: one
        for one in (
            exchange(id="main-1", url="http://h/rooms", status=201, response_body=b'{"id":"r1"}'),
            exchange(id="main-2", response_body=closed, started_at=1_790_000_001.0, duration=0.5),
            exchange(
                id="main-3",
                response_body=closed.replace(b"done", b"late"),
                request_body=b'{"reason":"late"}',
                started_at=1_790_000_001.5,
            ),
            exchange(id="main-4", started_at=1_790_000_002.0, duration=0.03, status=409),
            exchange(id="main-5", started_at=1_790_000_002.01, duration=0.04),
            exchange(
                id="main-6", operation="openRoom", method="GET", url="http://h/rooms/r1", request_body=b""
            ),
        )
    }
    told: dict[str, Any] = {
        "expected": 'closed.reason: "was done"',
        "seen": 'closed.reason: "was late"',
        "reason": "another reason",
    }
    steps: dict[str, Any] = {"exchanges": ("main-1", "main-2", "main-3"), "judged": ("main-2", "main-3")}
    raced: dict[str, Any] = {
        "expected": "one 200",
        "seen": "409",
        "exchanges": ("main-4", "main-5"),
        "judged": ("main-4",),
    }
    entries = [
        settled(Outcome.FAILED, name="close.repeat-returns-same-row", **told, **steps),
        settled(Outcome.FAILED, name="races.closes-agree", **raced),
        settled(Outcome.PASSED, name="open.answers", exchanges=("main-1", "main-6")),
        settled(Outcome.FAILED, Level.SHOULD, "open.answers-201", reason="200", exchanges=("main-6",)),
        settled(Outcome.NOT_TESTED, Level.SHOULD, "close.is-quiet"),
    ]
    return build_result(facts(*entries, exchanges=kept)), kept


def crowded(requirements: int = 300, failures: int = 10) -> Sample:
    """A target that breaks everything, with an exchange of its own for each failure."""
    body = b'{"data":[' + b",".join(b'{"id":"room_%d","name":"a room"}' % n for n in range(40)) + b"]}"
    kept = {f"main-{n}": exchange(id=f"main-{n}", response_body=body) for n in range(requirements * failures)}
    entries = [
        settle(
            requirement(f"op{one % 9}.rule-{one}"),
            [
                finding(
                    Outcome.FAILED, requirement=f"op{one % 9}.rule-{one}", check=f"test_x.py::test_{one}[{n}]",
                    reason="not so", expected="this", seen="that", exchanges=(f"main-{one * failures + n}",),
                )
                for n in range(failures)
            ],
        )
        for one in range(requirements)
    ]  # fmt: skip
    return build_result(facts(*entries, exchanges=kept)), kept


def written(folder: Path, entries: Any = (), **values: Any) -> Path:
    """A folder with a result and the exchanges that belong to it."""
    _, kept = hostile()
    digest = write_har(folder / "exchanges.har", kept.values(), "0.1.0")
    document, _ = hostile(exchanges_digest=digest, **values)
    write_result(folder / "result.json", document)
    return folder
