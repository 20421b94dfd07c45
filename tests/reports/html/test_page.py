"""index.html as text: everything is there, nothing from a target is markup, and it fits on a page."""

import re
from html.parser import HTMLParser

import pytest

from tck.recording.har import LONGEST_BODY
from tck.reports.exchange_view import Room, line
from tck.reports.html.page import page
from tck.reports.html.rendering import link
from tck.results.outcomes import settle
from tck.results.result_file import build_result
from tck.vocabulary import Outcome
from tests.support.report_samples import ATTACK, conformant, crowded, hostile
from tests.support.result_samples import exchange, facts, finding, requirement

OURS = {
    "a", "body", "br", "button", "code", "dd", "details", "dialog", "div", "dl", "dt", "figcaption", "figure", "footer", "form", "h1", "h2",
    "h3", "head", "header", "html", "input", "label", "li", "link", "main", "mark", "meta", "nav", "ol", "option", "output",
    "p", "pre", "rect", "script", "section", "select", "span", "strong", "style", "summary", "svg", "table", "tbody", "td",
    "th", "thead", "title", "tr", "ul",
}  # fmt: skip


class Tags(HTMLParser):
    """Notes the elements, the links and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def shown() -> Tags:
    return Tags("".join(page(*hostile())))


def test_nothing_that_a_target_says_is_markup(shown):
    assert set(shown.tags) <= OURS
    assert shown.tags.count("style") == 1
    assert shown.tags.count("script") == 2
    assert [value for name, value in shown.attributes if name == "type" and "/" in value] == [
        "application/octet-stream"
    ]
    assert not [name for name, _ in shown.attributes if name.startswith("on") or name == "style"]
    assert all(re.match(r"https://|#|data:,$", value) for name, value in shown.attributes if name == "href")
    assert shown.text.count("window.hacked = 1") > 20


def test_a_failure_tells_all_that_is_needed_to_look_into_it(shown):
    parts = (
        "NOT CONFORMANT: 1 MUST requirement failed.", "A closed room stays closed.", "Expected", "Seen", ATTACK,
        "1 cause", "failed in 1 of 1 check, in 1 request", "judged", "Body, 102 bytes", "curl -sS -i -X POST",
        "pytest --requirement=close.is-terminal --base-url=https://rooms.example.com", "1 passed", "1 deviating",
        "Deviations", "What was not tested, and why", "T-1; until 2026-10-01, 10 days left", "SHOULD: 1 deviating.", "rooms, revision 2027-01",
        "sessions-tck 0.1.0", "2026-09-21 14:13:20 UTC, for 12.3 s", "without second-environment",
    )  # fmt: skip
    assert [part for part in parts if part not in shown.text] == []


def test_without_the_exchanges_the_page_says_so_and_is_otherwise_whole():
    result, kept = hostile()
    bare = Tags("".join(page(result, None)))
    assert "exchanges.har is missing" in bare.text
    assert "The judged exchange is entry main-1 of exchanges.har." in bare.text
    assert "Latency by operation" not in bare.text
    assert "curl -sS" in bare.text
    assert "exchanges.har is missing" not in Tags("".join(page(result, kept))).text


def test_a_conformant_result_needs_no_part_about_failures():
    text = Tags("".join(page(*conformant()))).text
    assert "CONFORMANT: 1 MUST requirement held." in text
    assert not [
        part
        for part in ("cause,", "Deviations", "not tested", "Waived", "Allowed differences")
        if part in text
    ]


def test_a_long_story_shows_the_last_exchanges_and_repetitions_once():
    names = tuple(f"main-{n}" for n in range(30))
    kept = {name: exchange(id=name, url=f"http://h/rooms/{name}") for name in names}
    kept |= {f"main-{n}": exchange(id=f"main-{n}", started_at=1_790_000_000 + n / 10) for n in range(26, 29)}
    found = finding(Outcome.FAILED, reason="no.", exchanges=names, judged=(names[-1],))
    text = Tags("".join(page(build_result(facts(settle(requirement(), [found]), exchanges=kept)), kept))).text
    assert "20 exchanges before are left out here." in text
    assert "3 times in 0.2 s" in text


def test_what_is_shown_of_many_ways_is_bounded():
    kept = {f"main-{n}": exchange(id=f"main-{n}", status=400 + n) for n in range(25)}
    found = [finding(Outcome.FAILED, reason=f"no {n}.", exchanges=(f"main-{n}",)) for n in range(25)]
    text = Tags("".join(page(build_result(facts(settle(requirement(), found), exchanges=kept)), kept))).text
    assert "It fails in 24 further ways" in text
    assert "And 17 more, which result.json has." in text


def test_a_cause_links_to_the_script_that_reproduces_it():
    text = "".join(page(*hostile(), {"close.is-terminal": "reproduce/close.is-terminal.sh"}))
    assert (
        '<a href="reproduce/close.is-terminal.sh"><code>sh reproduce/close.is-terminal.sh</code></a>' in text
    )
    assert "Reproduce" not in "".join(page(*hostile()))


def test_the_page_of_a_target_that_breaks_everything_stays_small():
    assert sum(map(len, page(*crowded()))) < 3_000_000


@pytest.mark.parametrize(
    ("body", "text", "size", "note"),
    [
        (b'{"a":[1]}', '{\n  "a": [\n    1\n  ]\n}', "9 bytes", ""),
        (b'{"a":1.0, "a":2}', '{"a":1.0, "a":2}', "16 bytes", ""),
        (b"[" * 9999, "[" * 9999, "9,999 bytes", ""),
        (b"\x1b[31m\r\nred\x00", "\\x1b[31m\nred\\x00", "11 bytes", ""),
        ("a\u202eb".encode(), "a\\u202eb", "5 bytes", ""),
        (b"x", "x", "1 byte", ""),
        (b"\xff<b>", f"{'ff 3c 62 3e':47}  .<b>", "4 bytes", "not UTF-8"),
        (b"x" * 20_000, "x" * 16_384, "20,000 bytes", "the first 16,384 bytes; exchanges.har has more"),
        (b"x" * LONGEST_BODY, "x" * 16_384, "262,144 bytes or more", "the first 16,384 bytes; exchanges.har has more"),
    ],
)  # fmt: skip
def test_a_body_is_shown_as_text_that_obeys_nothing(body, text, size, note):
    told = Room().body(body)
    assert (told.text, told.size, told.note) == (text, size, note)


def test_a_full_page_leaves_further_bodies_out():
    room = Room(10)
    assert room.body(b"x" * 8).note == ""
    assert room.body(b"x" * 8).text == "xx"
    assert "left out here" in room.body(b"x" * 8).note
    assert room.body(b"") is None


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//x", "http://[", "", "x"])
def test_only_addresses_of_pages_become_links(url):
    assert link(url) == ""
    assert link("https://docs.example.com/a#b") == "https://docs.example.com/a#b"


def test_an_exchange_in_a_few_words():
    keyed = (*exchange().request_headers, ("Authorization", "Bearer [redacted]"))
    assert line(exchange(request_headers=keyed)) == "POST /rooms/r1/close → 200 OK"
    lost = exchange(status=None, error="timed out", url="http://[/x", request_headers=keyed)
    assert line(lost) == "POST http://[/x (at an address that is no URL) → no whole reply: timed out"
    long = line(exchange(status=999, url="http://h/" + "a" * 999))
    assert long.endswith("aaa… (at an address of 1,000 characters, without a credential) → 999")
