import pytest

from tests.support.kit_tree import KEYS, Ran, Tree
from tests.support.stand_ins import closed_port, replying, serving

ONE = KEYS["TRIGGER_SECRET_KEY"]
WAIVERS = "{waivers: [{requirement: REQUIREMENT, reason: it is known, ticket: T-1, expires: EXPIRES}]}"


SENSELESS = {
    "--contract=nobody": ["--contract=nobody names no contract", "trigger"],
    "--accept-not-tested=luck": ["--accept-not-tested=luck names no capability", "second-environment"],
    "--without=luck": ["--without=luck names no capability that can be declared missing", "second-environment"],
    "--without=restart": ["--without=restart names no capability", "there are: second-environment."],
    "--without=second-environment": ["contradicts the embedded reference, which has it; give --base-url"],
    "--requirement=a.b": ["--requirement=a.b is no requirement"],
    "--max-requests=0": ["--max-requests takes a whole number of at least 1, not '0'"],
    "--max-sessions=many": ["--max-sessions takes a whole number", "'many'"],
    "--fuzz-examples=-1": ["--fuzz-examples takes a whole number", "'-1'"],
    "--rate-limit=fast": ["--rate-limit takes a number of requests over s, m or h", "'fast'"],
    "--request-timeout=nan": ["--request-timeout takes seconds between 0 and 600, not 'nan'"],
    "--patience=-1": ["--patience takes seconds from 0 to 3600, not '-1'"],
    "--patience=long": ["--patience takes seconds from 0 to 3600, not 'long'"],
    "--waivers=none.yaml": ["none.yaml cannot be read"],
    "--base-url=sessions.example.com": ["'sessions.example.com' is not an http or https URL"],
    "--base-url=ftp://example.com": ["'ftp://example.com' is not an http or https URL"],
    "--base-url=http://example.com:port": ["--base-url is not a URL"],
    "--base-url=https://example.com/?key=1": ["carries a query or a fragment"],
    "suites/trigger tests": ["suites and other tests do not go in one command"],
    ".": ["suites and other tests do not go in one command"],
}  # fmt: skip
"""What a command says to arguments that make no sense."""


@pytest.fixture(scope="module")
def refused(module_tree: Tree) -> dict[str, Ran]:
    module_tree.write("tests/test_own.py", "def test_own(): pass")
    return module_tree.pytests({arguments: arguments.split() for arguments in SENSELESS})


@pytest.mark.parametrize("arguments", SENSELESS)
def test_an_option_that_makes_no_sense_is_one_sentence(module_tree: Tree, refused: dict[str, Ran], arguments):
    refused[arguments].says_one_sentence(*SENSELESS[arguments])
    assert not (module_tree.root / "reports").exists()


@pytest.mark.parametrize(
    "given", ["https://user:hunter2secret@example.com", "user:hunter2secret@example.com"]
)
def test_a_url_with_a_password_is_refused_and_not_printed(tree: Tree, given):
    ran = tree.pytest("-v", f"--base-url={given}", env=KEYS)
    ran.says_one_sentence("--base-url")
    assert "hunter2secret" not in ran.text


@pytest.mark.parametrize(
    ("env", "parts"),
    [
        ({}, ["TRIGGER_SECRET_KEY is not set", "Set TRIGGER_SECRET_KEY to"]),
        ({"TRIGGER_SECRET_KEY": ONE, "TRIGGER_OTHER_SECRET_KEY": ONE}, ["hold the same secret"]),
        (
            {"TRIGGER_SECRET_KEY": f"Bearer {ONE}"},
            ["TRIGGER_SECRET_KEY holds a character that no secret has"],
        ),
    ],
    ids=["missing", "both equal", "with a scheme"],
)
def test_keys_that_cannot_be_used_are_refused_before_any_request(tree: Tree, env, parts):
    with serving(replying(200)) as (url, seen):
        ran = tree.pytest(target=url, env=env)
    ran.says_one_sentence(*parts)
    assert seen == []
    assert ONE not in ran.text
    assert not (tree.root / "reports").exists()


def test_a_lack_is_not_declared_of_what_is_given(tree: Tree):
    with serving(replying(200)) as (url, seen):
        ran = tree.pytest("--without=second-environment", target=url, env=KEYS)
    ran.says_one_sentence("--without=second-environment contradicts TRIGGER_OTHER_SECRET_KEY, which is set")
    assert seen == []
    assert not (tree.root / "reports").exists()


def test_nobody_listens(tree: Tree):
    url = f"http://127.0.0.1:{closed_port()}"
    ran = tree.pytest(target=url, env=KEYS)
    ran.says_one_sentence(f"{url} cannot be reached", "no connection", "--base-url")
    assert not (tree.root / "reports").exists()


@pytest.mark.parametrize(
    ("reply", "parts"),
    [
        (replying(200, b"<p>hello</p>", Content_Type="text/html; charset=utf-8"), ["answers with HTML pages only"]),
        (replying(308, Location="https://me:topsecret@other.example/x?token=abc"), ["redirects to https://other.example/x;"]),
        (replying(401), ["refused the key with 401", "set TRIGGER_SECRET_KEY"]),
    ],
    ids=["html", "redirect", "refused key"],
)  # fmt: skip
def test_a_target_that_cannot_be_judged(tree: Tree, reply, parts):
    with serving(reply) as (url, seen):
        ran = tree.pytest(target=url, env=KEYS)
    ran.says_one_sentence(url, *parts)
    assert "topsecret" not in ran.text
    assert "abc" not in ran.text
    assert len(seen) <= 5
    assert not (tree.root / "reports").exists()


def test_an_odd_target_is_the_checks_to_judge(tree: Tree):
    with serving(replying(500, b"oops", Content_Type="text/plain")) as (url, _):
        ran = tree.pytest("-n1", target=url, env=KEYS)
    assert ran.summary == (1, "not_conformant", False), ran.text


def test_reports_cannot_be_written_below_a_file(tree: Tree, target):
    file = tree.write("reports", "a file")
    ran = tree.pytest(target=target, env=KEYS)
    ran.says_one_sentence(f"--report-dir={tree.reports} cannot be written to", "name another directory")
    assert file.read_text() == "a file"


@pytest.mark.parametrize(
    ("requirement", "expires", "sentence"),
    [
        ("create.nothing", "2999-01-01", "create.nothing is not a requirement"),
        ("create.answers-201", "2020-01-01", "expired on 2020-01-01"),
    ],
    ids=["unknown", "expired"],
)
def test_a_waiver_that_is_unknown_or_expired(tree: Tree, requirement, expires, sentence):
    tree.write("waivers.yaml", WAIVERS.replace("REQUIREMENT", requirement).replace("EXPIRES", expires))
    tree.pytest("--waivers=waivers.yaml").says_one_sentence(sentence, "waivers.yaml:1")


def test_a_broken_contract_file_is_one_sentence(tree: Tree):
    tree.write("spec/trigger/contract.yaml", "name: [")
    ran = tree.pytest()
    assert ran.code == 4
    assert "ERROR: spec/trigger/contract.yaml:2: this is not YAML" in ran.text
    assert "Traceback" not in ran.text


def test_python_without_assertions_is_refused(tree: Tree):
    tree.pytest(python=("-O",)).says_one_sentence("python -O removes the checks' assertions")


def test_the_checks_of_another_contract_are_not_judged_by_this_one(tree: Tree):
    tree.write("suites/another/test_other.py", "def test_of_another(): pass")
    tree.pytest("suites/another").says_one_sentence("belongs to another contract", "--contract=another")


def test_a_reference_that_does_not_start_is_one_sentence(tree: Tree):
    (tree.root / "reference").unlink()
    tree.write("reference/__init__.py", "")
    tree.write("reference/__main__.py", "raise SystemExit('the database is on fire')")
    ran = tree.pytest()
    ran.says_one_sentence("the embedded reference did not start: the database is on fire.")
    assert not (tree.root / "reports").exists()
