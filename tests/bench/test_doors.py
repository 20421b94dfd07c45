"""What requirements claim for every way to ask, and what the exchanges of a run show of it."""

import json
from argparse import Namespace
from dataclasses import replace

import pytest

from bench.commands.doors import main
from bench.doors import everruns
from bench.doors.coverage import coverage
from bench.doors.trigger import facts_of
from tck.contract.combinations import Claim, Doors, Hole
from tck.contract.contract import available_contracts
from tck.recording.exchange import Exchange
from tests.support.reference_run import handwritten_run

KEY = "Bearer [redacted TRIGGER_SECRET_KEY]"
OTHER = "Bearer [redacted TRIGGER_OTHER_SECRET_KEY]"
PATH = "http://127.0.0.1:1/api/v1/sessions"
ROW = {"id": "session_1", "externalId": "my name", "closedAt": None}


def exchange(number: int, operation: str, path: str = "", **given) -> Exchange:
    status, answered, sent = (
        given.pop(name, other) for name, other in (("status", 200), ("answered", None), ("sent", b""))
    )
    named = {"authorization": KEY, "accept": "application/json", **given}
    return Exchange(
        id=f"main-{number}", check="a check", operation=operation, method="POST", url=PATH + path,
        request_headers=tuple((name.replace("_", "-"), value) for name, value in named.items() if value),
        request_body=sent, status=status, http_version="HTTP/1.1", response_headers=(),
        response_body=json.dumps(answered).encode(), error="", started_at=float(number), duration=0.0,
    )  # fmt: skip


def facts(*exchanges: Exchange):
    return list(facts_of(exchanges).values())


NAMED = b'{"externalId":"my name"}'
GONE = {**ROW, "closedAt": "2026-11-30T00:00:00Z"}
MADE = exchange(1, "createSession", status=201, answered=ROW, sent=NAMED)
CLOSED = exchange(3, "closeSession", "/my%20name/close", answered=GONE, sent=b"{}")


def test_a_session_is_followed_from_its_create_to_its_close():
    [made, again, closing, gone] = facts(
        MADE,
        exchange(2, "createSession", answered=ROW, sent=NAMED),
        CLOSED,
        exchange(4, "retrieveSession", "/session_1", status=200, answered=ROW),
    )
    assert (made["state"], made["address"]) == ("new", "external-id")
    assert again["state"] == "open"
    assert (closing["state"], closing["address"]) == ("open", "external-id")
    assert (gone["state"], gone["address"]) == ("closed", "id")


def test_what_lives_abroad_is_foreign_and_what_nobody_made_is_unknown():
    [_, abroad, unknown, left_out] = facts(
        MADE,
        exchange(2, "retrieveSession", "/session_1", status=404, authorization=OTHER),
        exchange(3, "updateSession", "/nothing", status=404),
        exchange(4, "createSession", "", status=201, answered={**ROW, "id": "session_2"}, sent=b"{}"),
    )
    assert (abroad["state"], abroad["credential"]) == ("foreign", "other-key")
    assert unknown["state"] == "unknown"
    assert left_out["address"] == "left-out"


@pytest.mark.parametrize(
    ("headers", "name", "value"),
    [
        ({"authorization": ""}, "credential", "absent"),
        ({"authorization": "Bearer [redacted a credential]"}, "credential", "wrong"),
        ({"authorization": "Bearer eyJhbGciOiJIUzI1NiJ9.e30.[signature removed]"}, "credential", "token"),
        ({"accept": ""}, "accept", "absent"),
        ({"accept": "text/html, */*;q=0.1"}, "accept", "list"),
        ({"accept_encoding": "gzip"}, "coding", "gzip"),
        ({"content_type": "Application/JSON"}, "media", "capitals"),
        ({"content_type": "application/json; charset=utf-8"}, "media", "parameters"),
        ({"transfer_encoding": "chunked"}, "transfer", "chunked"),
        ({"if_none_match": '"1"'}, "condition", "validator"),
    ],
)
def test_the_headers_of_a_request_are_facts(headers, name, value):
    assert facts(exchange(1, "updateSession", "/x", **headers))[0][name] == value


@pytest.mark.parametrize(
    ("sent", "body", "size"),
    [
        (b"", "empty", "small"),
        (b"{}", "object", "small"),
        (b"[]", "no-object", "small"),
        (b'{"n":NaN}', "no-json", "small"),
        (b"{}".ljust(32_000), "object", "near"),
        (b"{}".ljust(32_769), "object", "beyond"),
    ],
)
def test_the_body_of_a_request_is_a_fact(sent, body, size):
    [seen] = facts(exchange(1, "updateSession", "/x", sent=sent))
    assert (seen["body"], seen["size"]) == (body, size)


SESSION = "session_0190c5e27d3b7f64a1b28c4e95d0f317"
EVERRUNS = {"authorization": "[redacted EVERRUNS_API_KEY]", "accept": "application/json"}


def patch(number: int, path: str, sent: bytes = b"{}", status: int = 404, at: float = 0.0) -> Exchange:
    row = {"id": SESSION} if status == 200 else {}
    return replace(
        exchange(number, "updateSession", status=status, answered=row, sent=sent, **EVERRUNS),
        method="PATCH", url=f"http://127.0.0.1:1{path}", started_at=at,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("session_id", "address"),
    [
        (SESSION, "own"),
        (SESSION.replace("_", "%5F"), "escaped"),
        (SESSION[:-1] + "8", "unknown"),
        (SESSION[8:], "no-prefix"),
        (f"agent_{SESSION[8:]}", "other-prefix"),
        (SESSION[:-1], "short"),
        (f"{SESSION}0", "long"),
        (f"{SESSION[:-1]}g", "no-hex"),
    ],
)
def test_how_an_update_names_its_session_is_a_fact(session_id, address):
    made = patch(1, f"/v1/sessions/{SESSION}", status=200)
    seen = everruns.facts_of([made, patch(2, f"/v1/sessions/{session_id}")])["main-2"]
    assert (seen["address"], seen["path"], seen["credential"]) == (address, "plain", "key")


def test_what_was_updated_and_how_old_it_is_are_facts():
    first, second, variant = everruns.facts_of(
        [
            replace(patch(0, "/v1/sessions", status=200), method="POST"),
            patch(1, f"/v1/sessions/{SESSION}", b'{"title":"a"}', 200),
            patch(2, f"/v1/sessions/{SESSION}", b'{"title":"a","tags":[]}', 200, at=4.0),
            patch(3, f"/v1/sessions/{SESSION}/", b'{"title":null}'),
        ]
    ).values()
    assert (first["members"], first["state"], first["age"]) == ("title", "fresh", "young")
    assert (second["members"], second["state"], second["age"]) == ("both", "updated", "old")
    assert (variant["members"], variant["path"], variant["address"]) == ("none", "variant", "own")


def test_a_pair_of_values_that_no_exchange_shows_is_missing():
    claim = Claim(("update.*",), {"address": ("id", "external-id"), "media": ("plain",)})
    hole = Hole(("update.it",), {"address": ("id",)}, "It has no id.")
    checks = [{"judged": ["main-1"], "exchanges": []}]
    result = {
        "contract": {"name": "trigger"},
        "requirements": [{"id": "update.it", "outcome": "passed", "checks": checks}],
    }
    seen = exchange(1, "updateSession", "/x", content_type="application/json")
    [found] = coverage(Doors({}, (claim,), (), {}), result, [seen])
    assert found.unexplained == [(("address", "id"), ("media", "plain"))]
    [found] = coverage(Doors({}, (claim,), (hole,), {}), result, [seen])
    assert (found.unexplained, list(found.reasons.values())) == ([], ["It has no id."])


@pytest.mark.slow
@pytest.mark.parametrize("contract", available_contracts())
def test_a_run_on_the_reference_shows_what_requirements_claim(contract: str, tmp_path_factory, capsys):
    code = main(Namespace(reports=handwritten_run(contract, tmp_path_factory), holes=True))
    assert code == 0, capsys.readouterr().out
