"""The page of ninety made-up nights in a browser: light, dark and on a phone, without a network or a complaint."""

from pathlib import Path
from typing import Any

import pytest

from tck.history.page import page
from tests.support.chromium import chromium
from tests.support.made_nights import ninety

pytestmark = pytest.mark.slow
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 800}},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}},
}
DRAWN = """() => [...document.querySelectorAll('.strip')].every(strip => {
    const cells = [...strip.querySelectorAll('rect')].map(one => one.getBoundingClientRect());
    const box = strip.getBoundingClientRect();
    return box.height >= 10 && cells.every(one => one.width > 0)
        && Math.abs(cells[cells.length - 1].right - box.right) < 1;
})"""
COLOURS = "kind => getComputedStyle(document.querySelector(`.grid rect.${kind}`)).fill"
DISTINCT = ("passed", "failed", "deviating", "indeterminate", "no_result")


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = Path(tmp_path_factory.mktemp("pages"), "history.html")
    path.write_text("".join(page(ninety())), encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize("look", LOOKS)
def test_it_is_drawn_whole_in_every_look(browser, address, look):
    context = browser.new_context(**LOOKS[look])
    opened = context.new_page()
    complaints, asked = [], []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(address)
    assert opened.evaluate(DRAWN)
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert len({opened.evaluate(COLOURS, kind) for kind in DISTINCT}) == len(DISTINCT)
    opened.get_by_text("All runs").click()
    assert opened.get_by_role("table").get_by_role("row").count() == 91
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert (complaints, asked) == ([], [address])
    context.close()
