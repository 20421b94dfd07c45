"""Each request carries a trace of its own, unless the operator wants none."""

import re

import pytest

from tck.recording.redaction import Redactor
from tck.transport.messages import Call
from tck.transport.trace_context import new_traceparent
from tests.support.loopback import Script, answer
from tests.support.transport_samples import client

GET = Call("retrieveSession", "GET", "/x")
VALID = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-01")
SENT = re.compile(rb"\r\ntraceparent: (\S+)\r\n", re.IGNORECASE)


def sent_by(script: Script) -> list[str]:
    return [match[1].decode() for seen in script.seen for match in [SENT.search(seen)] if match]


def test_a_traceparent_is_that_of_the_recommendation():
    assert VALID.fullmatch(new_traceparent())
    assert len({new_traceparent() for _ in range(50)}) == 50


def test_every_attempt_carries_another_one_which_is_kept_beside_the_exchange(tmp_path):
    with Script() as script:
        sending, kept = client(script.url, tmp_path, lambda _: None)
        script.will(answer(503), answer(200, X_Request_Id="r-1", CF_Ray="c-1", Traceparent="t-1", Server="s"))
        sending.send(GET, "c")
        sending.close()
    assert len(set(sent_by(script))) == 2
    assert [one.correlation[0][1] for one in kept] == sent_by(script)
    assert list(kept[1].correlation[1:]) == [
        ("x-request-id", "r-1"),
        ("cf-ray", "c-1"),
        ("traceparent", "t-1"),
    ]


@pytest.mark.parametrize(
    ("call", "sent"), [(GET, []), (Call("", "GET", "/x", headers={"traceparent": "own"}), ["own"])]
)
def test_without_traces_only_what_a_check_asks_for_is_sent(call, sent, tmp_path):
    with Script() as script:
        sending, kept = client(script.url, tmp_path, lambda _: None, traced=False)
        script.will(answer(200))
        sending.send(call, "c")
        sending.close()
    assert sent_by(script) == sent
    assert [value for _, value in kept[0].correlation] == sent


def test_a_trace_is_no_secret(tmp_path):
    trace = new_traceparent()
    assert Redactor().text(f"traceparent: {trace}") == f"traceparent: {trace}"
