"""What else a faulty server leaves untested, and whether each reason names a requirement that is to blame."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mutants.trial import Trial
from tck.results.document import RequirementEntry
from tck.results.selection import WITHDRAWN

POINTER = re.compile(r"which ([a-z]+\.[a-z0-9-]+) judges")
"""How a reason names the requirement that judges what kept another one from being tested."""
HELD = re.compile(r"; ([a-z0-9., -]+?) held with other requests")
"""How a reason names those that it was left to and that held, which are not to blame."""
NAME = re.compile(r"[a-z]+\.[a-z0-9-]+")
TO_BLAME = ("failed", "not_tested")


@dataclass(frozen=True)
class Loss:
    """The MUSTs that a server left untested beside those that failed, and the pointers that lead nowhere.

    `astray` holds, by the untested requirement, the one that its reason names though it did not fail.
    """

    server: str
    untested: tuple[str, ...]
    astray: Mapping[str, str]


def loss(trial: Trial) -> Loss:
    """What a trial has left untested."""
    untested = [one for one in trial.broken if one["outcome"] == "not_tested" and not _unselected(one)]
    astray = {
        one["id"]: named
        for one in untested
        for named in pointed_at(one)
        if trial.outcomes.get(named) not in TO_BLAME
    }
    musts = tuple(one["id"] for one in untested if one["level"] == "must")
    return Loss(trial.server, musts, astray)


def pointed_at(entry: RequirementEntry) -> Sequence[str]:
    """The requirements that the reasons of an untested one name."""
    reasons = [entry["reason"], *(check["reason"] for check in entry["checks"])]
    held = [name for reason in reasons for names in HELD.findall(reason) for name in NAME.findall(names)]
    return list(dict.fromkeys([*(name for reason in reasons for name in POINTER.findall(reason)), *held]))


def _unselected(entry: RequirementEntry) -> bool:
    return entry["reason"].startswith(WITHDRAWN)


def astray(one: Loss) -> Iterator[str]:
    """A sentence for each pointer that leads nowhere."""
    for requirement, named in one.astray.items():
        yield f"{one.server}: {requirement} was not tested for what {named} judges, which held"
