"""Servers that retrieve wrongly."""

from dataclasses import replace
from itertools import count

from mutants.catalogue import mutant
from reference.application import Call, Json, Reply
from reference.refusals import Refusal
from reference.trigger import Row, TriggerReference


class _ByExternalId(TriggerReference):
    """A retrieve by externalId is answered apart from one by id."""

    def retrieve(self, call: Call) -> Reply:
        reply = super().retrieve(call)
        return reply if self.is_id(self.address(call)) else self.by_external_id(reply)

    def by_external_id(self, reply: Reply) -> Reply:
        """The reply to a retrieve by externalId."""
        return reply


@mutant("retrieve.by-id-answers-200")
class RetrieveForgetsClosedSessions(TriggerReference):
    """A closed session can no longer be retrieved by its id."""

    def retrieve(self, call: Call) -> Reply:
        reply = super().retrieve(call)
        if self.is_id(self.address(call)) and reply.body["closedAt"]:
            raise self.not_found()
        return reply


@mutant("retrieve.by-id-answers-200")
class RetrieveNeedsExternalId(TriggerReference):
    """A session without an externalId is not found by its id."""

    def retrieved_reply(self, row: Row) -> Reply:
        if row.external_id is None:
            raise self.not_found()
        return super().retrieved_reply(row)


@mutant("retrieve.by-id-answers-200")
class RetrieveMissesOnceInSeven(TriggerReference):
    """Every seventh retrieve answers 404."""

    def __init__(self, *arguments: Json) -> None:
        super().__init__(*arguments)
        self.calls = count(1)

    def retrieve(self, call: Call) -> Reply:
        if next(self.calls) % 7 == 0:
            raise self.not_found()
        return super().retrieve(call)


@mutant("retrieve.by-external-id-answers-200")
class RetrieveByExternalIdFindsOpenOnes(_ByExternalId):
    """A closed session can no longer be retrieved by its externalId."""

    def by_external_id(self, reply: Reply) -> Reply:
        if reply.body["closedAt"]:
            raise self.not_found()
        return reply


@mutant("retrieve.by-external-id-answers-200")
class RetrieveKnowsIdsAlone(_ByExternalId):
    """A retrieve by externalId answers 400: the id is malformed."""

    def by_external_id(self, reply: Reply) -> Reply:
        raise Refusal(400, "Not a session id")


@mutant("retrieve.both-addresses-same-row")
class RetrieveByExternalIdLeavesOutMetadata(_ByExternalId):
    """A retrieve by externalId shows the short form of the row, without metadata."""

    def by_external_id(self, reply: Reply) -> Reply:
        return replace(reply, body={**reply.body, "metadata": None})


@mutant("retrieve.both-addresses-same-row")
class RetrieveByExternalIdHidesTheEnding(_ByExternalId):
    """A retrieve by externalId does not show why a session was closed."""

    def by_external_id(self, reply: Reply) -> Reply:
        return replace(reply, body={**reply.body, "closedReason": None})


@mutant("retrieve.both-addresses-same-row")
class RowByExternalIdIsNeverRenewed(_ByExternalId):
    """What a retrieve by externalId showed first is shown for ever after."""

    def __init__(self, *arguments: Json) -> None:
        super().__init__(*arguments)
        self.first: dict[str, Reply] = {}

    def by_external_id(self, reply: Reply) -> Reply:
        return self.first.setdefault(reply.body["id"], reply)


@mutant("retrieve.includes-trigger-config")
class RetrieveOmitsTriggerConfig(TriggerReference):
    """A retrieved row has no triggerConfig."""

    def retrieved_reply(self, row: Row) -> Reply:
        reply = super().retrieved_reply(row)
        return replace(reply, body={**reply.body, "triggerConfig": None})


@mutant("retrieve.includes-trigger-config")
class RetrieveByExternalIdOmitsTriggerConfig(_ByExternalId):
    """A row that is retrieved by externalId has no triggerConfig."""

    def by_external_id(self, reply: Reply) -> Reply:
        return replace(reply, body={name: reply.body[name] for name in reply.body if name != "triggerConfig"})


@mutant("retrieve.includes-trigger-config")
class RetrieveShowsBasePayloadAlone(TriggerReference):
    """Of triggerConfig a retrieve shows nothing but basePayload."""

    def retrieved_reply(self, row: Row) -> Reply:
        short = {"basePayload": row.trigger_config["basePayload"]}
        return super().retrieved_reply(replace(row, trigger_config=short))


@mutant("retrieve.includes-trigger-config")
class ClosedSessionsLoseTriggerConfig(TriggerReference):
    """A retrieve shows the triggerConfig of open sessions only."""

    def retrieved_reply(self, row: Row) -> Reply:
        reply = super().retrieved_reply(row)
        return reply if row.closed_at is None else replace(reply, body={**reply.body, "triggerConfig": None})


@mutant("retrieve.current-run-id-is-run-or-null")
class RetrieveShowsTheRunsInnerId(TriggerReference):
    """currentRunId is the run's id in the database, without the prefix."""

    def retrieved_reply(self, row: Row) -> Reply:
        inner = row.current_run_id and row.current_run_id.removeprefix("run_")
        return super().retrieved_reply(replace(row, current_run_id=inner))


@mutant("retrieve.current-run-id-is-run-or-null")
class RetrieveShowsAnEmptyRun(TriggerReference):
    """A closed session's currentRunId is an empty string."""

    def retrieved_reply(self, row: Row) -> Reply:
        return super().retrieved_reply(row if row.closed_at is None else replace(row, current_run_id=""))


class _Looking(TriggerReference):
    """Reading leaves a trace."""

    def retrieve(self, call: Call) -> Reply:
        reply = super().retrieve(call)
        with self.writing() as db:
            row = self.row_by_id(db, self.reader(call).environment.id, reply.body["id"])
            assert row is not None
            self.save_row(db, self.looked_at(call, row))
        return reply

    def looked_at(self, call: Call, row: Row) -> Row:
        """The row after it was read."""
        raise NotImplementedError


@mutant("retrieve.changes-nothing")
class RetrieveTouchesUpdatedAt(_Looking):
    """Every retrieve moves updatedAt."""

    def looked_at(self, call: Call, row: Row) -> Row:
        return self.touched(row)


@mutant("retrieve.changes-nothing")
class RetrieveByExternalIdTouchesUpdatedAt(_Looking):
    """A retrieve by externalId moves updatedAt."""

    def looked_at(self, call: Call, row: Row) -> Row:
        return row if self.is_id(self.address(call)) else self.touched(row)


@mutant("retrieve.changes-nothing")
class RetrieveCountsReads(_Looking):
    """The number of reads is kept in the metadata of open sessions."""

    def looked_at(self, call: Call, row: Row) -> Row:
        metadata = row.metadata or {}
        return replace(row, metadata={**metadata, "reads": metadata.get("reads", 0) + 1})


class _NotFound(TriggerReference):
    """A retrieve that finds nothing is answered in another way."""

    ids = True

    def retrieve(self, call: Call) -> Reply:
        try:
            return super().retrieve(call)
        except Refusal as refusal:
            if refusal.status == 404 and self.is_id(self.address(call)) is self.ids:
                return self.nothing()
            raise

    def nothing(self) -> Reply:
        """The answer when there is no such session."""
        raise NotImplementedError


@mutant("retrieve.unknown-id-answers-404")
class RetrieveOfUnknownIdAnswersNull(_NotFound):
    """A retrieve of an unknown id answers 200 and null."""

    def nothing(self) -> Reply:
        return Reply(200, None)


@mutant("retrieve.unknown-id-answers-404")
class RetrieveOfUnknownIdAnswers400(_NotFound):
    """A retrieve of an unknown id answers 400."""

    def nothing(self) -> Reply:
        return Reply(400, {"error": "Invalid session id"})


@mutant("retrieve.unknown-external-id-answers-404")
class RetrieveOfUnknownExternalIdAnswersNull(_NotFound):
    """A retrieve of an unknown externalId answers 200 and null."""

    ids = False

    def nothing(self) -> Reply:
        return Reply(200, None)


@mutant("retrieve.unknown-external-id-answers-404")
class RetrieveOfUnknownExternalIdAnswers403(_NotFound):
    """A retrieve of an unknown externalId answers 403."""

    ids = False

    def nothing(self) -> Reply:
        return Reply(403, {"error": "Forbidden"})
