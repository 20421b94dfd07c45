"""Which requirements --requirement and --operation name."""

import pytest

from tck.contract.releases import KitState
from tck.errors import KitError
from tck.results.kit_identity import Kit
from tck.run import inputs
from tck.run.inputs import load_specification, operation_patterns, scoring_release, wanted_ids

TRIGGER = load_specification("trigger").registry


def test_an_id_names_itself_and_a_pattern_all_that_match() -> None:
    assert wanted_ids(["close.sets-closed-at"], TRIGGER) == {"close.sets-closed-at"}
    found = wanted_ids(["close.*", "*.success-is-json"], TRIGGER)
    assert {"close.sets-closed-at", "create.success-is-json"} <= found
    assert all(name.startswith("close.") or name.endswith(".success-is-json") for name in found)
    assert wanted_ids([], TRIGGER) == frozenset()


def test_operations_are_lists_and_patterns() -> None:
    patterns = operation_patterns(["create, retrieve", "cl*"], TRIGGER)
    assert patterns == ("create.*", "retrieve.*", "close.*")
    parts = {name.partition(".")[0] for name in wanted_ids(patterns, TRIGGER)}
    assert parts == {"create", "retrieve", "close"}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("close.set-closed-at", "did you mean close.sets-closed-at? sessions-tck requirements lists them."),
        ("nothing.*", "is no requirement of the contract; sessions-tck requirements lists them."),
    ],
)
def test_an_unknown_requirement_suggests_the_nearest(wrong: str, sentence: str) -> None:
    with pytest.raises(KitError) as error:
        wanted_ids([wrong], TRIGGER)
    assert str(error.value).startswith(f"--requirement={wrong} is no requirement")
    assert str(error.value).endswith(sentence)


@pytest.mark.parametrize(
    ("wrong", "hint"), [("creat", "did you mean create?"), ("", ""), ("create,,close", "")]
)
def test_an_unknown_operation_suggests_the_nearest(wrong: str, hint: str) -> None:
    with pytest.raises(KitError, match=r"--operation=.* is no operation or theme of the contract") as error:
        operation_patterns([wrong], TRIGGER)
    assert hint in str(error.value)


@pytest.mark.parametrize(
    ("state", "name"),
    [(KitState.UNRELEASED, None), (KitState.RELEASED, "2026-11"), (KitState.MODIFIED, "2026-11")],
)
def test_all_requirements_count_in_a_kit_that_is_not_released(
    monkeypatch: pytest.MonkeyPatch, state: KitState, name: str | None
) -> None:
    kit = Kit("sessions-tck", "0.2.0", "a" * 64, state)
    monkeypatch.setattr(inputs, "this_kit", lambda *_: kit)
    release = scoring_release("trigger")
    assert (release.name if release else None) == name
