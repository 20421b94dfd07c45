"""Whether a certificate and a result belong together and bear each other out."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tck import paths
from tck.certification.eligibility import refusals
from tck.certification.implementation import Implementation
from tck.certification.statement import OURS, Ours, Statement, statement
from tck.certification.validity import expires
from tck.contract.catalogue import registry_of
from tck.contract.contract import available_contracts
from tck.contract.releases import Release, load_record, load_release
from tck.errors import KitError, NotValid
from tck.results.document import ContractEntry, Result
from tck.results.result_file import read_result


@dataclass(frozen=True)
class Certified:
    """A statement and the result that bears it out."""

    statement: Statement
    result: Result

    @property
    def ours(self) -> Ours:
        """What the statement says beyond what every test result says."""
        return self.statement["predicate"][OURS]


def refusal(result: Result, today: date) -> str:
    """The first sentence that stands against a certificate of this result; empty when none does."""
    contract = result["contract"]
    release, withdrawn = named_release(contract), withdrawn_from(contract["name"])
    try:
        return next(refusals(result, release, withdrawn, load_record(), today), "")
    except (AttributeError, KeyError, TypeError, ValueError):
        return "the result contains options or figures that no run writes."


def named_release(contract: ContractEntry) -> Release | None:
    """The frozen set that a result names, if this kit has it."""
    if contract["release"] is None or contract["name"] not in available_contracts():
        return None
    path = paths.spec_dir(contract["name"]) / "releases" / f"{contract['release']['name']}.yaml"
    return load_release(path) if path.exists() else None


def withdrawn_from(contract: str) -> Collection[str]:
    """The ids that were withdrawn from a contract, if this kit has it."""
    return registry_of(contract).withdrawn if contract in available_contracts() else ()


def result_digest(path: Path) -> str:
    """SHA-256 of the file; raises KitError when it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise KitError(f"{path} cannot be read: {error.strerror}.") from None


def borne_out(said: Mapping[str, Any], path: Path, today: date) -> Certified:
    """What a signed statement says, and the result it is about; raises NotValid when that differs."""
    digest = result_digest(path)
    try:
        record = Implementation.from_json(said["predicate"][OURS]["implementation"])
        certified = said["subject"][0]["digest"]["sha256"]
    except (KeyError, IndexError, TypeError, AttributeError):
        raise NotValid("is signed, but its statement is not one of this kit.") from None
    if certified != digest:
        raise NotValid(f"is for another result: {path} was changed, or belongs to another run.")
    try:
        result = read_result(path)
        last_day = expires(result)
    except KitError as error:
        raise NotValid(f"is for a damaged result: {error}") from None
    if last_day < today:
        raise NotValid(f"expired on {last_day}.")
    reason = record.fault() or refusal(result, today)
    if reason:
        raise NotValid(f"does not follow from its result: {reason}")
    found = Certified(statement(result, digest, record), result)
    if found.statement != said:
        raise NotValid(f"makes claims that differ from {path}.")
    return found
