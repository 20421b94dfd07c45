"""`python -m mutants`: list the faulty servers, serve one, or try the kit on them."""

import argparse
import importlib.util
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from mutants.catalogue import (
    ROOT,
    Latitude,
    Mutant,
    add_contracts,
    latitudes_of,
    load_latitudes_of,
    load_mutants_of,
    mutants_of,
)
from mutants.failing_checks import keep_failing, read_failing
from mutants.load_trial import Load, load_survival, make_load_trial
from mutants.matrix import (
    Matrix,
    differences,
    draw,
    full,
    keep,
    losses,
    overreach,
    quick,
    read_matrix,
    representatives,
)
from mutants.page import page, page_path
from mutants.pointers import Loss, astray
from mutants.trial import HANDWRITTEN, SOON, Task, Trial, make_trials
from reference.serving import Server
from tck.contract.contract import load_contract
from tck.errors import KitError
from tck.vocabulary import CANNOT_START, CORE

WORST = 15
"""Mutants that are shown at the end because they leave most untested."""


def main() -> int:
    """Run the command line; 0 when every mutant tried was killed and every latitude tried was forgiven."""
    parser = argparse.ArgumentParser(prog="python -m mutants", description=__doc__)
    parser.add_argument("--contract", default="trigger")
    parser.add_argument(
        "--contract-dir", metavar="DIR", type=Path, help="folder of contracts outside the kit"
    )
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("list", help="all mutants, those of load too, and what must catch each")
    serve = actions.add_parser("serve", help="serve one mutant until interrupted")
    serve.add_argument("name")
    serve.add_argument("--port", type=int, default=0)
    trying = actions.add_parser(
        "try", help="run the checks of the requirement that each mutant names, or all checks on a latitude"
    )
    trying.add_argument("names", nargs="*", help="mutants (all, unless some are named), or latitudes")
    trying.add_argument("--module", help="only the mutants of this module, such as create")
    trying.add_argument("--all-checks", action="store_true", help="run the whole suite")
    trying.add_argument("--checks", nargs="*", default=[], help="run these suite files instead")
    trying.add_argument("--show", action="store_true", help="print what the kit said")
    checking = actions.add_parser("matrix", help="judge every mutant and latitude")
    checking.add_argument("--full", action="store_true", help="every handwritten check against every server")
    checking.add_argument("--brief", action="store_true", help="the first mutant of each requirement")
    checking.add_argument("--write", action="store_true", help="keep the full matrix, and render its page")
    checking.add_argument("--missing", action="store_true", help="only servers that the kept one lacks")
    checking.add_argument("--only", metavar="PART", default="", help="only servers whose name holds this")
    checking.add_argument(
        "--representatives",
        action="store_true",
        help="with --full: the mutants whose failed requirements no other's hold and more",
    )
    checking.add_argument("--draw", metavar="N", type=int, help="N of the representatives, drawn by --seed")
    checking.add_argument("--seed", metavar="TEXT", help="what decides the draw (default: the commit)")
    checking.add_argument("--jobs", type=int, default=2)
    pointing = actions.add_parser(
        "pointers", help="what mutants leave untested, and whether each reason names what is to blame"
    )
    pointing.add_argument("--every", type=int, default=1, help="judge one in so many mutants (all)")
    pointing.add_argument("--first", type=int, default=0, help="begin with the one at this place")
    pointing.add_argument("--jobs", type=int, default=2)
    loading = actions.add_parser(
        "load", help="put servers under load: mutants that must fail then, latitudes that may not"
    )
    loading.add_argument("names", nargs="*", help="servers, ordinary ones too (all that are for load)")
    loading.add_argument("--users", type=int, default=Load.users, help=f"users at a time ({Load.users})")
    loading.add_argument(
        "--seconds", type=float, default=Load.seconds, help=f"of load for each ({Load.seconds:g})"
    )
    loading.add_argument("--show", action="store_true", help="print what the kit said")
    arguments = parser.parse_args()
    try:
        _find(arguments.contract, arguments.contract_dir)
    except KitError as error:
        print(f"ERROR: {error}", file=sys.stderr)
        return CANNOT_START
    actions_by_name = {
        "list": _list, "serve": _serve, "try": _try, "matrix": _matrix, "pointers": _pointers, "load": _load,
    }  # fmt: skip
    action = actions_by_name[arguments.action]
    return action(arguments)


def _find(contract: str, contract_dir: Path | None) -> None:
    """Let the contract be imported; raises KitError when there is none of that name, or none with mutants."""
    folder = contract_dir.resolve() if contract_dir else None
    load_contract(contract, folder)
    if folder is not None:
        add_contracts(folder)
    if importlib.util.find_spec(f"mutants.{contract}") is None:
        raise KitError(f"{(folder or ROOT) / 'mutants' / contract} is missing, so there is no mutant to try.")


def _chosen(arguments: argparse.Namespace) -> list[Mutant]:
    known = {one.name: one for one in mutants_of(arguments.contract)}
    if arguments.action != "try":
        known |= {one.name: one for one in load_mutants_of(arguments.contract)}
    names = getattr(arguments, "names", None) or [getattr(arguments, "name", "")]
    unknown = [name for name in names if name and name not in known]
    if unknown:
        sys.exit(f"no such mutant: {', '.join(unknown)}")
    chosen = [known[name] for name in names if name] or list(known.values())
    module = getattr(arguments, "module", None)
    return [one for one in chosen if not module or one.server.__module__.endswith(f".{module}")]


def _list(arguments: argparse.Namespace) -> int:
    for one in _chosen(arguments):
        print(f"{one.name:50} {one.caught_by:45} {one.about}")
    return 0


def _serve(arguments: argparse.Namespace) -> int:
    [one] = _chosen(arguments)
    package = importlib.import_module(f"mutants.{arguments.contract}")
    with tempfile.TemporaryDirectory() as folder:
        reference, secrets = package.build(one.server, Path(folder, "rows.sqlite"))
        with Server(reference.app(), port=arguments.port) as url:
            print(
                " ".join(f"{name}={secret}" for name, secret in secrets.items()),
                f"--base-url={url}",
                flush=True,
            )
            threading.Event().wait()
    return 0


def _try(arguments: argparse.Namespace) -> int:
    known = {one.name: one for one in latitudes_of(arguments.contract)}
    asked = [known[name] for name in arguments.names if name in known]
    arguments.names = [name for name in arguments.names if name not in known]
    forgiven = _try_latitudes(asked, arguments) if asked else True
    killed = True if asked and not arguments.names else _try_mutants(arguments)
    return int(not (forgiven and killed))


def _try_latitudes(chosen: list[Latitude], arguments: argparse.Namespace) -> bool:
    tasks = [Task(arguments.contract, one.name, _checks_of(one, arguments)) for one in chosen]
    problems = []
    for one, trial in zip(chosen, make_trials(tasks, 2), strict=True):
        found = list(overreach(one, trial))
        told = ", ".join(trial.failed("should")) or "none"
        print(*(found or [f"forgiven   {one.name}"]), f"  deviations: {told}", sep="\n")
        if arguments.show:
            print(trial.text)
        problems += found
    return not problems


def _checks_of(one: Latitude, arguments: argparse.Namespace) -> tuple[str, ...]:
    """What a latitude is judged by: all checks of its groups, unless some are given."""
    own = () if one.groups == (CORE,) else (f"--groups={','.join(one.groups)}",)
    return tuple(arguments.checks) or own


def _try_mutants(arguments: argparse.Namespace) -> bool:
    chosen = _chosen(arguments)
    tasks = [Task(arguments.contract, one.name, _narrowed(one, arguments), SOON) for one in chosen]
    told = [_told(one, trial, arguments) for one, trial in zip(chosen, make_trials(tasks, 2), strict=True)]
    print(f"{sum(told)} killed, {len(told) - sum(told)} survived")
    return all(told)


def _matrix(arguments: argparse.Namespace) -> int:
    if arguments.full or arguments.representatives or arguments.draw:
        return _full(arguments)
    problems = list(quick(arguments.contract, arguments.jobs, arguments.only, arguments.brief))
    print("\n".join(problems) or "every mutant killed, every latitude forgiven")
    return int(bool(problems))


def _full(arguments: argparse.Namespace) -> int:
    contract, kept = arguments.contract, read_matrix(arguments.contract)
    known = {one.name for one in mutants_of(contract)} | {one.name for one in latitudes_of(contract)}
    among = _among(arguments, kept)
    partial = arguments.missing or arguments.only or among is not None
    matrix, problems = kept.of(known) if partial else Matrix(), list[str]()
    done = matrix.names if arguments.missing else ()
    judged, failing = Matrix(), dict(read_failing(contract)) if partial else {}
    page_path(contract).parent.mkdir(exist_ok=True)
    for one in full(contract, arguments.jobs, arguments.only, done, among):
        matrix, judged = matrix.with_one(one), judged.with_one(one)
        problems += one.problems
        print(f"{one.server.name}: {len(one.failed)} failed", *one.problems, sep="\n  ", flush=True)
        if arguments.write:
            keep(contract, matrix)
            if isinstance(one.server, Mutant):
                failing[one.server.name] = one.checks
                keep_failing(contract, {name: row for name, row in failing.items() if name in known})
            page_path(contract).write_text(page(contract, matrix), encoding="utf-8")
    if not arguments.write:
        problems += differences(kept.of(judged.names), judged)
    print("\n".join(problems) or "the matrix is as it was kept")
    return int(bool(problems))


def _among(arguments: argparse.Namespace, kept: Matrix) -> list[str] | None:
    """The servers to which the options narrow the full matrix; None for all."""
    if not (arguments.representatives or arguments.draw):
        return None
    chosen = representatives(kept)
    if arguments.draw:
        chosen = draw(chosen, arguments.draw, arguments.seed or _commit())
    print(f"{len(chosen)} of {len(representatives(kept))} representatives")
    return chosen


def _commit() -> str:
    command = ("git", "rev-parse", "HEAD")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - fixed
    return done.stdout.strip()


def _pointers(arguments: argparse.Namespace) -> int:
    found: list[Loss] = []
    for one in losses(arguments.contract, arguments.jobs, arguments.every, arguments.first):
        found.append(one)
        print(f"{one.server}: {len(one.untested)} MUSTs untested", *astray(one), sep="\n  ", flush=True)
    worst = sorted(found, key=lambda one: len(one.untested), reverse=True)[:WORST]
    print("most untested:", *(f"{len(one.untested):4} {one.server}" for one in worst), sep="\n")
    wrong = sum(len(one.astray) for one in found)
    print(f"{wrong} reasons name a requirement that did not fail")
    return int(bool(wrong))


def _load(arguments: argparse.Namespace) -> int:
    contract = arguments.contract
    for_load: list[Mutant | Latitude] = [*load_mutants_of(contract), *load_latitudes_of(contract)]
    known = {one.name: one for one in (*mutants_of(contract), *latitudes_of(contract), *for_load)}
    unknown = [name for name in arguments.names if name not in known]
    if unknown:
        sys.exit(f"no such server: {', '.join(unknown)}")
    load, problems = Load(arguments.users, arguments.seconds), list[str]()
    for one in [known[name] for name in arguments.names] or for_load:
        trial = make_load_trial(contract, one.name, load)
        found = list(load_survival(one, trial) if isinstance(one, Mutant) else overreach(one, trial))
        state = "killed" if isinstance(one, Mutant) else "forgiven"
        failed = ", ".join(trial.failed()) or "none"
        print(*(found or [f"{state:10} {one.name}"]), sep="\n")
        print(f"  {trial.replies} replies; failed: {failed}", flush=True)
        if arguments.show or not trial.outcomes:
            print(trial.text)
        problems += found
    return int(bool(problems))


def _narrowed(one: Mutant, arguments: argparse.Namespace) -> tuple[str, ...]:
    if arguments.checks:
        return tuple(arguments.checks)
    return ("-m", HANDWRITTEN) if arguments.all_checks else (f"--requirement={one.caught_by}",)


def _told(one: Mutant, trial: Trial, arguments: argparse.Namespace) -> bool:
    killed = one.caught_by in trial.failed()
    others = [name for name in trial.failed() if name != one.caught_by]
    state = (
        "killed"
        if killed
        else f"SURVIVED ({trial.outcomes.get(one.caught_by, 'not run')}, exit {trial.exit})"
    )
    print(
        f"{state:10} {one.name} by {one.caught_by}"
        + (f"; also failed: {', '.join(others)}" if others else "")
    )
    if arguments.show or (not killed and not trial.outcomes):
        print(trial.text)
    return killed


if __name__ == "__main__":
    sys.exit(main())
