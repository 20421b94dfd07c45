"""Ten nights against a server that changes in between, as an operator runs them; the morning's page tells all of it."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reference.serving import Server
from reference.trigger import TriggerReference
from tests.support.kit_tree import GOOD, KEYS, REQUIREMENTS, Ran, Tree

Replies = Callable[[int, str, int, Any], tuple[int, Any]]
"""What becomes of the reply of this number to a method: its status and its document."""
PAGE = "trigger-create-session"
TAGS, STATUS = "create.keeps-tags", "create.answers-201"


def good(_: int, __: str, status: int, document: Any) -> tuple[int, Any]:
    return status, document


def creates_answer_200(_: int, method: str, status: int, document: Any) -> tuple[int, Any]:
    """A fault that stays."""
    return 200 if method == "POST" and status == 201 else status, document


@dataclass
class TagsAreLostOnce:
    """A fault of a moment."""

    lost: bool = False

    def __call__(self, _: int, method: str, status: int, document: Any) -> tuple[int, Any]:
        if method == "POST" and not self.lost and document.get("tags") == ["two"]:
            self.lost = True
            return status, {**document, "tags": []}
        return status, document


def gateway_is_down(number: int, method: str, status: int, document: Any) -> tuple[int, Any]:
    """Weather: reads get no answer once the run has looked around."""
    return (502, {}) if method == "GET" and number > 4 else (status, document)


def changed(app: ASGIApp, replies: Replies) -> ASGIApp:
    """The application with its replies changed."""
    count = [0]

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        held: list[Message] = []

        async def hold(message: Message) -> None:
            held.append(message)

        await app(scope, receive, hold)
        count[0] += 1
        start, text = held[0], b"".join(one.get("body", b"") for one in held[1:])
        try:
            document = json.loads(text)
        except ValueError:
            document = None
        if document is not None:
            status, document = replies(count[0], scope["method"], start["status"], document)
            text = json.dumps(document).encode()
            headers = [pair for pair in start["headers"] if pair[0].lower() != b"content-length"]
            start = {**start, "status": status, "headers": [*headers, (b"content-length", b"%d" % len(text))]}
        await send(start)
        await send({"type": "http.response.body", "body": text})

    return served


@contextmanager
def listening() -> Iterator[tuple[int, list[str]]]:
    """Where Apprise's plain JSON goes: the port, and the titles that came."""
    titles: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            titles.append(json.loads(body)["title"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server.server_address[1], titles
        server.shutdown()
        thread.join()


@dataclass
class Site:
    """The operator's machine, and the deployment at one address all the time."""

    tree: Tree
    word: int
    folder: Path
    port: int = field(init=False)

    def __post_init__(self) -> None:
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = found.getsockname()[1]

    def night(self, replies: Replies | None = good) -> Ran:
        """One night; without a server when there are no replies."""
        if replies is None:
            return self.kit("nightly", *self.options)
        keys = {"env_main": KEYS["TRIGGER_SECRET_KEY"], "env_other": KEYS["TRIGGER_OTHER_SECRET_KEY"]}
        app = changed(TriggerReference(self.folder / "rows.sqlite", keys).app(), replies)
        with Server(app, port=self.port):
            return self.kit("nightly", *self.options)

    @property
    def options(self) -> list[str]:
        return [
            f"--base-url=http://127.0.0.1:{self.port}", "-q", "--notify", f"--contract-source={PAGE}=page.md",
            "--patience=0", "-p", "no:randomly", "-p", "no:cacheprovider",
        ]  # fmt: skip

    def kit(self, *arguments: str) -> Ran:
        urls = {"TCK_NOTIFY_URLS": f"json://127.0.0.1:{self.word}/"}
        env = {"PYTHONPATH": str(self.tree.root), "PYTEST_PLUGINS": "xdist.plugin,pytest_base_url.plugin"}
        return self.tree.python("-P", "-m", "tck", *arguments, env={**KEYS, **urls, **env})

    def upgrade_kit(self) -> None:
        path = self.tree.root / "tck" / "__init__.py"
        path.write_text(path.read_text().replace("0.2.0", "0.3.0"))

    def change_contract(self) -> None:
        self.tree.requirements({**REQUIREMENTS, "retrieve.finds": "should"})
        self.tree.write("page.md", "# Create\n\nA session has a colour now.\n")


def test_ten_nights(tree: Tree, tmp_path: Path):
    pytest.importorskip("apprise", reason="see tests/requirements.txt")
    tree.suite(GOOD)
    tree.write("page.md", "# Create\n\nA session is created.\n")
    with listening() as (port, titles):
        site = Site(tree, port, tmp_path)
        assert site.kit("drift", f"{PAGE}=page.md", "--write=spec/trigger/source.yaml").code == 0
        nights = [site.night(), site.night(TagsAreLostOnce())]
        nights += [site.night(creates_answer_200) for _ in range(3)]
        nights += [site.night(), site.night(gateway_is_down), site.night(None)]
        site.upgrade_kit()
        nights.append(site.night())
        site.change_contract()
        nights.append(site.night())
    assert [one.code for one in nights] == [0, 1, 1, 1, 1, 0, 1, 4, 0, 0], [one.text for one in nights]
    target = f"trigger at http://127.0.0.1:{site.port}"
    assert titles == [
        f"WORSE: {target}", f"WORSE: {target}", f"Mended: {target}", f"WORSE: {target}", f"NO RESULT: {target}",
        "MOVED: the source of trigger",
    ]  # fmt: skip

    told = site.kit("history", "--json")
    assert told.code == 0, told.text
    history = json.loads(told.out)
    [found] = history["contracts"]
    assert [one["verdict"] for one in found["runs"]] == [
        "conformant", "not_conformant", "not_conformant", "not_conformant", "not_conformant", "conformant",
        "inconclusive", None, "conformant", "conformant",
    ]  # fmt: skip
    rows = {one["id"]: one for one in found["requirements"]}
    assert [(one["outcome"], one["runs"]) for one in rows[STATUS]["runs"]] == [
        ("passed", 2), ("failed", 3), ("passed", 2), ("no_result", 1), ("passed", 2),
    ]  # fmt: skip
    assert (rows[TAGS]["failed_runs"], rows[TAGS]["flips"]) == (1, 2)
    assert [one["outcome"] for one in rows["retrieve.finds"]["runs"]].count("indeterminate") == 1
    assert [(one["run"], one["what"]) for one in found["changes"]] == [
        (found["runs"][8]["name"], "kit"),
        *((found["runs"][9]["name"], what) for what in ("kit", "contract", "source of the contract")),
    ]
    assert history["left_out"] == []

    page = (tree.root / "reports" / "history" / "index.html").read_text(encoding="utf-8")
    for said in (
        "Conformant since",
        "(2 runs), inconclusive before.",
        "Mended: create.answers-201, create.keeps-tags.",
        "1 run could not be decided (inconclusive).",
        "1 run left no result.",
        "broken in 1 of 10 runs (of these not every time in 1), flipped 2 times",
        "the kit changed from 0.2.0 (",
        "The source of the contract has moved: 1 difference since",
        "The source of the contract was last seen unchanged on 20",
        "no result: the kit could not start (exit code 4)",
    ):
        assert said in page, said
    assert "create.keeps-tags failed 1 of 3" in nights[1].text
    assert "every time" not in nights[2].text
