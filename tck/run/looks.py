"""Looks at a target before any check: what is a mistake in a setting, and what is the target's own."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from tck.contract.contract import Contract, Credential, Group, Probe
from tck.contract.request_template import PLACEHOLDER, Request
from tck.errors import Indeterminate, NoReply
from tck.run.same_reply import alike
from tck.transport.base_url import above_path
from tck.transport.gateway_headers import FILE
from tck.transport.messages import Call, Reply
from tck.transport.proxies import Proxy
from tck.values.texts import printable

REFUSED = frozenset({401, 403})
ABSENT = frozenset({404, 405, 501})
"""Statuses of an address or a method that is not there."""
OF_TRAFFIC = frozenset({408, 425, 429})
"""Refusals that say nothing of the request."""
UNAUTHORIZED, PROXY_WANTS_PASSWORD = 401, 407
REDIRECTS = range(300, 400)
HTML = frozenset({"text/html", "application/xhtml+xml"})
LONGEST_LOCATION = 200
"""Characters of a redirect's address that are shown."""
RUNNING = "give --base-url the address of a running server."
Answer = Reply | Indeterminate


@dataclass(frozen=True)
class Look:
    """What one look found, in words.

    `refusal` is why no run can begin, `remark` what an operator must see beside the verdict, and
    `no_sessions` why the target makes no session of what the options name; each may be empty.
    """

    name: str
    found: str
    refusal: str = ""
    remark: str = ""
    no_sessions: str = ""


@dataclass(frozen=True)
class Looker:
    """Looks at the target of a run; `own` are the contract's own options, `send` raises Indeterminate.

    `names` are an external id and a tag for the one session that is made; without them none is.
    """

    contract: Contract
    base_url: str
    own: Mapping[str, str]
    authorization: Callable[[str], str | None]
    send: Callable[[Call], Reply]
    names: tuple[str, str] | None = None
    proxy: Proxy | None = None
    first: Sequence[Answer] = ()
    """The answers to those of the first calls that were sent already."""
    shows_groups: bool = False
    """Whether to look which optional groups of requirements the target offers."""

    def looks(self) -> Iterator[Look]:
        """One look after the other; whoever takes a refusal for one should ask for no more."""
        answers = [*self.first, *map(self._answer, self._first_calls()[len(self.first) :])]
        yield self._address(answers)
        replies = [answer for answer in answers if isinstance(answer, Reply)]
        if len(replies) < len(answers):
            return
        yield self._key(replies)
        makes = self.names if self.contract.ownership.request.has_json else None
        made = self._create(makes) if makes and all(map(_is_page, replies)) else None
        yield self._pages([*replies, *([made] if isinstance(made, Reply) else [])])
        given = [item for item in self.contract.credentials[1:] if self.authorization(item.name)]
        for item in given:
            yield self._further_key(item, replies[0])
        lent = self.own.get(self.contract.ownership.existing_session_option, "")
        if lent and self.contract.restore:
            answer = self._answer(self._call(self.contract.restore.look.filled(address=lent)))
            yield self._place([*replies, answer])
            yield self._lent(answer)
        elif makes:
            yield from self._session(replies, given, made or self._create(makes))
        elif self.names:
            yield self._place(replies)

    # What is sent

    def first_answer(self) -> Answer:
        """The answer to the first call, which is a read."""
        return self._answer(self._first_calls()[0])

    def _create(self, names: tuple[str, str]) -> Answer:
        """The answer to a good create."""
        external_id, tag = names
        filled = self.contract.ownership.request.filled(external_id=external_id, tag=tag, **self.own)
        return self._answer(self._call(filled))

    def _first_calls(self) -> list[Call]:
        unknown = f"tck-{secrets.token_hex(10)}"
        asked = (self.contract.preflight.lookup, self.contract.preflight.post)
        return [self._call(request.filled(unknown=unknown)) for request in asked]

    def _call(self, request: Request, credential: str = "") -> Call:
        named = credential or self.contract.credentials[0].name
        return Call("", request.method, request.path, self.authorization(named), named, request.body)

    def _answer(self, call: Call) -> Answer:
        try:
            return self.send(call)
        except Indeterminate as failure:
            return failure

    def _bare(self, reply: Reply) -> Answer:
        """The answer to the same request without a credential."""
        return self._answer(replace(reply.call, authorization=None))

    # The looks

    def _address(self, answers: Sequence[Answer]) -> Look:
        name = "address"
        silent = [answer for answer in answers if isinstance(answer, NoReply)]
        if len(silent) == len(answers):
            reason = printable(str(silent[0]).partition(": ")[2])
            said = f"{self.base_url} cannot be reached ({reason}); {silent[0].advice or RUNNING}"
            return Look(name, reason, said)
        if self.proxy and any(_status(answer) == PROXY_WANTS_PASSWORD for answer in answers):
            told = f"{self.proxy.shown} asks for a user name and a password (407)"
            advice = f"set {self.proxy.variable} to its URL with both, or except the target with NO_PROXY"
            return Look(name, told, f"{told}; {advice}.")
        for answer in answers:
            location = answer.header("location") if isinstance(answer, Reply) else ""
            if isinstance(answer, Reply) and answer.answered in REDIRECTS and location:
                elsewhere = _plain_address(location)
                return Look(
                    name,
                    f"redirects to {elsewhere}",
                    f"{self.base_url} redirects to {elsewhere}; "
                    "give --base-url the address that answers itself.",
                )
        if not any(isinstance(answer, Reply) for answer in answers):
            why = printable(str(answers[0])).rstrip(".")
            said = f"no look at {self.base_url} was answered as the API answers ({why})"
            return Look(name, why, remark=f"{said}; what the run can show of it is open.")
        return Look(name, f"answers: {_told(answers)}")

    def _key(self, replies: Sequence[Reply]) -> Look:
        name, first = "key", self.contract.credentials[0]
        if self.authorization(first.name) is None:
            return Look(name, f"{first.env} is not set, so requests have no credential")
        if all(reply.answered in REFUSED for reply in replies):
            bare = [self._bare(reply) for reply in replies]
            if [_status(answer) for answer in bare] == [reply.answered for reply in replies]:
                status = replies[0].answered
                said = f"{self.base_url} refused the key with {status}, as it does without any key"
                advice = f"set {first.env} to a secret key of this deployment"
                found = f"refused with {status}, as without a key"
                return Look(name, found, f"{said}; {advice}{self._or_gateway(replies)}.")
        return Look(name, f"{first.env} is answered otherwise than no key, or is not refused")

    def _or_gateway(self, replies: Sequence[Reply]) -> str:
        """What else may refuse, where the replies look like those of something in front of the API."""
        if all(reply.answered == UNAUTHORIZED and reply.media_type not in HTML for reply in replies):
            return ""
        proxy = f", or {self.proxy.shown} refuses, which NO_PROXY avoids" if self.proxy else ""
        return f", or a gateway wants headers of its own, which {FILE} names a file with{proxy}"

    def _pages(self, replies: Sequence[Reply]) -> Look:
        """A server in the making may answer with pages whatever is not a good create."""
        if not all(map(_is_page, replies)):
            return Look("media type", replies[-1].media_type or "none is given")
        said = f"{self.base_url} answers with HTML pages only; give --base-url the address of the API itself."
        return Look("media type", "HTML pages only", said)

    def _further_key(self, item: Credential, lookup: Reply) -> Look:
        name = f"key {item.name}"
        answer = self._answer(replace(lookup.call, authorization=self.authorization(item.name)))
        refused = _status(answer) in REFUSED and lookup.answered not in REFUSED
        if refused and _status(self._bare(lookup)) == _status(answer):
            said = f"{self.base_url} refused {item.env} with {_status(answer)}, as it does without any key"
            return Look(name, "refused as without a key", f"{said}. {item.how_to_set} Or leave it unset.")
        return Look(name, f"{item.env} answers {_status(answer)}")

    def _session(
        self, replies: Sequence[Reply], given: Sequence[Credential], answer: Answer
    ) -> Iterator[Look]:
        """The one session that was made, read with each further key, and closed."""
        rule = self.contract.ownership
        yield self._place([*replies, answer])
        if _refuses(answer):
            again = self._answer(self._call(rule.request.filled(external_id="", tag="", **self.own)))
            if _refuses(again) and isinstance(answer, Reply):
                yield self._refused_create(replies, answer)
                return
            answer = again
        address = _address_in(answer, rule.server_id_member)
        if address is None or not isinstance(answer, Reply):
            yield Look("session", f"a create is answered with {_status(answer)}, which the checks judge")
            return
        yield Look("session", f"a create is answered with {answer.answered}")
        for item in given:
            yield self._seen_by(item, address)
        if self.shows_groups:
            yield from map(partial(self._group, address), self.contract.groups.values())
        yield self._close(address)

    def _group(self, address: str, group: Group) -> Look:
        """Whether the target offers a group: its own checks judge how."""
        answers = [self._answer(self._probe(one, address)) for one in group.probe]
        told = ", ".join(
            f"{one.operation} {_status(answer) or 'no reply'}"
            for one, answer in zip(group.probe, answers, strict=True)
        )
        offered = "not offered" if all(_status(answer) in ABSENT for answer in answers) else "offered"
        return Look(f"group {group.name}", f"{offered}: {told}")

    def _probe(self, probe: Probe, address: str) -> Call:
        call = self._call(probe.request.filled(address=address))
        return replace(call, operation=probe.operation, headers=probe.headers)

    def _refused_create(self, replies: Sequence[Reply], answer: Reply) -> Look:
        """A create that is refused: for what the options name, if the target speaks the contract else."""
        rule, found = self.contract.ownership, f"refused: {printable(answer.told)}"
        not_there = answer.answered in ABSENT and answer.answered == replies[1].answered
        spoken = replies[0].answered == 404 and self._asks_for_key(replies[0])  # noqa: PLR2004 - not found
        if not_there or not spoken:
            return Look("session", found)
        options = [option for option in self.contract.options if option.name in _named_in(rule.request)]
        named = " and ".join(f"{one.flag}={self.own[one.name]}" for one in options if self.own[one.name])
        flags = " or ".join(option.flag for option in options)
        said = f"{rule.method} {rule.path} was refused with {printable(answer.told)}"
        what = f"; the sessions are made with {named}" if named else ""
        advice = f"; set {flags} to one that exists there" if flags else ""
        return Look("session", found, no_sessions=f"{said}{what}{advice}")

    def _asks_for_key(self, lookup: Reply) -> bool:
        return lookup.call.authorization is None or _status(self._bare(lookup)) in REFUSED

    def _seen_by(self, item: Credential, address: str) -> Look:
        """Whether a further key reaches a session of the first."""
        first = self.contract.credentials[0]
        lookup = self._call(self.contract.preflight.lookup.filled(unknown=address))
        answer = self._answer(replace(lookup, authorization=self.authorization(item.name)))
        name = f"key {item.name} apart"
        if not isinstance(answer, Reply) or not (answer.succeeded and answer.is_object):
            return Look(name, f"a session of {first.env} is answered with {_status(answer)}")
        said = f"{item.env} reads a session of {first.env}"
        remark = (
            f"{said}: if both are keys of one environment, set {item.env} to a key of another one; "
            "if they are not, the target does not keep its environments apart."
        )
        return Look(name, said, remark=remark)

    def _close(self, address: str) -> Look:
        rule = self.contract.cleanup
        answer = self._answer(self._call(rule.request.filled(address=address)))
        if isinstance(answer, Reply) and answer.succeeded:
            return Look("close", f"the session is closed with {_status(answer)}")
        told = printable(answer.told if isinstance(answer, Reply) else str(answer))
        said = f"the session {printable(address)} could not be closed ({told})"
        return Look("close", said, remark=f"{said}; the sessions of this run may stay open like it.")

    def _lent(self, answer: Answer) -> Look:
        name, flag = "session", self.contract.ownership.existing_session_option.replace("_", "-")
        if not _refuses(answer) or not isinstance(answer, Reply):
            return Look(name, f"the one of --{flag} is answered with {_status(answer)}")
        told = printable(answer.told)
        said = f"{answer.call.method} {answer.call.path} is answered with {told}"
        return Look(name, said, f"{said}; give --{flag} a session that exists there.")

    def _place(self, answers: Sequence[Answer]) -> Look:
        """Whether anything under the address is the contract's."""
        name = "API"
        replies = [answer for answer in answers if isinstance(answer, Reply)]
        if not all(map(_is_absent, answers)) or any(map(self._differs, replies)):
            return Look(name, "the address answers as the contract's")
        said = f"nothing under {self.base_url} answers as the contract's: {_told(answers)}, as to other paths"
        path = self.contract.ownership.path
        shorter = above_path(self.base_url, path)
        where = f"={shorter}, to which the kit adds {path}" if shorter else f" the address above {path}"
        return Look(name, f"nothing: {_told(answers)}", f"{said}; give --base-url{where}.")

    def _differs(self, reply: Reply) -> bool:
        """Whether the target treats this address otherwise than one that nobody has, also without a key."""
        parts = reversed(self.contract.ownership.path.split("/"))
        last = next(part for part in parts if part and "{" not in part)
        away = reply.call.path.replace(f"/{last}", f"/tck-{secrets.token_hex(5)}", 1)
        for authorization in dict.fromkeys((reply.call.authorization, None)):
            here = replace(reply.call, authorization=authorization)
            answer = reply if here == reply.call else self._answer(here)
            other = self._answer(replace(here, path=away))
            if not isinstance(answer, Reply) or not isinstance(other, Reply) or not alike(answer, other):
                return True
        return False


def _status(answer: Answer) -> int | None:
    return answer.answered if isinstance(answer, Reply) else None


def _told(answers: Sequence[Answer]) -> str:
    return ", ".join(
        f"{answer.call.method} {answer.answered}" if isinstance(answer, Reply) else "no reply"
        for answer in answers
    )


def _is_absent(answer: Answer) -> bool:
    return isinstance(answer, Reply) and (answer.answered in ABSENT or _is_page(answer))


def _is_page(reply: Reply) -> bool:
    """Whether a reply is for people; frameworks also call JSON text/html where nobody names its type."""
    return reply.media_type in HTML and not reply.is_object


def _refuses(answer: Answer) -> bool:
    return isinstance(answer, Reply) and answer.refused and answer.answered not in OF_TRAFFIC


def _address_in(answer: Answer, member: str) -> str | None:
    if not isinstance(answer, Reply) or not answer.succeeded or not answer.is_object:
        return None
    found = answer[member].value
    return found if isinstance(found, str) and found else None


def _named_in(request: Request) -> frozenset[str]:
    return frozenset(PLACEHOLDER.findall(request.path) + PLACEHOLDER.findall(str(request.json)))


def _plain_address(url: str) -> str:
    """A redirect's address without what may be secret in it: user name, password, query and fragment."""
    bare = url.partition("?")[0].partition("#")[0]
    scheme, separator, rest = bare.partition("//")
    host, slash, path = rest.partition("/")
    shown = f"{scheme}//{host.rpartition('@')[2]}{slash}{path}" if separator else bare
    return printable(shown[:LONGEST_LOCATION])
