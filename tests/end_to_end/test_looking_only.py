import pytest

from tests.support.kit_tree import KEYS, Tree
from tests.support.stand_ins import replying, serving


@pytest.mark.parametrize(
    "option",
    [
        "--help",
        "--version",
        "--markers",
        "--fixtures",
        "--fixtures-per-test",
        "--collect-only",
        "--setup-plan",
    ],
)
def test_a_look_at_the_checks_asks_the_target_nothing_and_leaves_nothing(tree: Tree, option):
    with serving(replying(200)) as (url, seen):
        ran = tree.pytest(option, target=url)
    assert ran.code == 0, ran.text
    assert seen == []
    assert "= verdict =" not in ran.out
    assert not (tree.root / "reports").exists()


COUNTING = """
from collections import Counter
from tck.contract import openapi, yaml_source
read, reading = Counter(), yaml_source.read_document
def counted(path, *more):
    read[path.name] += 1
    return reading(path, *more)
yaml_source.read_document = openapi.read_document = counted
def pytest_unconfigure():
    print("read", dict(sorted(read.items())))
"""


@pytest.mark.parametrize("option", ["--collect-only", "--max-requests=1000"])
def test_each_file_of_a_contract_is_read_once(tree: Tree, target, option):
    tree.write("counting.py", COUNTING)
    ran = tree.pytest("-p", "counting", option, target=target, env=KEYS)
    assert ran.code == 0, ran.text
    [told] = [line for line in ran.out.splitlines() if line.startswith("read ")]
    assert "'contract.yaml': 1, 'openapi.yaml': 1, 'requirements.yaml': 1" in told


def test_the_kits_own_tests_are_run_with_the_plugin_asleep(tree: Tree):
    tree.write(
        "tests/test_own.py",
        "import pytest\n@pytest.mark.skip\ndef test_skipped(): pass\ndef test_own(): assert 1 == 1",
    )
    ran = tree.pytest("tests", env={"PYTEST_BASE_URL": "nonsense"})
    assert ran.code == 0, ran.text
    assert "1 passed, 1 skipped" in ran.out
    assert "sessions-tck" not in ran.out
    assert not (tree.root / "reports").exists()


def test_fixtures_alone_are_no_judgement(tree: Tree, target):
    ran = tree.pytest("--setup-only", target=target, env=KEYS)
    assert ran.code == 4
    assert not (ran.reports / "result.json").exists()
