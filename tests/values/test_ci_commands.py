"""Commands for CI systems in a text of a target are broken up, and nothing else is."""

import json

import pytest

from tck.values.ci_commands import without_commands


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("seen ##[error]gone", r"seen #\u0023[error]gone"),
        ("##[add-mask]e", r"#\u0023[add-mask]e"),
        ("a##vso[task.setvariable variable=PATH]/evil", r"a#\u0023vso[task.setvariable variable=PATH]/evil"),
        ("###VSO[x]", r"##\u0023VSO[x]"),
        ("##teamcity[buildStop]", r"#\u0023teamcity[buildStop]"),
        ("seen ::add-mask::e", r"seen :\u003aadd-mask::e"),
        ("seen'::Set-Output name=a::b", r"seen':\u003aSet-Output name=a::b"),
        ("a\n  ::anything::b", "a\n  :\\u003aanything::b"),
        ("::stop-commands::x", r":\u003astop-commands::x"),
    ],
)
def test_a_command_is_no_command_any_more(text: str, shown: str) -> None:
    assert without_commands(text) == shown
    assert without_commands(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "## A heading",
        "suites/trigger/test_close.py::test_error[a::b]",
        "suites/trigger/test_close.py::TestClose::test_warning",
        "http://[::1]:8080 and ::1",
    ],
)
def test_what_is_no_command_stays(text: str) -> None:
    assert without_commands(text) == text


def test_in_json_the_text_stays_the_same() -> None:
    value = ["##[error]", "::add-mask::x"]
    assert json.loads(without_commands(json.dumps(value))) == value
