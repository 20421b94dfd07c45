"""index.html as text: everything is there, nothing from a target is markup, and it fits on a page."""

import re
from html.parser import HTMLParser

import pytest

from tck.recording.har import LONGEST_BODY
from tck.reports.exchange_view import Room, line
from tck.reports.html import link
from tck.reports.page import page
from tck.results.outcomes import settle
from tck.results.result_file import build_result
from tck.vocabulary import Outcome
from tests.support.report_samples import ATTACK, conformant, crowded, hostile
from tests.support.result_samples import exchange, facts, finding, requirement

OURS = {
    "a", "article", "body", "br", "button", "caption", "code", "dd", "details", "div", "dl", "dt", "footer", "form",
    "h1", "h2", "h3", "head", "header", "html", "input", "label", "li", "link", "main", "meta", "nav", "option",
    "output", "p", "pre", "script", "section", "select", "span", "style", "summary", "table", "tbody", "td", "th",
    "thead", "title", "tr", "ul",
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
    assert shown.tags.count("script") == shown.tags.count("style") == 1
    assert not [name for name, _ in shown.attributes if name.startswith("on") or name == "style"]
    assert all(re.match(r"https://|#|data:,$", value) for name, value in shown.attributes if name == "href")
    assert shown.text.count("window.hacked = 1") > 20


def test_a_failure_tells_all_that_is_needed_to_look_into_it(shown):
    parts = (
        "NOT CONFORMANT: 1 MUST requirement failed.", "A closed room stays closed.", "Expected", "Seen", ATTACK,
        "1 exchange before", "Request body, ", "curl -sS -i -X POST", "pytest suites/rooms/test_close.py::test_terminal",
        "Deviations", "What was not tested, and why", "T-1; until 2026-10-01, 10 days left", "rooms, revision 2027-01",
        "sessions-tck 0.1.0", "2026-09-21 14:13:20 UTC, for 12.3 s", "without second-environment",
    )  # fmt: skip
    assert [part for part in parts if part not in shown.text] == []


def test_without_the_exchanges_the_page_says_so_and_is_otherwise_whole():
    result, kept = hostile()
    bare = Tags("".join(page(result, None)))
    assert "exchanges.har is missing" in bare.text
    assert "The exchange is entry main-1 of exchanges.har." in bare.text
    assert "curl -sS" in bare.text
    assert "exchanges.har is missing" not in Tags("".join(page(result, kept))).text


def test_a_conformant_result_needs_no_part_about_failures():
    text = Tags("".join(page(*conformant()))).text
    assert "CONFORMANT: 1 MUST requirement held." in text
    assert not [part for part in ("What failed", "Deviations", "not tested", "Waived") if part in text]


def test_a_requirement_that_fails_all_the_time_is_told_a_few_times():
    names = tuple(f"main-{n}" for n in range(30))
    kept = {name: exchange(id=name) for name in names}
    found = [finding(Outcome.FAILED, reason=f"no {n}.", exchanges=names) for n in range(25)]
    text = "".join(page(build_result(facts(settle(requirement(), found), exchanges=kept)), kept))
    assert "no 9." in text
    assert "no 10." not in text
    assert "And 15 more times" in text
    assert "29 exchanges before" in text
    assert "Of these the first 20 are in exchanges.har alone" in text


def test_the_page_of_a_target_that_breaks_everything_stays_small():
    assert sum(map(len, page(*crowded()))) < 24_000_000


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
