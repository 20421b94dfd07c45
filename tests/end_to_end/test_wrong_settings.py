"""A wrong setting makes no verdict on a good server."""

from pathlib import Path

from reference.serving import Server
from tests.support.kit_tree import GOOD, KEYS, Tree
from tests.support.one_task import OneTask

ENVIRONMENTS = {"env_main": KEYS["TRIGGER_SECRET_KEY"], "env_other": KEYS["TRIGGER_OTHER_SECRET_KEY"]}
REFUSALS = """
@pytest.mark.requirement("create.refuses")
def test_a_bad_body_is_refused(create):
    assert create(type=7).status == 400

@pytest.mark.requirement("retrieve.knows-who-asks")
def test_a_made_up_key_is_refused(create):
    assert create(authorization="Bearer nobody").status == 401
"""
LEVELS = {
    "create__answers_201": "must", "create__keeps_tags": "must", "retrieve__finds": "must",
    "create__refuses": "must", "retrieve__knows_who_asks": "must",
}  # fmt: skip


def test_what_rests_on_a_create_is_not_tested_where_the_task_is_refused(tree: Tree, tmp_path: Path):
    tree.suite(GOOD + REFUSALS, **LEVELS)
    with Server(OneTask(tmp_path / "rows.sqlite", ENVIRONMENTS).app()) as url:
        ran = tree.pytest("-n2", target=url, env=KEYS)
        assert ran.summary == (1, "inconclusive", False), ran.text
        rests = {"create.answers-201", "create.keeps-tags", "retrieve.finds", "create.refuses"}
        assert {name for name, outcome in ran.outcomes.items() if outcome == "not_tested"} == rests
        said = 'was refused with 422 {"error": "Task my-chat does not exist"}; the sessions are made with'
        assert [name for name in rests if said not in ran.reasons[name]] == []
        assert ran.result["sessions_created"] == 0
        verdict = " ".join(ran.out[ran.out.index("INCONCLUSIVE") :].split())
        assert "4 requirements need a session, and POST /api/v1/sessions was refused with 422" in verdict
        assert "set --task-identifier to one that exists there" in verdict


def test_a_base_url_with_the_path_of_the_api_in_it_is_one_sentence(tree: Tree, target: str):
    ran = tree.pytest(target=f"{target}/api/v1/sessions", env=KEYS)
    ran.says_one_sentence(f"nothing under {target}/api/v1/sessions", f"give --base-url={target}, to which")
    assert not (tree.root / "reports").exists()


def test_a_second_key_of_another_server_is_one_sentence(tree: Tree, target: str):
    env = {**KEYS, "TRIGGER_OTHER_SECRET_KEY": "tr_dev_of_another_server"}
    ran = tree.pytest(target=target, env=env)
    ran.says_one_sentence("refused TRIGGER_OTHER_SECRET_KEY with 401", "Or leave it unset.")
    assert "tr_dev_of_another_server" not in ran.text


def test_a_partial_run_in_which_nothing_was_judged_fails(tree: Tree, target: str):
    tree.suite(GOOD)
    needing = dict.fromkeys(("create.answers-201", "create.keeps-tags"), "second-environment")
    tree.requirements({**dict.fromkeys(needing, "must"), "retrieve.finds": "must"}, needs=needing)
    key = {"TRIGGER_SECRET_KEY": KEYS["TRIGGER_SECRET_KEY"]}
    ran = tree.pytest("-k", "tags", target=target, env=key)
    assert ran.summary == (1, "partial", True), ran.text
    assert "PARTIAL: nothing was judged." in ran.out
    assert "Set TRIGGER_OTHER_SECRET_KEY" in ran.out
