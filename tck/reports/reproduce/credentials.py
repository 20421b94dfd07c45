"""The Authorization header of a step, as words of the shell: keys by their variables, tokens from replies."""

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tck.contract.contract import Contract
from tck.recording.exchange import Exchange
from tck.reports.reproduce import compare
from tck.reports.reproduce.known_values import KnownValues, Variable

KEY = re.compile(r"\[redacted (?P<env>[A-Z][A-Z0-9_]*)\]")
SIGNED = re.compile(r"(?P<head>eyJ[\w-]*)\.(?P<claims>[\w-]*)\.(?P<mark>\[[^\]]*\])?")
BY_KEY = re.compile(
    r"\[signature by "
    r"(?:(?P<env>[A-Z][A-Z0-9_]*)|the (?P<how>claim|word) (?P<text>[\w-]+)|an empty key) removed\]"
)
MADE = re.compile(r"\[redacted a credential made of (?P<env>[A-Z][A-Z0-9_]*) (?P<parts>[^\]]+)\]")
UNKNOWN = re.compile(r"\[redacted(?: [^\]]*)?\]")
OF_ANOTHER = "[signature of another token removed]"
CHANGED = "[changed signature removed]"
CUT = "[cut signature removed]"
TIMES = ("exp", "iat", "nbf")
MADE_UP = "MADE_UP_KEY"


@dataclass
class Credentials:
    """Words for credentials; `variables` are those of the environment that were named so far."""

    known: KnownValues
    contract: Contract | None
    variables: set[str] = field(default_factory=set)
    doubts: list[str] = field(default_factory=list)

    def word(self, number: int, value: str, one: Exchange) -> tuple[list[str], str]:
        """What is done before, and the header's value as one word."""
        before: list[str] = []
        words: list[str] = []
        token = SIGNED.search(value)
        key = KEY.search(value)
        if key:
            self.variables.add(key["env"])
            words += [_word(value[: key.start()]), f'"${key["env"]}"', _word(value[key.end() :])]
        elif token:
            lines, name = self._token(number, token, one)
            before += lines
            words += [_word(value[: token.start()]), f'"${name}"', _word(value[token.end() :])]
        elif made := MADE.search(value):
            self.variables.add(made["env"])
            name = f"WRONG_{number}"
            parts = shlex.quote(made["parts"])
            before += [f"{name}=$(wrong_key {made['env']} {parts}) || could_not_run 'python3 failed'"]
            words += [_word(value[: made.start()]), f'"${name}"', _word(value[made.end() :])]
        else:
            unknown = UNKNOWN.search(value)
            if unknown:
                before += [f"{MADE_UP}={self._made_up()}  # a credential that nobody has issued"]
                self._doubt("A wrong credential is not kept; a made-up one stands for it.")
                words += [_word(value[: unknown.start()]), f'"${MADE_UP}"', _word(value[unknown.end() :])]
            else:
                words += [_word(value)]
        return before, "".join(words) or "''"

    def _token(self, number: int, token: re.Match[str], one: Exchange) -> tuple[list[str], str]:
        issued = self.known.tokens()
        mark = token["mark"] or ""
        if mark == OF_ANOTHER:
            others = [text for text in issued if text.split(".")[1] != token["claims"]]
            if others:
                return self._donated(number, token, others[0])
            self._doubt(
                "The signature is that of another token, which is not kept; a changed one stands for it."
            )
            mark = CHANGED
        if token[0] in issued:
            [piece] = self.known.pieces(token[0])
            return [], piece.name if isinstance(piece, Variable) else MADE_UP
        claims = compare.decoded(token["claims"])
        nearest = min(issued, key=lambda text: len(_changes(_claims(text), claims)), default=None)
        if nearest is None:
            self._doubt("A token that no reply has shown is not kept; a made-up one stands for it.")
            return [f"{MADE_UP}={self._made_up()}"], MADE_UP
        [piece] = self.known.pieces(nearest)
        changes = _changes(_claims(nearest), claims)
        for name in TIMES:
            if isinstance(changes.get(name), int | float):
                changes[name] = {"from now": round(changes[name] - one.started_at)}
        algorithm = compare.decoded(token["head"]).get("alg")
        if algorithm != compare.decoded(nearest.split(".")[0]).get("alg"):
            changes["alg"] = algorithm
        signer = BY_KEY.fullmatch(mark)
        how, by = {CHANGED: "changed", CUT: "cut"}.get(mark, "same"), "-"
        if signer:
            how = "key" if signer["env"] else signer["how"] or "word"
            by = signer["env"] or signer["text"] or "''"
        how = how if mark else "empty"
        if how == "key":
            self.variables.add(by)
        name = f"TOKEN_{number}"
        told = "".join(
            f'"${part.name}"' if isinstance(part, Variable) and part.is_whole else shlex.quote(str(part))
            for part in self.known.pieces(json.dumps(changes))
        )
        source = piece.name if isinstance(piece, Variable) else MADE_UP
        signed = f"printf '%s\\n' \"${source}\" | signed {how} {by} {told}"
        return [f"{name}=$({signed}) || could_not_run 'python3 failed'"], name

    def _donated(self, number: int, token: re.Match[str], other: str) -> tuple[list[str], str]:
        """A token with the signature of another one."""
        own = next(text for text in self.known.tokens() if text.split(".")[1] == token["claims"])
        names = [
            piece.name
            for text in (own, other)
            for piece in self.known.pieces(text)
            if isinstance(piece, Variable)
        ]
        name = f"TOKEN_{number}"
        return [f"{name}=${{{names[0]}%.*}}.${{{names[1]}##*.}}"], name

    def _made_up(self) -> str:
        form = self.contract.credentials[0].generated if self.contract and self.contract.credentials else ""
        before, _, after = form.partition("{random}")
        random = "$(python3 -c 'import secrets; print(secrets.token_hex(12))')"
        return f'{_word(before)}"{random}"{_word(after)}'

    def _doubt(self, text: str) -> None:
        if text not in self.doubts:
            self.doubts.append(text)


def _claims(token: str) -> dict[str, Any]:
    return dict(compare.decoded(token.split(".")[1]))


def _changes(issued: Mapping[str, Any], claims: Mapping[str, Any]) -> dict[str, Any]:
    """The claims that differ; None for those that are left out."""
    changed = {name: value for name, value in claims.items() if name not in issued or issued[name] != value}
    return {**changed, **{name: None for name in issued if name not in claims}}


def _word(text: str) -> str:
    return shlex.quote(text) if text else ""
