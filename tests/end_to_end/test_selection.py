from dataclasses import replace

import pytest

from reference.serving import Server
from tests.support.halfway import WithoutClose
from tests.support.kit_tree import GOOD, KEYS, Ran, Tree

LEFT_OUT = "its check was not selected"
ENDED = "the run ended before its check"
UNSEEN = "no check of it ran"


LEAVING_OUT = {
    "by keyword": (["-k", "not retrieve"], "retrieve.finds", LEFT_OUT),
    "by mark": (["-m", "not slow"], "retrieve.finds", LEFT_OUT),
    "by deselection": (["--deselect=suites/trigger/test_tiny.py::test_retrieve_finds"], "retrieve.finds", LEFT_OUT),
    "by requirement": (["--requirement=create.answers-201"], "retrieve.finds", LEFT_OUT),
    "by leaving out what is generated": (["--quick"], "retrieve.finds", LEFT_OUT),
    "by pattern": (["--requirement=create.*"], "retrieve.finds", LEFT_OUT),
    "by operation": (["--operation=create"], "retrieve.finds", LEFT_OUT),
    "by item": (["suites/trigger/test_tiny.py::test_create_answers_201"], "retrieve.finds", LEFT_OUT),
    "by file": (["suites/trigger/test_tiny.py"], "retrieve.seen-elsewhere", UNSEEN),
    "by ignoring a file": (["--ignore=suites/trigger/test_more.py"], "retrieve.seen-elsewhere", UNSEEN),
    "by another naming": (["-o", "python_functions=test_create"], "retrieve.finds", UNSEEN),
    "by another naming of files": (["-o", "python_files=test_tiny.py"], "retrieve.seen-elsewhere", UNSEEN),
}  # fmt: skip
"""How a check may be left out: the arguments, the requirement that is then untested, and the reason."""


@pytest.fixture(scope="module")
def partial(module_tree: Tree, target: str) -> dict[str, Ran]:
    marked = '@pytest.mark.slow\n@pytest.mark.fuzz\n@pytest.mark.requirement("retrieve.finds")'
    module_tree.suite(GOOD.replace('@pytest.mark.requirement("retrieve.finds")', marked))
    names = ["create.answers-201", "create.keeps-tags", "retrieve.finds", "retrieve.seen-elsewhere"]
    module_tree.requirements(dict.fromkeys(names, "must"))
    elsewhere = (
        'import pytest\n@pytest.mark.requirement("retrieve.seen-elsewhere")\ndef test_elsewhere(): pass\n'
    )
    module_tree.write("suites/trigger/test_more.py", elsewhere)
    commands = {how: arguments for how, (arguments, _, _) in LEAVING_OUT.items()}
    return module_tree.pytests(commands, KEYS, target)


@pytest.mark.parametrize("how", LEAVING_OUT)
def test_whatever_leaves_a_check_out_makes_the_run_partial(partial: dict[str, Ran], how: str):
    ran, (_, out, why) = partial[how], LEAVING_OUT[how]
    assert ran.summary == (0, "partial", True), ran.text
    assert ran.outcomes[out] == "not_tested"
    assert ran.reasons[out] == why
    assert ran.outcomes["create.answers-201"] == "passed"


def test_one_parameter_of_a_check_alone_is_partial(tree: Tree, target):
    only = """
import pytest
@pytest.mark.requirement("create.keeps-tags")
@pytest.mark.parametrize("tag", ["one", "two"])
def test_tags_are_kept(create, tag):
    assert create(tags=[tag])["tags"] == [tag]
"""
    tree.suite(only, create__keeps_tags="must")
    ran = tree.pytest("suites/trigger/test_tiny.py::test_tags_are_kept[two]", target=target, env=KEYS)
    assert ran.summary == (0, "partial", True), ran.text
    assert ran.reasons["create.keeps-tags"] == LEFT_OUT


@pytest.mark.parametrize("workers", [(), ("-n1",)])
def test_a_run_that_stops_at_the_first_failure_is_partial_and_fails(tree: Tree, target, workers):
    more = "".join(
        f'@pytest.mark.requirement("retrieve.finds")\ndef test_more_{number}(create): assert create().status == 200\n'
        for number in range(8)
    )
    tree.suite(GOOD.replace("== 201", "== 202") + more)
    ran = tree.pytest("-x", *workers, target=target, env=KEYS)
    assert ran.summary == (1, "partial", True), ran.text
    assert ENDED in str(ran.result)


def test_only_what_failed_last_is_partial_however_it_is_left_out(tree: Tree, target):
    only = """
import os, pytest
@pytest.mark.requirement("create.keeps-tags")
@pytest.mark.parametrize("tag", ["one", "two"])
def test_tags_are_kept(create, tag):
    assert create(tags=[tag])["tags"] == [os.environ.get("EXPECTED", tag)]
"""
    tree.suite(only, create__keeps_tags="must")
    first = tree.pytest(cache=True, target=target, env={**KEYS, "EXPECTED": "two"})
    assert first.summary == (1, "not_conformant", False), first.text
    again = tree.pytest("--lf", cache=True, target=target, env=KEYS)
    assert "1 passed" in again.out
    beside = replace(again, reports=tree.reports.with_name("latest-partial"))
    assert beside.summary == (0, "partial", True), again.text


def test_a_partial_run_with_a_failure_exits_1(tree: Tree, target):
    tree.suite(GOOD.replace("== 201", "== 202"))
    ran = tree.pytest("-k", "answers_201", target=target, env=KEYS)
    assert ran.summary == (1, "partial", True)


def test_the_other_contracts_suites_are_not_collected(tree: Tree, target):
    tree.write("suites/another/test_other.py", "def test_of_another_contract(): raise SystemExit(9)")
    ran = tree.pytest(target=target, env=KEYS)
    assert ran.summary == (0, "conformant", False), ran.text


@pytest.mark.parametrize("workers", [(), ("-n1",)])
@pytest.mark.parametrize(
    ("extra", "sentence"),
    [
        ("def test_nameless(): pass", "test_nameless names no requirement"),
        ('@pytest.mark.requirement("a.b")\ndef test_wrong(): pass', "test_wrong names a.b, which is not a requirement"),
        ('@pytest.mark.xfail\n@pytest.mark.requirement("retrieve.finds")\ndef test_x(): pass', "test_x is marked xfail"),
        ('@pytest.mark.skip\n@pytest.mark.requirement("retrieve.finds")\ndef test_s(): pass', "test_s is marked skip"),
    ],
    ids=["nameless", "wrongly named", "xfail", "skip"],
)  # fmt: skip
def test_a_check_that_names_no_requirement_or_excuses_itself_is_refused(
    tree: Tree, target, extra, sentence, workers
):
    tree.suite(GOOD + extra)
    ran = tree.pytest(*workers, target=target, env=KEYS)
    ran.says_one_sentence(sentence)


@pytest.mark.parametrize("workers", [(), ("-n1",)])
def test_nothing_selected_is_no_verdict(tree: Tree, target, workers):
    ran = tree.pytest("-k", "nothing_of_this_name", *workers, target=target, env=KEYS)
    ran.says_one_sentence("no check was selected")
    assert not (tree.root / "reports").exists()


@pytest.mark.parametrize("workers", [(), ("-n1",)])
def test_an_operation_that_is_not_there_is_one_line_and_hides_no_other(tree: Tree, workers):
    source = (
        GOOD
        + """
@pytest.mark.requirement("retrieve.finds")
def test_retrieve_finds_a_closed_one(create, look, run, send, check):
    from tck.transport.messages import Call
    path = f"/api/v1/sessions/{create()['id'].value}/close"
    bearer = run.authorization("key")
    check.control(send(Call("closeSession", "POST", path, bearer, "key", b"{}")), "close.answers-200")
@pytest.mark.requirement("close.answers-200")
def test_close(create, run, send):
    from tck.transport.messages import Call
    path = f"/api/v1/sessions/{create()['id'].value}/close"
    assert send(Call("closeSession", "POST", path, run.authorization("key"), "key", b"{}")).status == 200
"""
    )
    tree.suite(source)
    tree.requirements(
        dict.fromkeys(
            ["create.answers-201", "create.keeps-tags", "retrieve.finds", "close.answers-200"], "must"
        )
    )
    keys = {"env_main": KEYS["TRIGGER_SECRET_KEY"], "env_other": KEYS["TRIGGER_OTHER_SECRET_KEY"]}
    with Server(WithoutClose(tree.root / "rows.sqlite", keys).app()) as url:
        ran = tree.pytest(*workers, target=url, env=KEYS)
    assert ran.summary == (1, "not_conformant", False), ran.text
    assert ran.outcomes["retrieve.finds"] == "passed"
    assert ran.outcomes["close.answers-200"] == "failed"
    assert "Not there (404, 405 or 501 to every good call): close." in ran.out
