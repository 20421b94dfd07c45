"""The monitors of Trigger's groups report nothing for a good reply, and a failure for a bad one."""

import json
from dataclasses import replace

import pytest

from suites.trigger.support.replies.group_replies import CHANNELS, LIST, GroupMonitor
from tests.support.fabricated import KEY, OTHER, ROW, TOKEN, reply

KEYS = {"key": KEY, "other": OTHER}
TRACE = "Traceback (most recent call last): KeyError"
LOG = "/realtime/v1/sessions/session_1"
LISTED_ROW = {name: ROW[name] for name in ROW if name != "triggerConfig"}


def append(status=200, body=None, **how):
    return reply("appendRecord", status, body or {"ok": True}, path=f"{LOG}/in/append", **how)


def drain(io, text, **how):
    page = {"records": [{"data": text, "id": "a", "seqNum": 1}]}
    return reply("drainChannel", 200, page, path=f"{LOG}/{io}/records?afterEventId=0", **how)


def stream(io, text, **how):
    body = f"id: 1\ndata: {json.dumps({'data': text, 'id': 1})}\n\n"
    return reply("subscribeChannel", 200, body, media_type="text/event-stream", path=f"{LOG}/{io}", **how)


def listed(**members):
    return reply("listSessions", 200, {"data": [{**LISTED_ROW, **members}], "pagination": {}})


def broken(group, seen):
    return {name for name, problem in GroupMonitor(group, KEYS).judged(seen) if problem}


@pytest.mark.parametrize(
    "good",
    [
        append(), append(404, {"error": "no"}), append(401, f"no key {KEY}x", media_type="text/plain", key=f"{KEY}x"),
        *(read(io, text) for read in (drain, stream) for io, text in (("in", "words"), ("out", TOKEN), ("out", TRACE))),
    ],
)  # fmt: skip
def test_a_good_reply_of_the_channels_breaks_nothing(good):
    assert broken(CHANNELS, good) == set()


@pytest.mark.parametrize(
    "bad",
    [
        append(body={"ok": True, "token": TOKEN}), append(400, {"error": f"{KEY} may not"}),
        replace(append(), headers=(("x-debug", KEY),)),
        *(read(io, text) for read in (drain, stream) for io, text in (("in", TOKEN), ("in", OTHER), ("out", KEY))),
        stream("out", f"asked with {TOKEN}", key=TOKEN), drain("out", f"asked with {TOKEN}", key=TOKEN),
    ],
)  # fmt: skip
def test_a_secret_in_a_reply_of_the_channels_is_seen(bad):
    assert broken(CHANNELS, bad) == {"channels.no-secret-in-replies"}


@pytest.mark.parametrize(
    "bad",
    [
        append(400, {"error": TRACE}),
        drain("in", TRACE),
        stream("in", TRACE),
        append(404, {"stack": f"\n{TRACE}"}),
    ],
)
def test_a_stack_trace_in_a_reply_of_the_channels_is_seen(bad):
    assert broken(CHANNELS, bad) == {"channels.hold-no-stack-trace"}


def test_a_server_error_of_the_channels_is_seen():
    assert broken(CHANNELS, append(500, {"error": "oops"})) == {"channels.no-server-error"}
    nul = replace(append(500, {"error": "oops"}), call=replace(append().call, body=b"a \0 inside"))
    assert broken(CHANNELS, nul) == set()


def test_what_rows_of_lists_store_is_no_leak():
    assert broken(LIST, listed()) == set()
    assert broken(LIST, listed(metadata={"token": TOKEN, "log": TRACE}, tags=[TOKEN])) == set()


def test_what_lists_leak_beside_it_is_seen():
    assert broken(LIST, listed(token=TOKEN)) == {"list.no-secret-in-replies"}
    assert broken(LIST, listed(metadata={"key": KEY})) == {"list.no-secret-in-replies"}
    assert broken(LIST, listed(trace=TRACE)) == {"list.hold-no-stack-trace"}
    refused = reply("listSessions", 400, {"error": TRACE, "key": KEY})
    assert broken(LIST, refused) == {"list.no-secret-in-replies", "list.hold-no-stack-trace"}
