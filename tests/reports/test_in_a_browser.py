"""index.html in a real browser: it runs nothing of a target's, needs no network, and works from the keyboard."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tck.reports.page import page
from tck.results.result_file import build_result
from tck.vocabulary import Level, Outcome
from tests.support.chromium import chromium
from tests.support.report_samples import conformant, crowded, hostile
from tests.support.result_samples import facts, settled

pytestmark = pytest.mark.slow
PHONE = {"viewport": {"width": 360, "height": 740}}
VISIBLE = (
    "[...document.querySelectorAll('.matrix tbody tr')].filter(row => row.offsetParent).map(row => row.id)"
)


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@dataclass
class Opened:
    """A page that is open, with what its console said and what it asked of the network."""

    page: Any
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def visible(self) -> list[str]:
        return self.page.evaluate(VISIBLE)


@pytest.fixture
def opening(browser, tmp_path):
    contexts = []

    def opened(sample: Any, **how: Any) -> Opened:
        path = Path(tmp_path, "index.html")
        path.write_text("".join(page(*sample)), encoding="utf-8")
        contexts.append(browser.new_context(**how))
        one = Opened(contexts[-1].new_page())
        one.page.on("console", lambda message: one.said.append(message.text))
        one.page.on("pageerror", lambda error: one.said.append(str(error)))
        one.page.on("request", lambda request: one.asked.append(request.url))
        one.page.goto(path.as_uri())
        return one

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def few():
    entries = [
        settled(Outcome.PASSED, name="open.answers"),
        settled(Outcome.PASSED, Level.SHOULD, "open.is-quick"),
        settled(Outcome.FAILED, name="close.is-terminal", reason="it opened again"),
        settled(Outcome.NOT_TESTED, Level.SHOULD, "close.is-quiet"),
    ]
    return build_result(facts(*entries)), {}


@pytest.mark.parametrize("bypass", [False, True], ids=["with its policy", "without its policy"])
def test_nothing_of_a_target_runs_and_nothing_is_asked_of_the_network(opening, bypass):
    one = opening(hostile(), bypass_csp=bypass)
    for summary in one.page.query_selector_all("details:not([open]) > summary"):
        summary.evaluate("one => one.click()")
    for link in one.page.query_selector_all("a"):
        assert link.evaluate("one => one.protocol") in ("file:", "https:")
    assert one.page.evaluate("window.hacked") is None
    assert one.page.evaluate("document.images.length + document.scripts.length") == 1
    assert one.said == []
    assert [url for url in one.asked if not url.startswith(("file:", "data:"))] == []
    assert len(one.asked) == 1 + sum(url.startswith("data:") for url in one.asked)


def test_a_script_that_did_get_in_would_not_run(opening):
    one = opening(conformant())
    one.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=window.hacked=1>')")
    one.page.evaluate(
        "s = document.createElement('script'); s.textContent = 'window.hacked = 1'; document.body.append(s)"
    )
    assert one.page.evaluate("window.hacked") is None
    assert any("Content Security Policy" in text for text in one.said)


def test_the_filters_work_from_the_keyboard(opening, few):
    one = opening(few)
    keys = one.page.keyboard
    assert len(one.visible) == 4
    keys.press("/")
    keys.type("ANSWERS open")
    assert one.visible == ["open.answers"]
    assert one.page.inner_text("#shown") == "1 of 4"
    keys.press("Escape")
    expect(one.page.locator("#shown")).to_have_text("4 of 4")
    keys.press("Shift+Tab")
    keys.type("close")
    assert one.visible == ["close.is-terminal", "close.is-quiet"]
    keys.press("Shift+Tab")
    keys.type("should")
    assert one.visible == ["close.is-quiet"]
    keys.press("Shift+Tab")
    keys.type("failed")
    assert one.visible == []
    assert one.page.inner_text("#shown") == "0 of 4"
    for _ in range(4):
        keys.press("Tab")
    keys.press("Enter")
    expect(one.page.locator("#shown")).to_have_text("4 of 4")


def test_a_link_to_a_requirement_shows_its_row_though_a_filter_hid_it(opening, few):
    one = opening(few)
    one.page.select_option("[name=outcome]", "passed")
    assert "close.is-terminal" not in one.visible
    one.page.click("#failed a.id")
    expect(one.page.locator("[id='close.is-terminal']")).to_be_visible()
    assert one.page.evaluate("document.querySelector('[id=\"close.is-terminal\"] details').open")


def test_a_command_is_copied_whole(opening):
    one = opening(hostile())
    one.page.evaluate(
        "Object.defineProperty(navigator, 'clipboard', {value: {writeText: async (text) => {window.copied = text}}})"
    )
    command = one.page.locator(".command").first
    command.get_by_role("button").focus()
    one.page.keyboard.press("Enter")
    command.get_by_text("Copied").wait_for()
    assert one.page.evaluate("window.copied") == command.locator("code").text_content()
    assert one.page.evaluate("window.copied").startswith("curl -sS")


def test_it_fits_on_a_phone(opening):
    one = opening(hostile(), **PHONE)
    assert one.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_it_is_dark_where_the_reader_wants_it_dark(opening):
    colors = {
        scheme: opening(conformant(), color_scheme=scheme).page.evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    }  # fmt: skip
    assert colors == {"light": "rgb(251, 251, 250)", "dark": "rgb(21, 23, 26)"}


def test_it_can_be_printed(opening):
    one = opening(hostile())
    one.page.emulate_media(media="print")
    assert not one.page.locator("#filters").is_visible()
    assert not one.page.locator("button.copy").first.is_visible()
    assert one.page.pdf().startswith(b"%PDF")


def test_it_is_whole_without_scripts(opening):
    one = opening(hostile(), java_script_enabled=False)
    assert one.page.locator(".matrix tbody tr").count() == 8
    assert one.page.locator("h1").inner_text() == "NOT CONFORMANT: 1 MUST requirement failed."


def test_it_stays_quick_with_three_thousand_exchanges(opening):
    one = opening(crowded())
    assert one.page.locator(".exchange").count() == 3000
    took = one.page.evaluate("""() => {
        const text = document.querySelector("[name=text]"), started = performance.now();
        text.value = "rule-17"; text.dispatchEvent(new Event("input", {bubbles: true}));
        document.body.offsetHeight;
        return performance.now() - started;
    }""")
    loaded = one.page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
    assert len(one.visible) == 11
    assert took < 1000, took
    assert loaded < 10_000, loaded
