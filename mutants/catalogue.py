"""The mutants and latitudes of a contract: found by the mark that names what must catch them."""

import importlib
import inspect
import pkgutil
from abc import ABCMeta
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import mutants
import reference

ROOT = Path(__file__).resolve().parent.parent
Server = TypeVar("Server", bound=type)
Described = TypeVar("Described")
MOST_TOGETHER = 24
"""Latitudes in one bundle, so that few can hide behind each other."""

UNCHANGED = {"ALONE", "GROUPS", "caught_by", "is_latitude", *vars(ABCMeta("Nothing", (), {}))}
"""What a class of a server has that changes nothing of how it serves."""

CORE = "core"
"""What the kit calls the requirements that belong to no optional group."""


@dataclass(frozen=True)
class Mutant:
    """A reference with one rule broken; `caught_by` is the requirement whose check must fail on it."""

    name: str
    about: str
    caught_by: str
    server: type[Any]


def mutant(caught_by: str) -> Callable[[Server], Server]:
    """Mark a subclass of the reference as a mutant that a check of this requirement must catch."""

    def mark(server: Server) -> Server:
        server.caught_by = caught_by  # type: ignore[attr-defined]
        return server

    return mark


@dataclass(frozen=True)
class LoadMutant(Mutant):
    """One whose fault shows under load alone; where it depends on the call that it hits, `or_by` others."""

    or_by: tuple[str, ...] = ()


def load_mutant(*caught_by: str) -> Callable[[Server], Server]:
    """Mark a subclass of the reference as a mutant that load must catch by one of these requirements."""

    def mark(server: Server) -> Server:
        server.caught_under_load_by = caught_by  # type: ignore[attr-defined]
        return server

    return mark


@dataclass(frozen=True)
class Combination:
    """A server with several faults; `led_by` are requirements each of which must lead a cause of its own."""

    name: str
    about: str
    led_by: tuple[str, ...]


def combination(*led_by: str) -> Callable[[Server], Server]:
    """Mark a subclass of several mutants; it is no mutant itself and counts for no matrix."""

    def mark(server: Server) -> Server:
        server.led_by = led_by  # type: ignore[attr-defined]
        return server

    return mark


@dataclass(frozen=True)
class Latitude:
    """A server that differs from the reference in a way the contract allows; no MUST may fail on it."""

    name: str
    about: str
    server: type[Any]

    @property
    def alone(self) -> str:
        """What it changes for all checks, such as clocks; empty for one that changes nothing of the kind.

        Two that change the same are never judged together, nor one that does with one that does not.
        """
        return str(vars(self.server).get("ALONE", ""))

    @property
    def in_parts(self) -> bool:
        """Whether the checks judge it in parts at the same time, as they wait much on it."""
        return bool(vars(self.server).get("IN_PARTS", False))

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of requirements by which it is judged: the core, unless its class names others."""
        return tuple(vars(self.server).get("GROUPS", (CORE,)))


def latitude(server: Server) -> Server:
    """Mark a subclass of the reference as a latitude."""
    server.is_latitude = True  # type: ignore[attr-defined]
    return server


def load_latitude(server: Server) -> Server:
    """Mark a subclass of the reference as a latitude that is judged under load alone."""
    server.is_load_latitude = True  # type: ignore[attr-defined]
    return server


def latitudes_of(contract: str) -> list[Latitude]:
    """The latitudes of a contract, by name."""
    found = [server for server in _servers(contract) if "is_latitude" in vars(server)]
    return [Latitude(one.__name__, inspect.getdoc(one) or "", one) for one in found]


def combinations_of(contract: str) -> list[Combination]:
    """The servers with several faults, by name."""
    found = [server for server in _servers(contract) if "led_by" in vars(server)]
    return [Combination(one.__name__, inspect.getdoc(one) or "", vars(one)["led_by"]) for one in found]


def mutants_of(contract: str) -> list[Mutant]:
    """The mutants of a contract, by name."""
    found = [server for server in _servers(contract) if "caught_by" in vars(server)]
    return [Mutant(one.__name__, inspect.getdoc(one) or "", vars(one)["caught_by"], one) for one in found]


def load_mutants_of(contract: str) -> list[LoadMutant]:
    """The mutants of a contract that show under load, by name."""
    found = [server for server in _servers(contract) if "caught_under_load_by" in vars(server)]
    return [_load_mutant(one, *vars(one)["caught_under_load_by"]) for one in found]


def _load_mutant(server: type[Any], caught_by: str, *or_by: str) -> LoadMutant:
    return LoadMutant(server.__name__, inspect.getdoc(server) or "", caught_by, server, or_by)


def load_latitudes_of(contract: str) -> list[Latitude]:
    """The latitudes of a contract that are judged under load alone, by name."""
    found = [server for server in _servers(contract) if "is_load_latitude" in vars(server)]
    return [Latitude(one.__name__, inspect.getdoc(one) or "", one) for one in found]


def server_named(contract: str, name: str) -> type[Any]:
    """The mutant or latitude of that name, or of several joined by +; raises LookupError."""
    known = {server.__name__: server for server in _servers(contract)}
    parts = name.split("+")
    unknown = [part for part in parts if part not in known]
    if unknown:
        raise LookupError(f"there is no server {unknown[0]} among the mutants and latitudes of {contract}")
    return known[name] if len(parts) == 1 else type(name, tuple(known[part] for part in parts), {})


def bundles(latitudes: list[Latitude]) -> list[list[Latitude]]:
    """Latitudes that change different methods, together: each bundle is one server that differs much."""
    return gathered(latitudes, MOST_TOGETHER, _clash)


def gathered(
    servers: Iterable[Described], most: int, clash: Callable[[Described, Described], bool]
) -> list[list[Described]]:
    """Each in the first bundle of fewer than `most` in which it clashes with none."""
    made: list[list[Described]] = []
    for one in servers:
        room = (bundle for bundle in made if len(bundle) < most)
        fitting = (bundle for bundle in room if not any(clash(one, other) for other in bundle))
        bundle = next(fitting, None)
        if bundle is None:
            made.append([one])
        else:
            bundle.append(one)
    return made


def _clash(one: Latitude, other: Latitude) -> bool:
    if one.in_parts or other.in_parts or bool(one.alone) != bool(other.alone):
        return True
    if one.alone:
        apart = one.alone == other.alone or one.groups != other.groups
    else:
        apart = not set(one.groups) & set(other.groups)
    return apart or bool(changed(one.server) & changed(other.server))


def changed(server: type[Any]) -> set[str]:
    """What a server has otherwise than the reference: methods and values, its own and those of its kin."""
    kin = [one for one in server.__mro__ if one.__module__.startswith(f"{mutants.__name__}.")]
    return {name for one in kin for name in vars(one)} - UNCHANGED


def add_contracts(folder: Path) -> None:
    """Let the contracts in a folder outside the checkout be imported like those in it."""
    for package in (mutants, reference):
        place = str(folder / package.__name__)
        if place not in package.__path__:
            package.__path__.append(place)


def root_of(contract: str) -> Path:
    """The folder with a contract's mutants/, suites/ and spec/: the checkout, or one that was added."""
    [place] = importlib.import_module(f"mutants.{contract}").__path__
    return Path(place).parent.parent


def _servers(contract: str) -> list[type[Any]]:
    package = importlib.import_module(f"mutants.{contract}")
    names = [info.name for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
    modules = [importlib.import_module(name) for name in names]
    servers = {
        server.__name__: server
        for module in modules
        for server in vars(module).values()
        if inspect.isclass(server) and server.__module__ == module.__name__
    }
    return [servers[name] for name in sorted(servers)]
