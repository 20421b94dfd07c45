"""result.json: what it says, and that one that is not as it was written is refused."""

import json
import random
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tck import __version__, paths
from tck.contract.waivers import Waiver
from tck.errors import KitError
from tck.results.document import Result
from tck.results.kit_identity import digest_of_folders, kit_digest, this_kit
from tck.results.outcomes import settle
from tck.results.result_file import build_result, outcomes_digest, read_result, write_result
from tck.vocabulary import Level, Outcome
from tests.support.result_samples import (
    exchange,
    facts,
    finding,
    requirement,
    settled,
    version_1,
)

KEYS = [
    "schema_version", "kit", "contract", "target", "started_at", "duration_seconds", "seed", "options",
    "verdict", "partial", "fail_on_deviations", "requirements", "causes", "allowed_differences", "groups",
    "outcomes_digest", "counts", "requests", "retries", "requests_per_second", "sessions_created", "sessions_left_open", "generated", "latency",
    "footer",
]  # fmt: skip
OPTIONAL = ("latency",)
"""What kits of the same schema version did not write at first."""
WAIVER = Waiver("close.is-waived", "known", "T-1", date(2026, 10, 1), "waivers.yaml:2")


def _rich() -> Result:
    """A result with an entry of every kind."""
    entries = [settled(one, name=f"close.{one.value}") for one in Outcome if one is not Outcome.WAIVED]
    broken = finding(Outcome.FAILED, reason="ouvert à nouveau", exchanges=("main-1",))
    entries += [settle(requirement("close.is-waived"), [broken], WAIVER)]
    entries += [settled(Outcome.PASSED, Level.SHOULD, "close.deviates", deviation="answered 400")]
    return build_result(facts(*entries, exchanges={"main-1": exchange()}))


def _written(tmp_path: Path, document: Any) -> Path:
    path = tmp_path / "result.json"
    write_result(path, document)
    return path


WHERE_ASKED_FOR = ("slo", "load")
"""Members of runs with certain options alone."""


def test_the_members_stand_in_the_documented_order_with_the_footer_last() -> None:
    assert list(_rich()) == KEYS


def test_a_result_matches_its_schema() -> None:
    schema = json.loads(paths.schema_path("result").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(_rich())
    Draft202012Validator(schema).validate(build_result(facts()))


def test_the_schema_asks_for_every_member_and_allows_no_other() -> None:
    schema = json.loads(paths.schema_path("result").read_text(encoding="utf-8"))
    assert [name for name in schema["properties"] if name not in WHERE_ASKED_FOR] == KEYS
    required = [key for key in KEYS if key not in OPTIONAL]
    assert schema["required"] == required
    validator = Draft202012Validator(schema)
    for key in required:
        assert not validator.is_valid({name: value for name, value in _rich().items() if name != key})
    assert not validator.is_valid({**_rich(), "extra": 1})


def test_the_facts_stand_in_the_result() -> None:
    document = build_result(facts(settled(Outcome.PASSED)))
    assert document["started_at"] == "2026-09-21T14:13:20.250Z"
    assert document["duration_seconds"] == 12.346
    assert document["verdict"] == "conformant"
    assert document["target"] == {
        "base_url": "https://rooms.example.com",
        "embedded": False,
        "capabilities": {"second-environment": False},
    }
    assert document["counts"]["must"]["passed"] == 1
    assert document["footer"]["requirements"] == document["footer"]["checks"] == 1


def test_a_partial_run_says_so() -> None:
    document = build_result(facts(settled(Outcome.PASSED), partial=True))
    assert (document["verdict"], document["partial"]) == ("partial", True)


def test_a_requirement_carries_its_statement_and_page() -> None:
    (entry,) = build_result(facts(settled(Outcome.PASSED)))["requirements"]
    assert entry["statement"] == "A closed room stays closed."
    assert entry["source"] == {
        "page": "rooms-close",
        "at": "description",
        "title": "Close a room",
        "url": "https://docs.example.com/rooms/close",
    }


def test_a_failed_check_carries_the_way_to_replay_and_to_rerun_it() -> None:
    one = settled(Outcome.FAILED, exchanges=("main-0", "main-1"), check="suites/t.py::test_it[a b]")
    document = build_result(facts(one, exchanges={"main-1": exchange()}))
    ((check,),) = [entry["checks"] for entry in document["requirements"]]
    assert check["exchanges"] == ["main-0", "main-1"]
    assert check["curl"].startswith("curl -sS -i -X POST http://127.0.0.1:8000/rooms/r1/close")
    assert check["rerun"] == "pytest 'suites/t.py::test_it[a b]' --base-url=https://rooms.example.com"


def test_only_what_did_not_simply_pass_carries_curl_and_rerun() -> None:
    for entry in _rich()["requirements"]:
        for check in entry["checks"]:
            expected = check["outcome"] != "passed" or bool(check["deviation"])
            assert ("curl" in check) == ("rerun" in check) == expected


def test_a_waived_requirement_carries_its_waiver_with_the_days_left() -> None:
    (entry,) = [one for one in _rich()["requirements"] if one["outcome"] == "waived"]
    assert entry["waiver"] == {"reason": "known", "ticket": "T-1", "expires": "2026-10-01", "days_left": 10}
    assert entry["reason"] == "ouvert à nouveau"


def test_odd_characters_are_written_and_read(tmp_path: Path) -> None:
    one = settled(Outcome.FAILED, seen="\ud800 \udfff \U0001f600 \ud83d\ude00 \u2028 \x00 \x1b[31m é")
    document = build_result(facts(one))
    assert read_result(_written(tmp_path, document)) == document
    assert (
        document["requirements"][0]["checks"][0]["seen"]
        == "\\ud800 \\udfff \U0001f600 \U0001f600 \u2028 \x00 \x1b[31m é"
    )


def test_the_outcomes_digest_is_over_id_level_and_outcome_alone() -> None:
    one, other = settled(Outcome.PASSED), settled(Outcome.FAILED, name="close.other", seen="9")
    first = build_result(facts(one, other))
    later = build_result(
        facts(settled(Outcome.FAILED, name="close.other", seen="8"), one, started_at=1.0, seed=8)
    )
    assert first["outcomes_digest"] == later["outcomes_digest"]
    assert first["footer"]["digest"] != later["footer"]["digest"]
    entry: Any = {"id": "a", "level": "must", "outcome": "passed"}
    changed: Any = [{**entry, "id": "b"}, {**entry, "level": "should"}, {**entry, "outcome": "failed"}]
    digests = {outcomes_digest([one]) for one in changed}
    assert len(digests | {outcomes_digest([entry])}) == 4


def test_a_result_is_read_as_it_was_written(tmp_path: Path) -> None:
    document = _rich()
    path = _written(tmp_path, document)
    assert read_result(path) == document
    assert list(read_result(path)) == KEYS
    assert [one.name for one in tmp_path.iterdir()] == ["result.json"]


def test_a_result_of_version_1_is_read_with_the_members_of_version_2(tmp_path: Path) -> None:
    document = version_1(_rich())
    found = read_result(_written(tmp_path, document))
    assert found["schema_version"] == 1
    assert {name: found[name] for name in ("allowed_differences", "groups")} == {
        "allowed_differences": [],
        "groups": {},
    }
    assert [cause["requirement"] for cause in found["causes"]] == ["close.failed", "close.deviates"]
    for one, kept in zip(found["requirements"], document["requirements"], strict=True):
        assert {name: one[name] for name in kept if name != "checks"} == {
            name: value for name, value in kept.items() if name != "checks"
        }
        assert all(check["judged"] == check["exchanges"][-1:] for check in one["checks"])


def test_a_result_of_version_1_with_a_member_of_version_2_is_refused(tmp_path: Path) -> None:
    document = {**version_1(_rich()), "causes": []}
    with pytest.raises(KitError, match="does not match the schema of results"):
        read_result(_written(tmp_path, document))


def test_a_result_that_cannot_be_written_leaves_the_old_one_whole(tmp_path: Path) -> None:
    document = _rich()
    path = _written(tmp_path, document)
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_result(path, {**document, "seed": float("nan")})
    assert read_result(path) == document
    assert [one.name for one in tmp_path.iterdir()] == ["result.json"]


def test_a_result_cut_anywhere_is_refused(tmp_path: Path) -> None:
    path = _written(tmp_path, _rich())
    whole = path.read_bytes()
    for length in [0, 1, *random.Random(1).sample(range(2, len(whole)), 60), len(whole) - 2, len(whole) - 1]:
        path.write_bytes(whole[:length])
        with pytest.raises(KitError, match=r"not a whole result|was changed after it was written"):
            read_result(path)


def test_a_result_with_any_byte_changed_is_refused(tmp_path: Path) -> None:
    path = _written(tmp_path, _rich())
    whole = path.read_bytes()
    chooser = random.Random(2)
    for position in chooser.sample(range(len(whole)), 120):
        other = chooser.choice([byte for byte in range(256) if byte != whole[position]])
        path.write_bytes(whole[:position] + bytes([other]) + whole[position + 1 :])
        with pytest.raises(KitError, match=re.escape(str(path))):
            read_result(path)


@pytest.mark.parametrize("outcome", ["failed", "indeterminate", "error", "not_tested", "waived"])
def test_a_result_with_an_outcome_edited_is_refused(tmp_path: Path, outcome: str) -> None:
    path = _written(tmp_path, _rich())
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(f'"outcome": "{outcome}"', '"outcome": "passed"'), encoding="utf-8")
    with pytest.raises(
        KitError, match="was changed after it was written: its digest does not match what it says"
    ):
        read_result(path)


def _without_first(document: Result) -> dict[str, Any]:
    return {**document, "requirements": document["requirements"][1:]}


def _with_duplicate_key(text: str) -> str:
    return text.replace('{\n  "schema_version"', '{\n  "seed": 9,\n  "schema_version"', 1)


def test_a_result_with_an_entry_lost_is_refused(tmp_path: Path) -> None:
    path = _written(tmp_path, _without_first(_rich()))
    with pytest.raises(KitError, match=r"has lost entries: it holds 7 requirements, and its footer says 8\."):
        read_result(path)


def test_a_result_that_says_a_key_twice_or_is_laid_out_anew_is_refused(tmp_path: Path) -> None:
    document = _rich()
    path = _written(tmp_path, document)
    whole = path.read_text(encoding="utf-8")
    for text in (_with_duplicate_key(whole), json.dumps(document), whole + "\n", whole.replace("\n", "\r\n")):
        path.write_bytes(text.encode())
        with pytest.raises(KitError, match="was changed after it was written"):
            read_result(path)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is not a whole result: it is not JSON; it may have been cut."),
        ("\ufeff{}", "is not a whole result: it is not JSON; it may have been cut."),
        ("[" * 100_000, "is not a whole result: it is not JSON; it may have been cut."),
        ("9" * 5000, "is not a whole result: it is not JSON; it may have been cut."),
        ("[]", "is not a result of this kit."),
        ("null", "is not a result of this kit."),
        ("{}", "is not a result of this kit."),
        ('{"schema_version": 3}', "has schema_version 3; this kit reads 1 and 2."),
        ('{"schema_version": true}', "has schema_version True; this kit reads 1 and 2."),
        ('{"schema_version": 2}', "does not match the schema of results: at the top, "),
        ('{"schema_version": 1}', "does not match the schema of results: at the top, "),
    ],
)
def test_what_is_no_result_is_refused_with_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "result.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KitError, match=re.escape(f"{path} {sentence}")):
        read_result(path)


def test_numbers_that_json_does_not_have_are_refused(tmp_path: Path) -> None:
    path = _written(tmp_path, _rich())
    text = path.read_text(encoding="utf-8")
    for number in ("NaN", "Infinity", "1e999"):
        path.write_text(text.replace('"duration_seconds": 12.346', f'"duration_seconds": {number}'))
        with pytest.raises(KitError):
            read_result(path)


def test_a_missing_result_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KitError, match=r"none\.json cannot be read: No such file or directory\."):
        read_result(tmp_path / "none.json")


def test_the_digest_of_folders_sees_names_and_contents_and_no_caches(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.py").write_bytes(b"one\ntwo\n")
    (tmp_path / "b.py").write_bytes(b"")
    first = digest_of_folders({"tck": tmp_path})
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_bytes(b"x")
    (tmp_path / ".hidden").write_bytes(b"x")
    (tmp_path / "sub" / "a.py").write_bytes(b"one\r\ntwo\r\n")
    assert digest_of_folders({"tck": tmp_path}) == first
    assert digest_of_folders({"other": tmp_path}) != first
    (tmp_path / "b.py").write_bytes(b"x")
    second = digest_of_folders({"tck": tmp_path})
    (tmp_path / "b.py").rename(tmp_path / "c.py")
    assert len({first, second, digest_of_folders({"tck": tmp_path})}) == 3


def test_this_kit_names_itself(tmp_path: Path) -> None:
    kit = this_kit("trigger")
    assert (kit.name, kit.version) == ("sessions-tck", __version__)
    assert re.fullmatch("[0-9a-f]{64}", kit.digest)
    assert kit.digest == kit_digest("trigger") != kit_digest("another")


def test_the_samples_are_as_whole_as_the_real_thing(tmp_path: Path) -> None:
    one = facts(settled(Outcome.PASSED))
    path = _written(tmp_path, build_result(replace(one, kit=this_kit("trigger"))))
    assert read_result(path)["kit"]["version"] == __version__
