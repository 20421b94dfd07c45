"""One request to a target that misbehaves: it ends in time, costs little memory, and says in a sentence why."""

import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tck.errors import Indeterminate
from tck.recording.exchange import Spool, read_spool
from tck.recording.redaction import Redactor
from tck.transport.client import Client
from tck.transport.limits import Budget, Counter
from tck.transport.messages import Call, Reply
from tck.transport.rate_limiter import Pacer
from tck.values.row import RowShape
from tests.support.rogue import Rogue, packed_bomb

TIMEOUT = 2
MOST_MEMORY = 64 * 1024 * 1024
NO_REPLY = {
    "never-answers": r"no complete reply within 2 seconds",
    "drips-headers": r"no complete reply within 2 seconds",
    "drips-a-body": r"no complete reply within 2 seconds",
    "endless": "the reply's body is longer than 1048576 bytes",
    "a-gigabyte": "the reply's body is longer than 1048576 bytes",
    "gzip-bomb": "the reply's body is longer than 1048576 bytes",
    "half-then-reset": "reset|closed",
    "too-short": "peer closed connection without sending complete message body",
    "many-headers": "headers",
}
POST = Call("createSession", "POST", "/x", "Bearer a-secret-key", "key", b'{"tags": ["a"]}')


@pytest.fixture(scope="module")
def rogue() -> Iterator[Rogue]:
    packed_bomb()  # which is the server's own cost
    with Rogue() as rogue:
        yield rogue


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return tmp_path / "exchanges.jsonl"


def sent(url: str, spool: Path, call: Call = POST) -> Reply:
    folder = spool.parent
    client = Client(
        base_url=url, timeout=TIMEOUT, shape=RowShape({}), redactor=Redactor(), recorder=Spool(spool),
        budget=Budget(Counter(folder / "requests"), Counter(folder / "sessions")), pacer=Pacer(None),
    )  # fmt: skip
    try:
        return client.send(call, "c")
    finally:
        client.close()


@pytest.fixture
def bounded() -> Iterator[None]:
    """Around a test: no more than a second beyond the timeout, and no more than 64 MB."""
    tracemalloc.start()
    started = time.monotonic()
    try:
        yield
        took = time.monotonic() - started
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert took < TIMEOUT + 1
    assert peak < MOST_MEMORY


@pytest.mark.parametrize("name", NO_REPLY)
@pytest.mark.usefixtures("bounded")
def test_what_is_no_whole_reply_is_indeterminate_in_time(rogue: Rogue, spool: Path, name: str):
    with pytest.raises(Indeterminate, match=NO_REPLY[name]):
        sent(rogue.at(name), spool)
    [exchange] = read_spool(spool)
    assert exchange.status is None
    assert exchange.error


@pytest.mark.usefixtures("bounded")
def test_a_read_that_timed_out_is_not_tried_again(rogue: Rogue, spool: Path):
    with pytest.raises(Indeterminate, match="no complete reply"):
        sent(rogue.at("never-answers"), spool, Call("", "GET", "/x"))


@pytest.mark.usefixtures("bounded")
def test_http_1_0_is_as_good_as_any(rogue: Rogue, spool: Path):
    assert sent(rogue.at("http-1.0"), spool)["tags"] == ["a"]
    [exchange] = read_spool(spool)
    assert exchange.http_version == "HTTP/1.0"


@pytest.mark.parametrize("name", ["deep", "long-numbers"])
@pytest.mark.usefixtures("bounded")
def test_json_that_parsers_give_up_on_is_read_all_the_same(rogue: Rogue, spool: Path, name: str):
    reply = sent(rogue.at(name), spool)
    assert reply["tags"] == ["a"]
    assert not reply["further"].is_null
    assert repr(reply["further"])


@pytest.mark.parametrize("name", ["invalid-utf-8", "cut-by-length"])
@pytest.mark.usefixtures("bounded")
def test_a_body_that_is_no_json_is_the_targets_answer(rogue: Rogue, spool: Path, name: str):
    reply = sent(rogue.at(name), spool)
    assert (reply.status, reply.is_object) == (201, False)
    with pytest.raises(AssertionError, match="the body is not a JSON object"):
        _ = reply.row


@pytest.mark.parametrize("name", ["elsewhere-later", "loop-later"])
@pytest.mark.usefixtures("bounded")
def test_no_redirect_is_followed_and_no_key_goes_elsewhere(rogue: Rogue, spool: Path, name: str):
    for status in (404, 404, 404, 307):
        assert sent(rogue.at(name), spool).status == status
    assert rogue.seen[name] == 4
    assert rogue.seen["elsewhere"] == 0
