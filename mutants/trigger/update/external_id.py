"""Updates that take another externalId than the session's own, or refuse its own."""

from dataclasses import replace
from sqlite3 import Connection

from mutants.catalogue import mutant
from reference.application import Json
from reference.refusals import Path, Refusal
from reference.trigger import Change, Row, TriggerReference


@mutant("update.same-external-id-accepted")
class OwnExternalIdIsRefused(TriggerReference):
    """Naming the externalId at all answers 422, since it is read-only."""

    def check_external_id_kept(self, change: Change) -> None:
        if change.fields.get("externalId") is not None:
            raise self.external_id_differs()
        super().check_external_id_kept(change)


@mutant("update.same-external-id-accepted")
class OwnExternalIdEndsTheUpdate(TriggerReference):
    """The session's own externalId makes the whole update a no-op."""

    def updated_row(self, change: Change) -> Row:
        return change.row if change.fields.get("externalId") else super().updated_row(change)


@mutant("update.different-external-id-answers-422")
class AnotherExternalIdIsIgnored(TriggerReference):
    """An externalId that differs is ignored."""

    def same_external_id(self, own: str | None, named: str | None) -> bool:
        return super().same_external_id(own, named) or bool(own and named)


@mutant("update.different-external-id-answers-422")
class AnotherExternalIdIsTaken(TriggerReference):
    """An externalId that differs becomes the session's."""

    def check_external_id_kept(self, change: Change) -> None:
        if not change.fields.get("externalId") or change.row.external_id is None:
            super().check_external_id_kept(change)

    def updated_row(self, change: Change) -> Row:
        name = change.fields.get("externalId") or change.row.external_id
        return replace(super().updated_row(change), external_id=name)


@mutant("update.different-external-id-answers-422")
class AnotherExternalIdAnswers400(TriggerReference):
    """An externalId that differs answers 400."""

    def external_id_differs(self) -> Refusal:
        return replace_status(super().external_id_differs(), 400)


@mutant("update.different-external-id-answers-422")
class TakenExternalIdAnswers409(TriggerReference):
    """The externalId of another session answers 409, as on create."""

    def apply_update(self, db: Connection, change: Change) -> Row:
        name = change.fields.get("externalId")
        taken = name and self.row_by_external_id(db, change.environment.id, name)
        if taken and taken.id != change.row.id:
            raise replace_status(self.external_id_differs(), 409)
        return super().apply_update(db, change)


@mutant("update.different-external-id-answers-422")
class AnotherExternalIdAloneIsIgnored(TriggerReference):
    """An externalId that differs is only looked at when something else is sent, too."""

    def check_external_id_kept(self, change: Change) -> None:
        if change.fields.keys() != {"externalId"}:
            super().check_external_id_kept(change)


@mutant("update.different-external-id-answers-422")
class AnExtensionCountsAsOwn(TriggerReference):
    """An externalId that goes on after the session's own counts as its own."""

    def same_external_id(self, own: str | None, named: str | None) -> bool:
        return super().same_external_id(own, named) or bool(own and named and named.startswith(own))


@mutant("update.different-external-id-answers-422")
class AnotherExternalIdByExternalIdIsIgnored(TriggerReference):
    """An externalId that differs is ignored when the session is addressed by its own."""

    def check_external_id_kept(self, change: Change) -> None:
        if self.is_id(change.call.address) or change.fields.get("externalId", "") is None:
            super().check_external_id_kept(change)


@mutant("update.external-id-other-case-answers-422")
class CaseOfExternalIdIsIgnored(TriggerReference):
    """The session's externalId in another case counts as its own."""

    def same_external_id(self, own: str | None, named: str | None) -> bool:
        return (own or "").casefold() == (named or "").casefold() and (own is None) == (named is None)


@mutant("update.null-external-id-answers-422")
class NullExternalIdIsIgnored(TriggerReference):
    """externalId null is taken for none sent."""

    def same_external_id(self, own: str | None, named: str | None) -> bool:
        return named is None or super().same_external_id(own, named)


@mutant("update.null-external-id-answers-422")
class NullExternalIdIsTaken(TriggerReference):
    """externalId null takes the externalId away."""

    def check_external_id_kept(self, change: Change) -> None:
        if change.fields.get("externalId", "") is not None:
            super().check_external_id_kept(change)

    def updated_row(self, change: Change) -> Row:
        row = super().updated_row(change)
        return replace(row, external_id=change.fields.get("externalId", row.external_id))


@mutant("update.external-id-cannot-be-set-later")
class ExternalIdCanBeSetOnce(TriggerReference):
    """A session that was made without an externalId can be given one."""

    def same_external_id(self, own: str | None, named: str | None) -> bool:
        return own is None or super().same_external_id(own, named)

    def updated_row(self, change: Change) -> Row:
        name = change.row.external_id or change.fields.get("externalId")
        return replace(super().updated_row(change), external_id=name)


@mutant("update.external-id-cannot-be-set-later")
class ExternalIdForNoneIsIgnored(TriggerReference):
    """An externalId for a session that was made without one is ignored."""

    def same_external_id(self, own: str | None, named: str | None) -> bool:
        return own is None or super().same_external_id(own, named)


@mutant("update.null-external-id-accepted-when-unset")
class NullExternalIdIsAlwaysRefused(TriggerReference):
    """externalId null answers 422 even where there is none."""

    def same_external_id(self, own: str | None, named: str | None) -> bool:
        return named is not None and super().same_external_id(own, named)


@mutant("update.null-external-id-accepted-when-unset")
class NullExternalIdEndsTheUpdate(TriggerReference):
    """externalId null where there is none makes the whole update a no-op."""

    def updated_row(self, change: Change) -> Row:
        ends = change.fields.get("externalId", "") is None
        return change.row if ends else super().updated_row(change)


@mutant("update.external-id-empty-refused")
class EmptyExternalIdOnUpdateIsNone(TriggerReference):
    """An empty externalId is taken for none sent."""

    def check_update(self, body: dict[str, Json]) -> dict[str, Json]:
        return super().check_update(
            {name: body[name] for name in body if (name, body[name]) != ("externalId", "")}
        )


@mutant("update.external-id-empty-refused")
class EmptyExternalIdIsNull(TriggerReference):
    """An empty externalId is taken for null, so that a session without one accepts it."""

    def check_repeated_external_id(self, value: Json, path: Path) -> Json:
        return None if value == "" else super().check_repeated_external_id(value, path)


@mutant("update.external-id-too-long-refused")
class LongExternalIdIsCut(TriggerReference):
    """An externalId is cut to 256 characters before it is compared."""

    def check_repeated_external_id(self, value: Json, path: Path) -> Json:
        return super().check_repeated_external_id(value[:256] if isinstance(value, str) else value, path)


@mutant("update.external-id-wrong-type-refused")
class FalsyExternalIdIsIgnored(TriggerReference):
    """An externalId that is 0 or false is taken for none sent."""

    def check_update(self, body: dict[str, Json]) -> dict[str, Json]:
        kept = {
            name: body[name]
            for name in body
            if name != "externalId" or body[name] or body[name] in (None, "")
        }
        return super().check_update({name: kept[name] for name in kept if kept[name] is not False})


@mutant("update.external-id-wrong-type-refused")
class ListOfTheExternalIdCountsAsIt(TriggerReference):
    """A list that holds nothing but the session's own externalId counts as it."""

    def check_repeated_external_id(self, value: Json, path: Path) -> Json:
        single = value[0] if isinstance(value, list) and len(value) == 1 else value
        return super().check_repeated_external_id(single, path)


@mutant("update.external-id-wrong-type-refused")
class ExternalIdOfAnotherTypeIsIgnored(TriggerReference):
    """An externalId that is no string is taken for none sent."""

    def check_update(self, body: dict[str, Json]) -> dict[str, Json]:
        given = body.get("externalId")
        return super().check_update(
            {
                name: body[name]
                for name in body
                if name != "externalId" or given is None or isinstance(given, str)
            }
        )


def replace_status(refusal: Refusal, status: int) -> Refusal:
    """The same refusal with another status."""
    return Refusal(status, refusal.error, refusal.problems, refusal.headers)
