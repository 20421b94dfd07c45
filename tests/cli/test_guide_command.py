"""`sessions-tck guide`: the order of building, what holds, and what is next."""

from pathlib import Path

import pytest

from tck.__main__ import main
from tck.contract.catalogue import registry_of
from tck.contract.contract import available_contracts, load_contract
from tck.contract.examples import examples_of
from tck.contract.openapi import load_api
from tck.paths import spec_dir
from tck.results.result_file import build_result, write_result
from tck.vocabulary import CORE, Outcome
from tests.support.result_samples import facts, finding, requirement, settle

ORDER = ["create", "retrieve", "update", "close"]


def reports(folder: Path, partial: bool = False, **outcomes: Outcome) -> Path:
    """A folder with a result in which these requirements of trigger came out so."""
    folder.mkdir(exist_ok=True)
    found = [
        settle(requirement(name.replace("__", ".").replace("_", "-")), [finding(outcome)])
        for name, outcome in outcomes.items()
    ]
    write_result(folder / "result.json", build_result(facts(*found, contract="trigger", partial=partial)))
    return folder


def guide(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert main(["guide", *map(str, arguments)]) == 0
    return capsys.readouterr().out


def test_operations_come_in_the_order_of_their_document_and_themes_after_them(tmp_path, capsys):
    lines = guide(capsys, "--contract=trigger", f"--report-dir={tmp_path}").splitlines()
    names = [line.split()[0] for line in lines[1:] if " hold" in line]
    assert names[:4] == ORDER
    assert set(names) > {*ORDER, "credentials", "replies"}


def test_the_next_step_has_its_sentence_page_request_and_command(tmp_path, capsys):
    told = guide(capsys, "--contract=trigger", f"--report-dir={tmp_path}")
    assert "Next: MUST create.new-session-answers-201 (not tested)\n" in told
    assert "A create that makes a new session answers 201." in told
    assert "https://trigger.dev/docs/management/sessions/create (responses.201)" in told
    assert (
        '''curl -sS -X POST "$BASE_URL/api/v1/sessions" -H "Authorization: Bearer $TRIGGER_SECRET_KEY"'''
        in told
    )
    assert "--base-url=$BASE_URL --requirement=create.new-session-answers-201" in told


def test_what_the_last_result_shows_to_hold_is_done(tmp_path, capsys):
    latest = reports(tmp_path / "latest", create__new_session_answers_201=Outcome.PASSED)
    told = guide(capsys, f"--report-dir={latest}")
    [create] = [line for line in told.splitlines() if line.startswith("  create ")]
    assert create.split()[:3] == ["create", "1", "of"]
    assert "Next: MUST create.success-is-json (not tested)" in told


def test_a_newer_partial_result_adds_to_the_whole_one(tmp_path, capsys):
    latest = reports(tmp_path / "latest", create__new_session_answers_201=Outcome.FAILED)
    assert "Next: MUST create.new-session-answers-201 (failed)" in guide(capsys, f"--report-dir={latest}")
    reports(tmp_path / "latest-partial", True, create__new_session_answers_201=Outcome.PASSED)
    assert "Next: MUST create.success-is-json" in guide(capsys, f"--report-dir={latest}")


def test_the_page_has_every_requirement(tmp_path, capsys):
    latest = reports(tmp_path / "latest", create__new_session_answers_201=Outcome.PASSED)
    page = guide(capsys, f"--report-dir={latest}", "--format=markdown")
    assert page.startswith("# Trigger.dev sessions")
    assert "- [x] MUST `create.new-session-answers-201`: A create that makes" in page
    assert "- [ ] MUST `close.sets-closed-at`: " in page


def test_the_core_comes_before_optional_groups_and_one_that_is_not_offered_is_nothing_to_do(tmp_path, capsys):
    registry = registry_of("trigger")
    held = {name: Outcome.PASSED for name, one in registry.items() if one.group == CORE}
    absent = {name: Outcome.NOT_APPLICABLE for name, one in registry.items() if one.group == "list"}
    some = dict([*absent.items()][1:])  # the rest was not selected
    told = guide(capsys, f"--report-dir={reports(tmp_path / 'one', False, **held, **some)}")
    lines = told.splitlines()
    [listed] = [line for line in lines if line.startswith("  list ")]
    assert listed.split(maxsplit=1)[1] == "not offered     (optional group list)"
    themes = [number for number, line in enumerate(lines) if line.startswith(("  tokens ", "  races "))]
    assert max(themes) < lines.index(listed)
    assert "Next: MUST append." in told
    channels = {name: Outcome.NOT_APPLICABLE for name, one in registry.items() if one.group == "channels"}
    told = guide(capsys, f"--report-dir={reports(tmp_path / 'two', False, **held, **some, **channels)}")
    assert told.endswith("Everything holds; not offered: list, channels.\n")


def test_without_a_result_the_contract_must_be_named(tmp_path, capsys):
    assert main(["guide", f"--report-dir={tmp_path}"]) == 4
    assert f"ERROR: {tmp_path} has no result; name one with --contract: " in capsys.readouterr().err
    assert main(["guide", "--contract=nothing", f"--report-dir={tmp_path}"]) == 4


@pytest.mark.parametrize("contract", available_contracts())
def test_every_operation_has_an_example_for_a_shell(contract: str) -> None:
    loaded = load_contract(contract)
    operations = load_api(spec_dir(contract) / "openapi.yaml").operations
    found = examples_of(loaded)
    assert [one.operation for one in found] == [one.id for one in operations]
    assert all("{" not in one.path for one in found)
    assert [one.has_body for one in found] == [one.body != "none" for one in operations]
