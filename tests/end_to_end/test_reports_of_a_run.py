"""What a plain run leaves in its report directory, read by programs that are not ours."""

import base64
import html
import json
import re
import zlib
from html.parser import HTMLParser
from urllib.parse import quote

import jwt
import pytest
from haralyzer import HarParser
from junitparser import Error, Failure, JUnitXml, Properties, Skipped

from tests.support.kit_tree import KEYS, Ran, Tree
from tests.support.stand_ins import replying, serving

ATTACK = "</script><script>window.hacked = 1</script><img src=x onerror=alert(1)>"
VIEWS = ["badge.json", "ctrf.json", "exchanges.har", "index.html", "junit.xml", "result.json", "summary.md"]
HOSTILE_SUITE = """
import jwt
import pytest
@pytest.mark.requirement("create.answers-201")
def test_create(create): assert create().text == "fine"
@pytest.mark.requirement("retrieve.finds")
def test_look(look): assert look("x").status == 200
"""


@pytest.fixture(scope="module")
def ran(module_tree: Tree, target: str) -> Ran:
    return module_tree.pytest(target=target, env=KEYS)


def test_every_report_is_written_and_named(ran: Ran):
    assert ran.code == 0, ran.text
    assert sorted(path.name for path in ran.reports.iterdir()) == VIEWS
    assert [name for name in VIEWS if name not in ran.out] == []


def test_a_junit_reader_finds_each_check_and_its_requirement(ran: Ran):
    cases = [case for suite in JUnitXml.fromfile(str(ran.reports / "junit.xml")) for case in suite]
    assert len(cases) == 4
    assert all(case.is_passed for case in cases)
    told = {one.name: one.value for one in cases[0].child(Properties)}
    assert told["requirement"] == "create.answers-201"
    assert (told["level"], told["outcome"]) == ("must", "passed")


def test_a_har_parser_finds_each_exchange_and_the_name_of_its_check(ran: Ran):
    har = HarParser.from_file(str(ran.reports / "exchanges.har"))
    entries = har.har_data["entries"]
    assert len(entries) == ran.result["footer"]["exchanges"] == ran.result["requests"]
    names = [entry["comment"] for entry in entries]
    assert any(name.endswith("test_create_answers_201") for name in names)
    [page] = har.pages
    assert {201} <= {entry.response.status for entry in page.entries}


def test_the_outcomes_of_a_junit_reader_are_those_of_the_table(tree: Tree, target: str):
    tree.suite(
        """
import jwt
import pytest
from tck.errors import Indeterminate
from tck.unjudged import NotTested
@pytest.mark.requirement("tiny.a")
def test_failed(create): assert create().status == 1
@pytest.mark.requirement("tiny.b")
def test_lost(): raise Indeterminate("no reply")
@pytest.mark.requirement("tiny.c")
def test_skipped(): raise NotTested("not now")
""",
        tiny__a="must", tiny__b="must", tiny__c="must",
    )  # fmt: skip
    ran = tree.pytest(target=target, env=KEYS)
    cases = [case for suite in JUnitXml.fromfile(str(ran.reports / "junit.xml")) for case in suite]
    found = {case.name: type(case.result[0]) for case in cases}
    assert found == {"test_failed": Failure, "test_lost": Error, "test_skipped": Skipped}


@pytest.mark.parametrize("kind", ["application/json", "image/svg+xml"])
def test_a_target_that_answers_scripts_everywhere_puts_none_into_the_page(tree: Tree, kind: str):
    tree.suite(HOSTILE_SUITE, create__answers_201="must", retrieve__finds="must")
    body = json.dumps({"id": ATTACK, "error": ATTACK, ATTACK: [ATTACK]}).encode()
    with serving(replying(422, body, Content_Type=kind, X_Odd=ATTACK)) as (url, _):
        ran = tree.pytest(target=url, env=KEYS)
    assert ran.code == 1, ran.text
    tags: list[str] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: tags.append(tag)
    text = (ran.reports / "index.html").read_text(encoding="utf-8")
    parser.feed(text)
    assert tags.count("script") == 2
    assert "img" not in tags
    assert text.count("window.hacked") > 3


def test_a_run_that_judges_nothing_leaves_earlier_reports_as_they_were(tree: Tree, target: str):
    of_yesterday = {
        path: path.read_bytes() for path in tree.pytest(target=target, env=KEYS).reports.iterdir()
    }
    assert {path.name for path in of_yesterday} >= {*VIEWS, "junit.xml", "result.json"}
    for nothing in (("-k", "no_such_check"), ("--requirement=no.such",), ("--max-sessions=0",)):
        ran = tree.pytest(*nothing, target=target, env=KEYS)
        assert ran.code == 4, ran.text
        assert {path: path.read_bytes() for path in ran.reports.iterdir()} == of_yesterday


def test_a_run_on_github_tells_its_step(tree: Tree, target: str, tmp_path):
    step = tmp_path / "step.md"
    env = {**KEYS, "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(step)}
    tree.suite(HOSTILE_SUITE, create__answers_201="must", retrieve__finds="must")
    ran = tree.pytest(target=target, env=env)
    assert re.search(r"^::error title=MUST retrieve\.finds::", ran.out, re.MULTILINE), ran.out
    assert step.read_text(encoding="utf-8").startswith("## NOT CONFORMANT")


def test_the_kit_makes_its_reports_again(ran: Ran, module_tree: Tree):
    before = {name: (ran.reports / name).read_bytes() for name in VIEWS}
    done = module_tree.python("-m", "tck", "report", str(ran.reports))
    assert done.code == 0, done.text
    assert [name for name in VIEWS if (ran.reports / name).read_bytes() != before[name]] == []


def test_no_key_cookie_or_userinfo_that_a_target_sends_back_is_in_any_file(tree: Tree):
    key = KEYS["TRIGGER_SECRET_KEY"]
    cookie, login = "sid=cookie-0123456789", "ann:pass-0123456789"
    forms = [
        key,
        quote(key, safe=""),
        base64.b64encode(key.encode()).decode(),
        html.escape(key),
        login,
        cookie,
    ]
    token = jwt.encode({"sub": "somebody", "scopes": ["read:sessions:x"]}, "k" * 32, algorithm="HS256")
    body = (
        json.dumps({"id": forms, "next": f"http://{login}@h/", "token": token}).replace(cookie, "").encode()
    )
    tree.suite(HOSTILE_SUITE, create__answers_201="must", retrieve__finds="must")
    answer = replying(422, body, Set_Cookie=cookie, Location=f"https://{login}@example.com/", X_Echo=key)
    with serving(answer) as (url, _):
        ran = tree.pytest(target=url, env=KEYS)
    assert ran.code == 1, ran.text
    assert (ran.reports / "index.html").stat().st_size > 10_000
    whole = b"".join(path.read_bytes() for path in ran.reports.rglob("*") if path.is_file())
    page = (ran.reports / "index.html").read_text(encoding="utf-8")
    [packed] = re.findall('<script type="application/octet-stream" id="packed">([^<]+)</script>', page)
    whole += zlib.decompress(base64.b64decode(packed))
    header, claims, signature = token.split(".")
    assert [form for form in (*forms[:4], cookie, signature) if form.encode() in whole] == []
    assert f"//{login}@".encode() not in whole
    assert f"{header}.{claims}.[signature removed]".encode() in whole
