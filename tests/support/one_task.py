"""A good server with a task of another name than the kit's default."""

from reference.refusals import Refusal
from reference.trigger import TriggerReference


class OneTask(TriggerReference):
    """There is one task, and a create for another is refused."""

    REFUSED_WITH = 422

    def check_create(self, fields):
        found = super().check_create(fields)
        if found["taskIdentifier"] != "real-task":
            raise Refusal(self.REFUSED_WITH, f"Task {found['taskIdentifier']} does not exist")
        return found
