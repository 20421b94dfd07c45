"""contract.yaml: what is loaded from it, and the sentence for each way in which it can be broken."""

from pathlib import Path

import pytest

from tck.contract.contract import Contract, available_contracts, load_contract
from tck.contract.openapi import load_api
from tck.errors import KitError
from tck.paths import spec_dir
from tck.vocabulary import Outcome

# A contract that differs from the first in every way that the format provides for.
OTHER = """\
name: rooms
title: Rooms
revision: 2027-01
pages:
  rooms-update: {title: Update a room, url: 'https://rooms.example.com/docs'}
capabilities:
  authentication:
    about: The server wants a key.
    when_missing: not_applicable
  disposable-rooms:
    about: The room may be changed at will.
    when_missing: not_tested
    missing_reason: A room that --room-id names is not put at risk.
    removed_by_option: --room-id
credentials:
  - name: key
    env: ROOMS_KEY
    required: false
    capability: authentication
    generated: rm_{random}
    authorization:
      option: --auth-scheme
      forms: {bare: '{secret}', ApiKey: 'ApiKey {secret}'}
    how_to_set: ROOMS_KEY is not set, so the server is taken to ask for no key.
options:
  - {flag: --auth-scheme, default: bare, choices: [bare, ApiKey], help: How the key is sent.}
  - {flag: --room-kind, default: '', help: The kind of room to make.}
  - {flag: --room-id, default: '', help: A room to use instead of making one.}
preflight:
  lookup: {method: GET, path: '/v1/rooms/{unknown}'}
  post: {method: PATCH, path: '/v1/rooms/{unknown}', json: {}}
ownership:
  method: POST
  path: /v1/rooms
  json: {kind: '{room_kind}', labels: ['{tag}', 'x-{tag}']}
  server_id_member: id
  existing_session_option: --room-id
row: {schema: Room}
cleanup: {method: DELETE, path: '/v1/rooms/{address}'}
restore:
  look: {method: GET, path: '/v1/rooms/{address}'}
  write: {method: PATCH, path: '/v1/rooms/{address}'}
  members: {labels: [], name: null}
"""


def write(contract_dir: Path, text: str, name: str = "rooms") -> Path:
    folder = contract_dir / "spec" / name
    folder.mkdir(parents=True)
    (folder / "contract.yaml").write_text(text, encoding="utf-8")
    return contract_dir


@pytest.fixture
def other(tmp_path: Path) -> Contract:
    return load_contract("rooms", write(tmp_path, OTHER))


@pytest.fixture(scope="module")
def trigger() -> Contract:
    return load_contract("trigger")


def test_the_first_contract_is_found() -> None:
    assert "trigger" in available_contracts()


def test_every_contract_of_the_kit_loads() -> None:
    assert [load_contract(name).name for name in available_contracts()] == list(available_contracts())


def test_only_folders_with_a_contract_count_and_they_are_sorted(tmp_path: Path) -> None:
    for name in ("zebra", "ant"):
        write(tmp_path, "", name)
    (tmp_path / "spec" / "schemas").mkdir()
    assert available_contracts(tmp_path) == tuple(sorted(("ant", "zebra", *available_contracts())))


def test_the_key_of_the_first_contract_is_required_and_the_other_is_a_capability(trigger: Contract) -> None:
    key, other = trigger.credentials
    assert (key.env, key.required, key.capability) == ("TRIGGER_SECRET_KEY", True, "")
    assert (other.env, other.required, other.capability) == (
        "TRIGGER_OTHER_SECRET_KEY", False, "second-environment",
    )  # fmt: skip
    assert key.authorization.header("tr_dev_1", {}) == "Bearer tr_dev_1"
    assert key.generate("abc") == "tr_dev_abc"


def test_capabilities_of_the_first_contract_say_what_their_lack_means(trigger: Contract) -> None:
    lacking = {name: found.when_missing for name, found in trigger.capabilities.items()}
    not_applicable = ("minted-tokens", "existing-names", "restart")
    assert lacking == {
        "second-environment": Outcome.NOT_TESTED,
        **dict.fromkeys(not_applicable, Outcome.NOT_APPLICABLE),
    }
    assert "TRIGGER_OTHER_SECRET_KEY" in trigger.capabilities["second-environment"].missing_reason
    declarable = [name for name, found in trigger.capabilities.items() if found.declared_lack]
    assert declarable == ["second-environment"]


def test_the_row_of_the_first_contract_is_in_its_openapi_document(trigger: Contract) -> None:
    members = load_api(spec_dir("trigger") / "openapi.yaml").members(trigger.row.schema)
    named = (
        *trigger.row.unordered,
        *trigger.row.may_vanish,
        *trigger.row.volatile,
        trigger.ownership.closed_member,
    )
    assert {name.partition(".")[0] for name in named} <= members.keys()


def test_the_create_request_of_the_first_contract_is_valid(trigger: Contract) -> None:
    request = trigger.ownership.request.filled(external_id="e-1", tag="t-1", task_identifier="my-chat")
    api = load_api(spec_dir("trigger") / "openapi.yaml")
    assert api.schema_problems("CreateSessionRequestBody", request.json) == []
    assert request.json["externalId"] == "e-1"


def test_clean_up_of_the_first_contract_closes_any_address(trigger: Contract) -> None:
    request = trigger.cleanup.request.filled(address="a/b %?")
    assert (request.method, request.path) == ("POST", "/api/v1/sessions/a%2Fb%20%25%3F/close")
    assert request.body == b"{}"
    assert trigger.cleanup.address_in(request.method, request.path) == "a/b %?"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/sessions/a/close"),
        ("POST", "/api/v1/sessions/a"),
        ("POST", "/api/v1/sessions//close"),
        ("POST", "/api/v1/sessions/a/b/close"),
        ("POST", "/api/v1/sessions/close"),
    ],
)
def test_another_request_ends_nothing(trigger: Contract, method: str, path: str) -> None:
    assert trigger.cleanup.address_in(method, path) is None


def test_pages_have_a_title_and_an_address(trigger: Contract) -> None:
    core = {f"trigger-{name}-session" for name in ("create", "retrieve", "update", "close")}
    assert set(trigger.pages) >= {*core, "trigger-list-sessions"}
    assert all(page.id == key and page.title and page.url for key, page in trigger.pages.items())


def test_an_option_chooses_how_the_secret_is_sent(other: Contract) -> None:
    (key,) = other.credentials
    assert key.authorization.header("rm_1", {"auth_scheme": "bare"}) == "rm_1"
    assert key.authorization.header("rm_1", {"auth_scheme": "ApiKey"}) == "ApiKey rm_1"
    assert other.credential("key") is key


def test_a_capability_takes_its_reason_from_the_credential_that_brings_it(other: Contract) -> None:
    assert other.capabilities["authentication"].missing_reason == other.credentials[0].how_to_set
    assert other.capabilities["disposable-rooms"].removed_by_option == "room_id"


def test_an_option_that_is_not_given_leaves_its_member_out(other: Contract) -> None:
    request = other.ownership.request
    assert request.filled(room_kind="", tag="t").json == {"labels": ["t", "x-t"]}
    assert request.filled(room_kind="big", tag="").json == {"kind": "big", "labels": ["x-"]}


def test_a_request_without_json_has_no_body(other: Contract) -> None:
    request = other.cleanup.request.filled(address="room_1")
    assert (request.method, request.path, request.body) == ("DELETE", "/v1/rooms/room_1", None)


def test_filling_one_request_leaves_the_contract_as_it_was(other: Contract) -> None:
    other.ownership.request.filled(room_kind="big", tag="t")
    assert other.ownership.request.json["kind"] == "{room_kind}"


def test_options_have_a_name_and_their_choices(other: Contract) -> None:
    assert [(option.name, option.default, option.choices) for option in other.options] == [
        ("auth_scheme", "bare", ("bare", "ApiKey")),
        ("room_kind", "", ()),
        ("room_id", "", ()),
    ]


def test_what_is_put_back_of_a_room_that_is_not_ours(other: Contract, trigger: Contract) -> None:
    assert trigger.restore is None
    assert other.restore is not None
    assert dict(other.restore.members) == {"labels": [], "name": None}
    assert other.restore.write.filled(address="a/b").path == "/v1/rooms/a%2Fb"


def test_members_that_a_contract_leaves_out_are_empty(other: Contract) -> None:
    assert (other.row.unordered, other.row.may_vanish, other.row.volatile) == ((), (), ())
    rule = other.ownership
    assert (rule.client_id_member, rule.existed_member, rule.closed_member) == ("", "", "")
    assert rule.existing_session_option == "room_id"


def test_an_unknown_contract_is_told_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(
        KitError, match=r"^There is no contract 'halls'; there are everruns, rooms, trigger\.$"
    ):
        load_contract("halls", write(tmp_path, OTHER))


def test_a_folder_of_another_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KitError, match=r"contract.yaml:1: `name` is 'rooms', but the folder is 'halls'\.$"):
        load_contract("halls", write(tmp_path, OTHER, "halls"))


RISK = "    missing_reason: A room that --room-id names is not put at risk.\n"
KEY = "    env: ROOMS_KEY\n"
BROKEN = [
    ("title: Rooms\n", "", 1, "the file lacks `title`."),
    ("title: Rooms\n", "title: Rooms\nhue: blue\n", 3, "`hue` is not known here; known are capabilities,"),
    ("title: Rooms", "title: 7", 2, "`title` must be text."),
    ("title: Rooms", "title: ''", 2, "`title` is empty."),
    ("title: Rooms\n", "title: Rooms\ntitle: Halls\n", 3, "the key `title` stands here a second time."),
    ("2027-01", "spring", 3, '"spring": a revision is the year and month of the pages, like 2026-11.'),
    ("rooms-update:", "Rooms:", 5, "the key `Rooms` is not good here: a name is lower-case words"),
    ("'https:", "'http:", 5, "a page's url begins with https://."),
    ("when_missing: not_tested", "when_missing: passed", 12, "is not one of not_tested, not_applicable."),
    (RISK, "", 10, "since no credential brings it."),
    (
        RISK,
        f"{RISK}    declared_lack: There are none.\n",
        14,
        "`declared_lack` of disposable-rooms needs a credential",
    ),
    (
        "removed_by_option: --room-id",
        "removed_by_option: --rooms",
        14,
        "--rooms is not one of the `options`.",
    ),
    (KEY, "    env: Rooms\n", 17, "an environment variable is in capitals, digits and underscores."),
    ("required: false", "required: maybe", 18, "`required` must be true or false."),
    ("    capability: authentication\n", "", 16, "credential key is optional and so needs a `capability`."),
    ("capability: authentication", "capability: a-key", 19, "'a-key' is not one of the `capabilities`."),
    ("generated: rm_{random}", "generated: rm_1", 20, "which the embedded reference's keys fill in."),
    ("bare: '{secret}'", "bare: secret", 23, "the Authorization header's value holds {secret}."),
    ("ApiKey: '", "Token: '", 23, "`forms` are not the choices of an option --auth-scheme."),
    ("option: --auth-scheme", "option: --scheme", 23, "`forms` are not the choices of an option --scheme."),
    ("how_to_set: ROOMS_KEY is", "how_to_set: It is", 24, "`how_to_set` does not name ROOMS_KEY."),
    ("default: bare", "default: plain", 26, "`default` of --auth-scheme is not one of its choices."),
    ("--room-kind,", "--auth-scheme,", 27, "`flag` --auth-scheme stands here a second time."),
    ("--room-kind,", "room-kind,", 27, "an option is two hyphens and lower-case words with hyphens."),
    ("'/v1/rooms/{unknown}'}", "'/v1/rooms/{room}'}", 30, "{room} is not known here; known are {unknown}."),
    ("method: PATCH", "method: patch", 31, 'is "patch", which is not one of DELETE, GET, PATCH, POST, PUT.'),
    ("path: /v1/rooms\n", "path: v1/rooms\n", 34, "a path begins with a slash and holds no white space."),
    ("'{room_kind}'", "'{kind}'", 35, "are {auth_scheme}, {external_id}, {room_id}, {room_kind}, {tag}."),
    (
        "  existing_session_option: --room-id\n",
        "",
        32,
        "`existing_session_option` and `restore` go together.",
    ),
    ("'/v1/rooms/{address}'}\n  write", "'/v1/rooms/{room}'}\n  write", 41, "known are {address}."),
    (
        "existing_session_option: --room-id",
        "existing_session_option: --room",
        37,
        "--room is not one of the `options`.",
    ),
    ("cleanup: {method: DELETE, ", "cleanup: {", 39, "`cleanup` lacks `method`."),
    (
        "authorization:\n      option: --auth-scheme\n      forms: {bare: '{secret}', ApiKey: 'ApiKey {secret}'}",
        "authorization: 7",
        21,
        "`authorization` must be text or a mapping.",
    ),
    (
        "\n  rooms-update: {title: Update a room, url: 'https://rooms.example.com/docs'}",
        " {}",
        4,
        "`pages` is empty.",
    ),
    ("row: {schema: Room}", "row: [Room]", 38, "`row` must be a mapping."),
    ("title: Rooms", "title: [Rooms", 3, "this is not YAML: "),
]


@pytest.mark.parametrize(("old", "new", "line", "sentence"), BROKEN)
def test_a_broken_contract_is_refused_by_file_and_line(
    tmp_path: Path, old: str, new: str, line: int, sentence: str
) -> None:
    assert old in OTHER
    folder = write(tmp_path, OTHER.replace(old, new, 1))
    with pytest.raises(KitError) as caught:
        load_contract("rooms", folder)
    assert str(caught.value).startswith(f"{folder / 'spec' / 'rooms' / 'contract.yaml'}:{line}: ")
    assert sentence in str(caught.value)


def test_two_credentials_of_one_variable_are_refused(tmp_path: Path) -> None:
    first = OTHER[OTHER.index("  - name: key") : OTHER.index("options:")]
    text = OTHER.replace(first, first + first.replace("name: key", "name: spare"))
    with pytest.raises(KitError, match=r":26: `env` ROOMS_KEY stands here a second time\.$"):
        load_contract("rooms", write(tmp_path, text))


def test_a_folder_outside_the_kit_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KitError, match=rf"^--contract-dir={tmp_path}/nowhere is not a folder\.$"):
        available_contracts(tmp_path / "nowhere")


def test_a_folder_outside_the_kit_without_a_contract_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KitError, match=r"holds no contract: spec/NAME/contract\.yaml is missing\.$"):
        available_contracts(tmp_path)


def test_a_contract_outside_the_kit_may_not_have_the_name_of_one_of_the_kit(tmp_path: Path) -> None:
    with pytest.raises(KitError, match=r"holds a contract trigger, as the kit does; rename it\.$"):
        load_contract("trigger", write(tmp_path, OTHER, "trigger"))


def test_a_contract_knows_the_folder_outside_the_kit_that_it_lies_in(
    tmp_path: Path, trigger: Contract
) -> None:
    folder = write(tmp_path, OTHER)
    assert (load_contract("rooms", folder).root, load_contract("trigger", folder).root) == (folder, None)
    assert trigger.root is None


GROUP = """\
groups:
  list:
    about: All rooms.
    operations: [listRooms, countRooms]
    probe:
      - {operation: listRooms, method: GET, path: /v1/rooms}
      - {operation: countRooms, method: GET, path: '/v1/rooms/{address}/count', headers: {Accept: text/plain}}
    sessions: 4
"""


def test_a_group_says_how_it_is_looked_for(tmp_path: Path) -> None:
    group = load_contract("rooms", write(tmp_path, OTHER + GROUP)).groups["list"]
    assert (group.operations, group.sessions) == (("listRooms", "countRooms"), 4)
    assert [one.needs_session for one in group.probe] == [False, True]
    assert group.probe[1].request.filled(address="a/b").path == "/v1/rooms/a%2Fb/count"
    assert dict(group.probe[1].headers) == {"Accept": "text/plain"}


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("operations: [listRooms, countRooms]", "operations: [listRooms]", "countRooms is not one of the operations of group list"),
        ("operations: [listRooms, countRooms]", "operations: [listRooms, countRooms, other]", "no `probe` of group list calls other"),
        ("{address}", "{unknown}", "{unknown} is not known here; known are {address}"),
        ("  list:", "  core:", "core"),
    ],
)  # fmt: skip
def test_a_group_that_is_not_whole_is_refused(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    with pytest.raises(KitError) as raised:
        load_contract("rooms", write(tmp_path, OTHER + GROUP.replace(old, new)))
    assert sentence in str(raised.value)


def test_an_operation_belongs_to_its_group_or_to_the_core(tmp_path: Path) -> None:
    contract = load_contract("rooms", write(tmp_path, OTHER + GROUP))
    assert [contract.group_of(name) for name in ("countRooms", "updateRoom", "")] == ["list", "core", "core"]
