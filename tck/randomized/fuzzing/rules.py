"""The rules by which the generated requests of every contract are judged; four are Schemathesis's checks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import requests
import schemathesis
from schemathesis import checks
from schemathesis.errors import FailureGroup
from schemathesis.openapi import checks as documented

from tck.checking.reply_monitor import ReplyMonitor
from tck.randomized.fuzzing import schemathesis_internals as internals
from tck.randomized.fuzzing.attempt import Answer, AnyCase, Bearer, Rule, Trial
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


def complaints(case: AnyCase | None, trial: Trial) -> dict[str, Mismatch]:
    """What the checks of Schemathesis say of a reply, by the rule that it breaks."""
    if case is None or trial.attempt.probe:
        return {}
    operation = case.operation
    filled = {parameter.name: "x" for parameter in operation.path_parameters}
    bare = operation.Case(path_parameters=filled)
    try:
        bare.validate_response(response_of(trial.reply), checks=CHECKS)
    except FailureGroup as group:
        found = {type(failure): failure for failure in group.exceptions}
        return {
            RULE_OF[kind]: _in_words(RULE_OF[kind], failure, trial.reply)
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

    about: Callable[[Trial], bool]
    wrong: Callable[[Trial], Mismatch | None]

    def speaks(self, trial: Trial) -> bool:
        """Whether the trial shows anything of it."""
        return self.about(trial)

    def problem(self, trial: Trial) -> Mismatch | None:
        """What is wrong; None when it held."""
        return self.wrong(trial)


def complained(name: str, about: Callable[[Trial], bool]) -> Rule:
    """A rule that a check of Schemathesis judges."""
    return Spoken(about, lambda trial: trial.complaints.get(name))


def is_call(trial: Trial) -> bool:
    """Whether it is a call of the documented operation with the right key."""
    return not trial.attempt.probe and trial.attempt.bearer is Bearer.KEY


def is_certain(trial: Trial) -> bool:
    """Whether the contract says what the answer to the call is."""
    return is_call(trial) and trial.attempt.answer is not Answer.OPEN


def _has_documented_status(trial: Trial) -> bool:
    return is_certain(trial) or (is_call(trial) and trial.reply.failed_at_something_exotic)


def _must_be_refused(trial: Trial) -> bool:
    certain = is_call(trial) and trial.attempt.answer is Answer.REFUSED
    return certain and not trial.reply.failed_at_something_exotic


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


def _status(trial: Trial) -> str:
    return f"{trial.attempt.method} was answered with {trial.reply.status}"


def _not_refused(trial: Trial) -> Mismatch | None:
    if trial.reply.refused:
        return None
    why = trial.attempt.why
    return Mismatch(f"{_status(trial)}, though {why}", f"a 4xx, as {why}", trial.reply.told)


def _not_accepted(trial: Trial) -> Mismatch | None:
    if trial.reply.succeeded:
        return None
    said = f"{_status(trial)}, though nothing is wrong with it"
    return Mismatch(said, "a 2xx, as nothing is wrong with the request", trial.reply.told)


def _let_in(trial: Trial) -> Mismatch | None:
    if not trial.reply.succeeded:
        return None
    bearer = trial.attempt.bearer
    return Mismatch(f"{_status(trial)} with {bearer}", f"a refusal of {bearer}", trial.reply.told)


def _did_succeed(trial: Trial) -> Mismatch | None:
    if not trial.reply.succeeded:
        return None
    said = f"{_status(trial)}, though the contract has no such call"
    return Mismatch(said, "no success, as the contract has no such call", trial.reply.told)


COMMON_RULES: Mapping[str, Rule] = {
    "no-server-error": complained(
        "no-server-error", lambda trial: not (trial.attempt.probe or trial.reply.failed_at_something_exotic)
    ),
    "documented-status": complained("documented-status", _has_documented_status),
    "content-type": complained("content-type", is_call),
    "response-schema": complained("response-schema", is_call),
    "invalid-data-refused": Spoken(_must_be_refused, _not_refused),
    "valid-data-accepted": Spoken(
        lambda trial: is_call(trial) and trial.attempt.answer is Answer.ACCEPTED, _not_accepted
    ),
    "auth-not-ignored": Spoken(lambda trial: trial.attempt.bearer is not Bearer.KEY, _let_in),
    "undocumented-method-refused": Spoken(lambda trial: trial.attempt.probe, _did_succeed),
}


def leak_rules(monitor: ReplyMonitor) -> dict[str, Rule]:
    """The rules that no reply holds a secret or a stack trace, as the monitor of a contract judges them."""
    return {
        "no-secret": Spoken(lambda _: True, lambda trial: monitor.shows_no_secret(trial.reply)),
        "no-stack-trace": Spoken(lambda _: True, lambda trial: monitor.shows_no_stack_trace(trial.reply)),
    }
