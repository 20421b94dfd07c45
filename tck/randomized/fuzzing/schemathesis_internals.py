"""The parts of Schemathesis that the kit needs and that have no public name; they are imported here alone."""

from schemathesis.core import NOT_SET
from schemathesis.core.failures import MalformedJson, ServerError
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

__all__ = [
    "NOT_SET",
    "MalformedJson",
    "ServerError",
    "content_type_conformance",
    "response_schema_conformance",
    "status_code_conformance",
]
