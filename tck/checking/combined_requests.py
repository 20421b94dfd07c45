"""Asking by every combination of an array, and finding which value of a refused combination is to blame."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tck.checking import response_rules
from tck.checking.check import Check
from tck.contract.combinations import Combination
from tck.contract.openapi import Api
from tck.errors import Broken
from tck.transport.messages import Reply

Ask = Callable[[Combination], Reply]


@dataclass(frozen=True)
class Asked:
    """The replies to all combinations, and what was refused: by the dimension whose value was to blame."""

    replies: tuple[tuple[Combination, Reply], ...]
    blamed: Mapping[str, tuple[Combination, Reply]]

    @property
    def accepted(self) -> tuple[tuple[Combination, Reply], ...]:
        """The combinations that were accepted, and their replies."""
        return tuple((words, reply) for words, reply in self.replies if reply.succeeded)

    def took(self, *dimensions: str) -> None:
        """Raise Broken when a combination was refused for its value of one of these dimensions."""
        for dimension in dimensions:
            if dimension in self.blamed:
                words, reply = self.blamed[dimension]
                about = f"{reply.call.operation} with {dimension} {words.get(dimension, words_of(words))}"
                raise Broken(f"{about} was refused", "a 2xx", reply.told, reply.exchange)

    def judge_form(self, check: Check, api: Api, schema: str, *, is_json: str, matches: str) -> None:
        """Judge by two requirements that the accepted were answered with JSON, and as a schema says."""
        with check.judging(is_json):
            for _, reply in self.accepted:
                check.held(response_rules.is_json(reply), reply)
        with check.judging(matches):
            for _, reply in self.accepted:
                check.held(response_rules.matches(api, schema, reply), reply)


def asked(ask: Ask, every: Iterable[Combination], plain: Combination) -> Asked:
    """Ask by every combination; of a refused one, each value is tried with all others plain.

    What is refused though each of its values is accepted is blamed on the dimension `together`.
    """
    replies = tuple((words, ask(words)) for words in every)
    blamed: dict[str, tuple[Combination, Reply]] = {}
    for words, refused in ((words, reply) for words, reply in replies if not reply.succeeded):
        alone = {
            name: ask({**plain, name: value}) for name, value in words.items() if value != plain.get(name)
        }
        culprits = {name: (words, reply) for name, reply in alone.items() if not reply.succeeded}
        blamed = {**(culprits or {"together": (words, refused)}), **blamed}
    return Asked(replies, blamed)


def words_of(combination: Combination) -> str:
    """A combination for a person."""
    return ", ".join(f"{dimension} {value}" for dimension, value in combination.items())
