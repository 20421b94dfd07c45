"""What the results that allure-pytest writes say of each check: its requirements, outcome and exchange."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import md5
from typing import Any

import allure_commons
import pytest
from allure_commons.model2 import Attachment, Label, Link, Parameter, StatusDetails
from allure_commons.types import LabelType, LinkType

from tck.checking.check import Check
from tck.contract.contract import Contract
from tck.contract.requirements import Requirement
from tck.pytest_plugin.command_line import PLAN
from tck.pytest_plugin.fixtures import RUN
from tck.pytest_plugin.item_reports import CHECK, DEVIATION, counting, deviations, outcome_of
from tck.recording.curl import curl_line
from tck.recording.exchange import Exchange
from tck.reports.exchange_view import request_text, response_text
from tck.results.outcomes import Finding
from tck.run.context import spool_path
from tck.values.texts import whole
from tck.vocabulary import Level, Outcome

STATUS = {
    Outcome.PASSED: "passed",
    Outcome.FAILED: "failed",
    Outcome.ERROR: "broken",
    Outcome.INDETERMINATE: "broken",
}
"""What Allure calls an outcome; any other is skipped."""
SEVERITY = {Level.MUST: "critical", Level.SHOULD: "minor"}
TREE = (LabelType.PARENT_SUITE, LabelType.SUITE, LabelType.SUB_SUITE)
"""The levels of Allure's default tree."""
OURS = {LabelType.EPIC, LabelType.FEATURE, LabelType.STORY, LabelType.SEVERITY, *TREE}
MOST_EXCHANGES = 3
"""Exchanges of one check that are attached."""


def speak_to_allure(config: pytest.Config) -> None:
    """Let allure-pytest write what is found, without secrets; what a check printed stays out."""
    config.option.attach_capture = False
    teller = Teller(config)
    allure_commons.plugin_manager.register(teller)
    config.add_cleanup(lambda: allure_commons.plugin_manager.unregister(teller))


@dataclass
class Teller:
    """Corrects each result before it is written."""

    config: pytest.Config
    read: int = 0
    kept: dict[str, Exchange] = field(default_factory=dict)

    @allure_commons.hookimpl(tryfirst=True)
    def report_container(self, container: Any) -> None:
        """Take secrets out of what fixtures raised."""
        for one in (*container.befores, *container.afters):
            self._clean(one)

    @allure_commons.hookimpl(tryfirst=True)
    def report_result(self, result: Any) -> None:
        """Give the result of one item its outcome, labels, links, identity and exchanges."""
        check = self.config.stash.get(CHECK, None)
        if check is None or RUN not in self.config.stash:
            self._clean(result)
            return
        self._read()
        registry = self.config.stash[RUN].registry
        plan = self.config.stash[PLAN]
        found = counting(check, registry)
        deviating = deviations(found, registry, plan)
        outcome = outcome_of([one for one in found if one not in deviating], plan.waivers.keys())
        judged = [registry[name] for name in _judged(check, found) if name in registry]
        if deviating and outcome is Outcome.PASSED:
            result.status, result.statusDetails = "skipped", _details(deviating, Outcome.FAILED)
            result.statusDetails.message = f"{DEVIATION}: {result.statusDetails.message}"
        else:
            result.status, result.statusDetails = STATUS.get(outcome, "skipped"), _details(found, outcome)
        self._identify(result, check)
        result.description = "\n\n".join(f"{one.level.upper()} {one.id}: {one.statement}" for one in judged)
        result.labels = [*(one for one in result.labels if one.name not in OURS), *self._labels(judged)]
        result.links = [*self._links(judged)]
        result.attachments = [
            *result.attachments, *(one for name in _telling(check, found) for one in self._attached(name)),
        ]  # fmt: skip
        self._clean(result)

    def _identify(self, result: Any, check: Check) -> None:
        """The same in every run, wherever the check lies: Allure keeps histories by it."""
        function, _, case = check.node.rpartition("::")[2].partition("[")
        contract = self.config.stash[PLAN].spec.contract.name
        result.fullName = " ".join([contract, *sorted(check.declared), function])
        result.testCaseId = md5(result.fullName.encode(), usedforsecurity=False).hexdigest()
        result.historyId = md5(f"{result.fullName}[{case}".encode(), usedforsecurity=False).hexdigest()
        result.parameters = [Parameter(name="case", value=case.removesuffix("]"))] if case else []

    def _labels(self, judged: list[Requirement]) -> Iterator[Any]:
        contract: Contract = self.config.stash[PLAN].spec.contract
        yield Label(name=LabelType.EPIC, value=contract.title)
        for operation in dict.fromkeys(one.operation for one in judged):
            yield Label(name=LabelType.FEATURE, value=operation)
        for one in judged:
            yield Label(name=LabelType.STORY, value=one.id)
        if judged:  # a check stands once in the tree: at the first requirement that it declares
            place = (contract.title, judged[0].operation, judged[0].id)
            yield from (Label(name=name, value=value) for name, value in zip(TREE, place, strict=True))
        level = Level.MUST if any(one.level is Level.MUST for one in judged) else Level.SHOULD
        yield Label(name=LabelType.SEVERITY, value=SEVERITY[level])
        yield Label(name=LabelType.TAG, value=level.value)

    def _links(self, judged: list[Requirement]) -> Iterator[Any]:
        pages = self.config.stash[PLAN].spec.contract.pages
        for page in dict.fromkeys(one.source.page for one in judged):
            yield Link(type=LinkType.LINK, url=pages[page].url, name=pages[page].title)

    def _attached(self, name: str) -> Iterator[Any]:
        exchange = self.kept.get(name)
        if exchange is None:
            return
        texts = {
            "request": request_text(exchange),
            "response": response_text(exchange),
            "curl": curl_line(exchange),
        }
        for label, text in texts.items():
            source = f"{uuid.uuid4()}-attachment.txt"
            allure_commons.plugin_manager.hook.report_attached_data(body=whole(text), file_name=source)
            yield Attachment(name=f"{label} {name}", source=source, type="text/plain")

    def _read(self) -> None:
        """Take in what this process sent since the last item; what it sent before is forgotten."""
        run = self.config.stash[RUN]
        path = spool_path(run.target.shared, run.worker)
        self.kept = {}
        if path.exists():
            with path.open("rb") as file:
                file.seek(self.read)
                self.kept = {one.id: one for one in (Exchange.from_json(json.loads(line)) for line in file)}
                self.read = file.tell()

    def _clean(self, one: Any) -> None:
        """Clean all that a result or a step of it says."""
        clean = self.config.stash[RUN].clean if RUN in self.config.stash else whole
        details = one.statusDetails
        if details is not None:
            message, trace = (clean(text) if text else None for text in (details.message, details.trace))
            one.statusDetails = StatusDetails(message=message, trace=trace)
        for parameter in one.parameters:
            parameter.value = clean(str(parameter.value))
        for step in one.steps:
            self._clean(step)


def _judged(check: Check, found: list[Finding]) -> list[str]:
    return list(dict.fromkeys([*check.declared, *(one.requirement for one in found)]))


def _details(found: list[Finding], outcome: Outcome) -> Any:
    telling = [one for one in found if one.outcome is outcome] or found
    message = "\n".join(f"{one.requirement}: {one.reason}" for one in telling if one.reason)
    sides = [f"expected: {one.expected}\nseen: {one.seen}" for one in telling if one.expected or one.seen]
    stories = ["\n".join(one.story) for one in telling if one.story]
    return StatusDetails(message=message or None, trace="\n\n".join([*sides, *stories]) or None)


def _telling(check: Check, found: list[Finding]) -> list[str]:
    """The exchanges that the unhappy findings name last, else the last one of the check."""
    names = [one.exchanges[-1] for one in found if one.exchanges and one.outcome is not Outcome.PASSED]
    return list(dict.fromkeys(names or check.exchanges[-1:]))[:MOST_EXCHANGES]
