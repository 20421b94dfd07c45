"""Mutants: an update takes a change for none, or looks at nothing beside the own externalId."""

from mutants.catalogue import mutant
from reference.application import Json
from reference.refusals import Refusal
from reference.trigger import Change, Row, TriggerReference


@mutant("update.metadata-is-replaced")
class TrueCountsAsOne(TriggerReference):
    """Metadata that differs from the earlier one in true for 1 or false for 0 alone is not written."""

    def updated_metadata(self, change: Change) -> dict[str, Json] | None:
        sent = super().updated_metadata(change)
        return change.row.metadata if sent == change.row.metadata else sent


@mutant("update.tags-are-replaced")
class TagsInAnotherCaseAreTheSame(TriggerReference):
    """Tags that differ from the earlier ones in case alone are not written."""

    def updated_tags(self, change: Change) -> list[str]:
        sent = super().updated_tags(change)
        same = [tag.casefold() for tag in sent] == [tag.casefold() for tag in change.row.tags]
        return change.row.tags if same else sent


@mutant("update.tags-are-replaced")
class SameMetadataIsNoChange(TriggerReference):
    """An update with the metadata that is there writes no tags either."""

    def updated_row(self, change: Change) -> Row:
        same = "metadata" in change.fields and change.fields["metadata"] == change.row.metadata
        return change.row if same else super().updated_row(change)


@mutant("update.refusal-is-repeated-and-seen-nowhere")
class OwnNameSkipsTheRest(TriggerReference):
    """An update that names the session's own externalId leaves out what is invalid beside it."""

    def check_update(self, body: dict[str, Json]) -> dict[str, Json]:
        try:
            return super().check_update(body)
        except Refusal:
            if isinstance(body.get("externalId"), str):
                return super().check_update({"externalId": body["externalId"]})
            raise
