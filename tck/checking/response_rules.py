"""What every reply must be, in any contract: each rule says what is wrong with a reply, or None."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from tck.checking.stack_traces import stack_trace_in
from tck.contract.openapi import Api
from tck.errors import Broken
from tck.transport.messages import UNPARSABLE, Reply
from tck.values.bounded_json import why_no_json
from tck.values.json_equality import shown
from tck.values.mismatch import Mismatch

JSON_TYPE = "application/json"
SHORTEST_SECRET = 8
"""Characters below which a key may stand in a reply by chance."""
FEW = 3
SERVER_ERROR = 500


def is_json(reply: Reply) -> Mismatch | None:
    """A success is application/json, with or without parameters."""
    if reply.media_type == JSON_TYPE:
        return None
    given = reply.header("content-type")
    seen = f"Content-Type: {given}" if given else "no Content-Type"
    return Mismatch(f"the reply has {seen}, not {JSON_TYPE}", f"Content-Type: {JSON_TYPE}", seen)


def matches(api: Api, schema: str, reply: Reply) -> Mismatch | None:
    """The body is JSON of a schema of the contract."""
    if reply.parsed is UNPARSABLE:
        return _is_no(reply, "JSON", why_no_json(reply.body))
    problems = api.schema_problems(schema, reply.parsed)
    if not problems:
        return None
    said = "; ".join(problems[:FEW])
    return Mismatch(said, f"a body that matches the schema {schema}", f"a body that does not: {said}")


def all_answer(status: int, replies: Iterable[tuple[str, Reply]]) -> None:
    """Raise Broken for the first reply with another status; each has words for the request before it."""
    for about, reply in replies:
        if reply.status != status:
            said = f"the status is {reply.status}, not {status}, to a request with {about}"
            raise Broken(said, f"the status: {status}", reply.told, reply.exchange)


def carries_error(reply: Reply) -> Mismatch | None:
    """The body is a JSON object with a string named error."""
    if not reply.is_object:
        return _is_no(reply, "a JSON object")
    error = reply.parsed.get("error")
    seen = f"error: {shown(error)}" if "error" in reply.parsed else "no member error"
    return None if isinstance(error, str) else Mismatch(f"{seen}, not a string", "error: a string", seen)


def _is_no(reply: Reply, what: str, why: str = "") -> Mismatch:
    seen = shown(reply.text, 200) if reply.body else "an empty body"
    seen = f"{why}: {seen}" if reply.body and why else seen
    return Mismatch(f"the body is not {what}: {seen}", f"a body that is {what}", seen)


def is_no_server_error(reply: Reply) -> Mismatch | None:
    """No operation answers with a 5xx, whatever common JSON it is sent."""
    if reply.status < SERVER_ERROR or reply.failed_at_something_exotic:
        return None
    return Mismatch(f"{reply.call.operation} answered {reply.status}", "no 5xx", reply.told)


def shows_no_secret(keys: Mapping[str, str], reply: Reply, text: str) -> Mismatch | None:
    """No secret key of the run stands in the text of a body; `keys` are by the words that name them.

    What the request brought in its address and body does not count, nor a wrong key that is quoted back.
    """
    presented = (reply.call.authorization or "").rpartition(" ")[2]
    if presented and presented not in keys.values():
        text = text.replace(presented, "")
    held = [name for name, key in keys.items() if len(key) >= SHORTEST_SECRET and key in text]
    strays = [name for name in held if keys[name] not in sent_text(reply)]
    if not strays:
        return None
    seen = f"the secret key ({strays[0]})"
    return Mismatch(f"the body holds {seen}", "no secret key in the body", seen)


def holds_no_secret(keys: Mapping[str, str], reply: Reply) -> Mismatch | None:
    """No secret key of the run stands in a header of a reply, plain or percent-encoded.

    What a cookie holds goes back to its own server alone, and does not count.
    """
    for name, value in ((name, value) for name, value in reply.headers if name.lower() != "set-cookie"):
        told = f"{name}: {value}\n{unquote(value)}"
        held = [about for about, key in keys.items() if len(key) >= SHORTEST_SECRET and key in told]
        if held:
            return Mismatch(
                f"the header {name} holds the secret key ({held[0]})",
                "no secret key in any header",
                f"one in {name}",
            )
    return None


def shows_no_stack_trace(reply: Reply, of_the_server: Callable[[Reply], str]) -> Mismatch | None:
    """No body holds a stack trace; `of_the_server` makes the body without what a caller has stored."""
    if stack_trace_in(reply.text) is None:
        return None
    found = stack_trace_in(of_the_server(reply))
    if found is None or found in sent_text(reply):
        return None
    seen = shown(found, 120)
    return Mismatch(f"the body holds a stack trace: {seen}", "no stack trace in the body", seen)


def sent_text(reply: Reply) -> str:
    """The address and the body of the request."""
    body = (reply.call.body or b"").decode("utf-8", "replace")
    return f"{unquote(reply.call.path)}\n{body}"


def every_text(value: Any) -> Iterator[str]:
    """Every string in a parsed JSON value, keys included."""
    values = [value]
    while values:
        one = values.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            yield from one
            values += one.values()
        elif isinstance(one, list):
            values += one


def shown_text(reply: Reply) -> str:
    """The body as sent and, where it has escapes, every string in it."""
    text = reply.text
    return "\n".join([text, *(every_text(reply.parsed) if "\\" in text else ())])


def of_the_server(reply: Reply, stored: Collection[str]) -> str:
    """The body of a success without these members, which show what callers sent; any other body whole."""
    if not reply.succeeded or not reply.is_object:
        return reply.text
    return json.dumps({name: value for name, value in reply.parsed.items() if name not in stored})
