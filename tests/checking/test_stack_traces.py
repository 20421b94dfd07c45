"""Stack traces of many languages are seen in a body, and nothing else is taken for one."""

import json

import pytest

from tck.checking.stack_traces import stack_trace_in
from tests.support.fabricated import ROW, problem, reply

TRACES = {
    "python": 'Traceback (most recent call last):\n  File "/srv/app.py", line 12, in find\n    raise',
    "python frame": 'boom\n  File "app/views.py", line 3, in get',
    "node": "TypeError: x\n    at Object.find (/srv/index.js:12:34)\n    at run (node:internal/x:1:2)",
    "bun": "error: x\n      at /srv/src/app.ts:12:34",
    "deno": "Error: x\n    at file:///srv/main.ts:3:9",
    "java": "java.lang.IllegalStateException\n\tat com.example.App.run(App.java:12)",
    "java cause": "Caused by: java.sql.SQLException: no such table",
    "kotlin": "x\n\tat io.ktor.Routing$handle.invoke(Routing.kt:88)",
    "dotnet": "System.Exception: x\n   at App.Rooms.Get(String id) in /src/Rooms.cs:line 7",
    "dotnet without lines": "System.Exception: x\n   at App.Api.Rooms.Get(String id)\n   at App.Run()",
    "go": "panic: x\n\ngoroutine 1 [running]:\nmain.main()\n\t/srv/main.go:9 +0x1d",
    "ruby": "app.rb:12:in `find': no row (KeyError)",
    "ruby of today": "/srv/app.rb:12:in 'Store#find'",
    "rust": "thread 'main' panicked at src/main.rs:4:5:\nno row",
    "php": "PHP Fatal error\n#0 /srv/index.php(12): find()\n#1 {main}",
    "php warning": "Warning: x in /srv/index.php on line 12",
    "elixir": "** (KeyError) x\n    (app 0.1.0) lib/app/store.ex:12: App.Store.find/1",
    "perl": "no row at /srv/App.pm line 12.",
    "haskell": "boom\nCallStack (from HasCallStack):\n  error, called at",
    "dart": "#0      find (package:app/store.dart:12:3)",
}


@pytest.mark.parametrize("trace", TRACES.values(), ids=TRACES)
@pytest.mark.parametrize("how", ["as text", "in JSON", "as lines"])
def test_a_stack_trace_is_seen(trace, how):
    body = {
        "as text": trace,
        "in JSON": {"error": "x", "stack": trace},
        "as lines": {"stack": trace.split("\n")},
    }
    media_type = "text/plain" if how == "as text" else "application/json"
    assert "stack trace" in problem(
        "replies.hold-no-stack-trace", reply("updateSession", 404, body[how], media_type=media_type)
    )


@pytest.mark.parametrize(
    "text",
    [
        "Session not found",
        "Look at line 12 of the manual",
        "Invalid datetime at 2026-11-21T10:00:00.000Z",
        "expected string at metadata.at (line 1:12)",
        "meet me at 10:30:15\nat noon at 12:00:00",
        "\nat the end of chat.agent (see https://example.com/docs:8080:1)",
        "Error: tags[3] at index 4",
        "app.js and main.go and index.php are files",
        "thread 'main' is closed",
        "#0 and #1 (two of them)",
    ],
)
def test_other_texts_are_no_stack_traces(text):
    assert stack_trace_in(text) is None
    assert stack_trace_in(json.dumps({"error": text})) is None


def test_a_stack_trace_that_the_caller_sent_or_stored_is_not_the_server_s():
    stored = reply("retrieveSession", 200, {**ROW, "metadata": {"log": TRACES["node"]}})
    assert problem("replies.hold-no-stack-trace", stored) is None
    echoed = reply(
        "updateSession",
        422,
        {"error": "no tag Caused by: a.B.SomeException"},
        sent="Caused by: a.B.SomeException",
    )
    assert problem("replies.hold-no-stack-trace", echoed) is None
