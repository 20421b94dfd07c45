"""The part of the kit that needs the extra `certify`."""

import importlib
from types import ModuleType

from tck.errors import KitError

NEEDED = ("cryptography", "securesystemslib")


def signing() -> ModuleType:
    """The module that signs and checks signatures; raises KitError where what it needs is not installed."""
    try:
        return importlib.import_module("tck.certification.envelope")
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] not in NEEDED:
            raise
        raise KitError(
            "certificates need what is not installed here; pip install 'sessions-tck[certify]'."
        ) from None
