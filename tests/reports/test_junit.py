"""junit.xml gets the verdict and the causes, and stays a JUnit file."""

from pathlib import Path
from xml.etree import ElementTree as ET

from tck.reports.junit import add_causes, with_causes
from tests.support.report_samples import hostile

TEXT = """<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest">
<testcase name="fails"><properties><property name="requirement" value="close.is-terminal" /></properties>
<failure message="no">no</failure></testcase>
<testcase name="deviates"><properties><property name="requirement" value="open.is-odd" /></properties>
<skipped type="pytest.xfail" message="deviation" /></testcase>
<testcase name="passes"><properties><property name="requirement" value="close.is-terminal" /></properties></testcase>
<testcase name="is-not-tested"><properties><property name="requirement" value="open.is-not-tested" /></properties>
<skipped message="no" /></testcase></testsuite></testsuites>"""


def _properties(element: ET.Element | None) -> list[tuple[str | None, str | None]]:
    found = element.find("properties") if element is not None else None
    return [(one.get("name"), one.get("value")) for one in found] if found is not None else []


def test_the_suite_names_the_causes_and_each_failed_case_its_own():
    tree = ET.fromstring(with_causes(TEXT, *hostile()))
    names = [name for name, _ in _properties(tree.find("testsuite"))]
    assert names == ["verdict", "cause", "deviation", "deviation"]
    cases = {case.get("name"): _properties(case) for case in tree.iter("testcase")}
    assert cases["fails"][1:] == [("cause", "close.is-terminal")]
    assert cases["deviates"][1:] == [("cause", "open.is-odd")]
    assert cases["passes"][1:] == cases["is-not-tested"][1:] == []


def test_a_file_is_changed_in_place_and_a_missing_one_is_not_made(tmp_path: Path):
    path = tmp_path / "junit.xml"
    add_causes(path, *hostile())
    assert not path.exists()
    path.write_text(TEXT, encoding="utf-8")
    add_causes(path, *hostile())
    assert 'name="cause"' in path.read_text(encoding="utf-8")
