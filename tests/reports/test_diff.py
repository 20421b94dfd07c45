"""What `python -m tck diff` says of two results, and how it exits."""

import json

import pytest
from markdown_it import MarkdownIt

from tck.__main__ import main
from tck.reports.diff import GROUPS, compare
from tck.reports.diff_formats import as_json, as_markdown, as_text, sentence
from tck.results.kit_identity import Kit
from tck.results.result_file import build_result, write_result
from tck.vocabulary import Level, Outcome
from tests.support.report_samples import ATTACK
from tests.support.result_samples import facts, settled

MOVES = [
    (Outcome.PASSED, Outcome.FAILED, "broke", "newly_deviating"),
    (Outcome.NOT_TESTED, Outcome.FAILED, "broke", "newly_deviating"),
    (Outcome.PASSED, Outcome.NOT_TESTED, "no_longer_tested", "no_longer_tested"),
    (Outcome.FAILED, Outcome.INDETERMINATE, "no_longer_tested", "no_longer_tested"),
    (Outcome.PASSED, Outcome.NOT_APPLICABLE, "no_longer_tested", "no_longer_tested"),
    (Outcome.FAILED, Outcome.PASSED, "mended", "mended"),
    (Outcome.ERROR, Outcome.PASSED, "tested_again", "tested_again"),
    (Outcome.ERROR, Outcome.NOT_TESTED, "otherwise", "otherwise"),
]


def result(*entries, **values):
    return build_result(facts(*entries, **values))


@pytest.mark.parametrize(("was", "now", "kind", "kind_of_should"), MOVES)
@pytest.mark.parametrize("level", list(Level))
def test_each_move_is_of_one_kind(was, now, kind, kind_of_should, level):
    found = compare(result(settled(was, level)), result(settled(now, level)))
    expected = kind if level is Level.MUST else kind_of_should
    assert {name: len(moves) for name, moves in found.moves.items() if moves} == {expected: 1}
    assert found.worse is (expected in ("broke", "newly_deviating", "no_longer_tested"))


@pytest.mark.parametrize("outcome", [one for one in Outcome if one is not Outcome.WAIVED])
def test_what_came_out_the_same_has_not_moved(outcome):
    found = compare(result(settled(outcome)), result(settled(outcome)))
    assert not any(found.moves.values())
    assert not found.changes
    assert sentence(found).startswith("Nothing moved: ")


def test_a_deviation_that_came_is_told_and_one_that_went_is_mended():
    plain, odd = (
        settled(Outcome.PASSED),
        settled(Outcome.PASSED, deviation="answered 400 where 422 is documented"),
    )
    came, went = compare(result(plain), result(odd)), compare(result(odd), result(plain))
    assert [move.told for move in came.moves["newly_deviating"]] == ["answered 400 where 422 is documented"]
    assert came.worse
    assert len(went.moves["mended"]) == 1
    assert not went.worse


def test_a_requirement_that_came_or_went_with_the_contract_is_not_the_targets_doing():
    found = compare(
        result(settled(Outcome.PASSED, name="open.old")),
        result(settled(Outcome.FAILED, name="open.new"), revision="2027-02", contract_digest="d" * 64),
    )
    assert [move.id for move in found.moves["added"]] == ["open.new"]
    assert [move.id for move in found.moves["removed"]] == ["open.old"]
    assert not found.worse
    changed = {change.what: (change.before, change.after) for change in found.changes}
    assert changed["contract revision"] == ("2027-01", "2027-02")
    assert changed["requirements"] == ("b" * 12, "d" * 12)
    assert changed["verdict"] == ("conformant", "not_conformant")


def test_what_changed_around_the_target_is_told():
    before = result(settled(Outcome.PASSED))
    after = result(
        settled(Outcome.PASSED, Level.SHOULD), kit=Kit("sessions-tck", "0.2.0", "e" * 64), seed=8,
        options={"fuzz_examples": 9}, base_url="https://other.example.com", capabilities={"second-environment": True},
    )  # fmt: skip
    told = as_text(compare(before, after))
    for line in (
        "  kit version: 0.1.0 -> 0.2.0", "  kit: aaaaaaaaaaaa -> eeeeeeeeeeee", "  seed: 7 -> 8",
        "  target: https://rooms.example.com -> https://other.example.com", "  options:  -> fuzz_examples=9",
        "  capabilities:  -> second-environment=True", "  level of close.is-terminal: must -> should",
    ):  # fmt: skip
        assert line in told


@pytest.fixture
def worse():
    before = result(settled(Outcome.PASSED), settled(Outcome.PASSED, name="open.b"))
    return before, result(settled(Outcome.FAILED, reason=ATTACK), settled(Outcome.NOT_TESTED, name="open.b"))


def test_text_tells_what_broke_and_how_to_see_it(worse):
    told = as_text(compare(*worse))
    assert told.startswith(
        "WORSE: 1 broke, 1 no longer tested.\n  before: 2026-09-21 14:13 UTC, CONFORMANT: "
    )
    assert "\nBroke (1)\n  MUST close.is-terminal: passed before, failed now\n" in told
    assert "    rerun: pytest suites/rooms/test_close.py::test_terminal --base-url" in told


def test_markdown_tells_the_same_and_shows_what_a_target_said_as_it_is(worse):
    told = as_markdown(compare(*worse))
    assert "### Broke (1)" in told
    html = MarkdownIt("gfm-like", {"linkify": False}).render(told.replace("<br>", ""))
    assert "<script" not in html
    assert "<img" not in html


def test_json_tells_the_same_to_a_program(worse):
    document = json.loads(as_json(compare(*worse)))
    assert document["worse"] is True
    assert [move["id"] for move in document["broke"]] == ["close.is-terminal"]
    assert document["no_longer_tested"][0]["after"] == "not_tested"
    assert set(GROUPS) <= set(document)
    assert document["new"]["verdict"] == "not_conformant"


@pytest.fixture
def files(tmp_path, worse):
    for name, document in zip(("old.json", "new.json"), worse, strict=True):
        write_result(tmp_path / name, document)
    return [str(tmp_path / "old.json"), str(tmp_path / "new.json")]


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_the_exit_code_says_whether_anything_got_worse(files, capsys, form):
    old, new = files
    assert [main(["diff", *pair, f"--format={form}"]) for pair in ((old, new), (new, old), (old, old))] == [
        1,
        0,
        0,
    ]
    assert "Nothing moved: conformant before and after." in capsys.readouterr().out


def test_a_result_that_was_cut_or_edited_is_refused(files, tmp_path, capsys):
    old, new = files
    text = (tmp_path / "new.json").read_text()
    for broken in (text[:-20], text.replace('"failed"', '"passed"', 1), "", "[]"):
        (tmp_path / "new.json").write_text(broken)
        assert main(["diff", old, new]) == 4
        assert capsys.readouterr().err.startswith(f"ERROR: {new} ")


def test_results_of_different_contracts_are_not_compared(files, tmp_path, capsys):
    write_result(tmp_path / "other.json", result(contract="halls"))
    assert main(["diff", files[0], str(tmp_path / "other.json")]) == 4
    assert "different contracts: rooms and halls" in capsys.readouterr().err
