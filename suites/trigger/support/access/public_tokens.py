"""The public tokens of sessions: what they say, and tokens forged from them."""

import hashlib
from collections.abc import Collection
from typing import Any, TypeGuard

from suites.trigger.support.access.intruders import Intruder
from suites.trigger.support.api import LiveSession
from suites.trigger.support.bodies import Bodies
from suites.trigger.support.shared_sessions import SharedSessions, marked
from tck.checking import (
    COMMON_WORDS,
    Broken,
    JsonValue,
    NotTested,
    Reply,
    Token,
    is_date_time,
    parse_instant,
    read_token,
    shown,
)
from tck.run import Run

ONE_HOUR = 3600
FIVE_MINUTES = 300
READ, WRITE = "read:sessions:", "write:sessions:"
SCOPE_CLAIMS = ("scopes", "scope", "scp")
"""What the claim of scopes is called most often; it may have any name."""
OF_EVERYTHING = frozenset({"*", "all", "admin"})
"""What stands in a scope for every action, every kind of thing or every one of them."""
NOT_ALLOWED = frozenset({401, 403, 404})
"""How a good token may be refused what its scopes do not allow: also as if the session were not there."""
NOT_TO_READ = NOT_ALLOWED
WELL_KNOWN = (*COMMON_WORDS, "trigger")
"""Words that servers sign with when nobody has given them a key."""
SHOWS_NOTHING = "tokens.refusal-shows-nothing"


def named_oddly(shared_sessions: SharedSessions, bodies: Bodies) -> LiveSession:
    """A session named like the shared open one, and then with what scopes, lists and patterns are made of."""
    name = f"{shared_sessions.open().external_id}:A b,c*\u00e9"
    return shared_sessions.shared(
        f"named {name}", lambda: shared_sessions.make(marked(bodies, externalId=name))
    )


def token_of(session: LiveSession) -> Token:
    """The token that create issued; a precondition, judged by tokens.is-jwt."""
    try:
        return read_token(session.token)
    except Broken:
        raise NotTested("create issued no JWT", judged_by="tokens.is-jwt") from None


def scope_claims(token: Token) -> list[str]:
    """The names of the claims that carry scopes: one for sessions stands in them, or they are called so."""
    begin = (READ, WRITE)
    return [
        name
        for name, value in token.claims.items()
        if name in SCOPE_CLAIMS or any(scope.startswith(begin) for scope in _scopes_in(value))
    ]


def scopes_of(token: Token) -> set[str]:
    """The scopes that a token carries, as a list or as words in one text."""
    return {scope for name in scope_claims(token) for scope in _scopes_in(token.claims[name])}


def _scopes_in(value: Any) -> list[str]:
    if isinstance(value, str):
        return value.split()
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [scope for one in inner for scope in ([one] if isinstance(one, str) else _scopes_in(one))]


def scopes_for(key: str) -> set[str]:
    """The two scopes that a session's token carries, when they name it by this address."""
    return {READ + key, WRITE + key}


def scopes_lacking(token: Token, session: LiveSession) -> JsonValue:
    """Those of the two scopes of a session that its token carries by none of the session's addresses."""
    carried = scopes_of(token)
    lacking = (sorted(scopes_for(address) - carried) for address in session.addresses)
    return token.said(min(lacking, key=len), "what the token lacks of the session's scopes")


def scopes_beyond(token: Token, session: LiveSession) -> JsonValue:
    """Those scopes of a session's token that are for another one, for everything or for an administrator."""
    beyond = sorted(scope for scope in scopes_of(token) if _reaches_beyond(scope, session.addresses))
    return token.said(beyond, "what the token carries beyond the session's scopes")


def _reaches_beyond(scope: str, addresses: Collection[str]) -> bool:
    action, resource, key = (*scope.split(":", 2), "", "")[:3]
    if {action, resource} & OF_EVERYTHING:
        return True
    return key not in addresses if resource == "sessions" else key in OF_EVERYTHING


def key_of(session: LiveSession) -> str:
    """The address that the read scope of a session's token names; a precondition."""
    named = [scope.removeprefix(READ) for scope in scopes_of(token_of(session)) if scope.startswith(READ)]
    key = next((address for address in session.addresses if address in named), None)
    if key is None:
        raise NotTested("no scope names the session", judged_by="tokens.carries-session-scopes")
    return key


def lasts_an_hour(token: Token, reply: Reply) -> None:
    """Raise Broken when the token that the reply to a create just brought ends at any other time."""
    issued, end = token.claims.get("iat"), token.claims.get("exp")
    if not _is_number(end):
        said = "the token says no time at which it expires"
        raise Broken(said, "exp: a number", f"exp: {shown(end)}", reply.exchange)
    beginnings = {"createdAt": created_at(reply), **({"iat": issued} if _is_number(issued) else {})}
    for name, beginning in beginnings.items():
        lasted = round(end - beginning, 3)
        if abs(lasted - ONE_HOUR) > FIVE_MINUTES:
            said = "the token does not last an hour"
            expected = f"{ONE_HOUR} ± {FIVE_MINUTES} seconds from {name} to exp"
            raise Broken(said, expected, f"{lasted:g} seconds", reply.exchange)


def created_at(reply: Reply) -> float:
    """When the session of a reply was made, in seconds since 1970; a precondition."""
    text = reply["createdAt"].value
    if not isinstance(text, str) or not is_date_time(text):
        raise NotTested("createdAt is no date-time", judged_by="replies.timestamps-are-rfc3339")
    return float(parse_instant(text).seconds)


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def forgeries(session: LiveSession, donor: LiveSession) -> list[Intruder]:
    """Tokens forged from a session's own; `donor` is another session, which lends its signature."""
    token, other = token_of(session), token_of(donor)
    return [
        *_rewritten(token, other),
        *_wrongly_signed(token, other),
        *_unsigned(token),
        *_signed_by_others(token),
    ]


def rewritten_to(other: LiveSession, session: LiveSession) -> str:
    """The token of a session with the scopes of another one's written into it."""
    token = token_of(session)
    return token.with_claims(**with_scopes(token, sorted(scopes_of(token_of(other)))))


def _rewritten(token: Token, other: Token) -> list[Intruder]:
    end = token.claims.get("exp")
    claims: dict[str, dict[str, Any]] = {
        "a token with a later end": {"exp": (end if _is_number(end) else 0) + 3600},
        "a token with the scopes of another session": with_scopes(token, sorted(scopes_of(other))),
        "a token with one more scope": with_scopes(token, [*sorted(scopes_of(token)), "admin"]),
        "a token with one more claim": {"forged": True},
    }
    forged = {about: token.with_claims(**changes) for about, changes in claims.items()}
    return _bearing("tokens.tampered-payload-answers-401", forged)


def _wrongly_signed(token: Token, other: Token) -> list[Intruder]:
    forged = {
        "a token with the first character of its signature changed": token.with_changed_signature(0),
        "a token with the middle of its signature changed": token.with_changed_signature(
            len(token.signature) // 2
        ),
        "a token with the end of its signature changed": token.with_changed_signature(-2),
        "a token with half its signature": token.with_signature(token.signature[: len(token.signature) // 2]),
        "a token with an empty signature": token.with_signature(""),
        "a token with another token's signature": token.with_signature(other.signature),
    }
    return _bearing("tokens.tampered-signature-answers-401", forged)


def _unsigned(token: Token) -> list[Intruder]:
    forged = {
        "a token with the algorithm none": token.unsigned(),
        "a token with the algorithm None": token.unsigned("None"),
        "a token with the algorithm NONE": token.unsigned("NONE"),
        "a token with the algorithm none under its old signature": token.unsigned(signature=token.signature),
    }
    return _bearing("tokens.unsigned-answers-401", forged)


def _signed_by_others(token: Token) -> list[Intruder]:
    made_up = hashlib.sha256(token.text.encode()).hexdigest()
    forged = {
        "a token signed with a made-up key that its header shows": token.signed_with(
            f"tr_dev_{made_up[:24]}", shows_key=True
        ),
        "a token signed with an empty key": token.signed_with(""),
        "a token signed with its own subject": token.signed_with(str(token.claims.get("sub"))),
        **{f"a token signed with the word {word}": token.signed_with(word) for word in WELL_KNOWN},
    }
    return _bearing("tokens.foreign-signature-answers-401", forged)


def _bearing(requirement: str, forged: dict[str, str]) -> list[Intruder]:
    return [
        Intruder(requirement, about, f"Bearer {text}", shows=SHOWS_NOTHING) for about, text in forged.items()
    ]


def own_token(session: LiveSession, requirement: str, deviation: str) -> list[Intruder]:
    """A session's own token where only a secret key will do, once for each of its addresses."""
    bearer = f"Bearer {session.token}"
    intruder = Intruder(requirement, "the session's token", bearer, NOT_ALLOWED, deviation, SHOWS_NOTHING)
    return [intruder for _ in session.addresses]


def own_token_if_any(session: LiveSession, requirement: str, deviation: str) -> list[Intruder]:
    """The same for a check whose point is another one: nothing when create has issued no token."""
    issued = session.created["publicAccessToken"].value
    return own_token(session, requirement, deviation) if isinstance(issued, str) and issued else []


def foreign_token(owner: LiveSession, requirement: str, about: str) -> list[Intruder]:
    """The token of a session, where it is to retrieve another one."""
    return [Intruder(requirement, about, f"Bearer {owner.token}", NOT_TO_READ, shows=SHOWS_NOTHING)]


def with_scopes(token: Token, scopes: list[str]) -> dict[str, Any]:
    """The claims that carry these scopes in the way in which the token carries its own."""
    names = scope_claims(token) or [SCOPE_CLAIMS[0]]
    return {name: _in_place_of(token.claims.get(name), scopes) for name in names}


def _in_place_of(value: Any, scopes: list[str]) -> Any:
    if isinstance(value, dict):
        return {name: _in_place_of(one, scopes) if _scopes_in(one) else one for name, one in value.items()}
    return " ".join(scopes) if isinstance(value, str) else scopes


def takes_minted_tokens(run: Run, session: LiveSession) -> bool:
    """Whether the target takes the session's own claims when the kit has signed them with the secret key."""
    try:
        token = read_token(session.created["publicAccessToken"])
    except Broken:
        return False
    again = token.signed_with(run.target.credentials["key"])
    return any(
        session.sessions.bearing(again).retrieve(address).status == 200 for address in session.addresses
    )
