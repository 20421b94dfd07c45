"""The command line of `python -m bench`."""

import pytest

from bench.__main__ import described, main, named


def test_every_command_is_listed_with_a_sentence(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    listed = " ".join(capsys.readouterr().out.split())
    assert {"figures", "near", "far", "weather", "costs", "core-mutants"} <= described().keys()
    assert [name for name, about in described().items() if f"{name} {about}" not in listed] == []
    assert [name for name, about in described().items() if not about.endswith(".")] == []


@pytest.mark.parametrize("name", described())
def test_every_command_shows_its_own_help(capsys: pytest.CaptureFixture[str], name: str):
    with pytest.raises(SystemExit, match="0"):
        main([name, "--help"])
    assert capsys.readouterr().out.startswith(f"usage: python -m bench {name} ")


@pytest.mark.parametrize(
    ("given", "stands_for"),
    [
        ([], ["figures"]),
        (["--pairs=1", "--far"], ["figures", "--pairs=1", "--far"]),
        (["--", "--costs"], ["figures", "--", "--costs"]),
        (["--weather"], ["weather"]),
        (["--costs", "--contract=a"], ["costs", "--contract=a"]),
        (["far", "--workers=4"], ["far", "--workers=4"]),
        (["--help"], ["--help"]),
    ],
)
def test_a_flag_or_nothing_stands_for_a_command(given: list[str], stands_for: list[str]):
    assert named(given) == stands_for


@pytest.mark.parametrize("pairs", ["0", "-1", "x"])
def test_no_pairs_are_one_sentence(capsys: pytest.CaptureFixture[str], pairs: str):
    assert main(["near", f"--pairs={pairs}"]) == 4
    assert capsys.readouterr().err == (
        f"ERROR: python -m bench near: argument --pairs: it takes a number from 1 on, not '{pairs}'; "
        "see python -m bench near --help.\n"
    )


def test_an_unknown_command_is_one_sentence(capsys: pytest.CaptureFixture[str]):
    assert main(["fra"]) == 4
    assert capsys.readouterr().err == (
        "ERROR: fra is no command; did you mean far? python -m bench --help lists them.\n"
    )
