"""Calls as a model of a contract knows them: values that can be hashed, compared and told."""

import json
from collections.abc import Mapping
from typing import Any


class ModelCall:
    """One call on one session; the members of its body are packed, so that it can be hashed."""

    body: str

    @property
    def members(self) -> Mapping[str, Any]:
        """The members of the body."""
        members: Mapping[str, Any] = json.loads(self.body)
        return members


def packed(value: Any) -> str:
    """A JSON value as text, key order aside."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
