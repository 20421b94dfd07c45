"""Secret keys and public tokens."""

import time

import jwt
import pytest

from tests.support.trigger_server import KEY, OTHER_KEY, Client, at, create_body, fresh, row_of

pytest_plugins = ["tests.support.trigger_fixtures"]


def every_operation(client, address):
    return [
        client.create(externalId=fresh()),
        client.retrieve(address),
        client.update(address, tags=["x"]),
        client.close(address),
    ]


def claims_of(token, key=KEY):
    return jwt.decode(
        token, key.encode().ljust(32, b"\0"), algorithms=["HS256"],
        audience="https://api.trigger.dev", issuer="https://id.trigger.dev",
    )  # fmt: skip


def minted(created, key=KEY, algorithm="HS256", **changes):
    claims = {**claims_of(created["publicAccessToken"]), **changes}
    present = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(present, key.encode().ljust(64, b"\0") if key else None, algorithm=algorithm)


@pytest.mark.parametrize(
    "authorization",
    [
        None, "", "Bearer", "Bearer tr_dev_unknown", f"Bearer {KEY}x", f"Bearer {KEY[:-1]}",
        f"Bearer {KEY.upper()}", f"Bearer x{KEY}", f"Basic {KEY}", f"Token {KEY}", KEY, f"Bearer\t{KEY}",
        "Bearer é",
    ],
)  # fmt: skip
def test_without_a_good_credential_every_operation_is_401_and_does_nothing(main, authorization):
    created = main.made()
    encoded = authorization.encode("latin-1") if authorization else authorization
    for reply in every_operation(Client(main.http, encoded), created["id"]):
        assert reply.status_code == 401
        assert isinstance(reply.json()["error"], str)
        assert KEY not in reply.text
    assert main.row(created["id"]) == row_of(created)


def test_the_case_of_bearer_is_free(main):
    assert Client(main.http, f"bearer {KEY}").create().status_code == 201


@pytest.mark.parametrize("named", [True, False])
def test_an_issued_token_has_two_scopes_and_one_hour(main, named):
    created = main.made(**({"externalId": fresh("a:b é")} if named else {}))
    claims = claims_of(created["publicAccessToken"])
    key = created["externalId"] or created["id"]
    assert claims["scopes"] == [f"read:sessions:{key}", f"write:sessions:{key}"]
    assert claims["exp"] - claims["iat"] == 3600
    assert abs(claims["iat"] - time.time()) < 60
    assert (claims["pub"], claims["sub"]) == (True, "env_main")


def test_a_cached_create_issues_a_token_for_the_same_session(main):
    name = fresh()
    main.made(externalId=name)
    token = main.create(externalId=name).json()["publicAccessToken"]
    assert main.with_token(token).row(name)["externalId"] == name


@pytest.mark.parametrize("close_first", [True, False])
@pytest.mark.parametrize("named", [True, False])
def test_a_token_reads_its_session_and_can_do_nothing_else(main, named, close_first):
    created = main.made(**({"externalId": fresh()} if named else {}))
    if close_first:
        main.close(created["id"])
    row = main.row(created["id"])
    reader = main.with_token(created["publicAccessToken"])
    assert reader.row(created["id"]) == row
    assert reader.row(created["externalId"] or created["id"]) == row
    for reply in (reader.update(created["id"], tags=["x"]), reader.close(created["id"]), reader.create()):
        assert reply.status_code == 401
        assert created["id"] not in reply.text
    assert main.row(created["id"]) == row


def test_a_token_reads_no_neighbour_and_no_other_environment(main, other):
    name = fresh()
    token = main.made(externalId=name)["publicAccessToken"]
    neighbours = [main.made(externalId=text)["externalId"] for text in (name + "x", name[:-1], name.upper())]
    for address in [*neighbours, main.made()["id"], other.made()["id"], "session_unknown", fresh()]:
        assert main.with_token(token).retrieve(address).status_code == 401
    there = other.made(externalId=name)
    assert main.with_token(there["publicAccessToken"]).row(name)["id"] == there["id"]
    assert main.with_token(token).row(name)["id"] != there["id"]


def test_a_token_that_names_nothing_learns_that_there_is_nothing(main):
    token = minted(main.made(), scopes=["read:sessions:nobody"])
    assert main.with_token(token).retrieve("nobody").status_code == 404


def forgeries(created):
    head, payload, signature = created["publicAccessToken"].split(".")
    middle = len(signature) // 2
    changed = signature[:middle] + ("A" if signature[middle] != "A" else "B") + signature[middle + 1 :]
    foreign_head, foreign_payload, _ = minted(created, exp=int(time.time()) + 99999).split(".")
    return {
        "tampered signature": f"{head}.{payload}.{changed}",
        "tampered payload": f"{foreign_head}.{foreign_payload}.{signature}",
        "no signature": f"{head}.{payload}.",
        "alg none": minted(created, key=None, algorithm="none"),
        "another algorithm": minted(created, algorithm="HS512"),
        "a foreign key": minted(created, key="tr_dev_foreign"),
        "the other environment's key": minted(created, key=OTHER_KEY),
        "expired": minted(created, exp=int(time.time()) - 1),
        "without expiry": minted(created, exp=None),
        "not public": minted(created, pub=False),
        "another environment's sub": minted(created, sub="env_other"),
        "another audience": minted(created, aud="https://example.com"),
        "another issuer": minted(created, iss="https://example.com"),
    }


def test_forged_and_expired_tokens_are_401_everywhere(main):
    created = main.made()
    for kind, token in forgeries(created).items():
        statuses = [reply.status_code for reply in every_operation(main.with_token(token), created["id"])]
        assert statuses == [401] * 4, kind
    assert main.row(created["id"]) == row_of(created)


@pytest.mark.parametrize(
    "scopes", [["write:sessions:{id}"], [], None, "read:sessions:{id}", ["read:sessions"], [1]]
)
def test_a_token_without_the_read_scope_reads_nothing(main, scopes):
    created = main.made()
    named = [str(scope).format(id=created["id"]) for scope in scopes] if isinstance(scopes, list) else scopes
    token = minted(created, scopes=named)
    assert [reply.status_code for reply in every_operation(main.with_token(token), created["id"])] == [
        401
    ] * 4


def test_a_read_scope_alone_reads(main):
    created = main.made()
    token = minted(created, scopes=[f"read:sessions:{created['id']}"])
    statuses = [reply.status_code for reply in every_operation(main.with_token(token), created["id"])]
    assert statuses == [401, 200, 401, 401]


def test_a_refused_credential_comes_before_a_bad_body(main):
    stranger = main.with_token("nobody")
    assert stranger.send("POST", "", content=b"{").status_code == 401
    assert stranger.send("PATCH", at("x"), json=create_body()).status_code == 401
