"""One look at the target before any check, whether there is something that could be judged."""

import secrets
from collections.abc import Callable
from dataclasses import replace

from tck.contract.contract import Contract
from tck.contract.request_template import Request
from tck.errors import Indeterminate, KitError, Unreachable
from tck.transport.messages import Call, Reply
from tck.values.texts import printable

CHECK = "preflight"
REFUSED = frozenset({401, 403})
REDIRECTS = range(300, 400)
HTML = frozenset({"text/html", "application/xhtml+xml"})
LONGEST_LOCATION = 200
"""Characters of a redirect's address that are shown."""
Send = Callable[[Call], Reply]


def preflight(contract: Contract, base_url: str, authorization: str | None, send: Send) -> None:
    """Raise KitError when the target cannot be judged at all; every other oddity is for the checks."""
    calls = [replace(call, authorization=authorization) for call in _calls(contract)]
    replies = _replies(base_url, calls, send)
    for reply in replies:
        _no_redirect(base_url, reply)
    if len(replies) < len(calls):
        return
    if all(reply.media_type in HTML for reply in replies):
        raise KitError(
            f"{base_url} answers with HTML pages only; give --base-url the address of the API itself."
        )
    if authorization is not None and all(reply.status in REFUSED for reply in replies):
        bare = _replies(base_url, [replace(call, authorization=None) for call in calls], send)
        if [reply.status for reply in bare] == [reply.status for reply in replies]:
            raise KitError(
                f"{base_url} refused the key with {replies[0].status}, as it does without any key; "
                f"set {contract.credentials[0].env} to a secret key of this deployment."
            )


def _calls(contract: Contract) -> list[Call]:
    unknown = f"tck-{secrets.token_hex(10)}"
    return [_call(contract.preflight.lookup, unknown), _call(contract.preflight.post, unknown)]


def _call(request: Request, unknown: str) -> Call:
    filled = request.filled(unknown=unknown)
    return Call("", filled.method, filled.path, body=filled.body)


def _replies(base_url: str, calls: list[Call], send: Send) -> list[Reply]:
    """The replies that came; raises KitError when no connection could be made for any of the calls."""
    replies: list[Reply] = []
    unreachable: list[Unreachable] = []
    for call in calls:
        try:
            replies.append(send(call))
        except Unreachable as failure:
            unreachable.append(failure)
        except Indeterminate:
            continue
    if len(unreachable) == len(calls):
        reason = printable(str(unreachable[0]).partition(": ")[2])
        raise KitError(
            f"{base_url} cannot be reached ({reason}); give --base-url the address of a running server."
        )
    return replies


def _no_redirect(base_url: str, reply: Reply) -> None:
    location = reply.header("location")
    if reply.status in REDIRECTS and location:
        raise KitError(
            f"{base_url} redirects to {_plain_address(location)}; "
            "give --base-url the address that answers itself."
        )


def _plain_address(url: str) -> str:
    """A redirect's address without what may be secret in it: user name, password, query and fragment."""
    bare = url.partition("?")[0].partition("#")[0]
    scheme, separator, rest = bare.partition("//")
    host, slash, path = rest.partition("/")
    shown = f"{scheme}//{host.rpartition('@')[2]}{slash}{path}" if separator else bare
    return printable(shown[:LONGEST_LOCATION])
