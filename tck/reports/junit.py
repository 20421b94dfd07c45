"""junit.xml, which pytest writes, with the verdict and the causes in it."""

from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

from tck.atomic_write import whole_file
from tck.recording.exchange import Exchange
from tck.reports.cause_view import (
    CauseView,
    cause_by_requirement,
    deviations_in,
    differences_told,
    failures_in,
)
from tck.reports.exchange_view import in_logs
from tck.reports.labels import failing_checks, operation, shown, verdict_sentence
from tck.reports.text import pair
from tck.results.document import Result
from tck.results.repeats import told
from tck.values.texts import printable

WIDTH = 200
"""Characters of what was expected and seen."""


def add_causes(path: Path, result: Result, exchanges: Mapping[str, Exchange]) -> None:
    """Add to a file, if there is one, what `with_causes` adds."""
    if path.is_file():
        text = with_causes(path.read_text(encoding="utf-8"), result, exchanges)
        with whole_file(path) as file:
            file.write(text)


def junit_of(result: Result, exchanges: Mapping[str, Exchange]) -> str:
    """A file of a result that no pytest has written: a case for each requirement that was looked at."""
    seen = [one for one in result["requirements"] if one["outcome"] in ("passed", "failed")]
    failed = sum(one["outcome"] == "failed" and one["level"] == "must" for one in seen)
    suite = ET.Element(
        "testsuite", name="sessions-tck", tests=str(len(seen)), failures=str(failed), errors="0",
        skipped=str(sum(one["outcome"] == "failed" and one["level"] != "must" for one in seen)),
        time=str(result["duration_seconds"]), timestamp=result["started_at"],
    )  # fmt: skip
    for one in seen:
        case = ET.SubElement(suite, "testcase", classname=f"load.{operation(one)}", name=one["id"], time="0")
        _add(ET.SubElement(case, "properties"), "requirement", one["id"])
        if one["outcome"] == "failed":
            kind = "failure" if one["level"] == "must" else "skipped"
            told = ET.SubElement(case, kind, message=printable(one["reason"]))
            stories = ("\n".join(check.get("story", ())) for check in failing_checks(one))
            told.text = shown("\n\n".join(filter(None, stories)))
    suites = ET.Element("testsuites")
    suites.append(suite)
    return with_causes(ET.tostring(suites, encoding="unicode"), result, exchanges)


def with_causes(text: str, result: Result, exchanges: Mapping[str, Exchange]) -> str:
    """The suite gets the verdict and each cause as a property, each failed case the name of its cause."""
    tree = ET.fromstring(text)  # noqa: S314 - the file that pytest has just written
    causes = cause_by_requirement(result)
    repeats = _repeats(result)
    for suite in tree.iter("testsuite"):
        properties = ET.Element("properties")
        suite.insert(0, properties)
        _add(properties, "verdict", verdict_sentence(result))
        for one in failures_in(result):
            _add(properties, "cause", _told(one, exchanges))
        for one in deviations_in(result):
            _add(properties, "deviation", _told(one, exchanges))
        for said in differences_told(result):
            _add(properties, "allowed difference", said)
        for case in suite.iter("testcase"):
            _name_cause(case, causes)
            _tell_repeats(case, repeats)
    return ET.tostring(tree, encoding="unicode", xml_declaration=True) + "\n"


def _name_cause(case: ET.Element, causes: dict[str, str]) -> None:
    if case.find("failure") is None and case.find("skipped") is None:
        return
    for properties in case.findall("properties"):
        given = [(one.get("name"), one.get("value", "")) for one in properties]
        named = [causes[value] for name, value in given if name == "requirement" and value in causes]
        for cause in dict.fromkeys(named):
            _add(properties, "cause", cause)


def _repeats(result: Result) -> dict[tuple[str, str], list[str]]:
    """By class and name of a case, how often each requirement failed in it when it was judged again."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in result["requirements"]:
        for check in one["checks"]:
            if "repeats" in check:
                said = f"{one['id']} {told(check['repeats'])}"
                found.setdefault(_case_of(check["check"]), []).append(said)
    return found


def _case_of(node: str) -> tuple[str, str]:
    """What pytest makes of a node id: the class and the name of a case."""
    whole, bracket, parameters = node.partition("[")
    path, *names = whole.split("::")
    places = [path.removesuffix(".py").replace("/", "."), *names]
    return ".".join(places[:-1]), f"{places[-1]}{bracket}{parameters}"


def _tell_repeats(case: ET.Element, repeats: dict[tuple[str, str], list[str]]) -> None:
    classname, name = case.get("classname", ""), case.get("name", "")
    said = next((lines for (of, called), lines in repeats.items()
                 if called == name and (classname == of or classname.endswith(f".{of}"))), [])  # fmt: skip
    for properties in case.findall("properties"):
        for line in said:
            _add(properties, "repeats", line)


def _told(one: CauseView, exchanges: Mapping[str, Exchange]) -> str:
    about = f"{one.cause['about']} ({one.extent})" if one.cause["about"] else one.title
    sides = f": {pair(one.shown['expected'], one.shown['seen'], WIDTH)}" if one.shown else ""
    names = in_logs(one.shown, exchanges)
    return f"{about.rstrip('.')}{sides}{f' (in the logs: {names})' if names else ''}"


def _add(properties: ET.Element, name: str, value: str) -> None:
    ET.SubElement(properties, "property", {"name": name, "value": printable(value)})
