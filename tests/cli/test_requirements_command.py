"""`sessions-tck requirements` lists and searches what the kit judges."""

import json
from typing import Any

import pytest

from tck.__main__ import main
from tck.contract.catalogue import registry_of
from tck.contract.contract import available_contracts
from tck.contract.requirements import Registry, Withdrawn


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    code = main(["requirements", "--format=json", *arguments])
    found = json.loads(capsys.readouterr().out)
    assert code == int(not found)
    return found


def test_all_of_every_contract_are_listed_in_the_order_of_their_files(capsys: pytest.CaptureFixture[str]):
    expected = [
        (name, id_)
        for name in available_contracts()
        for id_ in (*registry_of(name), *registry_of(name).withdrawn)
    ]
    assert [(one["contract"], one["id"]) for one in asked(capsys)] == expected


def test_what_is_listed_says_all_that_is_known(capsys: pytest.CaptureFixture[str]):
    (one,) = asked(capsys, "close.is-terminal")
    rule = registry_of("trigger")["close.is-terminal"]
    assert (one["level"], one["statement"], one["needs"]) == ("must", rule.statement, [])
    assert one["source"]["at"] == rule.source.at
    assert one["source"]["url"].startswith("https://")
    assert one["released"] == "2026-11"


def test_they_are_searched_by_words_level_contract_and_page(capsys: pytest.CaptureFixture[str]):
    assert {one["contract"] for one in asked(capsys, "--contract=everruns")} == {"everruns"}
    assert {one["level"] for one in asked(capsys, "--level=should")} == {"should"}
    assert {one["source"]["page"] for one in asked(capsys, "--page=CLOSE")} == {"trigger-close-session"}
    found = asked(capsys, "Closed", "REASON", "--contract=trigger")
    assert found
    assert all("closed" in f"{one['id']} {one['statement']}".lower() for one in found)
    assert len(found) < len(asked(capsys, "closed", "--contract=trigger"))


def test_people_get_a_table(capsys: pytest.CaptureFixture[str]):
    assert main(["requirements", "close.is-terminal"]) == 0
    head, entry, statement, *_ = capsys.readouterr().out.splitlines()
    assert head == "trigger: 1 requirement"
    assert entry.split()[:2] == ["MUST", "close.is-terminal"]
    assert entry.endswith(f"Close session: {registry_of('trigger')['close.is-terminal'].source.at}")
    assert statement.startswith(" " * 10)
    assert main(["requirements", "flying saucers"]) == 1
    assert capsys.readouterr().out == "No requirement matches.\n"


def test_a_withdrawn_one_says_so(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    whole = registry_of("everruns")
    *rest, last = whole.values()
    gone = Registry(rest, [Withdrawn(last, "2027-02-01", "The page says no such thing.")])
    monkeypatch.setattr("tck.contract.catalogue.registry_of", lambda *_: gone)
    *others, one = asked(capsys, "--contract=everruns")
    assert [other["withdrawn"] for other in others] == [None] * len(rest)
    assert (one["id"], one["withdrawn"]["on"]) == (last.id, "2027-02-01")
    assert main(["requirements", "--contract=everruns", last.id]) == 0
    assert "          Withdrawn on 2027-02-01: The page says no such thing.\n" in capsys.readouterr().out


@pytest.mark.parametrize("columns", [80, 100])
def test_statements_keep_to_the_terminals_width(
    columns: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COLUMNS", str(columns))
    assert main(["requirements", "--contract=trigger"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if len(line) > columns] == []
    statements = [line for line in lines if line.startswith(" " * 10)]
    assert columns - 10 < max(map(len, statements)) <= columns
