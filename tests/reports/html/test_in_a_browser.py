"""index.html in a real browser: it runs nothing of a target's, needs no network, and works from the keyboard."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tck.reports.html.page import page
from tests.support.chromium import chromium
from tests.support.report_samples import conformant, hostile, several

pytestmark = pytest.mark.slow
DESK = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}}
LONGEST = 10_000
VISIBLE = (
    "[...document.querySelectorAll('.matrix tbody tr')].filter(row => row.offsetParent).map(row => row.id)"
)
CATCH = "Object.defineProperty(navigator, 'clipboard', {value: {writeText: async (text) => {window.copied = text}}})"
PASSED, FAILED = "[id='open.answers']", "[id='cause-close.repeat-returns-same-row']"
RACED = "[id='cause-races.closes-agree']"


@dataclass
class Opened:
    """A page that is open, with what its console said and what it asked of the network."""

    page: Any
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def visible(self) -> list[str]:
        return self.page.evaluate(VISIBLE)

    @property
    def focused(self) -> str:
        """The id of the row, the cause or the field that has the focus."""
        return self.page.evaluate(
            "(document.activeElement.closest('tr, .cause') ?? document.activeElement).id || document.activeElement.name"
        )


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[Any, str]:
    """The address of the page of each sample."""
    folder = tmp_path_factory.mktemp("pages")
    made = {}
    for sample in (conformant, hostile, several):
        path = Path(folder, f"{sample.__name__}.html")
        path.write_text("".join(page(*sample())), encoding="utf-8")
        made[sample] = path.as_uri()
    return made


@pytest.fixture
def opening(browser, pages) -> Iterator[Any]:
    contexts = []

    def opened(sample: Any, anchor: str = "", **how: Any) -> Opened:
        contexts.append(browser.new_context(**{**DESK, **how}))
        contexts[-1].set_default_timeout(LONGEST)
        one = Opened(contexts[-1].new_page())
        one.page.on("console", lambda message: one.said.append(message.text))
        one.page.on("pageerror", lambda error: one.said.append(str(error)))
        one.page.on("request", lambda request: one.asked.append(request.url))
        one.page.goto(pages[sample] + anchor)
        return one

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("bypass", [False, True], ids=["with its policy", "without its policy"])
def test_nothing_of_a_target_runs_and_nothing_is_asked_of_the_network(opening, bypass):
    one = opening(hostile, bypass_csp=bypass)
    for _ in range(4):  # what is opened shows more to open
        for summary in one.page.query_selector_all("details:not([open]) > summary"):
            summary.evaluate("one => one.click()")
    expect(one.page.locator(".matrix .step .body pre", has_text="window.hacked").first).to_be_attached()
    for link in one.page.query_selector_all("a"):
        assert link.evaluate("one => one.protocol") in ("file:", "https:")
    assert one.page.evaluate("window.hacked") is None
    assert one.page.evaluate("document.images.length + document.scripts.length") == 2
    assert one.said == []
    assert [url for url in one.asked if not url.startswith(("file:", "data:", "blob:"))] == []


def test_a_script_that_did_get_in_would_not_run(opening):
    one = opening(conformant)
    one.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=window.hacked=1>')")
    one.page.evaluate(
        "s = document.createElement('script'); s.textContent = 'window.hacked = 1'; document.body.append(s)"
    )
    assert one.page.evaluate("window.hacked") is None
    assert any("Content Security Policy" in text for text in one.said)


@pytest.mark.parametrize("how", [DESK, PHONE], ids=["desk", "phone"])
def test_the_verdict_and_the_causes_are_on_the_first_screen(opening, how):
    one = opening(several, **how)
    for place in ("h1", f"{FAILED} .title", f"{FAILED} .brief", f"{RACED} .title", f"{RACED} .brief"):
        box = one.page.locator(place).bounding_box()
        assert 0 <= box["y"] < box["y"] + box["height"] <= how["viewport"]["height"], place
        assert box["x"] + box["width"] <= how["viewport"]["width"], place
    assert one.page.evaluate("document.documentElement.scrollWidth") <= how["viewport"]["width"]
    assert (
        one.page.locator(f"{FAILED} .brief").inner_text()
        == 'closed.reason expected "was done" seen "was late"'
    )
    assert one.said == []


def test_a_cause_is_a_sequence_in_which_the_differing_member_is_marked(opening):
    one = opening(several)
    one.page.locator(f"{FAILED} > summary").click()
    steps = one.page.locator(f"{FAILED} .step")
    assert steps.count() == 3
    assert [steps.nth(n).locator(".tag").all_inner_texts() for n in range(3)] == [
        [],
        ["compared with"],
        ["judged"],
    ]
    marked = one.page.locator(f"{FAILED} .step pre mark").all_inner_texts()
    assert [text.strip() for text in marked] == ['"reason": "was done",', '"reason": "was late",']
    assert one.page.locator(f"{FAILED} .sides td mark").all_inner_texts() == ["done", "late"]


def test_calls_of_a_race_are_drawn_by_when_they_began_and_ended(opening):
    one = opening(several, "#cause-races.closes-agree")
    drawn = [one.page.locator(f"{RACED} rect.call").nth(n).bounding_box() for n in range(2)]
    first, second = ((box["x"], box["x"] + box["width"]) for box in drawn)
    assert first[0] < second[0] < first[1] < second[1]
    assert one.page.locator(f"{RACED} .times").all_inner_texts() == ["0.0 to 30.0 ms", "10.0 to 50.0 ms"]
    assert one.page.locator(f"{FAILED} .timeline").count() == 0


def test_the_filters_work_from_the_keyboard(opening):
    one = opening(several)
    keys = one.page.keyboard
    assert len(one.visible) == 5
    keys.press("/")
    keys.type("ANSWERS 201")
    assert one.visible == ["open.answers-201"]
    assert one.page.inner_text("#shown") == "1 of 5"
    keys.press("Enter")
    assert one.focused == "open.answers-201"
    expect(one.page.locator("[id='open.answers-201'] .finding")).to_have_count(1)
    keys.press("/")
    keys.press("Escape")
    expect(one.page.locator("#shown")).to_have_text("5 of 5")
    keys.press("Shift+Tab")
    keys.type("close")
    assert one.visible == ["close.repeat-returns-same-row", "close.is-quiet"]
    keys.press("Shift+Tab")
    keys.type("should")
    assert one.visible == ["close.is-quiet"]
    keys.press("Shift+Tab")
    keys.type("failed")
    assert one.visible == []
    for _ in range(4):
        keys.press("Tab")
    keys.press("Enter")
    expect(one.page.locator("#shown")).to_have_text("5 of 5")


def test_the_arrows_lead_from_row_to_row_and_enter_opens(opening):
    one = opening(several)
    keys = one.page.keyboard
    keys.press("/")
    for _ in range(3):
        keys.press("ArrowDown")
    assert one.focused == "open.answers"
    keys.press("ArrowUp")
    assert one.focused == "races.closes-agree"
    keys.press("Enter")
    assert one.page.evaluate("document.activeElement.parentElement.open")


def test_the_table_is_sorted_by_a_column_and_back(opening):
    one = opening(several)
    header = one.page.locator("th[data-sort='level']")
    header.get_by_role("button").click()
    assert [name for name in one.visible if name in ("open.answers-201", "close.is-quiet")] == one.visible[3:]
    assert header.get_attribute("aria-sort") == "ascending"
    header.get_by_role("button").press("Enter")
    assert {*one.visible[:2]} == {"open.answers-201", "close.is-quiet"}
    assert header.get_attribute("aria-sort") == "descending"
    one.page.locator("th[data-sort='requests'] button").click()
    assert one.visible[0] == "close.repeat-returns-same-row"


def test_a_link_to_a_requirement_that_passed_shows_its_exchanges_when_they_are_asked_for(opening):
    one = opening(several, "#open.answers")
    row = one.page.locator(PASSED)
    expect(row.locator(".finding .step")).to_have_count(2)
    assert one.focused == "open.answers"
    assert row.locator("pre").count() == 0
    row.locator(".step summary").nth(1).click()
    expect(row.locator("pre")).to_have_text('{\n  "id": "r1"\n}')
    assert row.locator(".step").nth(1).locator(".note").all_inner_texts()[0] == "No body."
    assert one.said == []


def test_a_link_shows_a_row_though_a_filter_hid_it(opening):
    one = opening(several)
    one.page.select_option("[name=outcome]", "passed")
    assert one.visible == ["open.answers"]
    one.page.locator(f"{FAILED} > summary").click()
    one.page.set_viewport_size({"width": 1280, "height": 300})
    one.page.locator(FAILED).get_by_text("all its exchanges").click()
    expect(one.page.locator("[id='close.repeat-returns-same-row']")).to_be_visible()
    assert one.focused == "close.repeat-returns-same-row"
    below = "id => document.getElementById(id).getBoundingClientRect().top - document.querySelector('.matrix thead').getBoundingClientRect().bottom"
    assert one.page.evaluate(below, "close.repeat-returns-same-row") >= 0


def test_a_part_of_a_bar_filters_the_requirements(opening):
    one = opening(several)
    one.page.locator("a.share.deviating").click()
    expect(one.page.locator("#shown")).to_have_text("1 of 5")
    assert one.visible == ["open.answers-201"]


def test_an_exchange_opens_by_its_link_and_escape_closes_it(opening):
    one = opening(several)
    one.page.locator("#latency a.to-exchange").first.click()
    viewer = one.page.get_by_role("dialog", name="Exchange main-2")
    expect(viewer).to_be_visible()
    expect(viewer.locator("pre").last).to_contain_text('"reason": "was done"')
    one.page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    expect(one.page).to_have_url(re.compile(r"^[^#]*$"))


def test_an_exchange_that_is_not_there_is_said_so(opening):
    one = opening(several, "#exchange-constructor")
    expect(one.page.get_by_role("dialog")).to_contain_text("has no exchange constructor")
    assert one.said == []


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (FAILED, ["Failed in 1 of 1 check, in 1 request.", "- Seen: `closed.reason: \"was late\"`", "Run its checks again"]),
        (PASSED, ["MUST `open.answers`", "Outcome: passed in 1 check."]),
    ],
    ids=["a cause", "a requirement"],
)  # fmt: skip
def test_markdown_for_an_issue_is_copied(opening, place, words):
    one = opening(several)
    one.page.evaluate(CATCH)
    one.page.locator(f"{place} summary").first.click()
    one.page.locator(place).get_by_text("Copy as Markdown").click()
    one.page.locator(place).get_by_text("Copied").wait_for()
    text = one.page.evaluate("window.copied")
    assert text.startswith("### A closed room stays closed.\n")
    assert [word for word in words if word not in text] == []


def test_a_command_is_copied_whole(opening):
    one = opening(hostile)
    one.page.evaluate(CATCH)
    one.page.locator(".cause > summary").first.click()
    command = one.page.locator(".command").first
    command.get_by_role("button").focus()
    one.page.keyboard.press("Enter")
    command.get_by_text("Copied").wait_for()
    assert one.page.evaluate("window.copied") == command.locator("code").text_content()
    assert one.page.evaluate("window.copied").startswith("curl -sS")


def test_it_fits_on_a_phone_with_everything_open(opening):
    one = opening(hostile, **PHONE)
    one.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    expect(one.page.locator(".matrix .finding").first).to_be_attached()
    one.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert one.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_it_is_dark_where_the_reader_wants_it_dark(opening):
    colors = {
        scheme: opening(conformant, color_scheme=scheme).page.evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    }  # fmt: skip
    assert colors == {"light": "rgb(251, 251, 250)", "dark": "rgb(21, 23, 26)"}


def test_it_can_be_printed(opening):
    one = opening(several)
    one.page.emulate_media(media="print")
    one.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert one.page.locator(f"{FAILED} .step.judged .body pre").first.is_visible()
    assert not one.page.locator("#filters").is_visible()
    assert not one.page.locator("button.copy").first.is_visible()
    assert one.page.pdf().startswith(b"%PDF")
    one.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert one.page.locator(f"{FAILED}[open]").count() == 0


def test_it_is_whole_without_scripts(opening):
    one = opening(several, java_script_enabled=False)
    assert one.page.locator("h1").inner_text() == "NOT CONFORMANT: 2 MUST requirements failed."
    assert one.page.locator(".matrix tbody tr").count() == 5
    one.page.locator("[id='close.repeat-returns-same-row'] summary").click()
    assert 'seen "was late"' in one.page.locator("[id='close.repeat-returns-same-row'] .brief").inner_text()
    one.page.locator(f"{FAILED} > summary").click()
    assert one.page.locator(f"{FAILED} .step pre mark").count() == 2
    assert one.page.get_by_role("button").count() == 0
