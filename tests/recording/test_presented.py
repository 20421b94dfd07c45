"""How wrong credentials were made of a key: said without the key, and as the scripts make them again."""

import base64

import pytest

from tck.checking import near_keys
from tck.recording.presented import recipe
from tck.recording.redaction import Redactor
from tck.reports.reproduce.compare import made_of
from tests.support.result_samples import KEY

KEYS = {"ROOMS_KEY": KEY}
BASIC = {"as a Basic user": base64.b64encode(f"{KEY}:".encode()).decode()}


@pytest.mark.parametrize("text", (near_keys(KEY) | BASIC).values(), ids=(near_keys(KEY) | BASIC).keys())
def test_a_near_miss_is_told_and_made_again(text):
    said = recipe(text, KEYS)
    _, _, parts = said.partition(" ROOMS_KEY ")
    assert made_of(KEY, parts.split()) == text
    assert KEY[8:16] not in said


def test_what_is_not_made_of_a_key_is_only_a_credential():
    assert recipe("rm_test_zyxwvutsrqponmlkjihgfedcba", KEYS) == ""
    redactor = Redactor()
    redactor.register_presented("rm_test_zyxwvutsrqponmlkjihgfedcba", KEYS)
    assert redactor.text("Bearer rm_test_zyxwvutsrqponmlkjihgfedcba") == "Bearer [redacted a credential]"


def test_a_near_miss_is_redacted_with_how_it_was_made():
    redactor = Redactor()
    redactor.register(KEY, "ROOMS_KEY")
    redactor.register_presented(f"{KEY}x", KEYS)
    assert redactor.text(f"Bearer {KEY}x") == "Bearer [redacted a credential made of ROOMS_KEY 0:34 =x]"
    assert redactor.text(f"Bearer {KEY}") == "Bearer [redacted ROOMS_KEY]"
