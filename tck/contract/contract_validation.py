"""What a JSON Schema cannot see in a contract.yaml: names that must agree with one another."""

from collections.abc import Iterator
from typing import Any

from tck.contract.request_template import option_name, placeholders
from tck.contract.yaml_source import Document
from tck.errors import KitError


def faults(document: Document, name: str) -> Iterator[KitError]:
    """The errors of one file, for the folder of that name."""
    data = document.value
    if data["name"] != name:
        yield document.error(("name",), f"`name` is {data['name']!r}, but the folder is {name!r}.")
    for member, key in (("credentials", "name"), ("credentials", "env"), ("options", "flag")):
        yield from _repeated(document, member, key)
    yield from _credential_faults(document)
    yield from _option_faults(document)
    yield from _capability_faults(document)
    yield from _group_faults(document)
    options = {option_name(entry["flag"]) for entry in data.get("options", [])}
    for where, allowed in (
        (("preflight", "lookup"), {"unknown"}),
        (("preflight", "post"), {"unknown"}),
        (("ownership",), {"external_id", "tag"} | options),
        (("cleanup",), {"address"}),
        (("restore", "look"), {"address"}),
        (("restore", "write"), {"address"}),
    ):
        yield from _placeholder_faults(document, where, allowed)


def _repeated(document: Document, member: str, key: str) -> Iterator[KitError]:
    seen: set[str] = set()
    for index, entry in enumerate(document.value.get(member, [])):
        if entry[key] in seen:
            yield document.error((member, index, key), f"`{key}` {entry[key]} stands here a second time.")
        seen.add(entry[key])


def _credential_faults(document: Document) -> Iterator[KitError]:
    capabilities = document.value.get("capabilities", {})
    choices = {entry["flag"]: set(entry.get("choices", [])) for entry in document.value.get("options", [])}
    for index, entry in enumerate(document.value["credentials"]):
        where = ("credentials", index)
        capability, form = entry.get("capability"), entry["authorization"]
        if capability is None and not entry["required"]:
            sentence = f"credential {entry['name']} is optional and so needs a `capability`."
            yield document.error(where, sentence)
        if capability is not None and capability not in capabilities:
            yield document.error((*where, "capability"), f"{capability!r} is not one of the `capabilities`.")
        if entry["env"] not in entry["how_to_set"]:
            yield document.error((*where, "how_to_set"), f"`how_to_set` does not name {entry['env']}.")
        if not isinstance(form, str) and choices.get(form["option"]) != set(form["forms"]):
            sentence = f"`forms` are not the choices of an option {form['option']}."
            yield document.error((*where, "authorization", "forms"), sentence)


def _option_faults(document: Document) -> Iterator[KitError]:
    for index, entry in enumerate(document.value.get("options", [])):
        if "choices" in entry and entry["default"] not in entry["choices"]:
            sentence = f"`default` of {entry['flag']} is not one of its choices."
            yield document.error(("options", index, "default"), sentence)
    flags = {entry["flag"] for entry in document.value.get("options", [])}
    name = "existing_session_option"
    option = document.value["ownership"].get(name)
    if option is not None and option not in flags:
        yield document.error(("ownership", name), f"{option} is not one of the `options`.")
    if (option is None) != ("restore" not in document.value):
        yield document.error(("ownership",), f"`{name}` and `restore` go together.")


def _capability_faults(document: Document) -> Iterator[KitError]:
    flags = {entry["flag"] for entry in document.value.get("options", [])}
    brought = {entry.get("capability") for entry in document.value["credentials"]}
    for name, entry in document.value.get("capabilities", {}).items():
        where = ("capabilities", name)
        if "missing_reason" not in entry and name not in brought:
            sentence = f"capability {name} needs `missing_reason`, since no credential brings it."
            yield document.error(where, sentence)
        if "declared_lack" in entry and name not in brought:
            sentence = (
                f"`declared_lack` of {name} needs a credential that brings it, by which it would be seen."
            )
            yield document.error((*where, "declared_lack"), sentence)
        option = entry.get("removed_by_option")
        if option is not None and option not in flags:
            yield document.error((*where, "removed_by_option"), f"{option} is not one of the `options`.")


def _group_faults(document: Document) -> Iterator[KitError]:
    """Each operation of a group is probed, and stands in one group alone."""
    owners: dict[str, str] = {}
    for name, entry in document.value.get("groups", {}).items():
        probed = {one["operation"] for one in entry["probe"]}
        for place, operation in enumerate(entry["operations"]):
            where = ("groups", name, "operations", place)
            if operation not in probed:
                yield document.error(where, f"no `probe` of group {name} calls {operation}.")
            if operation in owners:
                yield document.error(where, f"{operation} is an operation of group {owners[operation]} too.")
            owners[operation] = name
        for place, one in enumerate(entry["probe"]):
            if one["operation"] not in entry["operations"]:
                sentence = f"{one['operation']} is not one of the operations of group {name}."
                yield document.error(("groups", name, "probe", place, "operation"), sentence)
            yield from _placeholder_faults(document, ("groups", name, "probe", place), {"address"})


def _placeholder_faults(
    document: Document, where: tuple[str | int, ...], allowed: set[str]
) -> Iterator[KitError]:
    entry: Any = document.value
    for key in where:
        entry = entry[key] if isinstance(key, int) else entry.get(key, {})
    for member in ("path", "json"):
        for name in placeholders(entry.get(member)):
            if name not in allowed:
                known = ", ".join(f"{{{word}}}" for word in sorted(allowed)) or "none"
                sentence = f"{{{name}}} is not known here; known are {known}."
                yield document.error((*where, member), sentence)
