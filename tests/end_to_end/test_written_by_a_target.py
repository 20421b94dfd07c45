"""What a target writes is obeyed by no terminal and no CI system, wherever the kit or pytest prints it."""

import json
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from tests.support.kit_tree import KEYS, Ran, Tree
from tests.support.stand_ins import serving

COMMANDS = "##[error]e ##vso[task.complete]v ::add-mask::m x::set-output name=a::b"
MARKS = "\u202ecixot\u202c \u200f \ufdd0 \ufffe \x1b]0;title\x07 \x1b[31m"
HOSTILE = f"{COMMANDS} {MARKS}\n::error::at the beginning of a line\n##[endgroup]"
OBEYED = re.compile(
    r"##\w*\[|::(?:add-mask|set-output|error::at)|[\u202a-\u202e\u200e\u200f\ufdd0\ufffe]|\x1b|\x07"
)
SUITE = """
import pytest

@pytest.mark.requirement("create.answers-201")
def test_create(create):
    reply = create()
    print(reply["message"].value)
    assert reply.status == 201, reply["message"].value

@pytest.mark.requirement("create.keeps-tags")
@pytest.mark.parametrize("tag", ["##[error]a name", "::add-mask::a name"])
def test_tags(create, tag):
    assert create()["message"].value == tag

@pytest.mark.requirement("retrieve.finds")
def test_retrieve(look):
    raise LookupError(look("unknown")["message"].value)
"""


def answer(request: BaseHTTPRequestHandler) -> None:
    body = json.dumps({"id": "session_1", "message": HOSTILE, "tags": [HOSTILE]}).encode()
    request.send_response(200)
    request.send_header("Content-Type", "application/json")
    request.send_header("X-Request-Id", "##[error]header")
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


@pytest.fixture(scope="module")
def hostile() -> Iterator[str]:
    with serving(answer) as (url, _):
        yield url


def obeyed(ran: Ran) -> list[str]:
    """Lines that hold a command, other than the kit's own annotations, which are whole lines at the end."""
    return [
        line
        for line in ran.text.splitlines()
        if OBEYED.search(re.sub(r"^::(?:error|warning|notice) title=[^:]*::", "", line))
    ]


@pytest.mark.parametrize(
    "arguments", [(), ("-v", "-rA", "--tb=short"), ("-n2", "-vv", "-rA", "--tb=long", "--showlocals")]
)
def test_nothing_that_is_printed_is_obeyed(tree: Tree, hostile: str, arguments: tuple[str, ...]) -> None:
    tree.suite(SUITE)
    ran = tree.pytest(*arguments, target=hostile, env={**KEYS, "GITHUB_ACTIONS": "true"})
    assert ran.code == 1, ran.text
    assert obeyed(ran) == []
    assert r"#\u0023[error]" in ran.text
    assert [line for line in ran.out.splitlines() if line.startswith("::error title=")]
    for command in ("report", "waivers", "cleanup"):
        again = tree.python("-m", "tck", command, str(tree.reports))
        assert obeyed(again) == [], command


def test_a_sentence_before_the_first_check_is_obeyed_as_little(tree: Tree) -> None:
    def redirect(request: BaseHTTPRequestHandler) -> None:
        request.send_response(302)
        request.send_header("Location", "https://elsewhere.example/##[error]x/::add-mask::m")
        request.send_header("Content-Length", "0")
        request.end_headers()

    with serving(redirect) as (url, _):
        ran = tree.pytest(target=url, env=KEYS)
        looked = tree.python("-m", "tck", "doctor", f"--base-url={url}")
    ran.says_one_sentence("redirects to")
    assert looked.code == 4
    assert [*obeyed(ran), *obeyed(looked)] == []
