"""The kill matrix: which requirements fail on each mutant and each latitude."""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from mutants.catalogue import ROOT, Latitude, Mutant, bundles, latitudes_of, mutants_of, root_of
from mutants.failing_checks import failing_checks
from mutants.pointers import Loss, astray, loss
from mutants.together import together
from mutants.trial import HANDWRITTEN, SOON, Task, Trial, make_trials
from tck.run.inputs import load_specification
from tck.vocabulary import CORE

Server = TypeVar("Server", Mutant, Latitude)
GENERATED = re.compile(r"^(lifecycle|races)\.|\.(fuzz|races)-")
"""The requirements that generated requests judge, by their ids."""
KILLED_IN_TESTS = {"trigger": re.compile(r"(create|retrieve|update|close)\.fuzz-")}
"""Requirements that the tests in tests/randomized/fuzzing see fail, each on its mutants, in less time."""
RACES = re.compile(r"^races\.|\.races-")
RACES_TRIED = 3
"""Further trials of a mutant that only a race shows, and that survived the first."""
FEWER = "--fuzz-examples=20"
"""What the generated checks need on a mutant of theirs: less than half of what a run draws."""
PARTS = 4
"""Trials, at the same time, of a latitude on which checks wait much; each has files of its own."""
MARKED = re.compile(r"@pytest\.mark\.requirement\(([^)]*)\)\s*def (\w+)")
LIGHT = ("-p", "no:allure_pytest", "-p", "no:unraisableexception")
"""Without plugins that no check needs."""
UNDRAWN = ("-p", "no:hypothesispytest", *LIGHT)
"""Without those that only the generated checks need, too."""


@dataclass(frozen=True)
class Judged:
    """The failed requirements of one server and the checks that failed, and what is wrong with that."""

    server: Mutant | Latitude
    failed: tuple[str, ...]
    checks: tuple[str, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Matrix:
    """The failed requirements of every mutant and latitude, by server name."""

    mutants: Mapping[str, Sequence[str]] = field(default_factory=dict)
    latitudes: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def with_one(self, one: Judged) -> "Matrix":
        """The matrix with what one server has shown."""
        entry = {one.server.name: list(one.failed)}
        if isinstance(one.server, Mutant):
            return Matrix({**self.mutants, **entry}, self.latitudes)
        return Matrix(self.mutants, {**self.latitudes, **entry})

    def of(self, names: Collection[str]) -> "Matrix":
        """The part of it that is about these servers."""
        mutants, latitudes = (
            {name: row for name, row in rows.items() if name in names}
            for rows in (self.mutants, self.latitudes)
        )
        return Matrix(mutants, latitudes)

    @property
    def names(self) -> set[str]:
        """The servers in it."""
        return {*self.mutants, *self.latitudes}

    def to_json(self) -> str:
        """The file that is kept in the repository, a line for each server."""
        parts = {"mutants": self.mutants, "latitudes": self.latitudes}
        told = (f' "{part}": {{\n{_lines(rows)}\n }}' for part, rows in parts.items())
        return "{\n" + ",\n".join(told) + "\n}\n"


def _lines(rows: Mapping[str, Sequence[str]]) -> str:
    return ",\n".join(f"  {json.dumps(name)}: {json.dumps(list(rows[name]))}" for name in sorted(rows))


def kept_matrix(contract: str) -> Path:
    """Where the last full matrix of a contract is kept."""
    return root_of(contract) / "mutants" / contract / "matrix.json"


def read_matrix(contract: str) -> Matrix:
    """The full matrix as it was kept; an empty one when none was."""
    if not kept_matrix(contract).exists():
        return Matrix()
    kept: Mapping[str, Any] = json.loads(kept_matrix(contract).read_text(encoding="utf-8"))
    return Matrix(kept["mutants"], kept["latitudes"])


def keep(contract: str, matrix: Matrix) -> None:
    """Write the matrix to the file that is kept."""
    kept_matrix(contract).write_text(matrix.to_json(), encoding="utf-8")


def differences(before: Matrix, now: Matrix) -> list[str]:
    """A sentence for each requirement that newly fails, or no longer fails, on a server."""
    pairs = [(before.mutants, now.mutants), (before.latitudes, now.latitudes)]
    return [
        f"{server}: {name} {'now fails' if name in after[server] else 'no longer fails'}"
        for old, after in pairs
        for server in sorted(after)
        for name in sorted(set(after[server]) ^ set(old.get(server, ())))
    ]


def representatives(matrix: Matrix) -> list[str]:
    """The mutants that stand for all: those whose failed requirements no other's hold and more, one a set."""
    rows = {name: frozenset(failed) for name, failed in sorted(matrix.mutants.items()) if failed}
    first = {failed: name for name, failed in reversed(rows.items())}
    return sorted(name for failed, name in first.items() if not any(failed < other for other in first))


def draw(names: Sequence[str], count: int, seed: str) -> list[str]:
    """So many of them, by chance, the same for the same seed."""
    return sorted(Random(seed).sample(names, min(count, len(names))))  # noqa: S311 - no secret


def quick(contract: str, jobs: int, part: str = "", brief: bool = False) -> Iterator[str]:
    """Run what matters alone; a sentence for each surviving mutant and each latitude that fails a MUST.

    A brief one takes the first mutant of each requirement, and leaves out latitudes that others stand for.
    There, mutants that leave each other's requirements alone are one server; who survives is tried by itself.
    """
    every = mutants_of(contract)
    chosen = _chosen(first_of_each(contract, every) if brief else every, part)
    mutants = sorted(chosen, key=lambda one: one.caught_by)
    permitted = latitudes_of(contract)
    latitudes = _chosen(without_subsumed(permitted) if brief else permitted, part)
    differing = sorted(bundles(latitudes), key=lambda bundle: not bundle[0].in_parts)
    forgiving = [_judging(contract, bundle) for bundle in differing]
    rows = read_matrix(contract).mutants if brief else {}
    broken = together(mutants, rows, groups_of(contract, mutants))
    trials = make_trials([*chain(*forgiving), *(_killing(contract, bundle) for bundle in broken)], jobs)
    suspects = list[Latitude]()
    for bundle, tasks in zip(differing, forgiving, strict=True):
        if [said for _ in tasks for said in overreach(bundle[0], next(trials))]:
            suspects += bundle
    tried = zip(broken, trials, strict=True)
    unmet = [one for bundle, trial in tried for one in bundle if list(survival(one, trial))]
    yield from _survivals_to_the_end(contract, unmet, jobs)
    again = make_trials([Task(contract, one.name, by_groups(contract, one.groups)) for one in suspects], jobs)
    for one, trial in zip(suspects, again, strict=True):
        yield from overreach(one, trial)


def first_of_each(contract: str, mutants: Sequence[Mutant]) -> list[Mutant]:
    """The first mutant of each requirement, or of each operation where the tests of the kit kill them all."""
    in_tests = KILLED_IN_TESTS.get(contract)

    def what(one: Mutant) -> str:
        found = in_tests.match(one.caught_by) if in_tests else None
        return found[0] if found else one.caught_by

    return list({what(one): one for one in reversed(mutants)}.values())


def without_subsumed(latitudes: Sequence[Latitude]) -> list[Latitude]:
    """All but those judged in parts that another one of these extends: it does what they do, and more."""
    in_parts = [one.server for one in latitudes if one.in_parts]
    extended = {kin for server in in_parts for kin in server.__mro__[1:]}
    return [one for one in latitudes if not (one.in_parts and one.server in extended)]


def _killing(contract: str, bundle: Sequence[Mutant]) -> Task:
    """The trial in which the requirement that each of these names must fail, and that ends once they have."""
    names = tuple(one.caught_by for one in bundle)
    return Task(contract, "+".join(one.name for one in bundle), only(contract, *names), SOON, until=names)


def _judging(contract: str, bundle: Sequence[Latitude]) -> list[Task]:
    """The trials in which every handwritten check judges a bundle, one of all or one of each part of them."""
    name = "+".join(one.name for one in bundle)
    judging = by_groups(contract, {group for one in bundle for group in one.groups})
    if not bundle[0].in_parts:
        return [Task(contract, name, judging)]
    root = root_of(contract)
    files = [str(path.relative_to(root)) for path in sorted((root / "suites" / contract).glob("test_*.py"))]
    return [Task(contract, name, (*judging, *files[part::PARTS])) for part in range(PARTS)]


def full(
    contract: str,
    jobs: int,
    part: str = "",
    done: Collection[str] = (),
    among: Collection[str] | None = None,
) -> Iterator[Judged]:
    """Run every handwritten check against every server that is not done, and tell each as it is judged.

    Mutants of the generated checks are left out: what fails on them is theirs to say.
    """
    mutants = _left(_chosen(_varied(by_hand(contract)), part), done, among)
    latitudes = _left(_chosen(latitudes_of(contract), part), done, among)
    tasks = [Task(contract, one.name, by_groups(contract, one.groups)) for one in latitudes]
    tasks += on_all(contract, mutants)
    trials = make_trials(tasks, jobs)
    for latitude in latitudes:
        trial = next(trials)
        yield _judged(contract, latitude, trial, overreach(latitude, trial))
    for mutant in mutants:
        trial = next(trials)
        yield _judged(contract, mutant, trial, (*survival(mutant, trial), *astray(loss(trial))))


def _judged(contract: str, server: Mutant | Latitude, trial: Trial, problems: Iterable[str]) -> Judged:
    return Judged(server, tuple(sorted(trial.failed())), failing_checks(contract, trial), tuple(problems))


def losses(contract: str, jobs: int, every: int, first: int) -> Iterator[Loss]:
    """What every `every`th of the mutants by name leaves untested, from the one at `first` on."""
    chosen = sorted(by_hand(contract), key=lambda one: one.name)[first::every]
    yield from map(loss, make_trials(on_all(contract, chosen), jobs))


def by_hand(contract: str) -> list[Mutant]:
    """The mutants that a handwritten check must catch."""
    return [one for one in mutants_of(contract) if not GENERATED.search(one.caught_by)]


def _varied(mutants: Iterable[Mutant]) -> list[Mutant]:
    """First one mutant of each requirement, then a second one, and so on."""
    seen: Counter[str] = Counter()
    turns = [(seen.update([one.caught_by]) or seen[one.caught_by], one.name, one) for one in mutants]
    return [one for _, _, one in sorted(turns, key=lambda turn: turn[:2])]


def _survivals_to_the_end(contract: str, mutants: Sequence[Mutant], jobs: int) -> Iterator[str]:
    """As `survival`, to the last check; tried again where calls race, which meet as the machine wills."""
    left = list(mutants)
    for turn in range(RACES_TRIED):
        tasks = [_killing(contract, [one]) for one in left]
        survived = [list(survival(*pair)) for pair in zip(left, make_trials(tasks, jobs), strict=True)]
        racing = [bool(RACES.search(one.caught_by)) and turn + 1 < RACES_TRIED for one in left]
        for again, sentences in zip(racing, survived, strict=True):
            yield from () if again else sentences
        left = [one for one, again, said in zip(left, racing, survived, strict=True) if again and said]
        if not left:
            return


def survival(one: Mutant, trial: Trial) -> Iterator[str]:
    """Why the mutant was not killed by the requirement that it names, if it was not."""
    if one.caught_by not in trial.failed():
        outcome = trial.outcomes.get(one.caught_by, "not known")
        yield f"{one.name} survives: {one.caught_by} is {outcome} (exit {trial.exit})"


def overreach(one: Latitude, trial: Trial) -> Iterator[str]:
    """Which MUST requirements the latitude fails, or that it could not be judged whole."""
    for name in trial.failed("must"):
        yield f"{one.name} fails {name}, which it may not"
    if not trial.outcomes:
        yield f"{one.name} was not judged (exit {trial.exit}): {trial.text[-300:]}"


def handwritten() -> tuple[str, ...]:
    """Arguments that run every handwritten check, and no generated one."""
    return (*UNDRAWN, "-m", HANDWRITTEN)


def on_all(contract: str, mutants: Sequence[Mutant]) -> list[Task]:
    """A trial of each mutant by every handwritten check of the group whose rule it breaks."""
    groups = groups_of(contract, mutants)
    arguments = {group: by_groups(contract, [group]) for group in set(groups.values())}
    return [Task(contract, one.name, arguments[groups[one.name]], SOON) for one in mutants]


def groups_of(contract: str, mutants: Iterable[Mutant]) -> dict[str, str]:
    """The group of the requirement that each mutant names, by the mutant's name."""
    registry = load_specification(contract, _outside(contract)).registry
    return {one.name: registry[one.caught_by].group for one in mutants}


def by_groups(contract: str, groups: Iterable[str]) -> tuple[str, ...]:
    """Arguments that run every handwritten check of some groups of requirements."""
    spec = load_specification(contract, _outside(contract))
    chosen = sorted({*groups} & {CORE, *spec.contract.groups})
    if not spec.contract.groups:
        return handwritten()
    named = [one.id for one in spec.registry.values() if one.group in chosen]
    places = (
        set[Path]() if CORE in chosen else {path for name in named for path in files_naming(contract, name)}
    )
    files = sorted(str(path.relative_to(root_of(contract))) for path in places)
    return (*handwritten(), f"--groups={','.join(chosen)}", *files)


def _outside(contract: str) -> Path | None:
    root = root_of(contract)
    return None if root == ROOT else root


def only(contract: str, *requirements: str) -> tuple[str, ...]:
    """Arguments that run the checks of a requirement, or of some handwritten ones, in the files naming it."""
    paths = sorted({path for name in requirements for path in files_naming(contract, name)})
    fuzzes = len(requirements) == 1 and any("pytest.mark.fuzz" in path.read_text("utf-8") for path in paths)
    light = LIGHT if fuzzes else (*UNDRAWN, "-m", "not fuzz")
    root = root_of(contract)
    places = [
        f"{path.relative_to(root)}{function}"
        for path in paths
        for function in (_functions(path, requirements[0]) if fuzzes else [""])
    ]
    drawn = (FEWER,) if any(map(GENERATED.search, requirements)) else ()
    return (*light, *drawn, *(f"--requirement={name}" for name in requirements), *places)


def _functions(path: Path, requirement: str) -> list[str]:
    """The tests of a file that name it, as `::test`: making the requests of one operation takes a second.

    One empty text stands for the whole file.
    """
    marked = MARKED.findall(path.read_text(encoding="utf-8"))
    return [f"::{test}" for ids, test in marked if f'"{requirement}"' in ids] or [""]


def files_naming(contract: str, requirement: str) -> list[Path]:
    """The suite files in which the id of a requirement stands."""
    word = re.compile(rf"[\"']{re.escape(requirement)}[\"']")
    files = sorted((root_of(contract) / "suites" / contract).rglob("test_*.py"))
    return [path for path in files if word.search(path.read_text(encoding="utf-8"))]


def _left(servers: list[Server], done: Collection[str], among: Collection[str] | None) -> list[Server]:
    return [one for one in servers if one.name not in done and (among is None or one.name in among)]


def _chosen(servers: list[Server], part: str) -> list[Server]:
    return [one for one in servers if part.lower() in one.name.lower()]
