"""Whether findings show what they judged: the exchanges, and both sides of what differs in them."""

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from mutants.catalogue import Mutant, mutants_of
from mutants.matrix import by_hand, on_all, only
from mutants.trial import SOON, Task, make_trials
from tck.results.document import CheckEntry, RequirementEntry

SEED = 2026
STATUS = re.compile(r"(?:the status: )?([1-5]\d\d)\b")
"""How what was seen begins when it is, or begins with, the status of a reply."""


@dataclass(frozen=True)
class Evidence:
    """What a run against a mutant found of one requirement."""

    mutant: Mutant
    requirement: str
    findings: int
    problems: tuple[str, ...]


def drawn(contract: str, number: int, *, written: bool = False) -> list[Mutant]:
    """As many mutants, of each module in turn, the same in every call; all of them for 0.

    With `written`, those that a handwritten check must catch.
    """
    by_module: dict[str, list[Mutant]] = {}
    for one in by_hand(contract) if written else mutants_of(contract):
        by_module.setdefault(one.server.__module__, []).append(one)
    chooser = random.Random(SEED)  # noqa: S311 - no secret
    shuffled = [chooser.sample(mutants, len(mutants)) for mutants in by_module.values()]
    turns = (one for turn in zip_longest(*shuffled) for one in turn if one is not None)
    return list(turns)[: number or None]


def evidence_of(
    contract: str, mutants: Sequence[Mutant], jobs: int, *, whole: bool = False
) -> Iterator[Evidence]:
    """What the checks of each mutant's own requirement, or all written ones, say of it."""
    narrow = (Task(contract, one.name, only(contract, one.caught_by), SOON) for one in mutants)
    tasks = on_all(contract, mutants) if whole else list(narrow)
    for mutant, trial in zip(mutants, make_trials(tasks, jobs), strict=True):
        failed = [one for one in trial.broken if one["outcome"] == "failed"]
        yield from (_of(mutant, one) for one in failed if whole or one["id"] == mutant.caught_by)
        if mutant.caught_by not in {one["id"] for one in failed}:
            yield Evidence(mutant, mutant.caught_by, 0, ("did not fail",))


def _of(mutant: Mutant, one: RequirementEntry) -> Evidence:
    findings = [check for check in one["checks"] if check["outcome"] == "failed"]
    problems = chain.from_iterable(map(problems_of, findings))
    return Evidence(mutant, one["id"], len(findings), (*dict.fromkeys(problems), *_of_other_replies(one)))


def problems_of(found: CheckEntry) -> Iterator[str]:
    """What a failing finding lacks for a reader, as sentences."""
    if not found["judged"]:
        yield "it names no exchange that it judged"
    elif not set(found["judged"]) <= set(found["exchanges"]):
        yield "an exchange that it judged is not among those that led to it"
    elif found["judged"][-1] != found["exchanges"][-1]:
        yield "its exchanges do not end with one that it judged"
    if not found["expected"] or not found["seen"]:
        yield "it does not say what was expected and seen"
    elif found["expected"] == found["seen"]:
        yield f"what was expected and seen look the same: {found['seen']}"
    elif found["seen"] in {"{}", "True", "False", "None"}:
        yield f"what was seen says nothing: {found['seen']}"
    if re.search(r"\bassert\b|^(True|False|None)$", found["reason"]):
        yield f"its reason is in the words of a program: {found['reason']}"


def _of_other_replies(one: RequirementEntry) -> Iterable[str]:
    """Where the status that was seen is not the one that the judged exchange shows."""
    for way in one["ways"]:
        seen = STATUS.match(one["checks"][way["first"]]["seen"])
        if seen and seen[1] != way["answer"]:
            yield f"it saw {seen[1]} and judged an exchange with {way['answer']}"
