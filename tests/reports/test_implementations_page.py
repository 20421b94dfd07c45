"""The page of all published certificates: implementations by requirements, the same on any day."""

from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from tck.__main__ import main
from tck.paths import ROOT
from tck.reports.implementations import Column, implementations_markdown, implementations_page, tables
from tck.vocabulary import Outcome
from tests.support.certified import ENTRIES, LAST_DAY, PLACE, on, result, submitted
from tests.support.chromium import chromium
from tests.support.result_samples import settled

WHO = {"organization": "<Rooms> & | Ltd", "implementation": "[rooms]", "version": "1", "url": "javascript:1"}


@pytest.fixture(autouse=True)
def _on_a_day(monkeypatch: pytest.MonkeyPatch):
    on(monkeypatch)


def column(folder: str = "rooms/a/1", release: str = "2027-01", **values: object) -> Column:
    entries = {one["id"]: one for one in result()["requirements"]}
    given: dict[str, Any] = {
        "folder": folder, "contract": "rooms", "release": release, "implementation": WHO, "kit": "0.1.0",
        "target": "https://rooms.example.com", "ended_on": "2026-09-21", "last_day": "2027-09-21",
        "keyid": "a" * 64, "requirements": entries, "deviations": {"close.is-quick": "too <slow>"}, **values,
    }  # fmt: skip
    return Column(**given)


class Cells(HTMLParser):
    """The text of the table of requirements, row by row, and whatever could load or run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[str] = []
        self.links: list[str] = []
        self.within = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.rows += [""] if tag == "tr" else []
        self.within |= tag == "tr"
        self.links += [value for name, value in attrs if name in ("href", "src")]

    def handle_endtag(self, tag):
        self.within &= tag != "tr"

    def handle_data(self, data):
        if self.within:
            self.rows[-1] += f" {data.strip()}" if data.strip() else ""


def test_every_requirement_has_a_row_and_every_certificate_a_column():
    parsed = Cells("".join(implementations_page([column()])))
    rules = [row for row in parsed.rows if row.startswith((" MUST", " SHOULD"))]
    assert parsed.rows[1].startswith(
        " [rooms] 1 <Rooms> & | Ltd https://rooms.example.com 2027-01 0.1.0 2026-09-21 2027"
    )
    for id_, cell in {
        "close.is-terminal": "passed",
        "close.is-quick": "deviates",
        "close.is-far": "not applicable",
        "close.is-odd": "not tested",
        "close.is-new": "not scored",
    }.items():
        assert [row for row in rules if row.endswith(f" {id_} {cell}")], rules
    assert [
        link
        for link in parsed.links
        if not link.startswith(("https://docs.example.com/", "data:", "rooms/a/1"))
    ] == []


def test_markdown_says_the_same():
    text = "".join(implementations_markdown([column()]))
    assert "| MUST | `close.is-terminal` | ✓ |" in text
    assert "| SHOULD | `close.is-quick` | ≠ |" in text
    assert "- `close.is-quick`: too \\<slow\\>" in text
    shown = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    assert "<td>&lt;Rooms&gt; &amp; | Ltd</td>" in shown
    assert '<a href="rooms/a/1/README.md">[rooms] 1</a>' in shown


def test_deviations_are_told_by_implementation():
    both = [column(), column("rooms/b/1", deviations={})]
    page, text = "".join(implementations_page(both)), "".join(implementations_markdown(both))
    assert "[rooms] 1: 1 deviation</summary>" in page
    assert "<p>[rooms] 1: no deviations</p>" in page
    assert "\\[rooms\\] 1: 1 deviation.\n\n- `close.is-quick`" in text
    assert "\\[rooms\\] 1: no deviations.\n" in text


def test_what_a_vendor_declares_is_shown_as_a_claim():
    claiming = [column(declared="by the vendor's claim, the target lacks <x>")]
    page, text = "".join(implementations_page(claiming)), "".join(implementations_markdown(claiming))
    assert "<p>[rooms] 1: by the vendor&#39;s claim, the target lacks &lt;x&gt;</p>" in page
    assert "\\[rooms\\] 1: by the vendor's claim, the target lacks \\<x\\>\n" in text


def test_a_column_leaves_open_what_its_release_does_not_have():
    newer = {
        one["id"]: one
        for one in result(*ENTRIES, settled(Outcome.PASSED, name="close.is-more"))["requirements"]
    }
    pair = [column(), column("rooms/a/2", "2027-03", requirements=newer)]
    (table,) = tables(pair)
    assert [one["id"] for one in table.requirements][-1] == "close.is-more"
    assert [one.cell("close.is-more") for one in table.columns] == ["absent", "passed"]
    assert "| MUST | `close.is-more` |  | ✓ |" in "".join(implementations_markdown(pair))
    assert [one.contract for one in tables([*pair, column(contract="attic")])] == ["attic", "rooms"]


def test_the_pages_are_written_and_the_same_on_any_day(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    root = submitted(tmp_path)
    capsys.readouterr()
    assert main(["matrix", str(root), "--check"]) == 1
    assert f"STALE: {root}/README.md is out of date" in capsys.readouterr().err
    assert main(["matrix", str(root)]) == 0
    assert capsys.readouterr().out == f"{root}/index.html\n{root}/README.md\n"
    on(monkeypatch, LAST_DAY + timedelta(days=1))
    for command in (["matrix", str(root), "--check"], ["submissions", str(root)]):
        assert main(command) == 0
    assert f'href="{PLACE}/README.md"' in (root / "index.html").read_text(encoding="utf-8")
    (root / "README.md").write_text("# Mine\n")
    assert main(["matrix", str(root), "--check"]) == 1


def test_what_is_published_here_holds_and_its_pages_are_up_to_date(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.undo()
    assert main(["submissions", str(ROOT / "reports/certified")]) == 0
    assert main(["matrix", str(ROOT / "reports/certified"), "--check"]) == 0


def test_a_browser_tells_what_has_expired_by_its_own_clock_and_it_fits_on_a_phone(tmp_path: Path):
    path = tmp_path / "index.html"
    pair = [column(last_day="2999-01-01"), column("rooms/b/1", last_day="2024-01-01")]
    path.write_text("".join(implementations_page(pair)), encoding="utf-8")
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 360, "height": 740})
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(path.as_uri())
        assert page.locator(".expired").all_text_contents() == ["expired on 2024-01-01"]
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert said == []
