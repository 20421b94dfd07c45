"""Keys that are taken for the right one."""

import re
from dataclasses import replace

from mutants.catalogue import mutant
from reference.application import Call, Reply
from reference.everruns import EverrunsReference
from reference.refusals import Refusal


@mutant("credentials.no-key-refused")
class NoCredentialIsGood(EverrunsReference):
    """An update without a credential is carried out."""

    def check_access_to_update(self, call: Call) -> None:
        if "authorization" in call.headers:
            super().check_access_to_update(call)


@mutant("credentials.no-key-refused")
class RefusedUpdatesShowTheSession(EverrunsReference):
    """The refusal of an update without a credential names the session's title."""

    def check_access_to_update(self, call: Call) -> None:
        try:
            super().check_access_to_update(call)
        except Refusal as refusal:
            with self.reading() as db:
                title = self.find(db, self.address(call)).title
            raise Refusal(refusal.status, f"You may not update {title}") from None


@mutant("credentials.made-up-key-refused")
class AnyKeyOfTheFormIsGood(EverrunsReference):
    """An update with anything that looks like a key is carried out."""

    def check_access_to_update(self, call: Call) -> None:
        if not re.fullmatch(r"evr_[0-9a-f]{64}", self.credential(call)):
            super().check_access_to_update(call)


@mutant("credentials.near-key-refused")
class KeysMatchByTheirBeginning(EverrunsReference):
    """A key is good when it begins like the right one."""

    def same_key(self, key: str, credential: str) -> bool:
        return credential.startswith(key)


@mutant("credentials.near-key-refused")
class KeysIgnoreCase(EverrunsReference):
    """The case of a key does not count."""

    def same_key(self, key: str, credential: str) -> bool:
        return super().same_key(key.lower(), credential.lower())


@mutant("credentials.near-key-refused")
class UpdatedBeforeTheKeyIsLookedAt(EverrunsReference):
    """A wrong key is refused after the update."""

    def update(self, call: Call) -> Reply:
        with self.writing() as db:
            row = self.row_by_id(db, call.path.rpartition("/")[2])
            if row and b"ntruder" in call.body:
                self.save_row(db, replace(row, title="Intruder"))
        return super().update(call)
