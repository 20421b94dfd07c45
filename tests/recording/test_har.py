"""exchanges.har: whole, in order, and readable again."""

import base64
import hashlib
import json
import random
import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tck.errors import KitError
from tck.recording.har import LONGEST_BODY, read_har, write_har
from tests.support.result_samples import exchange

TEXT = st.text(st.characters(codec="utf-8"))
# Members that the format demands of every entry, with their types.
ENTRY = {
    "startedDateTime": str,
    "time": (int, float),
    "request": dict,
    "response": dict,
    "cache": dict,
    "timings": dict,
}
REQUEST = {
    "method": str, "url": str, "httpVersion": str, "cookies": list, "headers": list, "queryString": list,
    "headersSize": int, "bodySize": int,
}  # fmt: skip
RESPONSE = {
    "status": int, "statusText": str, "httpVersion": str, "cookies": list, "headers": list, "content": dict,
    "redirectURL": str, "headersSize": int, "bodySize": int,
}  # fmt: skip


def _text(*exchanges: Any) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "exchanges.har")
        write_har(path, exchanges, "0.1.0")
        return path.read_text(encoding="utf-8")


def _archive(*exchanges: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(_text(*exchanges))
    return document


def _holds(value: dict[str, Any], members: dict[str, Any]) -> None:
    for name, kind in members.items():
        assert isinstance(value[name], kind), name


@given(st.binary(), st.binary(), st.none() | st.integers(100, 999), TEXT)
def test_an_archive_has_the_shape_of_har(request: bytes, reply: bytes, status: int | None, text: str) -> None:
    one = exchange(
        request_body=request, response_body=reply, status=status, url=f"http://h/a?q={text}", error=text,
        response_headers=(("X", text),),
    )  # fmt: skip
    log = _archive(one)["log"]
    assert log["version"] == "1.2"
    _holds(log, {"creator": dict, "browser": dict, "entries": list})
    _holds(log["creator"], {"name": str, "version": str})
    (entry,) = log["entries"]
    _holds(entry, ENTRY)
    _holds(entry["request"], REQUEST)
    _holds(entry["response"], RESPONSE)
    _holds(entry["response"]["content"], {"size": int, "mimeType": str})
    _holds(entry["timings"], {"send": (int, float), "wait": (int, float), "receive": (int, float)})
    assert datetime.fromisoformat(entry["startedDateTime"]).tzinfo is not None


def test_each_entry_names_its_exchange_check_operation_and_error() -> None:
    (entry,) = _archive(exchange(status=None, error="no connection"))["log"]["entries"]
    assert entry["_id"] == "main-1"
    assert entry["_check"] == "suites/rooms/test_close.py::test_terminal"
    assert entry["_operation"] == "closeRoom"
    assert entry["_error"] == "no connection"
    assert entry["response"]["status"] == 0


def test_entries_stand_in_the_order_in_which_they_began_however_they_came() -> None:
    exchanges = [exchange(id=f"main-{number}", started_at=1e9 + number // 2) for number in range(30)]
    shuffled = random.Random(1).sample(exchanges, len(exchanges))
    assert _text(*shuffled) == _text(*exchanges)
    ids = [entry["_id"] for entry in _archive(*shuffled)["log"]["entries"]]
    assert ids == [f"main-{number}" for number in range(30)]


def test_a_body_that_is_not_utf8_is_base64() -> None:
    (entry,) = _archive(exchange(response_body=b"\xff\x00"))["log"]["entries"]
    assert entry["response"]["content"]["encoding"] == "base64"
    assert base64.b64decode(entry["response"]["content"]["text"]) == b"\xff\x00"


@pytest.mark.parametrize("unit", [b"x", "é".encode(), b"\xff"])
def test_a_big_body_is_cut_and_says_so(unit: bytes) -> None:
    body = unit * (LONGEST_BODY + 1)
    (entry,) = _archive(exchange(response_body=body, request_body=body))["log"]["entries"]
    content = entry["response"]["content"]
    assert content["comment"] == f"cut: the first {LONGEST_BODY} of {len(body)} bytes"
    assert content["size"] == entry["response"]["bodySize"] == len(body)
    assert len(content["text"]) < LONGEST_BODY * 1.5


def test_a_body_of_just_the_limit_is_whole() -> None:
    (entry,) = _archive(exchange(response_body=b"x" * LONGEST_BODY))["log"]["entries"]
    assert len(entry["response"]["content"]["text"]) == LONGEST_BODY
    assert "comment" not in entry["response"]["content"]


def test_an_archive_without_exchanges_is_one_all_the_same() -> None:
    assert _archive()["log"]["entries"] == []


@given(st.binary(), st.binary(), st.none() | st.integers(100, 999), TEXT)
def test_an_archive_is_read_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, request: bytes, reply: bytes, status: int | None, text: str
) -> None:
    one = replace(
        exchange(), request_body=request, response_body=reply, status=status, error=text, check=text
    )
    path = tmp_path_factory.mktemp("har") / "exchanges.har"
    digest = write_har(path, [one], "0.1.0")
    assert digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert read_har(path, digest) == [one]


def test_an_archive_of_another_result_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "exchanges.har"
    write_har(path, [exchange()], "0.1.0")
    with pytest.raises(KitError, match="is not the one that belongs to the result: its digest differs"):
        read_har(path, "0" * 64)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"log": {"entries": [{}]}}', '{"log": {"entries": [3]}}', "[" * 10**5]
)
def test_what_is_no_archive_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "exchanges.har"
    path.write_text(text)
    with pytest.raises(KitError, match="is not a whole archive of this kit's exchanges"):
        read_har(path)
    with pytest.raises(KitError, match=r"cannot be read: No such file"):
        read_har(tmp_path / "none.har")
