"""Why a result is not certified: each reason a sentence; pure."""

from collections.abc import Collection, Iterator
from datetime import date

from tck.certification.validity import ended_at, expires
from tck.contract.releases import KitState, Record, Release
from tck.reports.labels import verdict_sentence
from tck.results.document import RequirementEntry, Result
from tck.results.groups import scored_entries

EXAMPLES = 50
"""The certification budget: generated examples an operation; besides, no limit may have cut the run."""
UNDECIDED = ("error", "indeterminate", "not_tested")


def refusals(
    result: Result, release: Release | None, withdrawn: Collection[str], record: Record, today: date
) -> Iterator[str]:
    """All that stands against a certificate.

    `release` is the frozen set that the result names, of which it need not have what was withdrawn since.
    """
    if "load" in result:
        yield (
            "the result was observed under load, which looks at a part of the requirements; "
            "a certificate needs a run, by sessions-tck run."
        )
    yield from _served(result)
    yield from _narrowed(result)
    yield from _claimed(result)
    yield from _judged(result)
    yield from _spared(result)
    yield from _kit(result, record)
    yield from _set(result, release, withdrawn)
    yield from _dated(result, today)


def _served(result: Result) -> Iterator[str]:
    if result["target"]["embedded"]:
        yield (
            "the run judged the embedded reference; "
            "a certificate needs a server that others can reach, given by --base-url."
        )


def _narrowed(result: Result) -> Iterator[str]:
    options = result["options"]
    if options.get("requirement"):
        yield "the run was limited by --requirement; certification needs every check."
    if result["partial"] or result["verdict"] == "partial":
        yield "the run was partial: not every check of the contract was completed."
    if options.get("accept_not_tested"):
        names = ", ".join(map(str, options["accept_not_tested"]))
        yield f"the run accepted that {names} was not tested; certification needs it tested."


def _claimed(result: Result) -> Iterator[str]:
    capabilities = result["target"]["capabilities"]
    for name in result["target"].get("declared_lacks", {}):
        if capabilities.get(name):
            yield f"the target is declared to lack {name}, which the run has seen there."


def _judged(result: Result) -> Iterator[str]:
    for one in _scored_musts(result):
        if one["outcome"] == "waived":
            yield f"the MUST {one['id']} failed and is waived; certification accepts no waived MUST."
    if result["verdict"] != "conformant":
        yield f"the verdict must be conformant, but is {verdict_sentence(result)}"
    for one in _scored_musts(result):
        if one["outcome"] == "failed":
            yield f"the verdict is conformant although the MUST {one['id']} failed."
        if one["outcome"] in UNDECIDED:
            yield f"the verdict is conformant although the MUST {one['id']} is undecided."


def _scored_musts(result: Result) -> list[RequirementEntry]:
    return [one for one in scored_entries(result) if one["level"] == "must"]


def _spared(result: Result) -> Iterator[str]:
    examples = result["options"].get("fuzz_examples", 0)
    if examples < EXAMPLES:
        yield f"--fuzz-examples={examples} is less than the {EXAMPLES} that certification needs."
    for name, note in sorted(result["generated"].items()):
        for what, wanted in note.items():
            made = note.get(what.removesuffix("_wanted"))
            if what.endswith("_wanted") and isinstance(made, int) and made < wanted:
                part = f"{made} of {wanted} {what.removesuffix('_wanted')} of {name}"
                yield f"a limit cut the generated checks short: {part}; raise --max-sessions."
        if note.get("left_out"):
            part = f"{note['left_out']} requests of {name} were left out"
            yield f"a limit cut the generated checks short: {part}; raise the limit."


def _kit(result: Result, record: Record) -> Iterator[str]:
    kit, contract = result["kit"], result["contract"]["name"]
    match record.state(kit["version"], contract, kit["digest"]):
        case KitState.MODIFIED:
            yield (
                "the run was judged by a modified kit: "
                f"its digest differs from that of release {kit['version']}."
            )
        case KitState.UNRELEASED:
            yield (
                "the run was judged by an unreleased kit: this kit has no record of release "
                f"{kit['version']} for {contract}."
            )


def _set(result: Result, release: Release | None, withdrawn: Collection[str]) -> Iterator[str]:
    named = result["contract"]["release"]
    if named is None:
        yield "the run was not scored by a released set of requirements."
        return
    if release is None or release.digest != named["digest"]:
        yield f"the requirements that scored the run differ from release {named['name']}."
        return
    levels = {one["id"]: one["level"] for one in result["requirements"] if not one["added_after_release"]}
    for id_, frozen in release.requirements.items():
        if levels.get(id_) != frozen.level and not (id_ in withdrawn and id_ not in levels):
            yield f"{id_} of release {release.name} is missing from the result, or has another level there."
    for id_ in levels.keys() - release.requirements.keys():
        yield f"the result scores {id_}, which is not in release {release.name}."


def _dated(result: Result, today: date) -> Iterator[str]:
    if ended_at(result).date() > today:
        yield "the run ended in the future, by this machine's clock."
    if expires(result) < today:
        yield f"the run is more than twelve months old: its certificate expired on {expires(result)}."
