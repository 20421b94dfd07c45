"""Where a key is asked for, nobody without the very key updates anything or sees anything."""

import hashlib
from collections.abc import Mapping

import pytest

from suites.everruns.support.api import Body, LiveSession, path_of
from suites.everruns.support.rows import tags_of, title_of, without_volatile
from suites.everruns.support.update import arranged, is_refused
from tck.checking import Broken, Check, near_keys
from tck.run import Run

INTRUSION: Body = {"title": "Intruder", "tags": ["intruder"]}
Headers = Mapping[str, str | None]


@pytest.fixture
def key(run: Run) -> str:
    """The key that the operator gave."""
    return run.target.credentials["key"]


def under_the_scheme(run: Run, keys: Mapping[str, str]) -> Headers:
    """Authorization headers with these keys, in the form that the operator chose."""
    rule = run.contract.credential("key")
    return {about: rule.authorization.header(text, run.options.own) for about, text in keys.items()}


def judged(check: Check, session: LiveSession, headers: Headers, requirement: str) -> None:
    """Judge that an update with each of these headers is refused, shows nothing and changes nothing."""
    before = arranged(session)
    stored = [str(title_of(before).value), *map(str, tags_of(before).value)]
    replies = {
        about: session.sessions.using(header).update(session.id, INTRUSION)
        for about, header in headers.items()
    }
    after = session.still(before)
    check.control(session.update(INTRUSION), judged_by="update.answers-200")
    with check.judging(requirement):
        for about, reply in replies.items():
            is_refused(reply)
            shown = [text for text in stored if len(text) > len("before") and text in reply.text]
            if shown:
                said, seen = f"a refusal ({about}) shows the session", ", ".join(shown)
                raise Broken(said, "nothing of the session", seen, reply.exchange)
        assert without_volatile(after) == without_volatile(before)
    with check.judging("credentials.refusals-answer-401"):
        for reply in replies.values():
            assert reply.status == 401


@pytest.mark.requirement("credentials.no-key-refused", "credentials.refusals-answer-401")
def test_an_update_without_a_credential_is_refused(check: Check, session: LiveSession) -> None:
    judged(check, session, {"no Authorization header": None}, "credentials.no-key-refused")


@pytest.mark.requirement("credentials.made-up-key-refused", "credentials.refusals-answer-401")
def test_an_update_with_an_unknown_key_is_refused(
    check: Check, run: Run, session: LiveSession, key: str
) -> None:
    made_up = hashlib.sha256(run.tag.encode()).hexdigest()
    start = key[:4] if key.startswith("evr_") else key[:1]
    keys = {
        "of the same form": run.made_up(f"{start}{made_up}"),
        "of another form": run.made_up(made_up[:40]),
        "its start alone": start,
    }
    judged(check, session, under_the_scheme(run, keys), "credentials.made-up-key-refused")


@pytest.mark.requirement("credentials.near-key-refused", "credentials.refusals-answer-401")
def test_an_update_with_a_near_miss_of_the_key_is_refused(
    check: Check, run: Run, session: LiveSession, key: str
) -> None:
    judged(check, session, under_the_scheme(run, near_keys(key)), "credentials.near-key-refused")


@pytest.mark.requirement("credentials.head-and-options-show-nothing")
def test_methods_that_only_ask_about_a_path_show_no_session(session: LiveSession) -> None:
    before = arranged(session)
    stored = [str(title_of(before).value), *map(str, tags_of(before).value)]
    for method in ("HEAD", "OPTIONS"):
        reply = session.sessions.using(None).send("", method, path_of(session.id), None)
        said = "\n".join((*(f"{name}: {value}" for name, value in reply.headers), reply.text))
        shown = [text for text in stored if len(text) > len("before") and text in said]
        if shown:
            asked = f"{method} without a credential shows {', '.join(shown)}"
            raise Broken(asked, "nothing of the session", reply.told, reply.exchange)
    assert without_volatile(session.still(before)) == without_volatile(before)
