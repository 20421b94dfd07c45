"""Mutants: keys and objects inside JSON that mean something to a logger, an ORM or a database."""

import re
from collections.abc import Callable
from typing import Any

from mutants.catalogue import mutant
from reference.application import Json
from reference.refusals import Path
from reference.trigger import Change, TriggerReference

TELLING = re.compile(r"password|passwd|secret|token|api_?key|authorization|cookie", re.IGNORECASE)
SCRIPT = re.compile(r"<script.*?</script>|\son\w+=|javascript:", re.IGNORECASE | re.DOTALL)


def turned(value: Any, turn: Callable[[Any], Any]) -> Any:
    """The value with `turn` applied to every value inside it, and then to it."""
    if isinstance(value, dict):
        value = {name: turned(one, turn) for name, one in value.items()}
    if isinstance(value, list):
        value = [turned(one, turn) for one in value]
    return turn(value)


def masked(value: Any) -> Any:
    """An object with what stands under telling names masked."""
    if not isinstance(value, dict):
        return value
    return {name: "[REDACTED]" if TELLING.fullmatch(name) else one for name, one in value.items()}


def without_private(value: Any) -> Any:
    """An object without the keys that begin with one underscore."""
    if not isinstance(value, dict):
        return value
    return {name: one for name, one in value.items() if name.startswith("__proto") or name[:1] != "_"}


def from_extended_json(value: Any) -> Any:
    """What an object of MongoDB's extended JSON stands for."""
    [(name, one)] = value.items() if isinstance(value, dict) and len(value) == 1 else [("", None)]
    if name == "$numberLong":
        return int(str(one))
    return one if name in ("$date", "$oid") else value


def from_buffer(value: Any) -> Any:
    """The text of an object that a Buffer is written as."""
    if isinstance(value, dict) and value.keys() == {"type", "data"} and value["type"] == "Buffer":
        return bytes(value["data"]).decode()
    return value


def huge_as_text(value: Any) -> Any:
    """A number of 1e21 and more as a text."""
    return f"{value:g}" if isinstance(value, float) and abs(value) >= 1e21 else value


def without_scripts(value: Any) -> Any:
    """A text without what a browser may run."""
    return SCRIPT.sub("", value) if isinstance(value, str) else value


@mutant("create.values-keep-metadata")
class SecretsInMetadataAreMasked(TriggerReference):
    """What stands under password, token and the like in metadata is masked before it is stored."""

    def check_metadata(self, value: Json, path: Path) -> Json:
        return turned(super().check_metadata(value, path), masked)


@mutant("update.values-keep-metadata")
class PrivateKeysAreDropped(TriggerReference):
    """An update drops the keys of metadata that begin with an underscore, as they are the store's own."""

    def updated_metadata(self, change: Change) -> dict[str, Json] | None:
        kept: dict[str, Json] | None = turned(super().updated_metadata(change), without_private)
        return kept


@mutant("create.values-keep-metadata")
class ExtendedJsonIsRead(TriggerReference):
    """Objects of extended JSON inside metadata are kept as what they stand for."""

    def check_metadata(self, value: Json, path: Path) -> Json:
        return turned(super().check_metadata(value, path), from_extended_json)


@mutant("create.values-keep-base-payload")
class BuffersAreRevived(TriggerReference):
    """Objects inside basePayload that a Buffer is written as are kept as texts."""

    def check_base_payload(self, value: Json, path: Path) -> Json:
        return turned(super().check_base_payload(value, path), from_buffer)


@mutant("update.values-keep-metadata")
class HugeNumbersAreText(TriggerReference):
    """An update keeps numbers of 1e21 and more in metadata as texts."""

    def updated_metadata(self, change: Change) -> dict[str, Json] | None:
        kept: dict[str, Json] | None = turned(super().updated_metadata(change), huge_as_text)
        return kept


@mutant("update.metadata-is-replaced")
class WrittenTypesAreUnwrapped(TriggerReference):
    """An update keeps of metadata with the members json and meta alone what stands under json."""

    def updated_metadata(self, change: Change) -> dict[str, Json] | None:
        sent = super().updated_metadata(change)
        wrapped = sent is not None and sent.keys() == {"json", "meta"}
        kept: dict[str, Json] | None = sent["json"] if sent is not None and wrapped else sent
        return kept


@mutant("create.values-keep-metadata")
class ScriptsAreTakenOut(TriggerReference):
    """Scripts are taken out of the texts in metadata."""

    def check_metadata(self, value: Json, path: Path) -> Json:
        return turned(super().check_metadata(value, path), without_scripts)
