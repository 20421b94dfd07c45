"""Takes secrets out of whatever is kept or shown: known ones in any form, and what looks like one."""

import html
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from urllib.parse import unquote

from tck.recording.exchange import Exchange, Headers
from tck.recording.presented import recipe, signer
from tck.recording.secret_forms import SHORTEST, escaped_pattern, forms

Scrub = Callable[[str], str]
GONE = "[redacted]"
SIGNATURE_GONE = "[signature removed]"
SIGNATURE_MARK = r"\[(?:[a-z]{1,20} )?signature (?:[A-Za-z0-9_ -]{1,80} )?removed\]"
"""What stands for the signature of a token, perhaps with where it comes from."""
PUBLIC_WORDS = frozenset({"bearer", "digest", "apikey", "redacted", "negotiate"})
"""Words that stand where a secret may be looked for, and are none."""
AUTHORIZATION = frozenset({"authorization", "proxy-authorization"})
SECRET_HEADERS = frozenset({"cookie", "set-cookie", "set-cookie2", "x-api-key", "api-key", "x-auth-token"})

# All of these take time in proportion to the text: response bodies may be hostile.
_MARK = r"\[redacted(?: [^\[\]]{0,80})?\]"
_PART = rf"(?:[A-Za-z0-9_-]++|{_MARK})"
_DOT = r"(?:\.|%2[Ee])"
JWT = re.compile(
    rf"((?<![A-Za-z0-9_-])(?>[A-Za-z0-9_-]*?eyJ){_PART}*+{_DOT}{_PART}*+{_DOT}){_PART}++(?:{_DOT}{_PART}++)*+"
)
UNSIGNED = re.compile(rf"eyJ{_PART}*+\.{_PART}*+\.")
"""A token without a signature, of which nothing is secret: the claims of any token stay."""
KEPT_CREDENTIALS = re.compile(rf"(?:[^ ]++ )?(?:{_MARK}|eyJ{_PART}*+\.{_PART}*+\.(?:{SIGNATURE_MARK})?)")
USERINFO = re.compile(r"://[^\s/?#\"'<>\\]*@")
CUT_MARK = "…"
CUT = re.compile(rf"{CUT_MARK}|\Z")
ESCAPED = re.compile(r"[\0%\\&]")
"""What each of these escapes begins with."""
ESCAPES = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|([\"\\/]))")
ROUNDS = 4
"""How often an encoding inside another is looked through."""
LONGEST_REMEMBERED, MOST_REMEMBERED = 2000, 1000
"""Characters of a text, and texts, that are not looked through twice: headers and replies come again."""
ALL_GONE = "(the whole text, as it held this in several encodings)"


@dataclass(frozen=True)
class Secret:
    """A registered secret, the text that takes its place, and all forms that can be found literally."""

    text: str
    mark: str
    forms: tuple[str, ...]
    is_token: bool = False


STEP = SHORTEST - 2
"""At every so many places of a text three characters are read: some of the first of any secret in it."""
Starts = Mapping[tuple[str, str, str], tuple[str, ...]]
"""The beginnings of secrets and their forms, by any three characters in a row of theirs."""


@dataclass(frozen=True)
class Known:
    """The secrets registered so far, laid out as they are looked for: a text is searched for thousands."""

    texts: frozenset[str] = frozenset()
    sought: tuple[Secret, ...] = ()
    """Those that are also looked for behind escapes, and cut short."""
    forms: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """Each form with what takes its place, by how it begins."""
    heads: Mapping[str, tuple[Secret, ...]] = field(default_factory=dict)
    """Those sought, by how they begin; each is a form of its own, too."""
    starts: Starts = field(default_factory=dict)

    def with_one(self, secret: Secret) -> "Known":
        """These and one more, unless it is known; the mark first given to a secret stays."""
        if secret.text in self.texts:
            return self
        forms = dict(self.forms)
        for form in secret.forms:
            forms[_head(form)] = (*forms.get(_head(form), ()), (form, secret.mark))
        starts = _with_starts(self.starts, forms.keys() - self.forms.keys())
        more = replace(self, texts=self.texts | {secret.text}, forms=forms, starts=starts)
        if secret.is_token:
            return more
        head = _head(secret.text)
        heads = {**self.heads, head: (*self.heads.get(head, ()), secret)}
        return replace(more, sought=(*self.sought, secret), heads=heads)


@dataclass
class Remembered:
    """Texts that were looked through for the secrets known so far, with what became of them."""

    known: Known = field(default_factory=Known)
    clean: dict[str, str] = field(default_factory=dict)

    def keep(self, text: str, clean: str) -> None:
        """Keep a text that may come again."""
        if len(text) <= LONGEST_REMEMBERED:
            if len(self.clean) >= MOST_REMEMBERED:
                self.clean.clear()
            self.clean[text] = clean


class Redactor:
    """Knows the secrets of a run; safe for threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: Known = Known()
        self._spared: frozenset[str] = frozenset()
        self._remembered = Remembered()

    def register(self, secret: str, label: str) -> None:
        """Have a text replaced by `[redacted LABEL]`; of a token the claims stay and the signature goes.

        A text shorter than six characters is not registered, nor is a token without a signature, whose claims
        stand in the signed one too; the first label given to a secret stays.
        """
        if UNSIGNED.fullmatch(secret):
            return
        token = JWT.fullmatch(secret)
        if token:
            self._add(Secret(secret, f"[redacted {label}]", forms(secret)[1:], is_token=True))
            self._add_text(secret[token.end(1) :], SIGNATURE_GONE)
        else:
            self._add_text(secret, f"[redacted {label}]")

    def spare(self, text: str) -> None:
        """Have a text stay readable, though it is sent as a credential or begins one: it is no secret."""
        with self._lock:
            self._spared |= {text} - {""}
            self._remembered = Remembered(self._known)

    def register_presented(self, credential: str, keys: Mapping[str, str]) -> None:
        """Have a credential that the kit presents replaced by a mark that says how it was made of these keys.

        `keys` are by the variables that hold them. A token without a signature is no secret and stays.
        """
        token = JWT.fullmatch(credential)
        if UNSIGNED.fullmatch(credential) or credential in self._known.texts:
            return
        if token is None:
            self.register(credential, recipe(credential, keys) or "a credential")
            return
        signature = credential[token.end(1) :]
        env = signer(token[1].rstrip("."), signature, keys)
        issued = any(text.startswith(token[1]) for text in self._known.texts)
        if env:
            self._add_text(credential, f"{token[1]}[signature by {env} removed]")
        elif signature not in self._known.texts:
            of_it = any(text != signature and text.startswith(signature) for text in self._known.texts)
            kind = "cut" if of_it else "changed"
            self._add_text(credential, f"{token[1]}[{kind} signature removed]")
        elif issued:
            self._add_text(credential, f"{token[1]}[signature of another token removed]")
        self.register(credential, "a credential")

    def text(self, text: str) -> str:
        return self._cleaned([text])(text) if len(text) >= SHORTEST else text

    def exchange(self, exchange: Exchange) -> Exchange:
        """The exchange without secrets in its URL, headers, bodies and error."""
        scrub = self._cleaned(_texts(exchange))
        return replace(
            exchange,
            url=scrub(_url(exchange)),
            request_headers=_headers(exchange.request_headers, scrub, self._spared),
            request_body=_in_bytes(exchange.request_body, scrub),
            response_headers=_headers(exchange.response_headers, scrub),
            response_body=_in_bytes(exchange.response_body, scrub),
            error=scrub(exchange.error),
        )

    def _cleaned(self, texts: Iterable[str]) -> Scrub:
        """What takes the secrets out of each of these texts; those not seen before are searched together."""
        known, remembered = self._known, self._remembered
        if remembered.known is not known:
            self._remembered = remembered = Remembered(known)
        before = remembered.clean
        found = {text: before.get(text) for text in texts}
        unseen = [text for text, clean in found.items() if clean is None]
        scrub = self._scrub_for(known, "\n".join(unseen)) if unseen else str
        for text in unseen:
            found[text] = clean = scrub(text)
            remembered.keep(text, clean)
        return lambda text: found[text] or ""

    def _add_text(self, text: str, mark: str) -> None:
        if len(text) >= SHORTEST and text.lower() not in PUBLIC_WORDS and text not in self._spared:
            for spelling in (text, text.replace(" ", "+")):  # as HTML forms and queries write spaces
                self._add(Secret(spelling, mark, forms(spelling)))

    def _add(self, secret: Secret) -> None:
        with self._lock:
            self._known = self._known.with_one(secret)

    def _scrub_for(self, known: Known, whole: str) -> Scrub:
        """What takes the secrets out of any part of this text: only those in it are looked for."""
        begun = _begun(known.starts, whole)
        maybe = (pair for head in begun for pair in known.forms[head])
        plain = _replacer(pair for pair in maybe if pair[0] in whole)
        bare = plain(whole)
        begun = begun if bare == whole else _begun(known.starts, bare)
        hidden = _hidden(bare, known)
        heads = {head: known.heads[head] for head in begun if head in known.heads}
        cut_short = _shortener(heads, known.sought if CUT_MARK in bare else (), self._spared)

        def scrub(text: str) -> str:
            text = plain(text)
            for secret in hidden:
                text = _unhide(text, secret)
            return _userinfo(_signatures(cut_short(text)))

        return scrub


def _replacer(found: Iterable[tuple[str, str]]) -> Scrub:
    marks = dict(sorted(found, key=lambda pair: -len(pair[0])))
    if not marks:
        return lambda text: text
    pattern = re.compile("|".join(map(re.escape, marks)))
    return lambda text: pattern.sub(lambda match: marks[match[0]], text)


def _hidden(text: str, known: Known) -> list[Secret]:
    """The secrets that show only after undoing escapes."""
    below = list(layers(text))
    heads = _begun(known.starts, "\n".join(below)) if below else ()
    near = {secret for head in heads for secret in known.heads.get(head, ())}
    return [secret for secret in known.sought if secret in near and _is_in(secret, below)] if near else []


def _unhide(text: str, secret: Secret) -> str:
    if not _is_in(secret, layers(text)):
        return text
    text = re.sub(escaped_pattern(secret.text), lambda _: secret.mark, text)
    return f"{secret.mark} {ALL_GONE}" if _is_in(secret, layers(text)) else text


def _is_in(secret: Secret, texts: Iterable[str]) -> bool:
    return any(secret.text in text for text in texts)


def layers(text: str) -> Iterator[str]:
    """What shows when NUL, percent, JSON and HTML escapes are undone one after another, again and again."""
    if ESCAPED.search(text) is None:
        return
    for step in UNDOING * ROUNDS:
        bare = step(text)
        if bare != text:
            text = bare
            yield text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _without_nul(text: str) -> str:
    return text.replace("\0", "")


def _without_backslashes(text: str) -> str:
    return ESCAPES.sub(_unescaped, text) if "\\" in text else text


def _unescaped(match: re.Match[str]) -> str:
    return match[3] or chr(int(match[1] or match[2], 16))


UNDOING: tuple[Scrub, ...] = (_without_nul, unquote, _without_backslashes, html.unescape)


def _head(text: str) -> str:
    return text[:SHORTEST]


def _with_starts(starts: Starts, heads: Iterable[str]) -> Starts:
    more = dict(starts)
    for head in heads:
        for at in range(STEP):
            part = (head[at], head[at + 1], head[at + 2])
            more[part] = (*more.get(part, ()), head)
    return more


def _begun(starts: Starts, text: str) -> set[str]:
    """The beginnings that a text holds: of thousands, those of which it holds three characters."""
    near = starts.keys() & zip(text[::STEP], text[1::STEP], text[2::STEP], strict=False)
    return {head for part in near for head in starts[part] if head in text}


def _shortener(
    begun: Mapping[str, tuple[Secret, ...]], any_of: Iterable[Secret], spared: Collection[str]
) -> Scrub:
    """What takes out the part of a secret where a text was cut in the middle of it.

    The text may end with the beginning of one of those `begun`, which are by their heads; behind a mark of
    what was left out, it may begin with the rest of `any_of` them.
    """
    secrets = tuple(any_of)
    longest = max((len(one.text) for of_one_head in begun.values() for one in of_one_head), default=0)

    def shorten(text: str) -> str:
        parts, done = [], 0
        for end in (match.start() for match in CUT.finditer(text)) if begun else ():
            cut = _beginning_of_one(text, max(0, end - longest), end, begun, spared)
            if cut:
                at, mark = cut
                parts += [text[done:at], mark]
                done = end
        text = "".join((*parts, text[done:]))
        first, *rest = text.split(CUT_MARK)
        return CUT_MARK.join((first, *(_without_the_rest(piece, secrets) for piece in rest)))

    return shorten if begun or secrets else str


def _beginning_of_one(
    text: str, start: int, end: int, begun: Mapping[str, tuple[Secret, ...]], spared: Collection[str]
) -> tuple[int, str] | None:
    """Where the longest beginning of a secret lies from `start` up to `end`, and the secret's mark."""
    places = sorted((at, head) for head in begun for at in _places_of(head, text, start, end))
    for at, head in places:
        size = end - at
        for one in reversed(begun[head]):
            if (
                size < len(one.text)
                and one.text.startswith(text[at:end])
                and size > _spared_of(one.text, spared)
            ):
                return at, one.mark
    return None


def _places_of(head: str, text: str, start: int, end: int) -> Iterator[int]:
    at = text.find(head, start, end)
    while at >= 0:
        yield at
        at = text.find(head, at + 1, end)


def _spared_of(secret: str, spared: Collection[str]) -> int:
    """How much of the beginning of a secret is public."""
    return max((len(text) for text in spared if secret.startswith(text)), default=0)


def _without_the_rest(piece: str, secrets: Iterable[Secret]) -> str:
    """A text, of which the beginning was left out, without the rest of a secret that it begins with."""
    for secret in secrets:
        text, start = secret.text, piece[:SHORTEST]
        at = text.find(start) if len(start) == SHORTEST else -1
        while at >= 0:
            rest = text[at : at + len(piece)]
            if piece.startswith(rest):
                return secret.mark + piece[len(rest) :]
            at = text.find(start, at + 1)
    return piece


def _signatures(text: str) -> str:
    return JWT.sub(rf"\1{SIGNATURE_GONE}", text) if "eyJ" in text else text


def _userinfo(text: str) -> str:
    return USERINFO.sub(f"://{GONE}@", text) if "://" in text and "@" in text else text


def _headers(headers: Headers, scrub: Scrub, spared: Collection[str] = ()) -> Headers:
    return tuple((scrub(name), _header(name.lower(), value, scrub, spared)) for name, value in headers)


def _header(name: str, value: str, scrub: Scrub, spared: Collection[str]) -> str:
    if name in SECRET_HEADERS:
        return GONE
    return _authorization(scrub(value), spared) if name in AUTHORIZATION else scrub(value)


def _authorization(value: str, spared: Collection[str]) -> str:
    if KEPT_CREDENTIALS.fullmatch(value) or value.rpartition(" ")[2] in spared:
        return value
    scheme, space, _ = value.partition(" ")
    return f"{scheme} {GONE}" if space else GONE if value else ""


def _in_bytes(body: bytes, scrub: Scrub) -> bytes:
    text = body.decode("utf-8", "surrogateescape")
    clean = scrub(text)
    return body if clean == text else clean.encode("utf-8", "surrogateescape")


def _url(exchange: Exchange) -> str:
    return USERINFO.sub("://", exchange.url)


def _texts(exchange: Exchange) -> Iterable[str]:
    yield _url(exchange)
    yield exchange.error
    for name, value in exchange.request_headers + exchange.response_headers:
        yield name
        yield value
    yield exchange.request_body.decode("utf-8", "surrogateescape")
    yield exchange.response_body.decode("utf-8", "surrogateescape")
