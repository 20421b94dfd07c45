"""What moved in a vendor's documents, by operation, and how `sessions-tck drift` says it."""

import json
from copy import deepcopy
from datetime import date
from functools import cache

import pytest
import yaml

from tck.__main__ import main
from tck.contract.contract import available_contracts, load_contract
from tck.contract.pages_seen import source_path
from tck.contract.yaml_source import LOADER
from tck.drift import drift, facts_now, published
from tck.drift.kept_facts import CONTRACT, KeptFacts, load_facts, write_facts
from tck.drift.operation_facts import ApiDocument
from tck.drift.published import _page_of, read_published
from tck.errors import KitError
from tck.paths import spec_dir
from tests.support.stand_ins import closed_port, dribbling, replying, serving

TRIGGER = load_contract("trigger")
PAGE = "trigger-close-session"
CLOSE = "POST /api/v1/sessions/{}/close"
DAY = date(2026, 11, 2)


@cache
def own_document(contract):
    return yaml.load((spec_dir(contract) / "openapi.yaml").read_text(encoding="utf-8"), LOADER)


def openapi(*operations):
    """An OpenAPI document of the vendor's: the operations of ours with these ids, or all."""
    own = deepcopy(own_document("trigger"))
    for item in own["paths"].values():
        for method in [name for name, one in item.items() if name != "parameters"]:
            if operations and item[method]["operationId"] not in operations:
                del item[method]
    return own


def at_close(document):
    return document["paths"]["/api/v1/sessions/{session}/close"]["post"]


def page(document, words="Closing is terminal."):
    return f"# Close session\n\n{words}\n\n````yaml openapi.yaml\n{json.dumps(document, indent=1)}\n````\n"


@pytest.fixture
def kept(tmp_path):
    """The facts of a page with its OpenAPI document, and that page."""
    place = tmp_path / f"{PAGE}.md"
    place.write_text(page(openapi("closeSession")))
    write_facts(tmp_path / "source.yaml", facts_now([str(place)], TRIGGER, KeptFacts(), DAY))
    return tmp_path / "source.yaml", place


def moved(kept, document, words="Closing is terminal."):
    facts, place = kept
    place.write_text(page(document, words))
    return drift([str(place)], TRIGGER, facts)


def test_nothing_moved(kept):
    found = moved(kept, openapi("closeSession"))
    assert not found.moved
    assert found.sentences == (
        "Nothing moved since 2026-11-02, in 1 operation and the text of 1 page of trigger.",
    )
    assert found.to_json()["moves"] == []


def change_limit(document):
    document["components"]["schemas"]["CloseSessionRequestBody"]["properties"]["reason"]["maxLength"] = 512


def add_member(document):
    document["components"]["schemas"]["CloseSessionRequestBody"]["properties"]["note"] = {"type": "string"}


def drop_member(document):
    del document["components"]["schemas"]["SessionObject"]["properties"]["closedReason"]


def require_member(document):
    document["components"]["schemas"]["CloseSessionRequestBody"]["required"] = ["reason"]


def change_status(document):
    at_close(document)["responses"]["410"] = at_close(document)["responses"].pop("404")


def open_to_tokens(document):
    at_close(document)["security"] = [{"secretKey": []}, {"publicAccessToken": []}]


def require_body(document):
    at_close(document)["requestBody"]["required"] = True


def reword_member(document):
    document["components"]["schemas"]["CloseSessionRequestBody"]["properties"]["reason"]["description"] = (
        "Forgotten."
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (change_limit, [f"{CLOSE} request.reason: maxLength 256 became maxLength 512. close."]),
        (add_member, [f"{CLOSE} request.note: the member is new (string, required no). close."]),
        (
            drop_member,
            [f"{CLOSE} 200.closedReason: the member is gone (string or null, required no). close."],
        ),
        (require_member, [f"{CLOSE} request.reason: required no became required yes. close."]),
        (
            change_status,
            [
                f"{CLOSE}: the status 404 is gone. close.unknown-id-answers-404,",
                f"{CLOSE}: the status 410 is new. close.",
            ],
        ),
        (
            open_to_tokens,
            [f"{CLOSE}: the way in publicAccessToken (http bearer) is new. close."],
        ),
        (require_body, [f"{CLOSE} request: optional became required. close."]),
        (reword_member, [f"{CLOSE}: described otherwise: request.reason. close."]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_each_change_of_an_operation_is_one_sentence_with_what_rests_on_it(kept, change, said):
    document = openapi("closeSession")
    change(document)
    found = moved(kept, document)
    told = found.sentences[1:]
    assert found.moved
    assert len(told) == len(said)
    assert all(one.startswith(beginning) for one, beginning in zip(told, said, strict=True)), told
    assert all(" rest on it." in one or " rests on it." in one for one in told)


def test_a_reworded_page_quotes_what_is_new_on_it(kept):
    found = moved(kept, openapi("closeSession"), "Closing is final.")
    [move] = found.moves
    assert (move.kind, move.where, move.after) == ("page", PAGE, "Closing is final.")
    assert "close.repeat-answers-200" in move.requirements
    assert found.sentences[1].startswith(
        f"{PAGE}: the text of the page changed: 1 passage is gone or reworded; new: 'Closing is final.'."
    )


def test_an_operation_that_is_gone_from_its_page_and_a_new_one_near_ours(kept):
    document = openapi("closeSession")
    paths = document["paths"]
    paths["/api/v1/sessions/{session}/archive"] = paths.pop("/api/v1/sessions/{session}/close")
    paths["/api/v1/runs"] = {"get": {"responses": {}}}
    told = moved(kept, document).sentences[1:]
    assert told[0] == "POST /api/v1/sessions/{}/archive: the operation is new."
    assert told[1].startswith(f"{CLOSE}: the operation is gone. close.")
    assert len(told) == 2


def test_what_the_vendor_calls_otherwise_or_writes_in_3_0_is_the_same(kept):
    document = json.loads(json.dumps(openapi("closeSession")).replace("{session}", "{id}"))
    document["components"]["parameters"]["session"]["name"] = "id"
    document["openapi"] = "3.0.3"
    row = document["components"]["schemas"]["SessionObject"]["properties"]
    row["closedReason"] = {**row["closedReason"], "type": "string", "nullable": True}
    assert not moved(kept, document).moved


def test_a_whole_document_is_compared_with_what_was_read_from_pages(kept, tmp_path):
    facts, _ = kept
    document = openapi()
    change_limit(document)
    place = tmp_path / "v1.json"
    place.write_text(json.dumps(document))
    found = drift([str(place)], TRIGGER, facts)
    assert [(move.where, move.place) for move in found.moves] == [(CLOSE, "request.reason")]
    assert found.operations == 8
    [note] = found.notes
    assert note.startswith("GET /api/v1/sessions, ")
    assert "compared with the kit's openapi.yaml" in note


@pytest.mark.parametrize("contract", available_contracts())
def test_the_kept_facts_are_those_of_our_operations_and_pages(contract):
    about = load_contract(contract)
    kept = load_facts(source_path(about))
    assert set(kept.operations) == set(ApiDocument(own_document(contract), "openapi.yaml").keys)
    assert kept.pages.keys() <= about.pages.keys()
    assert {one.page for one in kept.operations.values()} <= about.pages.keys()


@pytest.mark.parametrize("contract", available_contracts())
def test_facts_that_come_from_our_openapi_document_are_up_to_date(contract):
    """`sessions-tck drift SOURCES --write=spec/NAME/source.yaml` makes them anew."""
    about = load_contract(contract)
    place = source_path(about)
    api = ApiDocument(own_document(contract), "openapi.yaml", own=True)
    kept = {key: one for key, one in load_facts(place).operations.items() if one.source == CONTRACT}
    assert {key: api.facts(key, one.page, CONTRACT) for key, one in kept.items()} == kept


def test_facts_are_written_and_read_again(kept):
    facts, place = kept
    read = load_facts(facts)
    assert read.operations[CLOSE].source == PAGE
    assert (read.operations["POST /api/v1/sessions"].source, read.seen[CLOSE]) == (CONTRACT, DAY)
    later = facts_now([str(place)], TRIGGER, read, date(2026, 12, 1))
    assert later.operations == read.operations
    assert later.pages[PAGE].seen == later.seen[CLOSE] == date(2026, 12, 1)


def test_the_command_exits_with_1_when_something_moved(kept, tmp_path, capsys):
    facts, place = kept
    assert main(["drift", str(place), f"--facts={facts}"]) == 0
    place.write_text(page(openapi("closeSession"), "<b>Closing</b> is `final`."))
    assert main(["drift", str(place), f"--facts={facts}", "--format=markdown"]) == 1
    assert main(["drift", str(place), f"--facts={facts}", "--format=json"]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "Nothing moved since 2026-11-02, in 1 operation and the text of 1 page of trigger."
    assert told[1].startswith("## MOVED: 1 difference since 2026-11-02")
    document = json.loads("\n".join(told[told.index("{") :]))
    assert (document["moved"], document["contract"], document["seen"]) == (True, "trigger", "2026-11-02")
    assert main(["drift", str(place), f"--write={tmp_path / 'mine.yaml'}"]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'mine.yaml'}: facts of 8 operations and 1 page.\n"
    assert main(["drift", str(place), f"--facts={tmp_path / 'mine.yaml'}"]) == 0


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.yaml", None, "none.yaml cannot be read: No such file or directory."),
        ("old.yaml", "swagger: '2.0'\npaths: {}", "old.yaml is Swagger 2.0; the kit reads OpenAPI 3."),
        ("next.yaml", "openapi: 4.0.0\npaths: {}", "next.yaml is OpenAPI 4.0.0; the kit reads OpenAPI 3."),
        ("cut.json", '{"openapi": "3.1.0", "paths": {', "cut.json is an OpenAPI document that is not whole"),
        ("pathless.yaml", "openapi: 3.1.0\n", "pathless.yaml is an OpenAPI document without paths."),
        (
            "notes.md",
            "# Notes\n",
            "notes.md is neither an OpenAPI 3 document nor, by its name, one of the contract's",
        ),
        (f"{PAGE}.md", "\n", f"{PAGE}.md is empty."),
        (f"{PAGE}.txt", b"\xff\xfe", f"{PAGE}.txt is not UTF-8 text."),
        (
            "trigger-list-sessions.md",
            "# List\n",
            "no facts are kept of anything in it, so that nothing can be",
        ),
    ],
)
def test_what_cannot_be_read_is_one_sentence(kept, capsys, name, content, said):
    tmp_path = kept[0].parent
    if content is not None:
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    assert main(["drift", str(tmp_path / name), f"--facts={kept[0]}"]) == 4
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("ERROR: ")
    assert said in told.err
    assert told.err.count("\n") == 1


def test_a_page_is_read_from_its_address(kept, capsys):
    facts, place = kept
    content = place.read_bytes()
    with serving(replying(200, content, **{"Content-Type": "text/markdown"})) as (url, _):
        assert main(["drift", f"{PAGE}={url}/any?key=secret-of-mine", f"--facts={facts}"]) == 0
        assert main(["drift", f"{url}/any?key=secret-of-mine", f"--facts={facts}"]) == 4
    with serving(replying(404)) as (url, _):
        assert main(["drift", f"{PAGE}={url}/any?key=secret-of-mine"]) == 4
    assert main(["drift", f"{PAGE}=http://127.0.0.1:{closed_port()}/"]) == 4
    assert main(["drift", f"{PAGE}=http://me:secret-of-mine@127.0.0.1:{closed_port()}/"]) == 4
    told = capsys.readouterr()
    assert "secret-of-mine" not in told.out + told.err
    lines = told.err.splitlines()
    assert "is neither an OpenAPI 3 document nor" in lines[0]
    assert lines[1].endswith("/any cannot be read: it was answered with 404.")
    assert "cannot be read: no connection: " in lines[2]
    assert lines[3].endswith("secrets come from the environment only.")
    assert len(lines) == 4


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("", "a source is empty; give FILE, URL or PAGE=FILE-OR-URL."),
        (f"{PAGE}=", "a source is empty; give FILE, URL or PAGE=FILE-OR-URL."),
        ("http://[secret", "a source that begins with http is not a URL."),
        (f"{PAGE}=http://x:99999/secret", "a source that begins with http is not a URL."),
        ("http:///?secret", "http:/// is not a URL."),
        ("closing=http://me:secret@x/?secret", "'closing' is no page of the contract; its pages are trigger-create"),
        ("/dev/zero", "/dev/zero is larger than 20 MB."),
    ],
)  # fmt: skip
def test_what_can_be_no_source_is_one_sentence_without_secrets(capsys, source, said):
    assert main(["drift", source]) == 4
    error = capsys.readouterr().err
    assert error.startswith(f"ERROR: {said}")
    assert error.count("\n") == 1
    assert "secret" not in error


def test_a_file_may_have_an_equals_sign_in_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "v=1.json").write_text(json.dumps(openapi("closeSession")))
    assert read_published("v=1.json", TRIGGER).documents


def test_a_source_that_dribbles_ends(monkeypatch):
    monkeypatch.setattr(published, "TIMEOUT", 0.3)
    with (
        dribbling() as url,
        pytest.raises(KitError, match=r"/ cannot be read: no complete reply within 0\.3 seconds\."),
    ):
        read_published(f"{PAGE}={url}/?key=secret", TRIGGER)


@pytest.mark.parametrize("form", ["{url}", "{url}/", "{url}.md", "{url}?plain=1"])
def test_a_page_is_known_by_its_address_in_the_contract(form):
    assert _page_of(form.format(url=TRIGGER.pages[PAGE].url), TRIGGER.pages) == PAGE
    assert _page_of("https://example.com/close", TRIGGER.pages) == ""
