"""Listening to streams of events: what is read of honest ones, and how hostile ones end."""

import socket
import time
import tracemalloc
from collections.abc import Callable

import pytest

from tck.errors import Indeterminate, NoReply
from tck.transport import event_stream
from tck.transport.event_stream import End
from tck.transport.messages import Call
from tests.support.loopback import Script, answer, bytes_of, close
from tests.support.transport_samples import client

SUBSCRIBE = Call(
    "subscribeChannel", "GET", "/x", "Bearer secret-key-1", headers={"Accept": "text/event-stream"}
)
APPEND = Call("appendRecord", "POST", "/x", "Bearer secret-key-1", "key", b"a record")
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
BLOCK = b"x" * 65536


def held(*parts: bytes, endless: bytes = b"") -> Callable[[socket.socket], bool]:
    """A stream of these parts that does not end; the last part comes again and again."""

    def act(connection: socket.socket) -> bool:
        connection.sendall(HEAD + b"".join(parts))
        while endless:
            connection.sendall(endless)
        return bool(connection.recv(1))

    return act


@pytest.fixture
def script():
    with Script() as script:
        yield script


@pytest.fixture
def made(script, tmp_path):
    client_, kept = client(script.url, tmp_path, lambda seconds: None, timeout=2.0)
    yield client_, kept
    client_.close()


@pytest.fixture
def listen(script, made):
    def listen(act, seconds: float = 2.0, enough=lambda event: False):
        script.will(act)
        return made[0].listen(SUBSCRIBE, "file::test", seconds, enough)

    return listen


def test_events_are_read_and_recorded(listen, made, script):
    body = b": hello\nid: 7\nevent: batch\ndata: a\ndata: b\n\nid: 8\n\ndata:c\r\rretry: 5\n\ndata: half"
    heard = listen(bytes_of(HEAD + body))
    assert [(one.event, one.id, one.data) for one in heard.events] == [
        ("batch", "7", "a\nb"),
        ("message", "8", "c"),
    ]
    assert (heard.end, heard.reply.status, heard.reply.body) == (End.CLOSED, 200, body)
    [exchange] = made[1]
    assert (exchange.check, exchange.response_body, exchange.error) == ("file::test", body, "")
    assert b"Accept: text/event-stream" in script.seen[0]
    assert "secret-key-1" not in str(exchange)


def test_it_hangs_up_once_there_is_enough(listen):
    heard = listen(held(b"data: 1\n\ndata: 2\n\n"), enough=lambda event: event.data == "1")
    assert ([one.data for one in heard.events], heard.end) == (["1"], End.ENOUGH)


def test_a_mark_at_the_beginning_is_no_part_of_a_field(listen):
    heard = listen(bytes_of(HEAD + b"\xef\xbb\xbfdata: 1\n\ndata: \xef\xbb\xbf2\n\n"))
    assert [one.data for one in heard.events] == ["1", "\ufeff2"]


def test_a_silent_stream_ends_with_the_time(listen, made):
    began = time.monotonic()
    heard = listen(held(b"data: 1\n\n"), seconds=0.2)
    assert (heard.end, len(heard.events), made[1][0].error) == (End.OVER, 1, "")
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("endless", [b": comment\n", b"data: x\n\n" * 100, b"\n" * 1000, b"id: 1\n\n"])
def test_a_flood_ends(listen, endless, monkeypatch):
    monkeypatch.setattr(event_stream, "MOST_BYTES", 200_000)
    heard = listen(held(endless=endless))
    assert heard.end is End.TOO_MUCH
    assert len(heard.events) <= event_stream.MOST_EVENTS


@pytest.mark.parametrize("parts", [b"data: ", b""])
def test_one_event_without_an_end_needs_no_more_memory_than_is_read(listen, parts):
    tracemalloc.start()
    try:
        heard = listen(held(parts, endless=BLOCK), seconds=5.0)
        assert tracemalloc.get_traced_memory()[1] < 8 * event_stream.MOST_BYTES
    finally:
        tracemalloc.stop()
    assert (heard.end, heard.events) == (End.TOO_MUCH, ())
    assert len(heard.reply.body) < event_stream.MOST_BYTES + 2 * len(BLOCK)


def test_a_connection_that_breaks_is_an_end_and_no_weather(listen, made):
    head = HEAD.replace(b"\r\n\r\n", b"\r\nContent-Length: 999\r\n\r\n")
    heard = listen(bytes_of(head + b"data: 1\n\ndata: ha"))
    assert (heard.end, [one.data for one in heard.events]) == (End.BROKEN, ["1"])
    assert made[1][0].error


def test_bytes_that_are_no_text_are_replaced_whatever_the_header_says(listen):
    head = HEAD.replace(b"stream\r\n", b"stream; charset=iso-8859-1\r\n")
    heard = listen(bytes_of(head + b"data: \xff\n\ndata: \xc3\xa4\n\n"))
    assert [one.data for one in heard.events] == ["\ufffd", "ä"]


@pytest.mark.parametrize("packed", ["gzip", "br"])
def test_a_packed_stream_is_none(listen, packed):
    head = HEAD.replace(b"\r\n\r\n", f"\r\nContent-Encoding: {packed}\r\n\r\n".encode())
    with pytest.raises(Indeterminate):
        listen(bytes_of(head + b"data: 1\n\n"))


def test_a_refusal_is_a_reply_without_events(listen):
    heard = listen(answer(404, {"error": "no"}))
    assert (heard.reply.status, heard.events, heard.reply.parsed) == (404, (), {"error": "no"})


def test_a_subscription_that_meets_429_is_sent_again(listen, script):
    script.will(answer(429, Retry_After="0"))
    heard = listen(bytes_of(HEAD + b"data: 1\n\n"))
    assert (heard.reply.retries, len(heard.events)) == (1, 1)


def test_a_connection_closed_without_a_reply_is_no_reply(listen, script):
    script.will(close(), close())
    with pytest.raises(NoReply):
        listen(close())


def test_hanging_up_sends_the_whole_request_and_reads_no_reply(made, script):
    sending, kept = made
    script.will(answer(200))
    assert sending.abandon(APPEND, "file::test") == "main-1"
    [exchange] = kept
    assert (exchange.status, exchange.error) == (None, "the kit hung up before the reply")
    deadline = time.monotonic() + 2
    while not script.seen and time.monotonic() < deadline:
        time.sleep(0.01)
    assert script.seen[0].endswith(b"a record")
