"""What the page is made of: marked differences, bodies by lines, bars, latency, calls at one time, packed data."""

import base64
import json
import zlib
from typing import Any

import pytest

from tck.reports.cause_view import failures_in
from tck.reports.html.differing import Piece, Sides, sides_of
from tck.reports.html.figures import bars, statuses
from tck.reports.html.issue_text import issue_texts
from tck.reports.html.outline import outlined
from tck.reports.html.packing import LEFT_OUT_TEXT, packed
from tck.reports.html.timeline import timeline
from tck.results.latency import latencies
from tests.support.report_samples import hostile, several
from tests.support.result_samples import exchange


def pieces(*texts: str) -> tuple[Piece, ...]:
    """Pieces, those in brackets the differing ones."""
    return tuple(Piece(text.strip("[]"), text.startswith("[")) for text in texts)


@pytest.mark.parametrize(
    ("expected", "seen", "rows"),
    [
        ("", "", ()),
        ("a 2xx", "500 oops", (Sides("", pieces("a 2xx"), pieces("500 oops")),)),
        ("the status: 200", "the status: 404", (Sides("the status", pieces("200"), pieces("404")),)),
        ("a.b: 1", "a.c: 1", (Sides("", pieces("a.", "[b]", ": 1"), pieces("a.", "[c]", ": 1")),)),
        (
            'a.b[0]: "x y 1"; c["d e"]: 2; and 4 more differences',
            'a.b[0]: "x y 2"; c["d e"]: absent; and 4 more differences',
            (
                Sides("a.b[0]", pieces('"x y ', "[1]", '"'), pieces('"x y ', "[2]", '"')),
                Sides('c["d e"]', pieces("2"), pieces("absent")),
                Sides("and 4 more differences", (), ()),
            ),
        ),
        ('a: "x; b: 1"', 'a: "x; b: 2"', (Sides("a", pieces('"x'), pieces('"x')), Sides("b", pieces('1"'), pieces('2"')))),
    ],
)  # fmt: skip
def test_both_sides_are_told_member_by_member(expected, seen, rows):
    assert sides_of(expected, seen) == rows


def test_whole_words_are_marked():
    [row] = sides_of('"2026-01-01T00:00:01.915Z" at once', '"2026-01-01T00:00:01.912Z" at once')
    assert row.seen == pieces('"2026-01-01T00:00:01.', "[912Z]", '" at once')


def marked(text: str, *members: str) -> list[str]:
    return [line.text.strip() for line in outlined(text, members) if line.differs]


def test_the_lines_of_a_differing_member_are_marked():
    text = '{"id":"a","tags":["x","y"],"in":{"side":{"b":1,"c":[{"d":2}]}},"odd name":3}'
    assert marked(text, "id") == ['"id": "a",']
    assert marked(text, "tags[1]") == ['"tags": ["x", "y"],']
    assert marked(text, "in.side.b", '["odd name"]') == ['"b": 1,', '"odd name": 3']
    assert marked(text, "in.side.c[0].d") == ['"d": 2']
    assert marked(text, "in.side.c") == ['"c": [', "{", '"d": 2', "}", "]"]
    assert marked(text, "side", "the status") == []


@pytest.mark.parametrize(
    "text", ['{"a":1, "a":2}', "no JSON", "[" * 99 + "]" * 99, '{"a":1.0}'.replace("1.0", "1e0"), "a\r\nb"]
)
def test_what_is_no_ordinary_json_stays_as_it_is(text):
    assert "\n".join(line.text for line in outlined(text, ["a"])) == text.replace("\r\n", "\n")


def test_a_body_obeys_nothing():
    assert [line.text for line in outlined('{"a":"\u202e"}', [])] == ["{", '  "a": "\\u202e"', "}"]
    assert [line.text for line in outlined("\x1b[1m\nx", [])] == ["\\x1b[1m", "x"]


def test_a_bar_shows_the_outcomes_of_an_operation_and_the_worst_comes_first():
    found = bars(several()[0]["requirements"])
    assert [(one.operation, one.words) for one in found] == [
        ("close", "1 failed, 1 not tested"),
        ("races", "1 failed"),
        ("open", "1 deviating, 1 passed"),
    ]
    assert [(one.start, one.width) for one in found[0].shares] == [(0, 50), (50, 50)]


def test_what_is_not_scored_is_a_part_of_its_own():
    found = several()[0]["requirements"]
    requirements: Any = [{**one, "added_after_release": one["level"] == "should"} for one in found]
    assert [one.words for one in bars(requirements)] == [
        "1 failed, 1 not scored (added after release)",
        "1 failed",
        "1 passed, 1 not scored (added after release)",
    ]


def test_latency_is_of_whole_replies_and_its_quantiles_were_seen():
    kept = [exchange(id=f"main-{n}", duration=n / 1000) for n in range(1, 101)]
    kept += [exchange(status=None, error="timed out", duration=9), exchange(operation="", duration=2)]
    kept += [exchange(response_headers=(("content-type", "text/event-stream; charset=utf-8"),), duration=8)]
    close, other = latencies(kept)
    assert (close.operation, close.number, close.quantiles) == ("closeRoom", 100, (50, 95, 99))
    assert (close.longest, close.slowest) == (100, "main-100")
    assert (other.operation, other.quantiles) == ("other requests", (2000, 2000, 2000))


def test_statuses_are_counted_by_operation():
    kept = [exchange(), exchange(status=404), exchange(operation="openRoom"), exchange(status=None)]
    columns, rows = statuses(kept)
    assert columns == ("200", "404", "no reply")
    assert [(one.operation, one.numbers) for one in rows] == [
        ("closeRoom", (1, 1, 1)),
        ("openRoom", (1, 0, 0)),
    ]


def at(name: str, begun: float, took: float) -> Any:
    return exchange(id=name, started_at=1_790_000_000 + begun / 1000, duration=took / 1000)


def test_the_calls_at_the_time_of_a_judged_one_are_drawn():
    calls = [
        at("a", 0, 10),
        at("b", 5, 10),
        at("c", 100, 50),
        at("d", 110, 20),
        at("e", 140, 60),
        at("f", 500, 1),
    ]
    drawn = timeline(calls, ["d"])
    assert [(one.id, one.start, one.width, one.judged) for one in drawn.calls] == [
        ("c", 0, 50, False), ("d", 10, 20, True), ("e", 40, 60, False),
    ]  # fmt: skip
    assert (drawn.length, drawn.calls[2].began, drawn.calls[2].ended) == (100, 40, 100)


def test_calls_one_after_another_are_not_drawn():
    assert timeline([at("a", 0.9, 1.05), at("b", 1.96, 1), at("c", 50, 1)], ["a"]) is None
    assert timeline([], []) is None
    assert timeline([at("a", 0, 10), at("b", 5, 10), at("c", 50, 10)], ["c"]) is None


def unpacked(text: str) -> Any:
    return json.loads(zlib.decompress(base64.b64decode(text)))


def test_each_text_is_packed_once_and_found_by_its_number():
    result, kept = several()
    held = unpacked(packed(result["requirements"], kept, {"a": "Markdown"}))
    texts = held["texts"]
    assert len(texts) == len(set(texts))
    assert texts[held["copies"]["a"]] == "Markdown"
    assert [*held["exchanges"]] == ["main-2", "main-3", "main-1", "main-4", "main-5", "main-6"]
    row = held["exchanges"]["main-3"]
    assert [texts[number] for number in (row[0], row[1], row[5])] == ["POST", "/rooms/r1/close", "200 OK"]
    assert (row[4], row[6], row[7]) == (200, 1250, 12.5)
    assert texts[row[13][0]] == '{"id":"r1","closed":{"reason":"was late","by":"ann"},"seats":[1,2]}'
    [passed] = held["findings"]["open.answers"]
    assert passed[1:4] == ["passed", "main-1 main-6", "main-6"]


def test_a_full_page_says_what_it_leaves_out():
    result, kept = hostile()
    held = unpacked(packed(result["requirements"], kept, {}, room=0))
    assert held["texts"] == [LEFT_OUT_TEXT]
    assert len(unpacked(packed(result["requirements"], kept, {}))["texts"]) > 20


def test_the_packed_data_of_random_bodies_is_bounded():
    kept = {
        name: exchange(id=name, response_body=base64.b85encode(zlib.compress(name.encode() * n)) * n)
        for n, name in enumerate((f"main-{n}" for n in range(1, 400)), 1)
    }
    assert len(packed(several()[0]["requirements"], kept, {}, room=10_000)) < 40_000


def test_an_issue_text_holds_the_judged_exchanges_and_lets_nothing_out_of_its_blocks():
    result, kept = several()
    texts = issue_texts(
        result, failures_in(result), kept, {"races.closes-agree": "reproduce/races.closes-agree.sh"}
    )
    assert "Exchange `main-4`, 30 ms:\n\n```\nPOST http://" in texts["cause-races.closes-agree"]
    assert "Reproduce: `sh reproduce/races.closes-agree.sh`" in texts["cause-races.closes-agree"]
    assert "Outcome: deviating in 1 of 1 check, in 1 request." in texts["open.answers-201"]
    assert "Outcome: not tested in 1 check." in texts["close.is-quiet"]
    fenced = {**kept, "main-4": exchange(id="main-4", response_body=b"```\n# out")}
    assert (
        "````\n200 OK\n" in issue_texts(result, failures_in(result), fenced, {})["cause-races.closes-agree"]
    )
