"""contract.yaml as values: all that the machinery must know of one contract."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tck import paths
from tck.contract.contract_validation import faults
from tck.contract.request_template import Request, option_name
from tck.contract.yaml_source import read_checked
from tck.errors import KitError
from tck.vocabulary import CORE, Outcome


@dataclass(frozen=True)
class Page:
    """A page of the vendor's that requirements cite."""

    id: str
    title: str
    url: str


@dataclass(frozen=True)
class Option:
    """A command-line option of the contract's own; an empty value means "not given"."""

    flag: str
    default: str
    help: str
    choices: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The option's name in Python and in placeholders."""
        return option_name(self.flag)


@dataclass(frozen=True)
class Capability:
    """What a target may lack: then `when_missing` is the outcome of what needs it, for `missing_reason`.

    The option named `removed_by_option` takes it away. `declared_lack` is what a vendor claims who
    declares that the target lacks it; empty where that cannot be declared.
    """

    name: str
    about: str
    when_missing: Outcome
    missing_reason: str
    removed_by_option: str = ""
    declared_lack: str = ""


@dataclass(frozen=True)
class Authorization:
    """How a secret is sent: one form, or one for each value of an option."""

    forms: Mapping[str, str]
    option: str = ""

    def header(self, secret: str, options: Mapping[str, str]) -> str:
        """The Authorization header's value; `options` maps Option.name to the run's value."""
        return self.forms[options[self.option] if self.option else ""].replace("{secret}", secret)


@dataclass(frozen=True)
class Credential:
    """A secret from the environment; `capability` is missing while an optional one is unset.

    `how_to_set` is the sentence for a user when it is unset.
    """

    name: str
    env: str
    required: bool
    generated: str
    authorization: Authorization
    how_to_set: str
    capability: str = ""

    def generate(self, random: str) -> str:
        """A secret of this kind for the embedded reference."""
        return self.generated.replace("{random}", random)


@dataclass(frozen=True)
class Preflight:
    """Requests that make nothing; the lookup's path holds {unknown}."""

    lookup: Request
    post: Request


@dataclass(frozen=True)
class Ownership:
    """How sessions are made and known for ours.

    The request may hold {external_id}, {tag} and options; members that a contract does not have are empty.
    """

    request: Request
    server_id_member: str
    """The reply's member with the address that the server gave."""
    client_id_member: str = ""
    """The request's member with an address that the caller chose."""
    existed_member: str = ""
    """The reply's member that is true for a session that was there before."""
    closed_member: str = ""
    """The row's member that is set once the session has ended."""
    lasting_requirement: str = ""
    """The requirement that a session which was made is found however late."""
    existing_session_option: str = ""
    """The name of the option that names an existing session to use instead."""

    @property
    def method(self) -> str:
        """The method that makes a session."""
        return self.request.method

    @property
    def path(self) -> str:
        """The path that makes a session."""
        return self.request.path


@dataclass(frozen=True)
class Restore:
    """How a session that is not ours is read at {address}, and its members put back.

    `members` maps each to the value that puts back none; null when none can be put back.
    """

    look: Request
    write: Request
    members: Mapping[str, Any]


@dataclass(frozen=True)
class RowRules:
    """A session's schema by its name, and the members whose order, presence or change is free."""

    schema: str
    unordered: tuple[str, ...] = ()
    may_vanish: tuple[str, ...] = ()
    volatile: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cleanup:
    """The request that ends the session at {address}."""

    request: Request

    def address_in(self, method: str, path: str) -> str | None:
        """The address that such a request ends, its path percent-encoded; None for any other request."""
        return self.request.value_in(method, path)


@dataclass(frozen=True)
class Probe:
    """A good call to an operation of a group; its path may hold {address}."""

    operation: str
    request: Request
    headers: Mapping[str, str]

    @property
    def needs_session(self) -> bool:
        """Whether it is sent for a session of the run's own."""
        return "{address}" in self.request.path


@dataclass(frozen=True)
class Group:
    """An optional group of requirements; `sessions` is the most that its checks make in a run."""

    name: str
    about: str
    operations: tuple[str, ...]
    probe: tuple[Probe, ...]
    sessions: int
    calls: Mapping[str, int] = field(default_factory=dict)
    """The most calls in a run of each operation whose calls may cost money."""
    large_bodies: int = 0
    """The most requests of half a mebibyte or more in a run."""


@dataclass(frozen=True)
class Contract:
    """One contract; the first credential is the one that every request carries.

    `root` is the folder that holds its spec/, suites/, reference/ and mutants/; None is the kit's own.
    """

    name: str
    title: str
    revision: str
    pages: Mapping[str, Page]
    capabilities: Mapping[str, Capability]
    credentials: tuple[Credential, ...]
    options: tuple[Option, ...]
    preflight: Preflight
    ownership: Ownership
    row: RowRules
    cleanup: Cleanup
    root: Path | None = None
    restore: Restore | None = None
    groups: Mapping[str, Group] = field(default_factory=dict)
    """The optional groups of requirements, in the order of the file."""

    def group_of(self, operation: str) -> str:
        """The group that an operation belongs to, by its operationId; the core for any other."""
        found = (one.name for one in self.groups.values() if operation in one.operations)
        return next(found, CORE)

    def credential(self, name: str) -> Credential:
        """The credential of that name; raises KeyError."""
        return {credential.name: credential for credential in self.credentials}[name]


def available_contracts(contract_dir: Path | None = None) -> tuple[str, ...]:
    """The names of the contracts in the kit and in a folder outside it, sorted.

    Raises KitError for a bad folder.
    """
    return tuple(sorted(_roots(contract_dir)))


@cache
def load_contract(name: str, contract_dir: Path | None = None) -> Contract:
    """Read one contract of the kit or of a folder outside it, once a process.

    Raises KitError for an unknown name, a broken file or a bad folder.
    """
    roots = _roots(contract_dir)
    if name not in roots:
        further = "" if contract_dir else "; --contract-dir=DIR adds those of a folder"
        raise KitError(f"There is no contract {name!r}; there are {', '.join(sorted(roots))}{further}.")
    document = read_checked(paths.spec_dir(name, roots[name]) / "contract.yaml", "contract")
    for error in faults(document, name):
        raise error
    return _contract(document.value, roots[name])


def default_contract() -> str:
    """The contract that a run judges by unless it is told otherwise."""
    settings = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(settings["tool"]["pytest"]["ini_options"]["contract"])


def _roots(contract_dir: Path | None) -> dict[str, Path | None]:
    """The Contract.root of each contract that can be chosen, by the contract's name."""
    kit: dict[str, Path | None] = dict.fromkeys(_contracts_in(paths.ROOT))
    if contract_dir is None:
        return kit
    outside: dict[str, Path | None] = dict.fromkeys(_contracts_in(contract_dir), contract_dir)
    if not contract_dir.is_dir():
        raise KitError(f"--contract-dir={contract_dir} is not a folder.")
    if not outside:
        raise KitError(
            f"--contract-dir={contract_dir} holds no contract: spec/NAME/contract.yaml is missing."
        )
    for name in outside.keys() & kit.keys():
        raise KitError(f"--contract-dir={contract_dir} holds a contract {name}, as the kit does; rename it.")
    return kit | outside


def _contracts_in(root: Path) -> list[str]:
    """The names of the folders in spec/ that hold a contract; hidden ones do not count."""
    return sorted(path.parent.name for path in root.glob("spec/[!.]*/contract.yaml"))


def _contract(data: Mapping[str, Any], root: Path | None) -> Contract:
    return Contract(
        name=data["name"],
        title=data["title"],
        revision=data["revision"],
        pages=MappingProxyType(
            {key: Page(key, value["title"], value["url"]) for key, value in data["pages"].items()}
        ),
        capabilities=MappingProxyType(_capabilities(data)),
        credentials=tuple(_credential(entry) for entry in data["credentials"]),
        options=tuple(_option(entry) for entry in data.get("options", [])),
        preflight=Preflight(_request(data["preflight"]["lookup"]), _request(data["preflight"]["post"])),
        ownership=_ownership(data["ownership"]),
        row=_row(data["row"]),
        cleanup=_cleanup(data["cleanup"]),
        root=root,
        restore=_restore(data["restore"]) if "restore" in data else None,
        groups=MappingProxyType({name: _group(name, one) for name, one in data.get("groups", {}).items()}),
    )


def _group(name: str, entry: Mapping[str, Any]) -> Group:
    probe = tuple(
        Probe(one["operation"], _request(one), MappingProxyType(one.get("headers", {})))
        for one in entry["probe"]
    )
    calls = MappingProxyType(entry.get("calls", {}))
    large = entry.get("large_bodies", 0)
    return Group(name, entry["about"], tuple(entry["operations"]), probe, entry["sessions"], calls, large)


def _capabilities(data: Mapping[str, Any]) -> dict[str, Capability]:
    reasons = {entry.get("capability"): entry["how_to_set"] for entry in data["credentials"]}
    return {
        name: Capability(
            name=name,
            about=entry["about"],
            when_missing=Outcome(entry["when_missing"]),
            missing_reason=entry.get("missing_reason") or reasons[name],
            removed_by_option=option_name(entry.get("removed_by_option", "")),
            declared_lack=entry.get("declared_lack", ""),
        )
        for name, entry in data.get("capabilities", {}).items()
    }


def _credential(entry: Mapping[str, Any]) -> Credential:
    form = entry["authorization"]
    chosen = {"": form} if isinstance(form, str) else dict(form["forms"])
    option = "" if isinstance(form, str) else option_name(form["option"])
    return Credential(
        name=entry["name"],
        env=entry["env"],
        required=entry["required"],
        generated=entry["generated"],
        authorization=Authorization(MappingProxyType(chosen), option),
        how_to_set=entry["how_to_set"],
        capability=entry.get("capability", ""),
    )


def _option(entry: Mapping[str, Any]) -> Option:
    return Option(entry["flag"], entry["default"], entry["help"], tuple(entry.get("choices", ())))


def _request(entry: Mapping[str, Any]) -> Request:
    return Request(entry["method"], entry["path"], "json" in entry, entry.get("json"))


def _ownership(entry: Mapping[str, Any]) -> Ownership:
    return Ownership(
        request=_request(entry),
        server_id_member=entry["server_id_member"],
        client_id_member=entry.get("client_id_member", ""),
        existed_member=entry.get("existed_member", ""),
        closed_member=entry.get("closed_member", ""),
        lasting_requirement=entry.get("lasting_requirement", ""),
        existing_session_option=option_name(entry.get("existing_session_option", "")),
    )


def _restore(entry: Mapping[str, Any]) -> Restore:
    return Restore(_request(entry["look"]), _request(entry["write"]), MappingProxyType(entry["members"]))


def _row(entry: Mapping[str, Any]) -> RowRules:
    return RowRules(
        schema=entry["schema"],
        unordered=tuple(entry.get("unordered", ())),
        may_vanish=tuple(entry.get("may_vanish", ())),
        volatile=tuple(entry.get("volatile", ())),
    )


def _cleanup(entry: Mapping[str, Any]) -> Cleanup:
    return Cleanup(_request(entry))
