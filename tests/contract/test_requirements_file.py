"""requirements.yaml: what is loaded from it, and the sentence for each way in which it can be broken."""

import hashlib
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest

from tck.contract.contract import available_contracts, load_contract
from tck.contract.requirements import Explained, Registry, Requirement, Source, Withdrawn, load_requirements
from tck.errors import KitError
from tck.paths import spec_dir
from tck.vocabulary import Level

PAGES = ("close-page", "create-page")
TEXT = """\
# a comment
requirements:
  - id: close.sets-closed-at
    level: must
    statement: A close sets closedAt.
    source: {page: close-page, at: description}

  - id: create.answers-201
    level: should
    statement: A create answers 201.
    source:
      page: create-page
      at: responses.201
    needs: [minted-tokens]
"""


def load(tmp_path: Path, text: str, capabilities: tuple[str, ...] | None = ("minted-tokens",)) -> Registry:
    path = tmp_path / "requirements.yaml"
    path.write_text(text, encoding="utf-8")
    return load_requirements(path, PAGES, capabilities)


@pytest.mark.parametrize("name", available_contracts())
def test_the_requirements_of_every_contract_load(name: str) -> None:
    contract = load_contract(name)
    path = spec_dir(name) / "requirements.yaml"
    registry = load_requirements(path, contract.pages, contract.capabilities)
    assert registry[contract.ownership.lasting_requirement].level is Level.MUST


WITHDRAWN = """
withdrawn:
  - requirement: {id: close.is-odd, level: must, statement: It is., source: {page: close-page, at: top}}
    on: 2027-02-01
    because: The page says no such thing.
"""


def test_a_withdrawn_requirement_is_known_and_not_judged(tmp_path: Path) -> None:
    registry = load(tmp_path, TEXT + WITHDRAWN)
    assert "close.is-odd" not in registry
    assert registry.digest() == load(tmp_path, TEXT).digest()
    gone = Requirement("close.is-odd", Level.MUST, "It is.", Source("close-page", "top"))
    assert dict(registry.withdrawn) == {
        gone.id: Withdrawn(gone, "2027-02-01", "The page says no such thing.")
    }
    assert dict(load(tmp_path, TEXT).withdrawn) == {}


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"),
    [
        ("2027-02-01", "2027-02-41", 18, "a day is written like 2027-01-31."),
        ("page: close-page, at: top", "page: attic, at: top", 17, "attic is not one of the contract's pages"),
        ("close.is-odd", "close.sets-closed-at", 17, "stands here a second time; it is on line 3 already."),
        ("    because: The page says no such thing.\n", "", 17, "lacks `because`."),
    ],
)
def test_a_broken_withdrawal_is_refused_by_line(
    tmp_path: Path, old: str, new: str, line: int, sentence: str
) -> None:
    assert old in WITHDRAWN
    with pytest.raises(KitError) as caught:
        load(tmp_path, TEXT + WITHDRAWN.replace(old, new))
    place, told = str(caught.value).split(": ", 1)
    assert place == f"{tmp_path / 'requirements.yaml'}:{line}"
    assert sentence in told


def test_a_registry_is_a_mapping_in_the_order_of_the_file(tmp_path: Path) -> None:
    registry = load(tmp_path, TEXT)
    assert list(registry) == ["close.sets-closed-at", "create.answers-201"]
    assert len(registry) == 2
    assert "close.nothing" not in registry
    assert registry["create.answers-201"] == Requirement(
        id="create.answers-201",
        level=Level.SHOULD,
        statement="A create answers 201.",
        source=Source("create-page", "responses.201"),
        needs=("minted-tokens",),
    )


def test_the_operation_is_the_first_part_of_the_id(tmp_path: Path) -> None:
    assert [requirement.operation for requirement in load(tmp_path, TEXT).values()] == ["close", "create"]


def test_a_requirement_cannot_be_changed(tmp_path: Path) -> None:
    requirement = load(tmp_path, TEXT)["close.sets-closed-at"]
    with pytest.raises(FrozenInstanceError):
        requirement.statement = "x"  # type: ignore[misc]


def test_the_digest_is_the_same_for_another_order_and_other_comments(tmp_path: Path) -> None:
    head, first, second = TEXT.partition("requirements:\n")[1:2] + tuple(
        TEXT.partition("requirements:\n")[2].split("\n\n")
    )
    assert load(tmp_path, TEXT).digest() == load(tmp_path, f"{head}{second}\n{first}\n").digest()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("level: should", "level: must"),
        ("A close sets closedAt.", "A close sets it."),
        ("at: description", "at: responses.200"),
        ("needs: [minted-tokens]", "needs: []"),
        ("answers-201", "answers-200"),
    ],
)
def test_the_digest_changes_with_every_member(tmp_path: Path, old: str, new: str) -> None:
    assert load(tmp_path, TEXT).digest() != load(tmp_path, TEXT.replace(old, new, 1)).digest()


def test_the_digest_is_over_json_with_sorted_keys_and_no_spaces_in_utf8() -> None:
    registry = Registry([Requirement("close.it", Level.MUST, "It's “closed”.", Source("p", "at"), ("key",))])
    canonical = (
        '[{"id":"close.it","level":"must","needs":["key"],"source":{"at":"at","page":"p"},'
        '"statement":"It\'s “closed”."}]'
    )
    assert registry.digest() == hashlib.sha256(canonical.encode()).hexdigest()


def test_a_requirement_names_those_that_it_explains_and_no_digest_changes(tmp_path: Path) -> None:
    registry = load(tmp_path, f"{TEXT}explains:\n  create.answers-201: ['close.*', 'c*.*']\n")
    assert dict(registry.explained) == {"create.answers-201": Explained((), ("close.sets-closed-at",))}
    registry = load(tmp_path, f"{TEXT}explains:\n  create.answers-201: [close.sets-closed-at, 'c*.*']\n")
    assert dict(registry.explained) == {"create.answers-201": Explained(("close.sets-closed-at",))}
    plain = load(tmp_path, TEXT)
    assert registry.digest() == plain.digest()
    assert registry["create.answers-201"].digest() == plain["create.answers-201"].digest()
    assert dict(plain.explained) == {}


def test_all_but_symptoms_explain_the_symptoms(tmp_path: Path) -> None:
    registry = load(tmp_path, f"{TEXT}symptoms: [close.sets-closed-at]\n")
    assert dict(registry.explained) == {"create.answers-201": Explained(("close.sets-closed-at",))}
    with pytest.raises(KitError) as caught:
        load(tmp_path, f"{TEXT}symptoms: [close.opens]\n")
    assert "close.opens is not one of the requirements." in str(caught.value)


@pytest.mark.parametrize(
    ("relation", "sentence"),
    [
        ("close.opens: ['create.*']", "close.opens is not one of the requirements."),
        ("create.answers-201: [open.*]", "open.* names no other requirement."),
        ("create.answers-201: [create.*]", "create.* names no other requirement."),
        ("create.answers-201: [Close.*]", "is an id, in which * stands for any characters."),
        ("create.answers-201: []", "is empty."),
    ],
)
def test_a_broken_relation_is_refused_by_name_and_line(tmp_path: Path, relation: str, sentence: str) -> None:
    with pytest.raises(KitError) as caught:
        load(tmp_path, f"{TEXT}explains:\n  {relation}\n")
    place, told = str(caught.value).split(": ", 1)
    assert place == f"{tmp_path / 'requirements.yaml'}:16"
    assert sentence in told


def test_the_digest_is_sha_256_in_hex(tmp_path: Path) -> None:
    digest = load(tmp_path, TEXT).digest()
    assert len(digest) == 64
    assert set(digest) <= set("0123456789abcdef")


TWICE = "close.sets-closed-at stands here a second time"
NO_ID = "an id is `word.words-with-hyphens`, in lower-case letters and digits."
BROKEN = [
    ("level: must", "level: may", 4, '`level` is "may", which is not one of must, should.'),
    ("level: must", "level: MUST", 4, '`level` is "MUST", which is not one of must, should.'),
    ("level: must", "level: must\n    note: x", 5, "`note` is not known here; known are group, id,"),
    ("level: must", "level: must\n    level: must", 5, "the key `level` stands here a second time."),
    ("    level: must\n", "", 3, "entry 1 lacks `level`."),
    ("    statement: A create answers 201.\n", "", 8, "entry 2 lacks `statement`."),
    ("    level: must\n    statement: A close sets closedAt.\n", "", 3, "lacks `level` and `statement`."),
    ("level: must", "level: mäßig", 4, '`level` is "mäßig", which'),
    ("level: must", "level: !!binary aGk=", 4, """`level` is "b'hi'", which"""),
    ("level: must", f"level: {'x' * 58}", 4, f'`level` is "{"x" * 58}", which'),
    ("level: must", f"level: {'x' * 59}", 4, f'`level` is "{"x" * 58}…, which'),
    ("statement: A close sets closedAt.", "statement: ''", 5, "`statement` is empty."),
    ("statement: A close sets closedAt.", "statement: [a]", 5, "`statement` must be text."),
    ("    source: {page: close-page, at: description}\n", "", 3, "entry 1 lacks `source`."),
    (", at: description", "", 6, "`source` lacks `at`."),
    ("page: create-page\n      at: responses.201", "at: x\n      where: y", 11, "`source` lacks `page`."),
    ("at: responses.201", "at: x\n      url: y", 14, "`url` is not known here; known are at, page."),
    ("close-page", "open-page", 6, "open-page is not one of the contract's pages, close-page, create-page."),
    ("page: create-page", "page: nowhere", 12, "nowhere is not one of the contract's pages,"),
    ("create.answers-201", "close.sets-closed-at", 8, f"the id {TWICE}; it is on line 3 already."),
    ("close.sets-closed-at", "close", 3, f'`id` is "close": {NO_ID}'),
    ("close.sets-closed-at", "close.Sets", 3, NO_ID),
    ("close.sets-closed-at", "close.sets_it", 3, NO_ID),
    ("close.sets-closed-at", "close.sets.it", 3, NO_ID),
    ("close.sets-closed-at", "close.-sets", 3, NO_ID),
    ("close.sets-closed-at", "close.sets--it", 3, NO_ID),
    ("close.sets-closed-at", "7.sets", 3, NO_ID),
    ("close.sets-closed-at", "4.5", 3, "`id` must be text."),
    ("needs: [minted-tokens]", "needs: minted-tokens", 14, "`needs` must be a list."),
    ("[minted-tokens]", "[a-moon]", 14, "a-moon is not one of the contract's capabilities, minted-tokens."),
    (
        "requirements:",
        "rules:",
        2,
        "`rules` is not known here; known are explains, requirements, symptoms, withdrawn.",
    ),
    (TEXT, "requirements: []", 1, "`requirements` is empty."),
    (TEXT, "- id: close.it", 1, "the file must be a mapping."),
    (TEXT, "# nothing", 1, "the file is empty."),
    ("level: must", "level: 'must", 15, "this is not YAML: "),
    ("level: must", "level:\tmust: x", 4, "this is not YAML: "),
]


@pytest.mark.parametrize(("old", "new", "line", "sentence"), BROKEN)
def test_a_broken_file_is_refused_by_name_and_line(
    tmp_path: Path, old: str, new: str, line: int, sentence: str
) -> None:
    assert old in TEXT
    with pytest.raises(KitError) as caught:
        load(tmp_path, TEXT.replace(old, new, 1))
    place, told = str(caught.value).split(": ", 1)
    assert place == f"{tmp_path / 'requirements.yaml'}:{line}"
    assert sentence in told
    assert "\n" not in told


@pytest.mark.parametrize(
    ("capabilities", "known"), [((), "none"), (("second-key", "admin"), "second-key, admin")]
)
def test_an_unknown_capability_is_told_with_all_that_there_are(
    tmp_path: Path, capabilities: tuple[str, ...], known: str
) -> None:
    sentence = rf":14: minted-tokens is not one of the contract's capabilities, {known}\.$"
    with pytest.raises(KitError, match=sentence):
        load(tmp_path, TEXT, capabilities)


def test_capabilities_are_not_checked_where_none_are_given(tmp_path: Path) -> None:
    registry = load(tmp_path, TEXT.replace("minted-tokens", "a-moon"), None)
    assert registry["create.answers-201"].needs == ("a-moon",)


def test_a_requirement_of_a_group_has_another_digest_and_the_core_keeps_its_own(tmp_path: Path) -> None:
    core = load(tmp_path, TEXT)
    first = next(iter(core.values()))
    grouped = replace(first, group="list")
    assert grouped.digest() != first.digest()
    mixed = Registry([*core.values(), replace(first, id="list.is-new", group="list")])
    assert mixed.digest(["core"]) == core.digest() == core.digest(["core", "list"])
    assert mixed.digest(["core", "list"]) == mixed.digest() != core.digest()


def test_an_unknown_group_is_refused_by_line(tmp_path: Path) -> None:
    path = tmp_path / "requirements.yaml"
    path.write_text(TEXT.replace("    level: must\n", "    level: must\n    group: lists\n", 1))
    with pytest.raises(KitError, match="lists is not one of the contract's groups, list, channels"):
        load_requirements(path, PAGES, None, ("list", "channels"))
