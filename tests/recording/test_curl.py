"""The curl line sends the same request again: tried for real, through a shell, on a server that notes it."""

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tck.recording.curl import curl_line, quoted
from tck.recording.exchange import Exchange
from tck.recording.redaction import Redactor
from tests.support.result_samples import KEY, exchange

SHELLS = [shell for shell in ("bash", "dash") if shutil.which(shell)]
needs_curl = pytest.mark.skipif(not (SHELLS and shutil.which("curl")), reason="curl or a shell is missing")


@dataclass
class Seen:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Diary(ThreadingHTTPServer):
    """Writes down every request."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Page)
        self.seen: list[Seen] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Page(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Diary

    def parse_request(self) -> bool:
        good = super().parse_request()
        if good:
            setattr(self, f"do_{self.command}", self.note)
        return good

    def note(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.seen.append(Seen(self.command, self.path, headers, self.body()))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def _serving() -> Iterator[Diary]:
    with Diary() as diary:
        thread = threading.Thread(target=diary.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield diary
        finally:
            diary.shutdown()
            thread.join(10)


@pytest.fixture(scope="module")
def diary() -> Iterator[Diary]:
    with _serving() as server:
        yield server


def _replay(diary: Diary, one: Exchange, shell: str = "bash", **variables: str) -> Seen:
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "NO_PROXY": "*", **variables}
    diary.seen.clear()
    done = subprocess.run(
        [shell, "-c", curl_line(one)], env=environment, capture_output=True, timeout=20, check=False
    )
    assert done.returncode == 0, done.stderr
    assert len(diary.seen) == 1
    return diary.seen[0]


@needs_curl
@pytest.mark.parametrize("shell", SHELLS)
def test_method_path_headers_and_body_arrive_as_they_were(diary: Diary, shell: str) -> None:
    headers = (
        ("Accept", "application/json"),
        ("Content-Type", "application/json"),
        ("X-Odd", 'it\'s "$HOME" `x` \\ !'),
    )
    body = b'{"reason":"it\'s $HOME `id` \\\\ \\n !!"}'
    path = "/rooms/a%20b%2Fc%25?q=[1]&r={2}"
    one = exchange(url=diary.url + path, request_headers=headers, request_body=body)
    seen = _replay(diary, one, shell)
    assert (seen.method, seen.path, seen.body) == ("POST", path, body)
    for name, value in headers:
        assert seen.headers[name.lower()] == value


@needs_curl
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(min_size=1, max_size=300)
    | st.text(st.characters(codec="utf-8"), min_size=1).map(str.encode)
)
def test_any_short_body_arrives_byte_for_byte(diary: Diary, body: bytes) -> None:
    assert _replay(diary, exchange(url=diary.url + "/rooms", request_body=body)).body == body


@needs_curl
@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    "body",
    [b"\x00\x01\x1b[31m\xff\\0101%s%%\n'", b"@/etc/passwd", b"-d", b"a\nb\tc", b" ", "a\u202eb".encode()],
)
def test_bodies_that_a_shell_or_curl_could_take_for_something_else(
    diary: Diary, shell: str, body: bytes
) -> None:
    assert _replay(diary, exchange(url=diary.url + "/rooms", request_body=body), shell).body == body


@needs_curl
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "POST"])
def test_without_a_body_none_is_sent(diary: Diary, method: str) -> None:
    one = exchange(method=method, url=diary.url + "/rooms/.", request_headers=(), request_body=b"")
    seen = _replay(diary, one)
    assert (seen.method, seen.path, seen.body) == (method, "/rooms/.", b"")
    assert "content-type" not in seen.headers


@needs_curl
def test_an_empty_body_that_was_announced_is_announced_again(diary: Diary) -> None:
    one = exchange(url=diary.url, request_headers=(("Content-Length", "0"),), request_body=b"")
    assert _replay(diary, one).headers["content-length"] == "0"


@needs_curl
def test_a_body_without_a_content_type_gets_none(diary: Diary) -> None:
    seen = _replay(diary, exchange(url=diary.url, request_headers=()))
    assert seen.body == b'{"reason":"done"}'
    assert "content-type" not in seen.headers


@needs_curl
def test_an_empty_header_is_sent_empty(diary: Diary) -> None:
    seen = _replay(diary, exchange(url=diary.url, request_headers=(("X-Empty", ""), ("Content-Type", "a/b"))))
    assert seen.headers["x-empty"] == ""


@needs_curl
def test_a_chunked_body_is_chunked_again(diary: Diary) -> None:
    headers = (("Transfer-Encoding", "chunked"), ("Content-Type", "application/json"))
    seen = _replay(diary, exchange(url=diary.url, request_headers=headers, request_body=b"x" * 1500))
    assert seen.headers["transfer-encoding"] == "chunked"
    assert "content-length" not in seen.headers
    assert seen.body == b"x" * 1500


@needs_curl
@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("form", ["Bearer {}", "{}", "Odd$cheme {}"])
def test_the_key_is_taken_from_the_environment(diary: Diary, shell: str, form: str) -> None:
    redactor = Redactor()
    redactor.register(KEY, "ROOMS_KEY")
    headers = (("Authorization", form.format(KEY)), ("Content-Type", "application/json"))
    body = f'{{"reason":"it\'s {KEY}s"}}'.encode()
    one = redactor.exchange(exchange(url=diary.url, request_headers=headers, request_body=body))
    assert KEY not in curl_line(one)
    seen = _replay(diary, one, shell, ROOMS_KEY=KEY)
    assert seen.headers["authorization"] == form.format(KEY)
    assert seen.body == body


def test_the_line_of_a_plain_case_reads_well() -> None:
    headers = (
        ("Host", "127.0.0.1:8000"), ("User-Agent", "sessions-tck"), ("Content-Length", "17"),
        ("Authorization", "Bearer [redacted ROOMS_KEY]"), ("Content-Type", "application/json"),
    )  # fmt: skip
    assert curl_line(exchange(request_headers=headers)) == (
        "curl -sS -i -X POST http://127.0.0.1:8000/rooms/r1/close"
        ' -H "Authorization: Bearer $ROOMS_KEY"'
        " -H 'Content-Type: application/json'"
        """ --data-raw '{"reason":"done"}'"""
    )


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Bearer [redacted a credential]", '"Bearer $CREDENTIAL"'),
        ("Bearer [redacted]", '"Bearer $CREDENTIAL"'),
        ("Bearer eyJh.eyJz.[signature removed]", '"Bearer $CREDENTIAL"'),
        ("a[redacted ROOMS_KEY]b", 'a"$ROOMS_KEY"b'),
        ("`a` [redacted ROOMS_KEY]", "'`a` '\"$ROOMS_KEY\""),
        ("nothing to hide", "'nothing to hide'"),
    ],
)
def test_what_was_taken_out_becomes_a_variable(text: str, word: str) -> None:
    assert quoted(text) == word


@pytest.mark.parametrize("body", [b"x" * 2001, b"\xff" * 2001, b"\x1b" * 2001])
def test_a_long_body_is_shown_cut_and_says_where_all_of_it_is(body: bytes) -> None:
    line = curl_line(exchange(id="gw1-3", request_body=body))
    assert line.endswith("# the body is cut: entry gw1-3 of exchanges.har has it")
    assert len(line) < 600
    assert line.isprintable()


@given(st.binary(max_size=2500), st.text())
def test_a_line_is_one_line_that_no_terminal_obeys(body: bytes, text: str) -> None:
    line = curl_line(replace(exchange(), request_body=body, response_body=text.encode("utf-8", "replace")))
    assert line.isprintable()


@pytest.mark.parametrize(("value", "told"), [("identity", False), ("gzip", True)])
def test_a_coding_that_was_accepted_is_asked_for_again(value: str, told: bool) -> None:
    line = curl_line(exchange(request_headers=(("Accept-Encoding", value),), request_body=b""))
    assert ("--compressed" in line) is told
    assert (f"-H 'Accept-Encoding: {value}'" in line) is told
