"""Servers that read a path in their own way, or ask for a credential on some paths alone."""

import json
import re
from typing import Any

from starlette.types import Scope

from mutants.catalogue import mutant
from reference.application import Call, Reply
from reference.trigger import TriggerReference


class _Cut(TriggerReference):
    """Something at the end of an address is taken for a format or the like, by some operations."""

    OPERATIONS: tuple[str, ...] = ("retrieve", "update", "close")
    PATTERN = ""

    def address(self, call: Call) -> str:
        address = super().address(call)
        return re.sub(self.PATTERN, "", address) if call.operation in self.OPERATIONS else address


@mutant("retrieve.encoded-external-id-found")
class EndOfANameIsAFormat(_Cut):
    """What follows the last dot of an address is taken for a format and dropped by retrieve."""

    OPERATIONS = ("retrieve",)
    PATTERN = r"(?<=.)\.[A-Za-z]+$"


@mutant("retrieve.encoded-external-id-found")
class LastDotIsDropped(_Cut):
    """A dot at the end of an address is dropped by retrieve."""

    OPERATIONS = ("retrieve",)
    PATTERN = r"\.$"


@mutant("update.encoded-external-id-found")
class UpdateReadsStarsAsPatterns(_Cut):
    """An update drops a star and what follows it from an address."""

    OPERATIONS = ("update",)
    PATTERN = r"\*.*$"


@mutant("close.encoded-external-id-found")
class CloseDropsTheFormat(_Cut):
    """A close drops .json from the end of an address."""

    OPERATIONS = ("close",)
    PATTERN = r"\.json$"


@mutant("create.same-external-id-returns-same-id")
class UuidsAreNewEachTime(TriggerReference):
    """A create whose externalId has the form of a UUID always makes a session."""

    def existing_row(self, db: Any, environment: Any, fields: Any) -> Any:
        name = fields.get("externalId")
        if name and re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", name):
            return None
        return super().existing_row(db, environment, fields)


class _Decoded(TriggerReference):
    """Some percent-encoding of an address is not understood, by some operations."""

    OPERATIONS: tuple[str, ...] = ("retrieve", "update", "close")

    def address(self, call: Call) -> str:
        if call.operation in self.OPERATIONS and self.is_not_understood(call.address):
            raise self.not_found()
        return super().address(call)

    def is_not_understood(self, raw: str) -> bool:
        """Whether an address, as it stands in the path, is not understood."""
        raise NotImplementedError


@mutant("retrieve.equivalent-paths-find-the-same")
class SmallHexIsNotUnderstood(_Decoded):
    """A retrieve understands hex digits in capitals alone."""

    OPERATIONS = ("retrieve",)

    def is_not_understood(self, raw: str) -> bool:
        return re.search(r"%(?:[a-f].|.[a-f])", raw) is not None


@mutant("retrieve.equivalent-paths-find-the-same")
class EscapedLettersAreNotUnderstood(_Decoded):
    """An update does not understand an escaped letter of an address."""

    OPERATIONS = ("update",)

    def is_not_understood(self, raw: str) -> bool:
        return re.search(r"%[46][1-9A-Fa-f]", raw) is not None


@mutant("retrieve.equivalent-paths-find-the-same")
class EscapedIdsAreNames(_Decoded):
    """A close takes an id that is escaped for an externalId."""

    OPERATIONS = ("close",)

    def is_not_understood(self, raw: str) -> bool:
        return not raw.startswith("session_") and raw.lower().startswith("%73")


@mutant("retrieve.equivalent-paths-find-the-same")
class EscapedUnderscoresAreNotUnderstood(_Decoded):
    """A retrieve does not understand an escaped underscore of an address."""

    OPERATIONS = ("retrieve",)

    def is_not_understood(self, raw: str) -> bool:
        return "%5f" in raw.lower()


@mutant("retrieve.escaped-dots-found")
class EscapedDotsAreNotUnderstood(_Decoded):
    """A close does not understand an escaped dot of an address."""

    OPERATIONS = ("close",)

    def is_not_understood(self, raw: str) -> bool:
        return "%2e" in raw.lower()


@mutant("retrieve.unescaped-punctuation-found")
class RawSemicolonEndsTheAddress(_Decoded):
    """An address with an unescaped semicolon is not found, though one with an escaped one is."""

    def is_not_understood(self, raw: str) -> bool:
        return ";" in raw


@mutant("retrieve.unescaped-punctuation-found")
class RawAtSignIsRefused(_Decoded):
    """An address with an unescaped at sign is not found by update."""

    OPERATIONS = ("update",)

    def is_not_understood(self, raw: str) -> bool:
        return "@" in raw


class _Lax(TriggerReference):
    """Paths of some form are taken for documented ones, and need no credential."""

    def routed_path(self, scope: Scope) -> str:
        path = super().routed_path(scope)
        plain = self.plain(path)
        if plain != path:
            key = f"Bearer {self.environments[0].key}".encode()
            kept = [(name, value) for name, value in scope["headers"] if name != b"authorization"]
            scope["headers"] = [*kept, (b"authorization", key)]
        return plain

    def plain(self, path: str) -> str:
        """The documented path that this one is taken for."""
        raise NotImplementedError

    async def serve(self, app: Any, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        path = self.routed_path(scope)
        await app({**scope, "path": path, "raw_path": path.encode()}, receive, send)


@mutant("credentials.path-variants-show-nothing")
class TrailingSlashNeedsNoKey(_Lax):
    """A path with a slash at its end is served without a look at the credential."""

    def plain(self, path: str) -> str:
        return path.rstrip("/")


@mutant("credentials.path-variants-show-nothing")
class DoubledSlashNeedsNoKey(_Lax):
    """A path with a doubled slash is served without a look at the credential."""

    def plain(self, path: str) -> str:
        return re.sub("//+", "/", path)


@mutant("credentials.path-variants-show-nothing")
class FormatNeedsNoKey(_Lax):
    """A path that ends in .json is served without a look at the credential."""

    def plain(self, path: str) -> str:
        return path.removesuffix(".json")


# What is looked at first


class _Early(TriggerReference):
    """Something is looked at before the credential."""

    def obey(self, operation: Any, call: Call) -> Reply:
        known = self.environment_with_key(self.credential(call)) or self.token_reader(self.credential(call))
        early = None if known else self.before_the_credential(call)
        return super().obey(operation, call) if early is None else early

    def before_the_credential(self, call: Call) -> Reply | None:
        """The answer to a request that is not looked at further."""
        raise NotImplementedError

    def row_at(self, call: Call) -> Any:
        """The row of the first environment at the call's address."""
        with self.reading() as db:
            return self.find(db, self.environments[0], self.address(call)) if call.address else None


@mutant("credentials.none-answers-401")
class UnknownAddressComesFirst(_Early):
    """A write to an address that nothing has is answered with 404, whoever sends it."""

    def before_the_credential(self, call: Call) -> Reply | None:
        writes = call.operation in {"update", "close"}
        return self.refused(self.not_found()) if writes and self.row_at(call) is None else None


@mutant("credentials.unknown-key-answers-401")
class InvalidBodyComesFirst(_Early):
    """An update that breaks the schema is answered with 422, whoever sends it."""

    def before_the_credential(self, call: Call) -> Reply | None:
        return (
            self.refused(self.invalid()) if b'"tags":7' in call.body and call.operation == "update" else None
        )


@mutant("credentials.near-miss-key-answers-401")
class ClosedSessionsNeedNoKey(_Early):
    """A retrieve of a closed session by its externalId shows it to anybody."""

    def before_the_credential(self, call: Call) -> Reply | None:
        row = self.row_at(call) if call.operation == "retrieve" and not self.is_id(call.address) else None
        return self.retrieved_reply(row) if row is not None and self.is_closed(row) else None


@mutant("credentials.unknown-key-answers-401")
class ConflictComesFirst(_Early):
    """A create with the externalId of a closed session is answered with 409, whoever sends it."""

    def before_the_credential(self, call: Call) -> Reply | None:
        if call.operation != "create":
            return None
        match = re.search(rb'"externalId":"([^"\\]+)"', call.body)
        with self.reading() as db:
            name = match[1].decode("utf-8", "replace") if match else ""
            row = self.row_by_external_id(db, self.environments[0].id, name)
        return self.refused(self.closed_conflict()) if row is not None and self.is_closed(row) else None


@mutant("credentials.refused-whatever-the-body")
class UnreadableWritesAreDropped(_Early):
    """An update that cannot be parsed is answered with 202 and dropped, whoever sends it."""

    def before_the_credential(self, call: Call) -> Reply | None:
        if call.operation != "update":
            return None
        try:
            json.loads(call.body)
        except ValueError:
            return Reply(202, {})
        return None


@mutant("credentials.refused-whatever-the-body")
class LargeClosesNeedNoKey(_Early):
    """A close of more than a kilobyte closes the session, whoever sends it."""

    def before_the_credential(self, call: Call) -> Reply | None:
        row = self.row_at(call) if call.operation == "close" and len(call.body) > 1_024 else None
        if row is None or self.is_closed(row):
            return None
        closed = type(row)(**{**vars(row), "closed_at": self.now()})
        with self.writing() as db:
            self.save_row(db, closed)
        return self.refused(self.too_large(1_024))


@mutant("credentials.looked-at-before-the-body")
class SizeComesFirst(_Early):
    """A body that is too large is answered with 413, whoever sends it."""

    def before_the_credential(self, call: Call) -> Reply | None:
        return self.refused(self.too_large(32_768)) if len(call.body) > 32_768 else None
