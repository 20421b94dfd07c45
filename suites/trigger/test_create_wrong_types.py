"""Create: a member of another JSON type than the documented one is refused."""

from typing import Any

import pytest

from suites.trigger.support.bodies import Bodies
from suites.trigger.support.create import Creates, Path, with_each

Values = tuple[Any, ...]
NO_STRING = (7, True, ["words"], {"words": "words"})
NO_OBJECT: Values = (7, True, "{}", ["words"], [])
NO_ARRAY = (7, True, "words", {"0": "words"})
NO_INTEGER = (2.5, "3", True, [3], {"value": 3})
NO_DATE: Values = ("soon", "not a date", "", [], {})
NULL = (None,)
NO_STRINGS = tuple(["words", one] for one in (7, True, None, ["words"], {"words": "words"}))
IDLE_TIMEOUT = "idleTimeoutInSeconds"


def wrong(requirement: str, *path: str, values: Values) -> pytest.ParameterSet:
    """The case of one member: its path, and each value that it may not have."""
    words = requirement.removeprefix("create.").removesuffix("-wrong-type-refused")
    return pytest.param(path, values, marks=pytest.mark.requirement(requirement), id=words)


WRONG = [
    wrong("create.type-wrong-type-refused", "type", values=NO_STRING + NULL),
    wrong("create.task-identifier-wrong-type-refused", "taskIdentifier", values=NO_STRING + NULL),
    wrong("create.trigger-config-wrong-type-refused", "triggerConfig", values=NO_OBJECT + NULL),
    wrong("create.base-payload-wrong-type-refused", "triggerConfig", "basePayload", values=NO_OBJECT + NULL),
    wrong("create.tags-wrong-type-refused", "tags", values=NO_ARRAY),
    wrong("create.tag-wrong-type-refused", "tags", values=NO_STRINGS),
    wrong("create.metadata-wrong-type-refused", "metadata", values=NO_OBJECT),
    wrong("create.expires-at-wrong-type-refused", "expiresAt", values=NO_DATE),
    wrong("create.machine-wrong-type-refused", "triggerConfig", "machine", values=NO_STRING),
    wrong("create.queue-wrong-type-refused", "triggerConfig", "queue", values=NO_STRING),
    wrong("create.trigger-tags-wrong-type-refused", "triggerConfig", "tags", values=NO_ARRAY + NO_STRINGS),
    wrong("create.max-attempts-wrong-type-refused", "triggerConfig", "maxAttempts", values=NO_INTEGER),
    wrong("create.max-duration-wrong-type-refused", "triggerConfig", "maxDuration", values=NO_INTEGER),
    wrong("create.idle-timeout-wrong-type-refused", "triggerConfig", IDLE_TIMEOUT, values=NO_INTEGER),
    wrong("create.lock-to-version-wrong-type-refused", "triggerConfig", "lockToVersion", values=NO_STRING),
    wrong("create.region-wrong-type-refused", "triggerConfig", "region", values=NO_STRING),
]


@pytest.mark.parametrize(("path", "values"), WRONG)
def test_a_member_of_the_wrong_type_is_refused(
    creates: Creates, bodies: Bodies, path: Path, values: Values
) -> None:
    creates.all_refused(with_each(bodies.complete(), path, values))
    creates.control()


@pytest.mark.requirement("create.external-id-wrong-type-refused")
def test_a_number_is_no_external_id(creates: Creates, bodies: Bodies) -> None:
    creates.refused(bodies.complete(externalId=_number_of_the_run(bodies)))
    creates.control()


@pytest.mark.requirement("create.external-id-wrong-type-refused")
def test_a_list_of_one_name_is_no_external_id(creates: Creates, bodies: Bodies) -> None:
    creates.refused(bodies.complete(externalId=[bodies.new_name()]))
    creates.control()


def _number_of_the_run(bodies: Bodies) -> int:
    """A whole number of 52 random bits, so that as a text it is the name of nobody's session."""
    return int(bodies.run.tag.rpartition("-")[2][:13], 16)
