"""The vendor's own Python client, driven against the reference."""

import asyncio
import warnings

import pytest
from everruns_sdk import ApiError, Everruns
from everruns_sdk.errors import AuthenticationError, NotFoundError

from reference.everruns import EverrunsReference
from tests.support.everruns_server import KEY, running


class BelowApi(EverrunsReference):
    """A deployment with a path of its own."""

    def base_path(self) -> str:
        return "/api"


@pytest.fixture(params=[EverrunsReference, BelowApi], ids=["at-the-root", "below-api"])
def base(request, tmp_path):
    with running(request.param(tmp_path / "rows.sqlite", KEY)) as client:
        yield str(client.http.base_url)


def drive(base, story, key=KEY):
    async def told():
        async with Everruns(api_key=key, base_url=base) as client:
            return await story(client)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return asyncio.run(told())


def test_the_client_creates_gets_lists_and_deletes(base):
    async def story(client):
        made = await client.sessions.create(title="From the client", tags=["sdk"])
        assert (made.title, made.tags, made.status) == ("From the client", ["sdk"], "started")
        assert await client.sessions.get(made.id) == made
        assert [one.id for one in await client.sessions.list()] == [made.id]
        assert await client.sessions.list(agent_id=f"agent_{1:032x}") == []
        await client.sessions.delete(made.id)
        with pytest.raises(NotFoundError, match="Session not found"):
            await client.sessions.get(made.id)

    drive(base, story)


def test_the_client_reads_what_an_update_replies(base):
    async def story(client):
        made = await client.sessions.create(harness_id=f"harness_{9:032x}")
        replied = await client._patch(f"/sessions/{made.id}", {"title": "Renamed", "tags": ["a", "b"]})
        known = type(made)(**replied)
        assert (known.id, known.title, known.tags) == (made.id, "Renamed", ["a", "b"])
        seen = await client.sessions.get(made.id)
        assert (seen.title, seen.tags, seen.updated_at) == (known.title, known.tags, known.updated_at)

    drive(base, story)


def test_the_client_understands_the_refusals(base):
    async def story(client):
        with pytest.raises(ApiError, match="Invalid session ID") as refused:
            await client.sessions.get("session_123")
        assert refused.value.status_code == 400

    async def stranger(client):
        with pytest.raises(AuthenticationError):
            await client.sessions.list()

    drive(base, story)
    drive(base, stranger, key=f"{KEY}0")
