"""Frozen sets never change, and released ids are never renamed or reused."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from releasing.__main__ import main
from tck import __version__, paths
from tck.contract.catalogue import registry_of
from tck.contract.contract import available_contracts
from tck.contract.releases import (
    Frozen,
    KitState,
    Record,
    Release,
    added_since,
    broken_promises,
    file_digest,
    latest_release,
    load_record,
    load_release,
    release_paths,
)
from tck.contract.requirements import Registry, Requirement, Source, Withdrawn
from tck.vocabulary import Level

ONE = Requirement("rooms.open", Level.MUST, "A room opens.", Source("page", "top"))
TWO = Requirement("rooms.close", Level.SHOULD, "A room closes.", Source("page", "top"))
RELEASE = Release(
    "rooms", "2027-01", "1", "a" * 64, {"rooms.open": Frozen("rooms.open", Level.MUST, ONE.digest())}
)
FROZEN = [
    pytest.param(path, id=f"{name}/{path.stem}")
    for name in available_contracts()
    for path in release_paths(name)
]


@pytest.mark.parametrize("path", FROZEN)
def test_a_released_file_is_as_it_was_released(path: Path):
    release = load_release(path)
    assert (release.contract, release.name) == (path.parent.parent.name, path.stem)
    assert file_digest(path) == load_record().sets[f"{release.contract}/{release.name}"]


def test_every_released_set_is_still_there():
    there = {f"{name}/{path.stem}" for name in available_contracts() for path in release_paths(name)}
    assert there == set(load_record().sets)


@pytest.mark.parametrize("path", FROZEN)
def test_no_released_id_was_renamed_or_reused(path: Path):
    release = load_release(path)
    assert broken_promises(release, registry_of(release.contract)) == []


def test_a_renamed_and_a_reused_id_are_told():
    assert broken_promises(RELEASE, Registry([ONE, TWO])) == []
    assert broken_promises(RELEASE, Registry([TWO])) == [
        "rooms.open is gone or renamed since release 2027-01 of rooms; a released id stays."
    ]
    assert broken_promises(RELEASE, Registry([replace(ONE, statement="A room opens twice.")])) == [
        "rooms.open says something else since release 2027-01 of rooms; give the new rule an id of its own."
    ]


def test_a_withdrawn_requirement_is_kept_as_it_was_released():
    gone = Withdrawn(ONE, "2027-02-01", "The page says no such thing.")
    assert broken_promises(RELEASE, Registry([TWO], [gone])) == []
    assert Registry([TWO], [gone]).digest() == Registry([TWO]).digest()
    reworded = replace(gone, requirement=replace(ONE, statement="A room opens twice."))
    (told,) = broken_promises(RELEASE, Registry([TWO], [reworded]))
    assert told.startswith("rooms.open says something else")


def test_what_is_newer_than_the_release_was_added_after_it():
    assert added_since(RELEASE, Registry([ONE, TWO])) == {"rooms.close"}
    assert added_since(None, Registry([ONE, TWO])) == frozenset()


@pytest.mark.parametrize(
    ("version", "digest", "state"),
    [("1.0", "d", KitState.RELEASED), ("1.0", "e", KitState.MODIFIED), ("1.1", "d", KitState.UNRELEASED)],
)
def test_a_kit_is_known_by_version_and_digest(version: str, digest: str, state: KitState):
    assert Record({}, {"1.0": {"rooms": "d"}}).state(version, "rooms", digest) is state


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with one contract, of which nothing was released."""
    spec = tmp_path / "spec"
    for place in ("schemas", "trigger"):
        (spec / place).mkdir(parents=True)
    for name in [path.name for path in (paths.ROOT / "spec/schemas").iterdir()]:
        (spec / "schemas" / name).write_bytes(paths.schema_path(name.partition(".")[0]).read_bytes())
    for name in ("contract.yaml", "requirements.yaml"):
        (spec / "trigger" / name).write_bytes((paths.spec_dir("trigger") / name).read_bytes())
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr("releasing.freeze.available_contracts", lambda: ("trigger",))
    return tmp_path


def test_a_release_is_made_once(checkout: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["freeze", "2027-01"]) == 0
    frozen = checkout / "spec/trigger/releases/2027-01.yaml"
    assert capsys.readouterr().out == f"{frozen}\n{checkout / 'spec/releases.yaml'}\n"
    assert load_record().sets == {"trigger/2027-01": file_digest(frozen)}
    assert set(load_record().kits) == {__version__}
    release = latest_release("trigger")
    assert release is not None
    assert broken_promises(release, registry_of("trigger")) == []
    assert main(["freeze", "2027-01"]) == 4
    assert capsys.readouterr().err == (
        f"ERROR: version {__version__} is released already; raise it in tck/__init__.py first.\n"
    )


def test_a_frozen_set_is_never_written_again(
    checkout: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    main(["freeze", "2027-01"])
    monkeypatch.setattr("releasing.freeze.__version__", "99.0")
    requirements = checkout / "spec/trigger/requirements.yaml"
    told = requirements.read_text(encoding="utf-8")
    requirements.write_text(
        re.sub(r"statement: .*", "statement: Something else.", told, count=1), encoding="utf-8"
    )
    capsys.readouterr()
    assert main(["freeze", "2027-02"]) == 4
    first = registry_of("trigger")
    name = next(iter(first))
    assert capsys.readouterr().err == (
        f"ERROR: {name} says something else since release 2027-01 of trigger; give the new rule an id of its own.\n"
    )
    new = (
        "{id: create.is-new, level: must, statement: It is., source: {page: trigger-create-session, at: top}}"
    )
    added = told.replace("requirements:\n", f"requirements:\n  - {new}\n", 1)
    requirements.write_text(added, encoding="utf-8")
    assert main(["freeze", "2027-01"]) == 4
    assert capsys.readouterr().err.endswith(
        "2027-01.yaml is released already and says something else; a frozen set never changes.\n"
    )
    assert main(["freeze", "2027-02"]) == 0
    assert [path.stem for path in release_paths("trigger")] == ["2027-01", "2027-02"]


def test_what_was_withdrawn_is_in_no_later_release(
    checkout: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    assert main(["freeze", "2027-01"]) == 0
    path = checkout / "spec/trigger/requirements.yaml"
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    gone = said["requirements"].pop(0)
    said["withdrawn"] = [{"requirement": gone, "on": "2027-02-01", "because": "The page says no such thing."}]
    path.write_text(yaml.safe_dump(said), encoding="utf-8")
    monkeypatch.setattr("releasing.freeze.__version__", "99.0")
    assert main(["freeze", "2027-02"]) == 0
    older, newer = map(load_release, release_paths("trigger"))
    assert set(older.requirements) - set(newer.requirements) == {gone["id"]}
    assert gone["id"] not in registry_of("trigger")
    said["requirements"].append(gone)
    path.write_text(yaml.safe_dump(said), encoding="utf-8")
    capsys.readouterr()
    monkeypatch.setattr("releasing.freeze.__version__", "99.1")
    assert main(["freeze", "2027-03"]) == 4
    assert f"the id {gone['id']} stands here a second time; it is on line " in capsys.readouterr().err


def test_a_release_is_named_by_its_month(checkout: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["freeze", "autumn"]) == 4
    assert capsys.readouterr().err == "ERROR: autumn is no month; name the release like 2027-03.\n"
    assert not (checkout / "spec/releases.yaml").exists()
