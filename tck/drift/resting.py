"""Which requirements rest on a part of the vendor's documents."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tck.contract.requirements import Requirement

REQUEST = re.compile(r"(body|requestBody|\w*RequestBody)(\.|$)")
REPLY = re.compile(r"(responses?|\w*(Object|Response|List))(\.|$)")
SECURITY = re.compile(r"security|securitySchemes|authori[sz]ations?")
NOT_A_WORD = re.compile(r"[.\[\]|*(){}\s]+")
WORDS = re.compile(r"[a-z]+|[A-Z][a-z]*")


@dataclass(frozen=True)
class Resting:
    """The requirements of a contract by what they cite; `ids` has the operationId of each operation key."""

    requirements: Mapping[str, Requirement]
    ids: Mapping[str, str]

    def on_page(self, page: str) -> tuple[str, ...]:
        """All that cite a page."""
        return tuple(name for name, one in self.requirements.items() if one.source.page == page)

    def on_operation(self, key: str, page: str) -> tuple[str, ...]:
        """Those of the page that are about this operation, or all of the page where it is about one."""
        cited = self.on_page(page)
        return tuple(name for name in cited if self._is_about(name, key)) or cited

    def page_about(self, key: str) -> str:
        """The page that most of the requirements about an operation cite; empty where none is about it."""
        pages = [one.source.page for name, one in self.requirements.items() if self._is_about(name, key)]
        return max(sorted(set(pages)), key=pages.count, default="")

    def _is_about(self, name: str, key: str) -> bool:
        words = {word.lower() for word in WORDS.findall(self.ids.get(key, ""))}
        return self.requirements[name].operation in words

    def on_status(self, key: str, page: str, status: str) -> tuple[str, ...]:
        return self._citing(key, page, rf"responses\.{re.escape(status)}(\.|$)") or self._citing(
            key, page, "responses$"
        )

    def on_security(self, key: str, page: str) -> tuple[str, ...]:
        return self._citing(key, page, SECURITY.pattern)

    def on_member(self, key: str, page: str, place: str) -> tuple[str, ...]:
        """Those that cite the member, or one around it; else those that cite the whole body or reply."""
        first, *inside = filter(None, NOT_A_WORD.split(place))
        exact = [
            name
            for name in self.on_operation(key, page)
            if _cited(self.requirements[name].source.at) in inside and self._sides(name, first)
        ]
        if exact:
            return tuple(exact)
        whole = (
            r"(body|requestBody|\w+RequestBody)$" if first == "request" else rf"responses\.{first}$|response$"
        )
        return self._citing(key, page, whole if first == "request" or first.isdigit() else "parameters")

    def _sides(self, name: str, first: str) -> bool:
        """Whether what a requirement cites may be in this part: a request's member in no reply, or back."""
        at = self.requirements[name].source.at
        return not (REPLY if first == "request" else REQUEST).match(at)

    def _citing(self, key: str, page: str, pattern: str) -> tuple[str, ...]:
        return tuple(
            name
            for name in self.on_operation(key, page)
            if re.match(pattern, self.requirements[name].source.at)
        )


def _cited(at: str) -> str:
    return at.rpartition(".")[2]
