"""The file in which exchanges are kept while a run lasts."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tck.recording.exchange import Exchange, Headers, Spool, header, read_spool, read_spools
from tests.support.result_samples import exchange

TEXT = st.text(st.characters(codec="utf-8"))
HEADERS = st.lists(st.tuples(TEXT, TEXT)).map(tuple)


@given(HEADERS, st.binary(), st.none() | st.integers(100, 599), HEADERS, st.binary() | TEXT.map(str.encode))
def test_an_exchange_comes_back_as_it_was(
    sent: Headers, request: bytes, status: int | None, received: Headers, reply: bytes
) -> None:
    one = replace(
        exchange(), request_headers=sent, request_body=request, status=status, response_headers=received,
        response_body=reply,
    )  # fmt: skip
    assert Exchange.from_json(one.to_json()) == one


def test_a_line_cut_short_by_a_crash_is_passed_over_at_any_length(tmp_path: Path) -> None:
    path = tmp_path / "exchanges-main.jsonl"
    spool = Spool(path)
    spool.append(exchange(id="main-1"))
    whole = len(path.read_bytes())
    spool.append(exchange(id="main-2"))
    written = path.read_bytes()
    for length in range(whole, len(written) - 1):
        path.write_bytes(written[:length])
        assert [one.id for one in read_spool(path)] == ["main-1"]


def test_exchanges_of_all_workers_come_in_the_order_in_which_they_began(tmp_path: Path) -> None:
    first, second = Spool(tmp_path / "exchanges-gw0.jsonl"), Spool(tmp_path / "exchanges-gw1.jsonl")
    second.append(exchange(id="gw1-1", started_at=2.0))
    second.append(exchange(id="gw1-10", started_at=4.0))
    second.append(exchange(id="gw1-9", started_at=4.0))
    first.append(exchange(id="gw0-2", started_at=3.0))
    first.append(exchange(id="gw0-1", started_at=1.0))
    assert [one.id for one in read_spools(tmp_path)] == ["gw0-1", "gw1-1", "gw0-2", "gw1-9", "gw1-10"]


def test_an_empty_folder_holds_no_exchanges(tmp_path: Path) -> None:
    assert read_spools(tmp_path) == []


def test_threads_do_not_cut_into_one_another(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "exchanges-main.jsonl")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: spool.append(exchange(id=f"main-{number}")), range(200)))
    assert {one.id for one in read_spools(tmp_path)} == {f"main-{number}" for number in range(200)}


def test_a_header_is_found_in_any_case() -> None:
    headers = (("Content-Type", "a"), ("content-type", "b"))
    assert header(headers, "CONTENT-TYPE") == "a"
    assert header(headers, "Accept") == ""


def test_what_there_is_no_room_for_is_cut_to_an_ordinary_size(tmp_path: Path) -> None:
    path = tmp_path / "exchanges-main.jsonl"
    spool = Spool(path, _room=30_000)
    headers = tuple((f"x-{number}", "y") for number in range(100))
    for body in ("語" * 10_000, "語" * 10_000, "small"):
        spool.append(replace(exchange(), response_body=body.encode(), response_headers=headers[:7]))
    spool.append(replace(exchange(), response_headers=headers * 10))
    whole, cut, small, many = read_spool(path)
    assert (whole.response_body, whole.left_out) == (("語" * 10_000).encode(), 0)
    assert cut.response_body.decode() == "語" * 2730
    assert cut.left_out == 30_000 - 3 * 2730
    assert (small.response_body, small.left_out) == (b"small", 0)
    assert many.response_headers[-1] == ("(cut)", "960 more headers")
    assert len(many.response_headers) == 41
