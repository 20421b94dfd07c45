"""Creates with a limit on a text or list that is off, on either side."""

from mutants.catalogue import mutant
from reference.application import Json
from reference.refusals import Path
from reference.trigger import TriggerReference


@mutant("create.type-min-length-accepted")
class TypeNeedsTwoCharacters(TriggerReference):
    """A type of 1 character is refused."""

    TYPE_LENGTH = (2, 64)


@mutant("create.type-empty-refused")
class TypeMayBeEmpty(TriggerReference):
    """An empty type is accepted."""

    TYPE_LENGTH = (0, 64)


@mutant("create.type-max-length-accepted")
class TypeStopsBefore64(TriggerReference):
    """A type of 64 characters is refused."""

    TYPE_LENGTH = (1, 63)


@mutant("create.type-max-length-accepted")
class TypeIsCutAt63(TriggerReference):
    """A type of 64 characters is accepted and cut."""

    def check_type(self, value: Json, path: Path) -> Json:
        return super().check_type(value, path)[:63]


@mutant("create.type-too-long-refused")
class TypeMayHave65Characters(TriggerReference):
    """A type of 65 characters is accepted."""

    TYPE_LENGTH = (1, 65)


@mutant("create.type-too-long-refused")
class LongTypeIsCut(TriggerReference):
    """A type that is too long is cut instead of being refused."""

    def check_type(self, value: Json, path: Path) -> Json:
        return super().check_type(value[:64] if isinstance(value, str) else value, path)


@mutant("create.task-identifier-min-length-accepted")
class TaskIdentifierNeedsTwoCharacters(TriggerReference):
    """A taskIdentifier of 1 character is refused."""

    TASK_IDENTIFIER_LENGTH = (2, 128)


@mutant("create.task-identifier-empty-refused")
class TaskIdentifierMayBeEmpty(TriggerReference):
    """An empty taskIdentifier is accepted."""

    TASK_IDENTIFIER_LENGTH = (0, 128)


@mutant("create.task-identifier-max-length-accepted")
class TaskIdentifierStopsBefore128(TriggerReference):
    """A taskIdentifier of 128 characters is refused."""

    TASK_IDENTIFIER_LENGTH = (1, 127)


@mutant("create.task-identifier-too-long-refused")
class TaskIdentifierMayHave129Characters(TriggerReference):
    """A taskIdentifier of 129 characters is accepted."""

    TASK_IDENTIFIER_LENGTH = (1, 129)


@mutant("create.external-id-min-length-accepted")
class ExternalIdNeedsTwoCharacters(TriggerReference):
    """An externalId of 1 character is refused."""

    EXTERNAL_ID_LENGTH = (2, 256)


@mutant("create.external-id-empty-refused")
class ExternalIdMayBeEmpty(TriggerReference):
    """An empty externalId is accepted."""

    EXTERNAL_ID_LENGTH = (0, 256)


@mutant("create.external-id-empty-refused")
class EmptyExternalIdIsNone(TriggerReference):
    """An empty externalId counts as none."""

    def check_new_external_id(self, value: Json, path: Path) -> Json:
        return None if value == "" else super().check_new_external_id(value, path)


@mutant("create.external-id-max-length-accepted")
class ExternalIdStopsBefore256(TriggerReference):
    """An externalId of 256 characters is refused, as one byte is taken for its length."""

    EXTERNAL_ID_LENGTH = (1, 255)


@mutant("create.external-id-too-long-refused")
class ExternalIdMayHave257Characters(TriggerReference):
    """An externalId of 257 characters is accepted."""

    EXTERNAL_ID_LENGTH = (1, 257)


@mutant("create.ten-tags-accepted")
class NineTagsAtMost(TriggerReference):
    """Ten tags are refused."""

    TAG_COUNT = 9


@mutant("create.eleven-tags-refused")
class ElevenTagsAtMost(TriggerReference):
    """Eleven tags are accepted."""

    TAG_COUNT = 11


@mutant("create.eleven-tags-refused")
class SurplusTagsAreDropped(TriggerReference):
    """Of more than ten tags the first ten are kept."""

    def check_tags(self, value: Json, path: Path) -> Json:
        return super().check_tags(value[:10] if isinstance(value, list) else value, path)


@mutant("create.tag-max-length-accepted")
class TagStopsBefore128(TriggerReference):
    """A tag of 128 characters is refused."""

    TAG_LENGTH = (0, 127)


@mutant("create.tag-too-long-refused")
class TagMayHave129Characters(TriggerReference):
    """A tag of 129 characters is accepted."""

    TAG_LENGTH = (0, 129)


@mutant("create.tag-too-long-refused")
class OnlyTheFirstTagIsMeasured(TriggerReference):
    """Tags after the first may have any length."""

    def check_tag(self, value: Json, path: Path) -> Json:
        longest = self.TAG_LENGTH[1] if path[-1] == "0" else self.BODY_BYTES
        return self.check_text(value, path, 0, longest)


@mutant("create.five-trigger-tags-accepted")
class FourTriggerTagsAtMost(TriggerReference):
    """Five tags in triggerConfig are refused."""

    RUN_TAG_COUNT = 4


@mutant("create.six-trigger-tags-refused")
class TenTriggerTagsAtMost(TriggerReference):
    """As many tags are accepted in triggerConfig as on the row."""

    RUN_TAG_COUNT = 10


@mutant("create.trigger-tag-max-length-accepted")
class TriggerTagStopsAt64(TriggerReference):
    """A tag of 65 characters in triggerConfig is refused."""

    RUN_TAG_LENGTH = (0, 64)


@mutant("create.trigger-tag-too-long-refused")
class TriggerTagMayHave129Characters(TriggerReference):
    """A tag of 129 characters in triggerConfig is accepted."""

    RUN_TAG_LENGTH = (0, 129)


@mutant("create.queue-max-length-accepted")
class QueueStopsBefore128(TriggerReference):
    """A queue of 128 characters is refused."""

    QUEUE_LENGTH = (0, 127)


@mutant("create.queue-too-long-refused")
class QueueHasNoLimit(TriggerReference):
    """A queue may have any length."""

    QUEUE_LENGTH = (0, 32_768)


@mutant("create.lengths-count-characters")
class LengthsCountBytes(TriggerReference):
    """Lengths are counted in bytes of UTF-8."""

    def text_length(self, text: str) -> int:
        return len(text.encode())


@mutant("create.lengths-count-characters")
class TagsCountBytes(TriggerReference):
    """The length of a tag is counted in bytes of UTF-8."""

    def check_tag(self, value: Json, path: Path) -> Json:
        super().check_tag(value, path)
        self.check_text(value.encode().decode("latin-1"), path, *self.TAG_LENGTH)
        return value
