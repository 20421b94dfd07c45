"""Servers that are not finished yet."""

from reference.application import Call, Operation, Reply
from reference.trigger import TriggerReference

NO_ROUTE = Reply(404, {"error": "no such route"})


class WithoutClose(TriggerReference):
    """A server that has no close yet."""

    def answer(self, operation: Operation, call: Call) -> Reply:
        return NO_ROUTE if operation.name == "close" else super().answer(operation, call)


class CreateAlone(WithoutClose):
    """A server that has nothing but create and update."""

    def answer(self, operation: Operation, call: Call) -> Reply:
        return NO_ROUTE if operation.name == "retrieve" else super().answer(operation, call)
