"""A certificate that holds, told to a person: what is claimed, and what is proven; pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from tck.certification.reproduction import commands
from tck.certification.statement import OURS
from tck.reports.labels import kit_name, printable, verdict_sentence

Entry = Mapping[str, Any]
PROVES = (
    "This proves that it was signed by this key and is unchanged since. That the run happened as described\n"
    "rests on the signer, and can be repeated with the commands below. Whose key it is, it cannot prove."
)


def certificate_text(said: Entry, result: Entry, keyid: str, name: str) -> str:
    """The lines of `verify`; `name` is where the result lies."""
    ours = said["predicate"][OURS]
    facts = "\n".join(f"{label:15} {printable(text)}" for label, text in _facts(ours, result, keyid))
    again = "\n".join(f"    {printable(command)}" for command in commands(result, name))
    return f"VALID: the certificate holds for {printable(name)}.\n\n{facts}\n\n{PROVES}\n\n{again}\n"


def _facts(ours: Entry, result: Entry, keyid: str) -> Iterator[tuple[str, str]]:
    who, contract = ours["implementation"], ours["contract"]
    yield "Claim", f"{who['implementation']} {who['version']} ({who['url']}) is conformant."
    yield "With", f"{contract['name']}, revision {contract['revision']}, release {contract['release']}"
    yield "By", f"{who['organization']} ({who['contact']})"
    yield "Key", keyid
    yield "Until", ours["expires_on"]
    yield "Run", f"{ours['started_at']} to {ours['ended_at']}, against {ours['target']['base_url']}"
    yield "Kit", f"{kit_name(result['kit'])}, digest {result['kit']['digest']}"
    yield "Verdict", verdict_sentence(result)
    for label in ("deviations", "not_tested", "not_applicable"):
        named = ", ".join(ours[label])
        yield label.replace("_", " ").capitalize(), named or "none"
    lacks = [name for name, has in ours["target"]["capabilities"].items() if not has]
    yield "Target lacks", ", ".join(lacks) or "nothing that is asked for"
    if ours["added_after_release"]:
        yield "Not scored", f"added after release: {', '.join(ours['added_after_release'])}"
