import json
from contextlib import ExitStack

import pytest

from tck.errors import Indeterminate, NoReply, Overloaded, Unreachable
from tck.transport.circuit_breaker import FAILURES_IN_A_ROW
from tck.transport.messages import Call
from tck.unjudged import NotTested
from tests.support.loopback import Script, answer, bytes_of, close, silence
from tests.support.transport_samples import client

GET = Call("retrieveSession", "GET", "/x")
POST = Call("createSession", "POST", "/x", "Bearer secret-key-1", "key", b'{"a":1}')


@pytest.fixture
def script():
    with Script() as script:
        yield script


@pytest.fixture
def waits():
    return []


@pytest.fixture
def made(script, tmp_path, waits):
    client_, kept = client(script.url, tmp_path, waits.append)
    yield client_, kept
    client_.close()


def test_a_reply_is_recorded_before_it_is_returned(script, made):
    sending, kept = made
    script.will(answer(201, {"id": "s"}))
    reply = sending.send(POST, "file::test")
    assert (reply.status, reply["id"] == "s", reply.retries) == (201, True, 0)
    [exchange] = kept
    assert (exchange.id, exchange.check, exchange.operation, exchange.status) == (
        "main-1",
        "file::test",
        "createSession",
        201,
    )
    assert exchange.request_body == b'{"a":1}'
    assert "secret-key-1" not in str(exchange)
    assert b"Authorization: Bearer secret-key-1" in script.seen[0]


def test_a_cookie_is_not_sent_back(script, made):
    sending, _ = made
    setting = answer(200, Set_Cookie="session=1; Path=/")
    script.will(setting, setting, answer(200))
    for _ in range(3):
        sending.send(GET, "c")
    assert [b"cookie" in seen.lower() for seen in script.seen] == [False, False, False]


def test_a_read_is_tried_again_and_each_attempt_is_recorded(script, made, waits):
    sending, kept = made
    script.will(close(), answer(502), answer(200))
    reply = sending.send(GET, "c")
    assert (reply.status, reply.retries, reply.doubtful) == (200, 2, False)
    assert [exchange.status for exchange in kept] == [None, 502, 200]
    assert [wait for wait in waits if wait] == [0.5, 1.0]


def test_a_write_is_sent_once(script, made):
    sending, kept = made
    script.will(close())
    with pytest.raises(Indeterminate) as weather:
        sending.send(POST, "c")
    assert weather.value.exchange == "main-1"
    assert len(kept) == 1
    assert not isinstance(weather.value, Unreachable)


def test_a_write_that_was_turned_away_is_sent_again_when_told(script, made, waits):
    sending, _ = made
    script.will(answer(429, Retry_After="7"), answer(201))
    reply = sending.send(POST, "c")
    assert (reply.status, reply.retries, reply.doubtful) == (201, 1, False)
    assert [wait for wait in waits if wait] == [7]


def test_a_write_repeated_after_503_is_doubtful(script, made):
    sending, _ = made
    script.will(answer(503, Retry_After="1"), answer(200))
    assert sending.send(POST, "c").doubtful
    script.will(answer(503, Retry_After="1"))
    with pytest.raises(Overloaded, match="answered 503"):
        sending.send(POST, "c", repeatable=False)


def test_a_write_was_turned_away_where_each_earlier_reply_says_when_to_come_again(script, made):
    sending, _ = made
    script.will(answer(503, Retry_After="1"), answer(429), answer(200))
    assert sending.send(POST, "c").turned_away
    script.will(answer(503, Retry_After="1"), answer(502), answer(200))
    assert not sending.send(POST, "c", idempotent=True).turned_away
    script.will(answer(200))
    assert not sending.send(POST, "c").turned_away


def test_a_write_that_may_have_arrived_before_is_not_called_unreachable(tmp_path):
    with ExitStack() as serving:
        gone = serving.enter_context(Script())
        gone.will(answer(503, Retry_After="1", Connection="close"))
        sending, _ = client(gone.url, tmp_path, lambda seconds: serving.close() if seconds else None)
        with pytest.raises(NoReply, match="no connection") as cut:
            sending.send(POST, "c")
        sending.close()
    assert not isinstance(cut.value, Unreachable)


def test_patience_has_an_end(script, made, waits):
    sending, _ = made
    script.will(answer(429, Retry_After="86400"))
    with pytest.raises(Indeterminate, match="answered 429"):
        sending.send(GET, "c")
    assert [wait for wait in waits if wait] == []


@pytest.mark.parametrize("status", [500, 501, 404, 302, 418])
def test_every_other_status_is_the_targets_answer(script, made, status):
    sending, _ = made
    script.will(answer(status, Location="http://127.0.0.1:1/elsewhere"))
    assert sending.send(GET, "c").status == status
    assert len(script.seen) == 1


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort", "peer closed connection"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nnogzi", "the packed body"),
        (b"SSH-2.0-OpenSSH_9\r\n", ""),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", ""),
    ],
    ids=["half a body", "no gzip", "no http", "no chunks"],
)
def test_what_is_no_whole_reply_says_nothing(script, made, sent, sentence):
    sending, kept = made
    script.will(bytes_of(sent))
    with pytest.raises(Indeterminate) as weather:
        sending.send(POST, "c")
    assert sentence in str(weather.value)
    assert kept[0].status is None
    assert kept[0].error


def test_a_body_without_an_end_is_cut_off(script, made, monkeypatch):
    monkeypatch.setattr("tck.transport.body_reader.BIGGEST_REPLY", 1000)
    sending, _ = made
    script.will(answer(200, {"a": "x" * 2000}))
    with pytest.raises(Indeterminate, match="longer than 1000 bytes"):
        sending.send(POST, "c")


def test_a_target_that_never_answers_ends_by_the_timeout(script, tmp_path):
    sending, _ = client(script.url, tmp_path, lambda _: None, timeout=0.05)
    script.will(silence())
    with pytest.raises(Indeterminate, match=r"no complete reply within 0\.05 seconds"):
        sending.send(POST, "c")
    sending.close()


def test_nobody_there_is_told_apart(tmp_path, waits):
    with Script() as gone:
        url = gone.url
    sending, kept = client(url, tmp_path, waits.append)
    with pytest.raises(Unreachable, match="no connection"):
        sending.send(POST, "c")
    assert kept[0].error.startswith("no connection")
    sending.close()


def test_a_target_that_is_gone_costs_no_more_requests_until_it_is_back(script, made):
    sending, kept = made
    script.will(*[close()] * FAILURES_IN_A_ROW)
    for _ in range(FAILURES_IN_A_ROW):
        with pytest.raises(Indeterminate):
            sending.send(POST, "c")
    for _ in range(50):
        with pytest.raises(Indeterminate, match="the target stopped answering: 5 requests in a row"):
            sending.send(POST, "c")
    assert len(kept) == FAILURES_IN_A_ROW
    sending.outage.look_now()
    script.will(answer(404), answer(201))
    assert sending.send(POST, "c").status == 201
    assert [exchange.check for exchange in kept[FAILURES_IN_A_ROW:]] == [
        "a look whether the target is back",
        "c",
    ]


def test_overload_that_does_not_end_counts_as_gone_too(script, made):
    sending, _ = made
    script.will(*[answer(502)] * FAILURES_IN_A_ROW)
    for _ in range(FAILURES_IN_A_ROW):
        with pytest.raises(Indeterminate):
            sending.send(POST, "c")
    assert sending.outage.holds


def test_a_spent_budget_sends_nothing(script, tmp_path):
    sending, kept = client(script.url, tmp_path, lambda _: None, max_requests=1)
    script.will(answer(200))
    sending.send(GET, "c")
    with pytest.raises(NotTested):
        sending.send(GET, "c")
    assert len(kept) == 1
    sending.close()


def test_a_token_of_any_kind_is_known_before_its_reply_is_kept(script, made):
    sending, kept = made
    script.will(
        answer(201, {"id": "s", "publicAccessToken": "opaque-0123456789"}),
        answer(200, {"echo": "opaque-0123456789"}),
    )
    sending.send(POST, "c")
    sending.send(GET, "c")
    assert "opaque-0123456789" not in str(kept)


def test_a_body_can_be_sent_without_its_length(script, made):
    sending, _ = made
    script.will(answer(200))
    sending.send(Call("", "POST", "/x", body=json.dumps({"a": 1}).encode(), chunked=True), "c")
    assert b"Transfer-Encoding: chunked" in script.seen[0]
    assert b"Content-Length" not in script.seen[0]


def test_nothing_is_sent_that_was_not_asked_for(script, made):
    sending, _ = made
    script.will(answer(200))
    sending.send(GET, "c")
    names = {line.split(b":")[0].lower() for line in script.seen[0].split(b"\r\n")[1:] if b":" in line}
    assert names == {b"host", b"connection", b"user-agent", b"accept", b"accept-encoding", b"traceparent"}
