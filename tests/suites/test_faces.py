"""What suites are written in: the names that tck exports for them, and that they import nothing else of it."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tck.paths import ROOT

EXPORTED = {
    "tck.checking": """
        about Api Append asked Asked Broken Call Check CLOCKS_DIFFER Combination COMMON_WORDS
        compared contains_json DELICATE_TEXTS encoded EQUIVALENT eventually exchanges_of FALSE
        Fate Finding FITS_A_BAD_BODY in_escapes in_good_time Indeterminate Instant is_date_time
        joined JsonValue Judgement Kind let_pass listed_within Listened LiveSession load_doors
        loaded_wait
        LogProblem LogRecord LONGEST_WAIT Mismatch near_json near_keys NotApplicable NotTested NULL
        odd_members ODD_VALUES Operations order_is_certain ORDINARY_LENGTHS Origin parse_instant
        pause PLAIN read_token Reading reading RecordLog REFUSAL Reply ReplyMonitor response_rules
        Row sending shown spaced_to spec_dir Status StreamEvent SUCCESS taken_or_refused Text Token
        TRUE VISIBLE_WITHIN Waited weeks_ahead words_of Written
    """,
    "tck.run": "Groups in_order Run",
    "tck.load.plan": "LoadPlan",
    "tck.randomized": """
        CONNECTIONS Event explore_walks flat fuzz_operation fuzzed_api History Lane
        log_finding ModelCall packed Play play_rounds Racer RaceRules replay_option
        RoundResult row_of seed_of Sending Tally together unsent Walk WalkedSession Walker
        WalkMachine WalkPlan
    """,
    "tck.randomized.fuzzing": """
        Answer SchemathesisCase as_bytes Case Bearer BodyDriver COMMON_RULES violations Fuzz is_call label_of
        NOTHING odd_bodies oddities Oddity Rule rules_of_monitor Schema Spoken unambiguous CaseResult
    """,
}
FILES = sorted(
    [
        *(ROOT / "suites").rglob("*.py"),
        *(ROOT / "tests" / "support" / "contract_dir" / "suites").rglob("*.py"),
    ]
)


def imported(file: Path) -> Iterator[tuple[str, str]]:
    """The modules of tck that a file imports from, and the names that it imports; none for a whole module."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names if alias.name.split(".")[0] == "tck")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "tck":
            yield from ((str(node.module), alias.name) for alias in node.names)


@pytest.mark.parametrize("face", EXPORTED)
def test_the_exported_names_are_these_and_there(face: str) -> None:
    module = importlib.import_module(face)
    assert set(module.__all__) == set(EXPORTED[face].split())
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


def test_suites_import_nothing_else_of_tck() -> None:
    allowed = {(face, name) for face, names in EXPORTED.items() for name in names.split()}
    allowed |= {(package, name) for package, _, name in (face.rpartition(".") for face in EXPORTED)}
    strange = [
        (str(file.relative_to(ROOT)), *one) for file in FILES for one in imported(file) if one not in allowed
    ]
    assert strange == []


def test_every_exported_name_is_used_by_a_suite() -> None:
    used = {(module, name) for file in FILES for module, name in imported(file)}
    whole = {f"{module}.{name}" for module, name in used if f"{module}.{name}" in EXPORTED}
    texts = "".join(file.read_text(encoding="utf-8") for file in FILES)
    unused = [
        name
        for face, names in EXPORTED.items()
        for name in names.split()
        if (face, name) not in used and not (face in whole and f"{face.rsplit('.', 1)[1]}.{name}" in texts)
    ]
    assert unused == []
