"""The path of a finding: what concerns the sessions of the judged exchange, and what made these."""

import json

from tck.results.leading import Leading
from tests.support.result_samples import exchange

URL = "http://127.0.0.1:8000/rooms"
TAG = "tck-0123456789abcdef0123"


def _made(number, room, check="a check", name=""):
    body = json.dumps({"id": room, "name": name, "tags": [TAG]}).encode()
    return _sent(number, "", "POST", check, status=201, request_body=name.encode(), response_body=body)


def _sent(number, path, method="GET", check="a check", **values):
    given = {"status": 200, "request_body": b"", "response_body": b"", **values}
    return exchange(
        id=f"main-{number}", url=f"{URL}{path}", method=method, check=check, started_at=float(number), **given
    )


def _path(judged, *sent):
    ids = [one.id for one in sent if one.check == "a check"]
    return Leading({one.id: one for one in sent}).to(judged, ids)


def test_what_concerns_other_sessions_is_left_out():
    found = _path(
        ["main-5"],
        _made(1, "room_0123456789ab"),
        _made(2, "room_ba9876543210"),
        _sent(3, "/room_ba9876543210"),
        _sent(4, "/room_0123456789ab/close", "POST"),
        _sent(5, "/room_0123456789ab"),
    )
    assert found == ["main-1", "main-4", "main-5"]


def test_the_last_write_stays_whatever_it_concerns():
    found = _path(
        ["main-4"],
        _made(1, "room_0123456789ab"),
        _made(2, "room_ba9876543210"),
        _sent(3, "/room_ba9876543210", "PATCH"),
        _sent(4, "/room_0123456789ab"),
    )
    assert found == ["main-1", "main-2", "main-3", "main-4"]


def test_a_session_that_was_made_for_several_checks_comes_with_what_was_written_to_it():
    shared = "the shared rooms"
    found = _path(
        ["main-5"],
        _made(1, "room_0123456789ab", shared),
        _made(2, "room_ba9876543210", shared),
        _sent(3, "/room_0123456789ab/close", "POST", shared),
        _sent(4, "/room_0123456789ab", "PATCH", "another check"),
        _sent(5, "/room_0123456789ab"),
    )
    assert found == ["main-1", "main-3", "main-5"]


def test_an_address_is_known_by_its_name_encoded_and_in_part():
    name = f"{TAG}-main-1"
    made = _made(1, "room_fedcba98765432100fedcba9", name=name)
    for path in (f"/{name}", "/%72oom_fedcba98765432100fedcba9", "/ROOM_FEDCBA9876543210"):
        assert _path(["main-2"], made, _sent(2, path)) == ["main-1", "main-2"]


def test_what_went_on_at_the_same_time_stays():
    made, other = _made(1, "room_0123456789ab"), _made(2, "room_ba9876543210")
    beside = _sent(3, "/room_ba9876543210", duration=2.0)
    assert _path(["main-4"], made, other, beside, _sent(4, "/room_0123456789ab"))[-2:] == ["main-3", "main-4"]


def test_all_stay_when_it_is_not_known_what_a_request_is_about():
    assert _path(["main-2"], _sent(1, "/x"), _sent(2, "/y")) == ["main-1", "main-2"]


def test_all_stay_of_a_judged_one_of_which_nothing_is_known():
    assert _path(["main-9"], _made(1, "room_0123456789ab"), _sent(2, "/x")) == ["main-1", "main-2"]


def test_a_list_is_led_to_by_what_was_made_with_what_it_asks_for():
    tagged = json.dumps({"tags": [f"{TAG}-list"]}).encode()
    made = [
        _sent(number, "", "POST", "the kit", status=201, request_body=body, response_body=b"{}")
        for number, body in enumerate([tagged, b'{"tags":["another"]}', tagged], 1)
    ]
    found = _path(["main-4"], *made, _sent(4, f"?filter%5Btags%5D=other,{TAG}-list"))
    assert found == ["main-1", "main-3", "main-4"]


def test_a_read_on_a_condition_is_led_to_by_those_before_it():
    asked = (("If-None-Match", '"a"'),)
    sent = [
        _made(1, "room_0123456789ab", "the kit"),
        _sent(2, "/room_0123456789ab", check="another"),
        _sent(3, "/room_0123456789ab", check="another", request_headers=asked),
        _sent(4, "/room_ba9876543210", check="another", request_headers=asked),
        _sent(5, "/room_0123456789ab", request_headers=asked),
    ]
    leading = Leading({one.id: one for one in sent})
    assert [one.id for one in leading.read_on_condition(sent[4])] == ["main-3"]
    assert leading.read_on_condition(sent[1]) == []
