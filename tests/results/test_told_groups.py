"""What the sentence of a verdict says of the optional groups."""

import pytest

from tck.results.groups import told_missing
from tck.results.result_file import build_result
from tests.support.result_samples import facts


@pytest.mark.parametrize(
    ("chosen", "states", "said"),
    [
        (["core", "list", "logs"], {"list": "judged", "logs": "judged"}, ""),
        (["core"], {"list": "not_chosen", "logs": "not_chosen"}, "the groups list and logs were left out of this run"),
        (["core", "logs"], {"list": "not_chosen", "logs": "not_chosen"}, "the group list was left out of this run"),
        (["core", "list"], {"list": "not_offered"}, "the group list is not offered"),
        ([], {"list": "not_chosen", "logs": "not_chosen"}, ""),
    ],
    ids=["all", "core-alone", "one-left-out", "not-offered", "narrowed-otherwise"],
)  # fmt: skip
def test_the_groups_that_a_run_left_out_by_choice_are_named(chosen, states, said):
    result = build_result(facts())
    result["options"], result["groups"] = {"groups": chosen}, states
    assert told_missing(result) == said
