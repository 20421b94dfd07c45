"""Results of schema version 1, which kits up to 0.1.0 wrote, with the members of version 2 added."""

from collections.abc import Mapping
from typing import Any, cast

from tck.results.causes import causes_of
from tck.results.document import RequirementEntry, Result
from tck.results.ways import Kinds, ways_of


def from_version_1(document: Mapping[str, Any]) -> Result:
    """The result; the last exchange of a finding counts as the judged one, and each failure is a cause."""
    kinds = Kinds.of({})
    requirements = [_requirement(one, kinds) for one in document["requirements"]]
    added = {
        "requirements": requirements,
        "causes": causes_of(requirements, {}),
        "allowed_differences": [],
        "groups": {},
    }
    return cast("Result", {**document, **added})


def _requirement(one: Mapping[str, Any], kinds: Kinds) -> RequirementEntry:
    checks = [{**check, "judged": check["exchanges"][-1:], "requests": 1} for check in one["checks"]]
    return cast("RequirementEntry", {**one, "checks": checks, "ways": ways_of(cast("Any", checks), kinds)})
