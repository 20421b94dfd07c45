"""The credentials of a contract, from the environment or made up for the embedded reference."""

import secrets
from collections.abc import Collection, Mapping

from tck.contract.contract import Contract
from tck.errors import KitError


def credentials_from(environment: Mapping[str, str], contract: Contract) -> dict[str, str]:
    """The secrets that the operator has set, by credential name; raises KitError when one is missing."""
    found: dict[str, str] = {}
    for item in contract.credentials:
        secret = environment.get(item.env, "").strip()
        if secret:
            found[item.name] = _checked(secret, item.env)
        elif item.required:
            raise KitError(f"{item.env} is not set. {item.how_to_set}")
    if len(set(found.values())) != len(found):
        names = " and ".join(item.env for item in contract.credentials)
        raise KitError(f"{names} hold the same secret; they must belong to different environments.")
    return found


def contradict_none(
    given: Mapping[str, str], contract: Contract, declared: Collection[str], *, embedded: bool
) -> None:
    """Raise KitError when a credential brings a capability that is declared to be missing."""
    for item in contract.credentials:
        if item.name in given and item.capability in declared:
            against = "the embedded reference, which has it" if embedded else f"{item.env}, which is set"
            instead = "give --base-url" if embedded else f"unset {item.env}"
            raise KitError(
                f"--without={item.capability} contradicts {against}; {instead}, or leave out --without."
            )


def _checked(secret: str, env: str) -> str:
    if not secret.isascii() or not secret.isprintable() or " " in secret:
        raise KitError(f"{env} holds a character that no secret has; set it to the secret alone.")
    return secret


def random_credentials(contract: Contract) -> dict[str, str]:
    """A new random secret for each credential of the contract, by credential name."""
    return {item.name: item.generate(secrets.token_hex(12)) for item in contract.credentials}
