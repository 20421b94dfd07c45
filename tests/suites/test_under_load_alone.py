"""What breaks a rule under load keeps all rules while one client calls; and what makes a crowd."""

import pytest

from mutants.catalogue import load_mutants_of, server_named
from mutants.crowd import LATELY, STAYS, Crowd
from reference.trigger import TriggerReference
from tests.support.trigger_server import KEYS, fresh, row_of, running


@pytest.mark.parametrize("name", [one.name for one in load_mutants_of("trigger")])
def test_the_life_of_one_session_is_as_on_the_reference(name, tmp_path):
    server = server_named("trigger", name)(tmp_path / "rows.sqlite", KEYS)
    with running(server) as client:
        external_id = fresh()
        made = client.made(externalId=external_id, tags=["a"])
        assert client.row(external_id) == row_of(made)
        client.update(made["id"], tags=["b"])
        updated = client.update(external_id, metadata={"n": 1}).json()
        assert (updated["tags"], updated["metadata"]) == (["b"], {"n": 1})
        cached = client.create(externalId=external_id).json()
        assert (cached["id"], cached["isCached"]) == (made["id"], True)
        assert client.with_token(cached["publicAccessToken"]).row(made["id"]) == updated
        closed = client.close(made["id"], reason="done").json()
        assert client.row(external_id) == closed == client.close(external_id).json()
        assert client.create(externalId=external_id).status_code == 409


class Busy(Crowd, TriggerReference):
    """Nothing but a crowd's counting."""


def called(server, *calls):
    for connection, at in calls:
        server._note(connection, at)
    return server.crowded


def test_many_connections_that_stay_are_a_crowd(tmp_path):
    server = Busy(tmp_path / "rows.sqlite", KEYS)
    some = range(Busy.MANY + 1)
    assert not called(server, *((one, 0.0) for one in some))
    assert not called(server, *((one, STAYS) for one in some[1:]))
    assert called(server, (0, STAYS))
    assert called(server, *((one, LATELY) for one in some))
    assert not called(server, (0, 3 * LATELY))


def test_short_connections_are_none_however_many_they_are(tmp_path):
    server = Busy(tmp_path / "rows.sqlite", KEYS)
    assert not called(server, *((one, one / 100) for one in range(500)))
