"""Requirements, findings, exchanges and facts for the tests of results."""

from dataclasses import replace
from typing import Any, cast

from tck.contract.contract import Page
from tck.contract.requirements import Requirement, Source
from tck.recording.exchange import Exchange
from tck.results.document import Result
from tck.results.kit_identity import Kit
from tck.results.outcomes import Finding, Settled, settle
from tck.results.result_file import Facts, sealed
from tck.vocabulary import Level, Outcome

PAGE = Page("rooms-close", "Close a room", "https://docs.example.com/rooms/close")
KEY = "rm_test_0123456789abcdefghijklmnop"


def requirement(name: str = "close.is-terminal", level: Level = Level.MUST) -> Requirement:
    return Requirement(name, level, "A closed room stays closed.", Source(PAGE.id, "description"))


def finding(outcome: Outcome = Outcome.PASSED, **values: Any) -> Finding:
    given = {
        "requirement": "close.is-terminal",
        "check": "suites/rooms/test_close.py::test_terminal",
        **values,
    }
    return Finding(outcome=outcome, **given)


def settled(
    outcome: Outcome, level: Level = Level.MUST, name: str = "close.is-terminal", **values: Any
) -> Settled:
    found = finding(outcome, requirement=name, **values)
    return settle(requirement(name, level), [found])


def exchange(**values: Any) -> Exchange:
    given = Exchange(
        id="main-1",
        check="suites/rooms/test_close.py::test_terminal",
        operation="closeRoom",
        method="POST",
        url="http://127.0.0.1:8000/rooms/r1/close",
        request_headers=(("Host", "127.0.0.1:8000"), ("Content-Type", "application/json")),
        request_body=b'{"reason":"done"}',
        status=200,
        http_version="HTTP/1.1",
        response_headers=(("Content-Type", "application/json"),),
        response_body=b'{"id":"r1"}',
        error="",
        started_at=1_790_000_000.25,
        duration=0.0125,
        retries=0,
    )
    return replace(given, **values)


def facts(*found: Settled, **values: Any) -> Facts:
    given: dict[str, Any] = {
        "kit": Kit("sessions-tck", "0.1.0", "a" * 64),
        "contract": "rooms",
        "revision": "2027-01",
        "contract_digest": "b" * 64,
        "pages": {PAGE.id: PAGE},
        "base_url": "https://rooms.example.com",
        "capabilities": {"second-environment": False},
        "started_at": 1_790_000_000.25,
        "duration_seconds": 12.3456,
        "seed": 7,
        "options": {"accept_not_tested": []},
        "partial": False,
        "fail_on_deviations": False,
        "settled": found,
        "exchanges": {},
        "exchanges_digest": "c" * 64,
        "requests": 3,
        "sessions_created": 2,
        "sessions_left_open": 0,
        "rerun": ("--base-url=https://rooms.example.com",),
    }
    return Facts(**{**given, **values})


def version_1(document: Result) -> Result:
    """The same result as a kit of schema version 1 wrote it, sealed."""
    new = ("causes", "allowed_differences", "groups", "latency")
    requirements = [
        {
            **{name: value for name, value in one.items() if name != "ways"},
            "checks": [
                {name: value for name, value in check.items() if name not in ("judged", "requests")}
                for check in one["checks"]
            ],
        }
        for one in document["requirements"]
    ]
    kept = {name: value for name, value in document.items() if name not in new}
    return sealed(cast("Result", {**kept, "schema_version": 1, "requirements": requirements}))
