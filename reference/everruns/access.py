"""Who may do what: everybody on a server without a key, else whoever sends the key."""

import hmac

from reference.application import Call
from reference.everruns.refusals import EverrunsRefusals


class Access(EverrunsRefusals):
    """The key and the forms in which it may be sent, one rule a method."""

    SCHEMES = ("apikey", "bearer")

    def __init__(self, key: str | None) -> None:
        """`key`: what every request must carry; None asks for nothing."""
        self.key = key

    def check_access(self, call: Call) -> None:
        """Refuse a request that does not carry the key."""
        if self.key is not None and not self.same_key(self.key, self.credential(call)):
            raise self.unauthorized()

    def check_access_to_update(self, call: Call) -> None:
        """An update needs what everything needs."""
        self.check_access(call)

    def credential(self, call: Call) -> str:
        """What the Authorization header gives for a key: the whole of it, or what follows a scheme."""
        given = call.headers.get("authorization", "").strip(" ")
        scheme, _, rest = given.partition(" ")
        return rest.strip(" ") if self.is_scheme(scheme) else given

    def is_scheme(self, word: str) -> bool:
        """ApiKey or Bearer, in any case."""
        return word.lower() in self.SCHEMES

    def same_key(self, key: str, credential: str) -> bool:
        """Whether the credential is the key, every character of it."""
        return hmac.compare_digest(key.encode(), credential.encode())
