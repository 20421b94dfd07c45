"""When the vendor's pages were last seen unchanged: from the kept facts, and in the result."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tck.contract.contract import load_contract
from tck.contract.pages_seen import last_seen_unchanged, source_path
from tck.errors import KitError
from tck.reports.labels import facts as told
from tck.results.result_file import build_result
from tests.support.result_samples import facts

PAGES = """
pages:
  "one": {seen: '2026-11-20', digest: "%s", passages: []}
  "other": {seen: '2026-11-02', digest: "%s", passages: []}
operations: {}
"""


@pytest.fixture
def contract(tmp_path: Path):
    about = replace(load_contract("trigger"), root=tmp_path)
    source_path(about).parent.mkdir(parents=True)
    return about


def test_it_is_the_oldest_day_of_all_pages(contract):
    assert last_seen_unchanged(contract) is None
    source_path(contract).write_text(PAGES % ("a" * 64, "b" * 64))
    assert last_seen_unchanged(contract) == date(2026, 11, 2)


def test_broken_facts_are_one_sentence(contract):
    source_path(contract).write_text("pages: 1\n")
    with pytest.raises(KitError, match=r"source\.yaml"):
        last_seen_unchanged(contract)


def test_the_result_and_its_views_say_it():
    seen = build_result(facts(pages_seen="2026-11-02"))
    assert dict(told(seen))["Contract"].endswith("; its pages were last seen unchanged on 2026-11-02")
    assert seen["contract"]["pages_seen"] == "2026-11-02"
    assert "pages_seen" not in build_result(facts())["contract"]
