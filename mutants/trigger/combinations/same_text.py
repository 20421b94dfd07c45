"""Servers that take two different externalIds for one."""

import unicodedata
from sqlite3 import Connection

from mutants.catalogue import mutant
from reference.application import Call, Json
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Environment


class _Folded(TriggerReference):
    """ExternalIds are compared by what `folded` makes of them, by the operations named."""

    OPERATIONS: tuple[str, ...] = ()

    def folded(self, text: str) -> str:
        """What is compared."""
        raise NotImplementedError

    def nearly(self, db: Connection, environment: Environment, address: str) -> Row | None:
        """The oldest session whose externalId is the same once it is folded."""
        rows = db.execute(
            "SELECT external_id FROM sessions WHERE environment = ? AND external_id IS NOT NULL "
            "ORDER BY created_at",
            (environment.id,),
        )
        wanted = self.folded(address)
        name = next((name for (name,) in rows if self.folded(name) == wanted), None)
        return None if name is None else self.row_by_external_id(db, environment.id, name)

    def existing_row(self, db: Connection, environment: Environment, fields: dict[str, Json]) -> Row | None:  # type: ignore[override]
        found = super().existing_row(db, environment, fields)
        name = fields.get("externalId")
        if found is not None or name is None or "create" not in self.OPERATIONS:
            return found
        return self.nearly(db, environment, name)

    def retrieve(self, call: Call) -> Json:
        return self._found_for(call, super().retrieve)

    def update(self, call: Call) -> Json:
        return self._found_for(call, super().update)

    def close_session(self, call: Call) -> Json:
        return self._found_for(call, super().close_session)

    def _found_for(self, call: Call, rule: Json) -> Json:
        if call.operation not in self.OPERATIONS:
            return rule(call)
        address = self.address(call)
        environment = self.environment_with_key(self.credential(call))
        if environment is None or self.is_id(address):
            return rule(call)
        with self.reading() as db:
            row = self.find(db, environment, address) or self.nearly(db, environment, address)
        return rule(call) if row is None else rule(_addressed(call, row.id))


def _addressed(call: Call, address: str) -> Call:
    return Call(call.operation, call.method, call.path, call.query, address, call.headers, call.body)


def _without_accents(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))


def _visible(text: str) -> str:
    return "".join(one for one in text if unicodedata.category(one) not in ("Cf", "Mn"))


def _in_the_plane(text: str) -> str:
    return "".join(one if one <= "\uffff" else "\ufffd" for one in text)


@mutant("create.similar-external-ids-are-different")
class CreateComparesThePrefixIndex(_Folded):
    """A create finds the session whose externalId has the same first 191 characters."""

    OPERATIONS = ("create",)

    def folded(self, text: str) -> str:
        return text[:191]


@mutant("create.similar-external-ids-are-different")
class CreateDropsTheLastCharacter(_Folded):
    """A create compares no more than 255 characters of an externalId."""

    OPERATIONS = ("create",)

    def folded(self, text: str) -> str:
        return text[:255]


@mutant("create.similar-external-ids-are-different")
class CreateIgnoresAccents(_Folded):
    """A create finds the session whose externalId differs in an accent alone."""

    OPERATIONS = ("create",)

    def folded(self, text: str) -> str:
        return _without_accents(text)


@mutant("create.similar-external-ids-are-different")
class CreateIgnoresWhatCannotBeSeen(_Folded):
    """A create finds the session whose externalId differs in a zero-width character alone."""

    OPERATIONS = ("create",)

    def folded(self, text: str) -> str:
        return "".join(one for one in text if unicodedata.category(one) != "Cf")


@mutant("create.similar-external-ids-are-different")
class CreateTakesEmojiForOneAnother(_Folded):
    """A create takes all characters beyond the basic plane for the same one."""

    OPERATIONS = ("create",)

    def folded(self, text: str) -> str:
        return _in_the_plane(text)


@mutant("create.similar-external-ids-are-different")
class CreateIgnoresWidth(_Folded):
    """A create finds the session whose externalId has a letter in another width."""

    OPERATIONS = ("create",)

    def folded(self, text: str) -> str:
        return "".join(chr(ord(one) - 0xFEE0) if "\uff01" <= one <= "\uff5e" else one for one in text)


@mutant("retrieve.similar-address-not-found")
class RetrieveIgnoresAccents(_Folded):
    """A retrieve finds the session whose externalId differs in an accent alone."""

    OPERATIONS = ("retrieve",)

    def folded(self, text: str) -> str:
        return _without_accents(text)


@mutant("retrieve.similar-address-not-found")
class RetrieveComparesCompatibleForms(_Folded):
    """A retrieve compares externalIds in normal form KC."""

    OPERATIONS = ("retrieve",)

    def folded(self, text: str) -> str:
        return unicodedata.normalize("NFKC", text)


@mutant("retrieve.similar-address-not-found")
class RetrieveIgnoresWhatCannotBeSeen(_Folded):
    """A retrieve finds the session whose externalId differs in a mark or a format character alone."""

    OPERATIONS = ("retrieve",)

    def folded(self, text: str) -> str:
        return _visible(text)


@mutant("update.similar-address-not-found")
class UpdateComparesThePrefixIndex(_Folded):
    """An update finds the session whose externalId has the same first 191 characters."""

    OPERATIONS = ("update",)

    def folded(self, text: str) -> str:
        return text[:191]


@mutant("update.similar-address-not-found")
class UpdateTakesEmojiForOneAnother(_Folded):
    """An update takes all characters beyond the basic plane for the same one."""

    OPERATIONS = ("update",)

    def folded(self, text: str) -> str:
        return _in_the_plane(text)


@mutant("close.similar-address-not-found")
class CloseIgnoresWhatCannotBeSeen(_Folded):
    """A close finds the session whose externalId differs in a mark or a format character alone."""

    OPERATIONS = ("close",)

    def folded(self, text: str) -> str:
        return _visible(text)


@mutant("close.similar-address-not-found")
class CloseDropsTheLastCharacter(_Folded):
    """A close compares no more than 254 characters of an externalId."""

    OPERATIONS = ("close",)

    def folded(self, text: str) -> str:
        return text[:254]


class _OwnName(TriggerReference):
    """An update takes for the session's own externalId what folds to the same."""

    def folded(self, text: str) -> str:
        """What is compared."""
        raise NotImplementedError

    def same_external_id(self, own: str | None, named: str | None) -> bool:
        if own is None or named is None:
            return own == named
        return self.folded(own) == self.folded(named)


@mutant("update.different-external-id-answers-422")
class OwnNameIsComparedTo255Characters(_OwnName):
    """An update compares no more than 254 characters of the externalId that it names."""

    def folded(self, text: str) -> str:
        return text[:254]


@mutant("update.different-external-id-answers-422")
class OwnNameIsComparedAsItLooks(_OwnName):
    """An update takes an externalId for the session's own when they differ in what cannot be seen."""

    def folded(self, text: str) -> str:
        return _visible(text)
