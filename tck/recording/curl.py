"""An exchange as a line for a POSIX shell that sends the same request again."""

import re
import shlex
from collections.abc import Callable

from tck.recording.correlation import TRACEPARENT
from tck.recording.exchange import Exchange, header
from tck.recording.redaction import SIGNATURE_MARK
from tck.values.texts import printable

LONGEST_BODY = 2000
"""Bytes of a body that a line carries; a longer one is shown cut and cannot be replayed from the line."""
SHOWN = 200
LEFT_OUT = frozenset({"host", "content-length", "connection", "user-agent", TRACEPARENT})
"""What curl says for itself, and the trace of the first sending."""
ACCEPTED_CODING = "accept-encoding"
EXPECTS_CONTINUE = 1000
"""Bytes from which some versions of curl ask before they send a body."""
REDACTED = re.compile(
    r"\[redacted (?P<env>[A-Z][A-Z0-9_]*)\]|\[redacted(?: [^\]]*)?\]"
    rf"|eyJ[A-Za-z0-9_.-]*{SIGNATURE_MARK}"
)
SAFE = re.compile(r"[A-Za-z0-9 :=/._-]*")
FALLBACK = "CREDENTIAL"
"""The variable that stands for a redacted credential that is in no variable of the operator's."""


Word = Callable[[str], str]
"""Makes one word for the shell of a text."""


def curl_line(exchange: Exchange) -> str:
    """The line; secrets in it are variables of the shell."""
    body = exchange.request_body
    piped = not is_printable(body) and len(body) <= LONGEST_BODY
    parts = ["curl -sS", *_shown(exchange), *request_words(exchange)]
    if piped:
        parts += ["--data-binary @-"]
    elif len(body) > LONGEST_BODY:
        start = shlex.quote(printable(body[:SHOWN].decode("utf-8", "ignore"))[:SHOWN])
        parts += [f"--data-raw {start}  # the body is cut: entry {exchange.id} of exchanges.har has it"]
    elif body:
        parts += ["--data-raw", quoted(body.decode())]
    line = " ".join(parts)
    return f"printf '%b' {_escaped(body)} | {line}" if piped else line


def request_words(exchange: Exchange, word: Word | None = None) -> list[str]:
    """The method, address and headers for curl; `word` makes the words of what is not curl's own."""
    word = word or quoted
    method = [] if exchange.method == "HEAD" else ["-X", shlex.quote(exchange.method)]
    return [*method, *_url(exchange.url, word), *_headers(exchange, word)]


def quoted(text: str) -> str:
    """One word for the shell, with variables where credentials were taken out."""
    pieces: list[str] = []
    end = 0
    for match in REDACTED.finditer(text):
        pieces += [text[end : match.start()], f"${match['env'] or FALLBACK}"]
        end = match.end()
    pieces.append(text[end:])
    if len(pieces) == 1:
        return shlex.quote(text)
    if all(SAFE.fullmatch(piece) for piece in pieces[::2]) and not _runs_on(pieces):
        return f'"{"".join(pieces)}"'
    words = (f'"{piece}"' if index % 2 else shlex.quote(piece) for index, piece in enumerate(pieces) if piece)
    return "".join(words)


def _runs_on(pieces: list[str]) -> bool:
    return any(re.match(r"\w", piece) for piece in pieces[2::2])


def _shown(exchange: Exchange) -> list[str]:
    return ["-I" if exchange.method == "HEAD" else "-i"]


def _url(url: str, word: Word) -> list[str]:
    flags = {"-g": r"[\[\]{}]", "--path-as-is": r"/\."}
    return [*(flag for flag, needed in flags.items() if re.search(needed, url)), word(url)]


def _headers(exchange: Exchange, word: Word) -> list[str]:
    headers = exchange.request_headers
    chunked = header(headers, "transfer-encoding").lower() == "chunked"
    sent = [f"{name}: {value}" for name, value in headers if _kept(name, value)]
    if exchange.request_body and not header(headers, "content-type"):
        sent.append("Content-Type:")
    if not exchange.request_body and header(headers, "content-length") == "0":
        sent.append("Content-Length: 0")
    if len(exchange.request_body) >= EXPECTS_CONTINUE:
        sent.append("Expect:")
    words = [part for text in sent for part in ("-H", _header(text, word))]
    packed = any(text.lower().startswith(ACCEPTED_CODING) for text in sent)
    return [*(["--http1.1"] if chunked else []), *(["--compressed"] if packed else []), *words]


def _header(text: str, word: Word) -> str:
    """A header for curl, which takes one without a value, `Name:`, as one to leave out, and sends `Name;`."""
    name, _, value = text.partition(": ")
    return word(f"{name};") if text.endswith(": ") and not value else word(text)


def _kept(name: str, value: str) -> bool:
    """Whether curl must be told: it asks for no coding by itself, which is what `identity` says."""
    if name.lower() == ACCEPTED_CODING:
        return value.lower() != "identity"
    return name.lower() not in LEFT_OUT


def is_printable(body: bytes) -> bool:
    """Whether a body is text that an argument of a command shows as it is."""
    try:
        return body.decode().isprintable()
    except UnicodeDecodeError:
        return False


def _escaped(body: bytes) -> str:
    return quoted(escaped(body))


def escaped(body: bytes) -> str:
    """Bytes as `printf '%b'` takes them."""
    return "".join(chr(byte) if _is_plain(chr(byte)) else f"\\0{byte:03o}" for byte in body)


def _is_plain(character: str) -> bool:
    return character.isascii() and character.isprintable() and character != "\\"
