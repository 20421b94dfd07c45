"""The text of a script for a POSIX shell that shows one cause again, from an empty target on."""

import json
import re
import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as File
from typing import Any

from tck.contract.contract import Contract
from tck.recording.correlation import TRACEPARENT
from tck.recording.curl import REDACTED, is_printable, request_words
from tck.recording.exchange import Exchange, header
from tck.reports.reproduce.compare import HEX
from tck.reports.reproduce.comparison import (
    BROKEN,
    REPLY_WAS,
    ByBody,
    ByHeaders,
    ByMediaType,
    ByOther,
    ByReplies,
    ByStatus,
    Comparison,
    comparison_of,
)
from tck.reports.reproduce.credentials import Credentials
from tck.reports.reproduce.functions import called_in, python_program, shell_functions
from tck.reports.reproduce.known_values import KnownValues, tags_in
from tck.reports.reproduce.large_bodies import body_pieces, is_large, is_whole
from tck.reports.reproduce.steps import OFTEN, Step, answered_often, is_unsteady, steps_of
from tck.reports.reproduce.words import Words, plain
from tck.results.document import CauseEntry, CheckEntry, RequirementEntry, Result
from tck.results.leading import Leading
from tck.values.texts import printable

TEMPLATE = File(__file__).with_name("script.sh")
PLACE = re.compile(r"^#([A-Z_]+)#\n|#([A-Z_]+)#", re.MULTILINE)
TRACED = (
    "# The trace id that each step carries in its traceparent, to be found in the logs of the target.",
    "TRACE=$(python3 -c 'import secrets; print(secrets.token_hex(16))') || could_not_run 'python3 failed'",
    """printf 'trace id: %s\\n' "$TRACE\"""",
)
TRIES = 20
"""How often a read is sent that was not always answered in the same way."""
NOT_SENT_AGAIN = frozenset({"authorization", TRACEPARENT})
"""Headers that a step has by other means, or not at all."""
LONGEST_ADDRESS = 60


@dataclass(frozen=True)
class Told:
    """What a script is about: the cause, its leading requirement, and the finding that it shows again."""

    cause: CauseEntry
    requirement: RequirementEntry
    check: CheckEntry


def script(result: Result, told: Told, leading: Leading, contract: Contract | None) -> str:
    """The whole text; it holds no secret, and of values from replies their places alone."""
    steps = steps_of(told.check, leading)
    judged = [step.exchange for step in steps if step.judged]
    judgement = comparison_of(told.check, judged)
    unsteady = {one.id for one in judged if is_unsteady(one, leading.exchanges.values())}
    if judgement and isinstance(judgement[0], ByStatus):
        comparison, last = judgement
        earlier = answered_often(last, told.check, leading.exchanges)
        if len(earlier) >= OFTEN and not any(map(comparison.is_broken_by, earlier)):
            unsteady.add(last.id)
    known = KnownValues(tags_in(step.exchange for step in steps))
    keys = [item.env for item in contract.credentials] if contract else []
    words = Words(known, result["target"]["base_url"], keys)
    writer = _Steps(steps, words, Credentials(known, contract), unsteady, judgement)
    written = list(writer.written())
    needed = sorted(writer.credentials.variables | words.named)
    made = [number for number, step in enumerate(steps, 1) if _makes(step.exchange, words.base, contract)]
    parts: dict[str, Sequence[str]] = {
        "ABOUT": [*_about(told), *(f"# {doubt}" for doubt in _doubts(told, steps, writer))],
        "BASE_URL": [shlex.quote(words.base)],
        "SECRETS": [f"; secrets: {', '.join(needed)}" if needed else ""],
        "TRACE": TRACED if any(header(step.exchange.request_headers, TRACEPARENT) for step in steps) else (),
        "STEPS": written,
        "NEEDS": [f"needs {env}" for env in needed],
        "CLEAN_UP": list(_clean_up(result, contract, made, needed)),
    }
    template = TEMPLATE.read_text(encoding="utf-8")
    functions = shell_functions("\n".join([template, *written, *parts["CLEAN_UP"]]))
    parts["FUNCTIONS"] = "\n\n".join(functions).split("\n")
    program = python_program(called_in(functions))
    here = ("cat >\"$made/functions.py\" <<'END_OF_PYTHON'", *program, "END_OF_PYTHON", "")
    parts["PROGRAM"] = here if program else ()
    return PLACE.sub(lambda place: _filled(place, parts), template)


def _filled(place: re.Match[str], parts: Mapping[str, Sequence[str]]) -> str:
    lines = parts[place[1] or place[2]]
    return "".join(f"{line}\n" for line in lines) if place[1] else "\n".join(lines)


def _about(told: Told) -> Iterator[str]:
    one, check = told.requirement, told.check
    source = one["source"]
    yield f"# {printable(one['id'])} ({one['level'].upper()}): {printable(one['statement'])}"
    for name, text in (
        (source["title"], source["url"]),
        ("expected", check["expected"]),
        ("seen", check["seen"]),
    ):
        if text:
            yield f"# {printable(name)}: {printable(text)}"


def _doubts(told: Told, steps: Sequence[Step], writer: "_Steps") -> Iterator[str]:
    if any(step.beside for step in steps):
        yield "This is a race: what was sent side by side is so here, but may be answered in another order."
    elif told.check.get("story"):
        yield "A generated case found this; the steps are those of the case."
    if any(step.restarted for step in steps):
        yield "The target is restarted between two steps: RESTART_COMMAND is the command that does it."
    if any(step.pause for step in steps):
        yield "This depends on time: the script waits between the steps as long as the check did."
    if writer.unsteady:
        yield f"The judged request was answered otherwise as well; it is sent up to {TRIES} times."
    if not all(is_whole(step.exchange) for step in steps):
        yield "The body of a step is not kept whole, so that it is sent cut."
    yield from writer.credentials.doubts


def _makes(one: Exchange, base: str, contract: Contract | None) -> bool:
    rule = contract.ownership if contract else None
    return rule is not None and one.method == rule.method and one.url == base + rule.path


def _clean_up(
    result: Result, contract: Contract | None, made: Sequence[int], needed: Collection[str]
) -> Iterator[str]:
    """Ending what the steps have made, newest first."""
    if contract is None or not made:
        return
    request = contract.cleanup.request
    before, _, after = request.path.partition("{address}")
    sent = ["-X", shlex.quote(request.method), f'"$BASE_URL"{plain(before)}"$address"{plain(after)}']
    if request.body is not None:
        body = shlex.quote(request.body.decode())
        sent += ["-H 'content-type: application/json'", f"--data-raw {body}"]
    path = shlex.quote(json.dumps([contract.ownership.server_id_member]))
    authorization = _main_secret(result, contract, needed)
    header = ' -H "@$made/end.authorization"' if authorization else ""
    yield from ("", "# What the steps have made is ended, whatever came of them.", "end_made() {")
    yield f"  for step in {' '.join(map(str, reversed(made)))}; do"
    yield f'    address=$(taken "$step" {path}) || continue'
    yield from ([f"    {authorization}"] if authorization else [])
    yield f"    curl -sS --max-time 30 -o /dev/null{header} {' '.join(sent)} || :"
    yield from ("  done", "}", "trap 'end_made; rm -rf \"$made\"' EXIT", "")


def _main_secret(result: Result, contract: Contract, needed: Collection[str]) -> str:
    main = next(iter(contract.credentials), None)
    if main is None or main.env not in needed:
        return ""
    own = {name: str(value) for name, value in result["options"].items()}
    start, _, end = main.authorization.header("\0", own).partition("\0")
    return f'authorization end {plain(start)}"${main.env}"{plain(end)}'


@dataclass
class _Steps:
    """Writes the steps and the judgement; what a step takes of its reply is known when all are written."""

    steps: Sequence[Step]
    words: Words
    credentials: Credentials
    unsteady: Collection[str]
    judgement: tuple[Comparison, Exchange] | None

    def written(self) -> Iterator[str]:
        if self.judgement is None:
            yield "could_not_run 'the exchange that was judged is not kept, so there is nothing to send'"
            return
        comparison, judged = self.judgement
        blocks, ending = [], list[str]()
        for number, step in enumerate(self.steps, 1):
            blocks.append(list(self._step(number, step)))
            if step.exchange.id == judged.id:  # by what came before it, as the reply may lack anything
                ending = list(self._judged(number, comparison, judged))
            self.words.known.learn(number, step.exchange)
        open_steps: list[int] = []
        for index, block in enumerate(blocks, 1):
            yield from ("", *block)
            open_steps.append(index)
            if not self._is_joined(index):
                for one in open_steps:
                    yield from self._taken(one, self.steps[one - 1])
                open_steps = []
        yield from ("", *ending)

    def _is_joined(self, number: int) -> bool:
        """Whether the next step is sent beside this one."""
        return number < len(self.steps) and self.steps[number].beside

    def _step(self, number: int, step: Step) -> Iterator[str]:
        one = step.exchange
        mark = "  <-- the judged step" if step.judged else ""
        yield f"# Step {number}: {_short(one, self.words.base)}, answered {one.status or 'nothing'}{mark}"
        if step.restarted:
            yield "restart"
        if step.pause:
            yield f"sleep {step.pause}"
        rest = tuple(pair for pair in one.request_headers if pair[0].lower() not in NOT_SENT_AGAIN)
        if any(name.lower() == "authorization" for name, _ in one.request_headers):
            value = header(one.request_headers, "authorization")
            before, word = self.credentials.word(number, value, one)
            yield from (*before, f"authorization {number} {word}")
        prepared, body = self._body(one)
        flag = ["-I"] if one.method == "HEAD" else []
        words = request_words(replace(one, request_headers=rest), self.words.word)
        yield from self.words.derived()
        yield from prepared
        yield from self._sent(number, step, " ".join([f"send {number}", *flag, *words, *body]))

    def _sent(self, number: int, step: Step, line: str) -> Iterator[str]:
        if step.exchange.id in self.unsteady and not step.beside:
            yield f"try=0; while [ $try -lt {TRIES} ]; do try=$((try + 1))"
            yield f"  {line}"
            yield f'  [ "$(status {number})" = {step.exchange.status or 0} ] && break'
            yield "done"
            return
        yield f"{line} &" if step.beside or self._is_joined(number) else line
        if step.beside and not self._is_joined(number):
            yield "wait"

    def _body(self, one: Exchange) -> tuple[list[str], list[str]]:
        """What is done before, and curl's words for the body."""
        if not one.request_body:
            return [], []
        text = one.request_body.decode("utf-8", "surrogateescape")
        if not is_large(one) and is_printable(one.request_body) and not REDACTED.search(text):
            return [], ["--data-raw", self.words.word(text)]
        commands = [
            f"repeated {times} {shlex.quote(json.dumps(piece))}" if times > 1 else self.words.printf(piece)
            for piece, times in (body_pieces(one) if is_large(one) else [(text, 1)])
        ]
        file = f'"$made/{one.id}.sent"'
        return [f"{{ {'; '.join(commands)}; }} >{file}"], [f"--data-binary @{file}"]

    def _taken(self, number: int, step: Step) -> Iterator[str]:
        """What later steps need of the reply: a step that brings something must have been accepted."""
        taken = {name: one for name, one in self.words.known.used.items() if one.step == number}
        if step.prepares and (taken or number == 1):
            yield f"was_accepted {number}"
        for name, origin in taken.items():
            path = shlex.quote(json.dumps(list(origin.path)))
            said = shlex.quote(f"the reply of step {number} lacks a plain {(*origin.path, 'value')[-2:][0]}")
            yield f"{name}=$(taken {number} {path}) || could_not_run {said}"

    def _judged(self, number: int, comparison: Comparison, judged: Exchange) -> Iterator[str]:
        step = f"step {number}"
        yield f"# What is judged: {step}."
        match comparison:
            case ByStatus():
                yield f'case "$(status {number})" in'
                yield f"  '') could_not_run '{step} got no reply' ;;"
                for pattern, ends in comparison.cases:
                    end = "broken" if ends == BROKEN else "not_reproduced"
                    yield f'  {pattern}) {end} "{step} answered $(status {number})" ;;'
                yield "esac"
            case ByMediaType():
                wanted = shlex.quote(comparison.expected)
                yield f"if has_media_type {number} {wanted}; then not_reproduced '{step} has it'; fi"
                yield f"broken '{step} has another Content-Type'"
            case ByHeaders():
                place = f"'{step}, in its headers'"
                yield f"if headers_hold {number} {comparison.secret}; then broken {place}; fi"
                yield f"not_reproduced {place}"
            case ByOther():
                other = self._number_of(comparison.other)
                path = shlex.quote(json.dumps(list(comparison.path)))
                place = f"{'.'.join(map(str, comparison.path))} in steps {other} and {number}"
                yield from (
                    f"answers_like {at} {one.status}"
                    for at, one in ((other, comparison.other), (number, judged))
                )
                same, changed = (shlex.quote(f"{words} {place}") for words in ("the same", "not the same"))
                yield f"if shows_the_same {number} {other} {path}; then not_reproduced {same}; fi"
                yield f"broken {changed}"
            case ByReplies():
                for one in comparison.read:
                    at = self._number_of(one)
                    read = self._shows(at, comparison.on(one))
                    yield from self.words.derived()
                    yield f"{read} || not_reproduced 'step {at}'"
                yield from self._body_shown(number, comparison.on(judged), judged)
            case ByBody():
                yield from self._body_shown(number, comparison, judged)

    def _body_shown(self, number: int, comparison: ByBody, judged: Exchange) -> Iterator[str]:
        if judged.status:
            yield f"answers_like {number} {judged.status}"
        shows = self._shows(number, comparison)
        yield from self.words.derived()
        place = shlex.quote(f"step {number}{_place(comparison)}")
        yield f"if {shows}; then broken {place}; fi"
        yield f"not_reproduced {place}"

    def _number_of(self, exchange: Exchange) -> int:
        return next(number for number, step in enumerate(self.steps, 1) if step.exchange.id == exchange.id)

    def _shows(self, number: int, comparison: ByBody) -> str:
        if comparison.secret:
            return f"holds {number} {comparison.secret}"
        names = [str(one) for one in comparison.path if isinstance(one, str)]
        wanted: Any = json.dumps(comparison.wanted, ensure_ascii=False)
        pieces = self.words.known.pieces(wanted, comparison.other or (names or [""])[-1])
        if comparison.kind == REPLY_WAS:
            pieces = tuple(HEX.sub("*", one) if isinstance(one, str) else one for one in pieces)
        path = shlex.quote(json.dumps(list(comparison.path)))
        return f"shows {number} {shlex.quote(comparison.kind)} {path} {self.words.joined(pieces)}"


def _place(comparison: ByBody) -> str:
    return f" at {'.'.join(map(str, comparison.path))}" if comparison.path else ""


def _short(one: Exchange, base: str) -> str:
    address = one.url.removeprefix(base)
    cut = address if len(address) <= LONGEST_ADDRESS else f"{address[:LONGEST_ADDRESS]}…"
    return printable(f"{one.method} {cut}")
