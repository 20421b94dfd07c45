"""tck.randomized.fuzzing.body_oracle: what every sound server refuses, what every one accepts, and what lies between."""

from typing import Any

import pytest

from tck.randomized.fuzzing.body_oracle import ambiguities, unambiguous, violations
from tck.run.inputs import load_specification
from tck.values.deadlines import weeks_ahead

CREATE = load_specification("trigger").api.schema("CreateSessionRequestBody")
GOOD: dict[str, Any] = {"type": "a", "taskIdentifier": "b", "triggerConfig": {"basePayload": {}}}


def changed(**changes: Any) -> dict[str, Any]:
    return {**GOOD, **changes}


def in_trigger(**changes: Any) -> dict[str, Any]:
    return changed(triggerConfig={"basePayload": {}, **changes})


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param([], "the body is of a wrong type", id="array"),
        pytest.param({}, "type is missing", id="nothing"),
        pytest.param(changed(type=""), "type is shorter than 1 characters", id="empty"),
        pytest.param(changed(type="x" * 65), "type is longer than 64 characters", id="too long"),
        pytest.param(
            changed(type="\U0001f600" * 65), "type is longer than 64 characters", id="too long in any unit"
        ),
        pytest.param(changed(tags=[0]), "tags[0] is of a wrong type", id="number for a tag"),
        pytest.param(changed(tags=[None]), "tags[0] is of a wrong type", id="null for a tag"),
        pytest.param(
            changed(tags=[str(i) for i in range(11)]), "tags has more than 10 items", id="eleven tags"
        ),
        pytest.param(changed(externalId="session_x"), "externalId matches ^session_", id="reserved"),
        pytest.param(
            in_trigger(maxAttempts=2.5), "triggerConfig.maxAttempts is of a wrong type", id="fraction"
        ),
        pytest.param(in_trigger(maxAttempts=True), "triggerConfig.maxAttempts is of a wrong type", id="true"),
        pytest.param(in_trigger(maxAttempts=11), "triggerConfig.maxAttempts is more than 10", id="above"),
        pytest.param(in_trigger(maxAttempts=0), "triggerConfig.maxAttempts is less than 1", id="below"),
        pytest.param(changed(triggerConfig={}), "triggerConfig.basePayload is missing", id="missing within"),
    ],
)
def test_a_fault_is_told(body: Any, said: str) -> None:
    assert violations(CREATE, body)[0].startswith(said)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param(changed(metadata=None), "metadata is null", id="null for an optional member"),
        pytest.param(changed(expiresAt="soon"), "expiresAt is not a plain instant", id="broken format"),
        pytest.param(
            changed(expiresAt="2001-01-01T00:00:00Z"), "expiresAt is not a plain instant", id="past"
        ),
        pytest.param(changed(expiresAt=0), "expiresAt is not the text", id="number for an instant"),
        pytest.param(changed(type="\U0001f600" * 33), "type has a length that depends", id="pairs"),
        pytest.param(changed(type=" " * 2), "type has characters", id="white space"),
        pytest.param(changed(type="a\0b"), "type has characters", id="NUL"),
        pytest.param(changed(type="a\ud800b"), "type has characters", id="half a pair"),
        pytest.param(changed(type=" a"), "type has characters", id="edge"),
        pytest.param(changed(tags=[""] * 11), "tags is long, with equal items", id="equal items"),
        pytest.param(changed(more=1), "more is not documented", id="unknown member"),
        pytest.param(changed(metadata={"": 1}), "metadata. is an odd name", id="no name"),
        pytest.param(changed(metadata={"n": 1e300}), "metadata.n is a number", id="large number"),
        pytest.param(changed(metadata={"n": 2**60}), "metadata.n is a number", id="large integer"),
        pytest.param(in_trigger(maxDuration=5.0), "triggerConfig.maxDuration is a number", id="5.0"),
        pytest.param(changed(metadata={"a": [[[[[[[[1]]]]]]]]}), "metadata.a", id="deep"),
    ],
)
def test_a_doubt_is_no_fault_and_can_be_tamed(body: Any, said: str) -> None:
    assert violations(CREATE, body) == []
    assert ambiguities(CREATE, body)[0].startswith(said)
    plain = unambiguous(CREATE, body)
    assert violations(CREATE, plain) == []
    assert ambiguities(CREATE, plain) == []


def test_what_is_good_is_left_as_it_is() -> None:
    body = changed(
        tags=["ä b", ""], metadata={"a": [1, -0.5, None, {"b": False}], "ключ": "x"}, expiresAt=weeks_ahead()
    )
    assert violations(CREATE, body) == ambiguities(CREATE, body) == []
    assert unambiguous(CREATE, body) == body


def test_null_is_a_fault_only_where_something_must_stand() -> None:
    assert violations(CREATE, changed(type=None)) == ["type is of a wrong type"]
    assert violations(CREATE, changed(tags=None)) == []
