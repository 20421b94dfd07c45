"""Nobody without the key updates anything, at whatever address, path and body it is tried."""

import hashlib

import pytest

from suites.everruns.support.api import LiveSession
from suites.everruns.support.doors import PATHS, combinations
from suites.everruns.support.ids import digits_of, unknown_id
from suites.everruns.support.rows import without_volatile
from suites.everruns.support.update import arranged
from tck.checking import Broken, Check, Combination, Reply, encoded, near_keys, words_of
from tck.run import Run

INTRUSION = {"title": "Intruder", "tags": ["intruder"]}
BODIES = {
    "good": encoded(INTRUSION),
    "invalid": encoded({"title": "Intruder", "tags": 5}),
    "unparsable": encoded(INTRUSION)[:-1],
    "nothing": encoded({}),
}


def header(run: Run, credential: str) -> str | None:
    """The Authorization header of a wrong credential, in the form that the operator chose."""
    rule, key = run.contract.credential("key"), run.target.credentials["key"]
    made_up = run.made_up(f"{key[:4]}{hashlib.sha256(run.tag.encode()).hexdigest()}")
    near = near_keys(key)["the key with its last character changed"]
    keys = {"made-up": made_up, "near-miss": near}
    if credential in keys:
        return rule.authorization.header(keys[credential], run.options.own)
    return "" if credential == "empty" else None


def tried(run: Run, session: LiveSession, words: Combination) -> Reply:
    """One combination of the array and its reply."""
    ids = {
        "own": session.id,
        "unknown": unknown_id(session.id),
        "short": session.id[:-1],
        "no-prefix": digits_of(session.id),
    }
    path = PATHS[words.get("path", "plain")](ids[words.get("address", "own")])
    nobody = session.sessions.using(header(run, words["credential"]))
    return nobody.send("updateSession", "PATCH", path, BODIES[words["body"]])


@pytest.mark.requirement("credentials.refused-whatever-is-asked")
def test_no_update_takes_a_wrong_credential_anywhere(check: Check, run: Run, session: LiveSession) -> None:
    before = arranged(session)
    every = (*combinations("intrusion"), *combinations("intrusion-by-path"))
    replies = [(words, tried(run, session, words)) for words in every]
    after = session.still(before)
    check.control(session.update(INTRUSION), judged_by="update.answers-200")
    for words, reply in replies:
        redirected = "path" in words and not reply.succeeded
        if not reply.refused and not redirected:
            said = f"an update with {words_of(words)} was not refused"
            raise Broken(said, "a 4xx", reply.told, reply.exchange)
    assert without_volatile(after) == without_volatile(before)
