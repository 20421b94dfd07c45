"""Example requests to the operations of a contract, from its OpenAPI document, as curl lines."""

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tck.contract.contract import Contract
from tck.contract.openapi import METHODS
from tck.contract.yaml_source import read_document
from tck.paths import spec_dir

PARAMETER = re.compile(r"\{([a-zA-Z_]+)\}")


@dataclass(frozen=True)
class Example:
    """One request to an operation; `path` has $NAMES in place of its parameters."""

    operation: str
    method: str
    path: str
    body: Any = None
    has_body: bool = False

    def curl(self, base_url: str, authorization: str) -> str:
        """The request for a shell, in which $BASE_URL, the parameters and the key are variables."""
        words = [f'curl -sS -X {self.method} "{base_url}{self.path}"', f'-H "Authorization: {authorization}"']
        if self.has_body:
            words.append("-H 'Content-Type: application/json'")
            words.append(f"-d {shlex.quote(json.dumps(self.body, ensure_ascii=False))}")
        return " ".join(words)


def examples_of(contract: Contract) -> tuple[Example, ...]:
    """The first example of each operation, in the document's order."""
    root = read_document(spec_dir(contract.name, contract.root) / "openapi.yaml").value
    return tuple(
        _example(root, path, method, item[method])
        for path, item in root["paths"].items()
        for method in METHODS
        if method in item
    )


def authorization_of(contract: Contract) -> str:
    """The value of Authorization, with the key as a variable of the shell."""
    first = contract.credentials[0]
    own = {option.name: option.default for option in contract.options}
    return first.authorization.header(f"${first.env}", own)


def _example(root: Mapping[str, Any], path: str, method: str, node: Mapping[str, Any]) -> Example:
    shown = PARAMETER.sub(lambda match: f"${match[1].upper()}", path)
    content: Mapping[str, Any] = _followed(root, node.get("requestBody", {})).get("content", {})
    examples: Mapping[str, Any] = content[next(iter(content))].get("examples", {}) if content else {}
    first = _followed(root, examples[next(iter(examples))]) if examples else {}
    return Example(node["operationId"], method.upper(), shown, first.get("value"), "value" in first)


def _followed(root: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a node is, or refers to within the document."""
    while "$ref" in node:
        found: Any = root
        for step in str(node["$ref"]).removeprefix("#/").split("/"):
            found = found[step]
        node = found
    return node
