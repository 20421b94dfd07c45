"""The two logs of a session: append, drain, subscribe."""

import json
import shutil
import subprocess
import threading
import time

import httpx
import pytest

from reference.trigger import TriggerReference, from_environment
from tests.support.trigger_server import KEY, Client, at, fresh

pytest_plugins = ["tests.support.trigger_fixtures"]
EVENTS = {"accept": "text/event-stream", "timeout-seconds": "1"}


def send(client: Client, method: str, address: str, rest: str, **content) -> httpx.Response:
    credential = {"authorization": client.authorization} if client.authorization else {}
    headers = credential | content.pop("headers", {})
    return client.http.request(
        method, f"/realtime/v1/sessions{at(address)}/{rest}", headers=headers, **content
    )


def append(client: Client, address: str, text: str, io: str = "in", **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return send(client, "POST", address, f"{io}/append", content=text.encode(), headers=named)


def drained(client: Client, address: str, io: str = "in", query: str = "") -> list:
    reply = send(client, "GET", address, f"{io}/records{query}")
    assert reply.status_code == 200, reply.text
    return [(one["seqNum"], one["data"]) for one in reply.json()["records"]]


def test_records_are_kept_as_sent_and_drained_by_number(main):
    made = main.made(externalId=fresh())
    texts = ["plain", '{"a": 1}', "", " \r\n\r data: x", "\ufeffmark\0", "😀"]
    replies = [append(main, made["id"], text) for text in texts]
    assert [one.json() for one in replies] == [{"ok": True, "seq": number} for number in range(6)]
    assert drained(main, made["externalId"]) == list(enumerate(texts))
    assert drained(main, made["id"], query="?afterEventId=3") == [(4, texts[4]), (5, texts[5])]
    assert drained(main, made["id"], io="out") == []


def test_a_part_is_added_once_in_each_log(main):
    made = main.made()
    first = append(main, made["id"], "a", X_Part_Id="p")
    assert append(main, made["id"], "a", X_Part_Id="p").json() == first.json()
    assert append(main, made["id"], "a", io="out", X_Part_Id="p").status_code == 200
    assert append(main, made["id"], "a").status_code == 200
    assert (len(drained(main, made["id"])), len(drained(main, made["id"], "out"))) == (2, 1)
    assert append(main, made["id"], "a", X_Part_Id="p" * 65).status_code == 400


def test_a_record_has_a_mebibyte_at_most(main):
    made = main.made()
    assert append(main, made["id"], "x" * (1 << 20)).status_code == 200
    assert append(main, made["id"], "x" * ((1 << 20) + 1)).status_code == 413
    assert send(main, "POST", made["id"], "in/append", content=b"\xff").status_code == 400


def test_a_page_is_bounded_and_shows_one_record_at_least(main):
    made = main.made()
    for _ in range(2):
        append(main, made["id"], "x" * 700_000)
    assert len(drained(main, made["id"])) == 1
    for _ in range(11):
        append(main, made["id"], "y")
    assert len(drained(main, made["id"], query="?afterEventId=0")) == 10


def test_ended_sessions_take_no_record_and_show_the_old_ones(main):
    made, soon = main.made(), time.time() + 0.6
    instant = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(soon)) + f".{int(soon % 1 * 1000):03}Z"
    short = main.made(expiresAt=instant)
    for one in (made, short):
        assert append(main, one["id"], "a").status_code == 200
    main.close(made["id"])
    time.sleep(0.7)
    for one in (made, short):
        assert append(main, one["id"], "b").status_code == 400
        assert drained(main, one["id"]) == [(0, "a")]


def test_tokens_append_to_in_and_read_both(main, other):
    made, stranger = main.made(externalId=fresh()), main.made()
    token = main.with_token(made["publicAccessToken"])
    assert append(token, made["id"], "a").status_code == 200
    assert append(token, made["id"], "a", io="out").status_code == 403
    assert append(main, made["id"], "b", io="out").status_code == 200
    assert (drained(token, made["externalId"]), drained(token, made["id"], "out")) == ([(0, "a")], [(0, "b")])
    for intruder in (main.with_token(stranger["publicAccessToken"]), Client(main.http, None)):
        assert append(intruder, made["id"], "c").status_code == 401
        assert send(intruder, "GET", made["id"], "in/records").status_code == 401
        assert send(intruder, "GET", made["id"], "in", headers=EVENTS).status_code == 401
    assert append(other, made["id"], "c").status_code == 404
    assert append(main, made["id"], "c", io="sideways").status_code == 404


def test_a_subscriber_gets_old_and_new_records_in_either_framing(serve):
    with serve() as client:
        made = client.made()
        append(client, made["id"], "a\nb")
        appending = threading.Timer(0.1, append, (client, made["id"], '{"c": 1}'), {"X_Part_Id": "p"})
        appending.start()
        began = time.monotonic()
        plain = send(client, "GET", made["id"], "in", headers=EVENTS)
        assert 1 < time.monotonic() - began < 2
        assert plain.headers["content-type"].startswith("text/event-stream")
        assert plain.text == (
            'id: 0\ndata: {"data":"a\\nb","id":0}\n\nid: 1\ndata: {"data":"{\\"c\\": 1}","id":1}\n\n'
        )

    class Batches(TriggerReference):
        FRAMING = "batches"

    with serve(Batches) as client:
        reply = send(client, "GET", made["id"], "in", headers=EVENTS | {"last-event-id": "0"})
    event, done, _ = reply.text.split("\n\n")
    [record] = json.loads(event.split("data: ")[1])["records"]
    assert (record["seq_num"], json.loads(record["body"])) == (1, {"data": '{"c": 1}', "id": "p"})
    assert (done, event.split("\n")[1]) == ("data: [DONE]", "event: batch")


def test_a_subscriber_says_what_it_takes(main):
    made = main.made()
    assert send(main, "GET", made["id"], "in", headers={"accept": "text/html"}).status_code == 406
    for seconds in ("0", "601", "soon"):
        headers = EVENTS | {"timeout-seconds": seconds}
        assert send(main, "GET", made["id"], "in", headers=headers).status_code == 400


def test_the_framing_is_a_setting(tmp_path):
    keys = {"TRIGGER_SECRET_KEY": KEY}
    server, _ = from_environment(tmp_path / "a", keys | {"TRIGGER_STREAM_FRAMING": "batches"})
    assert server.FRAMING == "batches"
    with pytest.raises(ValueError, match="TRIGGER_STREAM_FRAMING must be plain or batches"):
        from_environment(tmp_path / "b", keys | {"TRIGGER_STREAM_FRAMING": "lines"})


def test_curl_listens_as_the_page_shows_it(main):
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl is not installed")
    made = main.made()
    append(main, made["id"], "hello", io="out")
    url = f"{main.http.base_url}/realtime/v1/sessions/{made['id']}/out"
    headers = [f"Authorization: Bearer {KEY}", "Accept: text/event-stream", "Timeout-Seconds: 1"]
    command = [
        curl,
        "-N",
        "--silent",
        "--show-error",
        url,
        *(word for one in headers for word in ("-H", one)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stdout) == (0, 'id: 0\ndata: {"data":"hello","id":0}\n\n'), done.stderr
