"""Credentials that are not the secret key: none, unknown ones, near misses, the key under another scheme."""

import base64
import hashlib

from suites.trigger.support.access.intruders import Intruder
from tck.checking import near_keys
from tck.run import Run

MALFORMED = frozenset({400, 401})


def wrong_credentials(run: Run) -> list[Intruder]:
    """Every wrong credential that the operations are tried with."""
    key = run.target.credentials["key"]
    unknown = [*_unknown_keys(run, key), *_unknown_under_other_schemes(run)]
    return [*_no_credential(), *unknown, *_near_misses(key), *_other_schemes(key)]


def _no_credential() -> list[Intruder]:
    requirement = "credentials.none-answers-401"
    absent = Intruder(requirement, "no Authorization header", None)
    return [absent, absent, Intruder(requirement, "a scheme and no credential", "Bearer", MALFORMED)]


def _unknown_keys(run: Run, key: str) -> list[Intruder]:
    begin, _, secret = key.rpartition("_")
    start = f"{begin}_" if begin else ""
    made_up = hashlib.sha256(run.tag.encode()).hexdigest() * (1 + len(secret) // 64)
    other_kind = {"tr_dev_": "tr_prod_"}.get(start, "tr_dev_")
    texts = {
        "a made-up key of the same form": run.made_up(start + made_up[: max(len(secret), 16)]),
        "the key of the pages' examples": run.made_up("tr_dev_1234"),
        "a made-up key": run.made_up(f"tr_dev_{made_up[:24]}"),
        "the secret part of the key behind another prefix": other_kind + secret,
        "the prefix of the key alone": start or key[:1],
    }
    return _bearing("credentials.unknown-key-answers-401", key, texts)


def _near_misses(key: str) -> list[Intruder]:
    return _bearing("credentials.near-miss-key-answers-401", key, near_keys(key))


def _other_schemes(key: str) -> list[Intruder]:
    requirement = "credentials.key-under-another-scheme-answers-401"
    return [
        Intruder(requirement, f"the key {how}", header) for how, header in _under_other_schemes(key).items()
    ]


def _unknown_under_other_schemes(run: Run) -> list[Intruder]:
    """A made-up key is nobody's under any scheme; a scheme that is not known may be a bad request."""
    made_up = run.made_up(f"tr_dev_{hashlib.sha256(f'other {run.tag}'.encode()).hexdigest()[:24]}")
    return [
        Intruder("credentials.unknown-key-answers-401", f"a made-up key {how}", header, MALFORMED)
        for how, header in _under_other_schemes(made_up).items()
    ]


def _under_other_schemes(key: str) -> dict[str, str]:
    """Authorization headers with a key under another scheme than Bearer, by how it stands there."""
    basic = {
        "as a Basic user": base64.b64encode(f"{key}:".encode()).decode(),
        "as a Basic password": base64.b64encode(f"api:{key}".encode()).decode(),
        "unencoded under Basic": key,
    }
    others = ("Token", "ApiKey", "Digest", "Secret")
    return {
        **{how: f"Basic {text}" for how, text in basic.items()},
        **{f"under {scheme}": f"{scheme} {key}" for scheme in others},
    }


def _bearing(requirement: str, key: str, texts: dict[str, str]) -> list[Intruder]:
    return [
        Intruder(requirement, about, f"Bearer {text}")
        for about, text in texts.items()
        if text not in {key, ""}
    ]
