"""The rules by which the generated requests of every contract are judged; four are Schemathesis's checks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import requests
import schemathesis
from schemathesis import checks
from schemathesis.errors import FailureGroup
from schemathesis.openapi import checks as documented

from tck.checking.reply_monitor import ReplyMonitor
from tck.checking.response_rules import SERVER_ERROR
from tck.randomized.fuzzing import schemathesis_internals as internals
from tck.randomized.fuzzing.case import Answer, Bearer, CaseResult, Rule, SchemathesisCase
from tck.transport.messages import Reply
from tck.values.mismatch import Mismatch

CHECKS = [
    checks.not_a_server_error,
    internals.status_code_conformance,
    internals.content_type_conformance,
    internals.response_schema_conformance,
]
RULE_OF: Mapping[type[Exception], str] = {
    internals.ServerError: "no-server-error",
    documented.UndefinedStatusCode: "documented-status",
    documented.MissingContentType: "content-type",
    documented.UndefinedContentType: "content-type",
    documented.MalformedMediaType: "content-type",
    documented.JsonSchemaError: "response-schema",
    internals.MalformedJson: "response-schema",
}
"""Other failures are troubles of reading, which the monitors of the run judge."""


def complaints(generated: SchemathesisCase | None, result: CaseResult) -> dict[str, Mismatch]:
    """What the checks of Schemathesis say of a reply, by the rule that it breaks."""
    if generated is None or result.case.probe:
        return {}
    operation = generated.operation
    filled = {parameter.name: "x" for parameter in operation.path_parameters}
    bare = operation.Case(path_parameters=filled)
    try:
        bare.validate_response(response_of(result.reply), checks=CHECKS)
    except FailureGroup as group:
        found = {type(failure): failure for failure in group.exceptions}
        return {
            RULE_OF[kind]: _in_words(RULE_OF[kind], failure, result.reply)
            for kind, failure in found.items()
            if kind in RULE_OF
        }
    return {}


def response_of(reply: Reply) -> schemathesis.Response:
    """A reply of the kit's own client as Schemathesis reads one."""
    headers: dict[str, list[str]] = {}
    for name, value in reply.headers:
        headers.setdefault(name.lower(), []).append(value)
    request = requests.Request(reply.call.method, "http://target.invalid/").prepare()
    return schemathesis.Response(reply.status, headers, reply.body, request, elapsed=0.0, verify=True)


@dataclass(frozen=True)
class Spoken:
    """A rule made of two functions."""

    about: Callable[[CaseResult], bool]
    wrong: Callable[[CaseResult], Mismatch | None]

    def speaks(self, result: CaseResult) -> bool:
        """Whether the result shows anything of it."""
        return self.about(result)

    def problem(self, result: CaseResult) -> Mismatch | None:
        """What is wrong; None when it held."""
        return self.wrong(result)


def complained(name: str, about: Callable[[CaseResult], bool]) -> Rule:
    """A rule that a check of Schemathesis judges."""
    return Spoken(about, lambda result: result.complaints.get(name))


def is_call(result: CaseResult) -> bool:
    """Whether it is a call of the documented operation with the right key."""
    return not result.case.probe and result.case.bearer is Bearer.KEY


def is_certain(result: CaseResult) -> bool:
    """Whether the contract says what the answer to the call is."""
    return is_call(result) and result.case.answer is not Answer.OPEN


def _has_documented_status(result: CaseResult) -> bool:
    return is_certain(result) or (is_call(result) and result.reply.failed_at_something_exotic)


def _must_be_refused(result: CaseResult) -> bool:
    certain = is_call(result) and result.case.answer is Answer.REFUSED
    return certain and not result.reply.failed_at_something_exotic


def _in_words(rule: str, failure: Exception, reply: Reply) -> Mismatch:
    given = reply.header("content-type")
    statuses = ", ".join(map(str, getattr(failure, "allowed_status_codes", ())))
    words = {
        "no-server-error": ("no 5xx", reply.told),
        "documented-status": (f"a documented status ({statuses})", reply.told),
        "content-type": (
            "a documented Content-Type",
            f"Content-Type: {given}" if given else "no Content-Type",
        ),
        "response-schema": ("a body of the documented schema", reply.told),
    }
    return Mismatch(_sentence(failure), *words[rule])


def _sentence(failure: Exception) -> str:
    title = str(getattr(failure, "title", "")) or type(failure).__name__
    told = " ".join(str(getattr(failure, "message", "")).split())
    return f"{title}: {told[:300]}" if told else title


def _status(result: CaseResult) -> str:
    return f"{result.case.method} was answered with {result.reply.status}"


def _not_refused(result: CaseResult) -> Mismatch | None:
    if result.reply.refused:
        return None
    why = result.case.why
    return Mismatch(f"{_status(result)}, though {why}", f"a 4xx, as {why}", result.reply.told)


def _not_accepted(result: CaseResult) -> Mismatch | None:
    if result.reply.succeeded:
        return None
    said = f"{_status(result)}, though nothing is wrong with it"
    return Mismatch(said, "a 2xx, as nothing is wrong with the request", result.reply.told)


def _let_in(result: CaseResult) -> Mismatch | None:
    if not result.reply.succeeded:
        return None
    bearer = result.case.bearer
    return Mismatch(f"{_status(result)} with {bearer}", f"a refusal of {bearer}", result.reply.told)


def _failed_at_odd_part(monitor: ReplyMonitor, reply: Reply) -> bool:
    return reply.status >= SERVER_ERROR and bool(monitor.odd_part(reply))


def _did_succeed(result: CaseResult) -> Mismatch | None:
    if not result.reply.succeeded:
        return None
    said = f"{_status(result)}, though the contract has no such call"
    return Mismatch(said, "no success, as the contract has no such call", result.reply.told)


COMMON_RULES: Mapping[str, Rule] = {
    "no-server-error": complained(
        "no-server-error", lambda result: not (result.case.probe or result.reply.failed_at_something_exotic)
    ),
    "documented-status": complained("documented-status", _has_documented_status),
    "content-type": complained("content-type", is_call),
    "response-schema": complained("response-schema", is_call),
    "invalid-data-refused": Spoken(_must_be_refused, _not_refused),
    "valid-data-accepted": Spoken(
        lambda result: is_call(result) and result.case.answer is Answer.ACCEPTED, _not_accepted
    ),
    "auth-not-ignored": Spoken(lambda result: result.case.bearer is not Bearer.KEY, _let_in),
    "undocumented-method-refused": Spoken(lambda result: result.case.probe, _did_succeed),
}


def rules_of_monitor(monitor: ReplyMonitor) -> dict[str, Rule]:
    """That no reply is a server error, or holds a secret or a stack trace, as a monitor sees it."""
    return {
        "no-server-error": complained(
            "no-server-error",
            lambda result: not (result.case.probe or _failed_at_odd_part(monitor, result.reply)),
        ),
        "no-secret": Spoken(lambda _: True, lambda result: monitor.shows_no_secret(result.reply)),
        "holds-no-stack-trace": Spoken(
            lambda _: True, lambda result: monitor.shows_no_stack_trace(result.reply)
        ),
    }
