"""Mutants: an externalId that is a UUID, an e-mail address, a number or decomposed is treated apart."""

import re
from unicodedata import is_normalized

from mutants.catalogue import mutant
from reference.application import Json
from reference.refusals import Path
from reference.trigger import TriggerReference


class _Lowered(TriggerReference):
    """ExternalIds of a form are kept and looked up in small letters."""

    FORM = r"(?!)"

    def lowered(self, name: str) -> str:
        return name.lower() if re.fullmatch(self.FORM, name, re.IGNORECASE) else name

    def check_new_external_id(self, value: Json, path: Path) -> Json:
        return self.lowered(super().check_new_external_id(value, path))

    def decode_address(self, raw: str) -> str:
        return self.lowered(super().decode_address(raw))


@mutant("create.values-keep-external-id")
class UuidsAreKeptInSmallLetters(_Lowered):
    """An externalId that is a UUID is kept and looked up in small letters."""

    FORM = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@mutant("create.values-keep-external-id")
class MailAddressesAreLowered(_Lowered):
    """An externalId that is an e-mail address is kept and looked up in small letters."""

    FORM = r"[^@\s]+@[^@\s]+\.[a-z]+"


@mutant("update.different-external-id-answers-422")
class OwnNameIsComparedAsANumber(TriggerReference):
    """An update takes an externalId for the session's own when both are the same number."""

    def same_external_id(self, own: str | None, named: str | None) -> bool:
        if own and named and own.isdecimal() and named.isdecimal():
            return int(own) == int(named)
        return super().same_external_id(own, named)


@mutant("update.same-external-id-accepted")
class OwnDecomposedNameIsRefused(TriggerReference):
    """An update refuses an externalId that is not in normal form C, also when it is the session's own."""

    def same_external_id(self, own: str | None, named: str | None) -> bool:
        return super().same_external_id(own, named) and (named is None or is_normalized("NFC", named))
