"""A certificate that holds, told to a person: what is claimed, and what is proven; pure."""

from collections.abc import Iterator, Mapping

from tck.certification.reproduction import commands, release_of
from tck.certification.verification import Certified
from tck.reports.labels import declared_lacks, kit_name, verdict_sentence
from tck.results.groups import Coverage
from tck.values.texts import printable

PROVES = (
    "This proves that the holder of the key signed it, and that nothing was changed since. It does not\n"
    "prove whose key it is, nor that the run took place as described: you trust the signer for that, and\n"
    "can repeat the run with these commands:"
)
COVERAGE: Mapping[Coverage, str] = {
    "covered": "covered",
    "not_offered": "not offered by the implementation",
    "not_chosen": "left out, so the certificate says nothing of it",
    "not_released": "in no release of the requirements yet, so the certificate says nothing of it",
}


def certificate_text(found: Certified, keyid: str, name: str) -> str:
    """The lines of `verify`; `name` is where the result lies."""
    facts = "\n".join(f"{label:15} {printable(text)}" for label, text in _facts(found, keyid))
    again = "\n".join(f"    {printable(command)}" for command in commands(found.result, name))
    holds = f"VALID: the certificate holds for {printable(name)}."
    return "\n\n".join([holds, facts, PROVES, again, f"{release_of(found.result)}\n"])


def _facts(found: Certified, keyid: str) -> Iterator[tuple[str, str]]:
    ours, result = found.ours, found.result
    who, contract = ours["implementation"], ours["contract"]
    yield "Claim", f"{who['implementation']} {who['version']} ({who['url']}) is conformant."
    yield "With", f"{contract['name']}, revision {contract['revision']}, release {contract['release']}"
    groups = ours.get("groups")
    if groups:
        yield "Groups", "; ".join(f"{name}: {COVERAGE[covered]}" for name, covered in groups.items())
    yield "By", f"{who['organization']} ({who['contact']})"
    yield "Key", keyid
    yield "Until", ours["expires_on"]
    yield "Run", f"{ours['started_at']} to {ours['ended_at']}, against {ours['target']['base_url']}"
    yield "Kit", f"{kit_name(result['kit'])}, digest {result['kit']['digest']}"
    yield "Verdict", verdict_sentence(result)
    yield "Deviations", _named(ours["deviations"])
    yield "Not tested", _named(ours["not_tested"])
    yield "Not applicable", _named(ours["not_applicable"])
    missing = [name for name, has in ours["target"]["capabilities"].items() if not has]
    yield "Missing", ", ".join(missing) or "no capability"
    declared = declared_lacks(result)
    if declared:
        yield "Declared", declared
    if ours["added_after_release"]:
        yield "Not scored", f"added after release: {', '.join(ours['added_after_release'])}"


def _named(said: Mapping[str, str]) -> str:
    return ", ".join(said) or "none"
