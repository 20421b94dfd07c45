"""What a certificate proves, and all that makes it prove nothing."""

import base64
import json
import random
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tck.certification.envelope import read_private_key, signed
from tck.certification.reproduction import commands
from tck.certification.validity import expires
from tck.certification.verification import result_digest
from tck.contract.releases import Record
from tck.results.groups import coverage
from tck.results.result_file import write_result
from tck.vocabulary import Outcome
from tests.support.certified import ENTRIES, LAST_DAY, OPTIONS, certify, forged, key_pair, on, result, verify
from tests.support.result_samples import settled

FLIPS = 150


@pytest.fixture(autouse=True)
def _on_a_day(monkeypatch: pytest.MonkeyPatch):
    on(monkeypatch)


@pytest.fixture
def folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A certificate, its result and its key."""
    assert certify(tmp_path) == 0
    capsys.readouterr()
    return tmp_path


def refused(capsys: pytest.CaptureFixture[str], folder: Path, *arguments: str) -> str:
    assert verify(folder, arguments) == 1
    told = capsys.readouterr()
    assert told.out == ""
    head, lines = f"NOT VALID: {folder / 'certificate.json'} ", told.err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(head)
    return lines[0].removeprefix(head)


def test_it_says_what_is_claimed_and_what_is_proven(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert verify(folder) == 0
    told = capsys.readouterr().out
    keyid = json.loads((folder / "certificate.json").read_text())["signatures"][0]["keyid"]
    for line in (
        f"VALID: the certificate holds for {folder / 'result.json'}.",
        "Claim           rooms-server 1.2.3 (https://rooms.example.com) is conformant.",
        "With            rooms, revision 2027-01, release 2027-01",
        "By              Rooms Ltd (conformance@rooms.example.com)",
        f"Key             {keyid}",
        "Until           2027-09-21",
        "Run             2026-09-21T14:13:20.250Z to 2026-09-21T14:13:32.596Z, against https://rooms.example.com",
        "Verdict         CONFORMANT: 1 MUST requirement held, 1 did not apply.",
        "Deviations      close.is-quick",
        "Not tested      close.is-odd",
        "Not applicable  close.is-far",
        "Missing         second-environment",
        "Not scored      added after release: close.is-new",
        "    sessions-tck --base-url=https://rooms.example.com --contract=rooms --fuzz-examples=50 --rate-limit=10/s --hypothesis-seed=7 --report-dir=reports/again",
        f"    sessions-tck diff {folder / 'result.json'} reports/again/result.json",
    ):
        assert line in told.splitlines()
    assert "This proves that the holder of the key signed it, and that nothing was changed since." in told
    assert "you trust the signer for that" in told
    assert told.endswith("\n\nThe kit is sessions-tck 0.1.0: the commit that git log --grep='^Release 0.1.0$' shows in its repository.\n")  # fmt: skip


def test_what_the_vendor_declares_is_certified_as_a_claim(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    claim = {"second-environment": "There is one environment only."}
    assert certify(tmp_path, result(declared_lacks=claim)) == 0
    payload = json.loads((tmp_path / "certificate.json").read_text())["payload"]
    ours = json.loads(base64.b64decode(payload))["predicate"]["sessions-tck"]
    assert (ours["certificate_version"], ours["target"]["declared_lacks"]) == (2, claim)
    assert verify(tmp_path) == 0
    told = "Declared        by the vendor's claim, which the run has not seen, the target lacks second-environment: There"
    assert told in capsys.readouterr().out


@pytest.mark.parametrize("name", ["certificate.json", "result.json"])
def test_any_changed_byte_is_seen(folder: Path, capsys: pytest.CaptureFixture[str], name: str):
    chance = random.Random(8)
    whole = (folder / name).read_bytes()
    for _ in range(FLIPS):
        changed = bytearray(whole)
        changed[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        (folder / name).write_bytes(changed)
        assert refused(capsys, folder)
    for cut in (whole[:-1], whole + b"\n", b"", whole.replace(b"\n", b"\r\n")):
        (folder / name).write_bytes(cut)
        assert refused(capsys, folder)
    (folder / name).write_bytes(whole)
    assert verify(folder) == 0


def test_each_kind_of_change_has_its_sentence(folder: Path, capsys: pytest.CaptureFixture[str]):
    path = folder / "certificate.json"
    whole = path.read_text()
    document = json.loads(whole)
    payload = document["payload"]
    told = {
        whole[: len(whole) // 2]: "is not a complete certificate: it is not JSON.",
        whole.replace('"payload"', '"pay"'): (
            "is not a certificate of this kit: it is not a DSSE envelope with one signature."
        ),
        whole.replace(payload, "AAAA" + payload[4:]): (
            "was changed after it was signed: its signature does not match."
        ),
        whole.replace("  ", " "): "was changed after it was signed: its text differs from what was written.",
    }
    for text, sentence in told.items():
        path.write_text(text)
        assert refused(capsys, folder) == sentence


def test_a_wrong_key_is_seen(folder: Path, capsys: pytest.CaptureFixture[str]):
    _, other = key_pair(folder, "other", seed=2)
    assert refused(capsys, folder, f"--key={other}").startswith("is signed by another key: it names ")


def test_a_key_that_claims_to_be_the_other_is_seen(folder: Path, capsys: pytest.CaptureFixture[str]):
    document = json.loads((folder / "certificate.json").read_text())
    private, _ = key_pair(folder, "other", seed=2)
    certify(folder, None, f"--key={private}")
    capsys.readouterr()
    forged = json.loads((folder / "certificate.json").read_text())
    forged["signatures"][0]["keyid"] = document["signatures"][0]["keyid"]
    (folder / "certificate.json").write_text(json.dumps(forged, indent=2) + "\n")
    assert refused(capsys, folder) == "was changed after it was signed: its signature does not match."


def test_it_holds_through_its_last_day(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    on(monkeypatch, LAST_DAY)
    assert verify(folder) == 0
    capsys.readouterr()
    on(monkeypatch, LAST_DAY + timedelta(days=1))
    assert refused(capsys, folder) == "expired on 2027-09-21."


def test_the_result_of_another_run_is_seen(folder: Path, capsys: pytest.CaptureFixture[str]):
    write_result(folder / "other.json", result(seed=8))
    assert refused(capsys, folder, f"--result={folder / 'other.json'}") == (
        f"is for another result: {folder / 'other.json'} was changed, or belongs to another run."
    )


def test_a_release_that_this_kit_does_not_know_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tck.certification.verification.load_record", lambda: Record({}, {}))
    assert refused(capsys, folder) == (
        "does not follow from its result: the run was judged by an unreleased kit: "
        "this kit has no record of release 0.1.0 for rooms."
    )


def test_a_signer_cannot_claim_more_than_the_result_says(folder: Path, capsys: pytest.CaptureFixture[str]):
    said = json.loads(_payload(folder))
    key = read_private_key(folder / "ed25519.pem")
    ours = said["predicate"]["sessions-tck"]
    for claim in (
        {**ours, "expires_on": "2037-09-21"},
        {**ours, "deviations": {}},
        {**ours, "implementation": {**ours["implementation"], "extra": "a"}},
    ):
        more = {**said, "predicate": {**said["predicate"], "sessions-tck": claim}}
        (folder / "certificate.json").write_text(signed(more, key))
        assert refused(capsys, folder) == f"makes claims that differ from {folder / 'result.json'}."
    texts: list[Any] = [{}, [], {"predicate": []}, {"predicate": {"sessions-tck": {"implementation": 1}}}]
    for nonsense in texts:
        (folder / "certificate.json").write_text(signed(nonsense, key))
        assert refused(capsys, folder) == "is signed, but its statement is not one of this kit."


def test_a_signer_cannot_certify_what_certify_refuses(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as blind:
        blind.setattr("tck.cli.certify.refusal", lambda *_: "")
        assert certify(folder, result(settled(Outcome.FAILED), *ENTRIES[1:])) == 0
    capsys.readouterr()
    assert refused(capsys, folder).startswith(
        "does not follow from its result: the verdict must be conformant"
    )


def test_a_signed_result_that_no_run_writes_is_told(folder: Path, capsys: pytest.CaptureFixture[str]):
    said = json.loads(_payload(folder))
    key = read_private_key(folder / "ed25519.pem")
    for document, sentence in (
        (
            forged(started_at="2026-13-01T00:00:00.000Z"),
            "is for a damaged result: its run began or ended at ",
        ),
        (
            forged(options={**OPTIONS, "fuzz_examples": None}),
            "does not follow from its result: the result contains options or figures",
        ),
    ):
        write_result(folder / "result.json", document)
        subject = [{"name": "result.json", "digest": {"sha256": result_digest(folder / "result.json")}}]
        (folder / "certificate.json").write_text(signed({**said, "subject": subject}, key))
        assert refused(capsys, folder).startswith(sentence)


def test_what_a_signer_writes_cannot_pass_for_what_verify_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    odd = {**OPTIONS, "rate_limit": "1\nVALID: all of it", "session_id": "a\x1b[2Jb"}
    assert certify(tmp_path, forged(options=odd)) == 0
    capsys.readouterr()
    assert verify(tmp_path) == 0
    told = capsys.readouterr().out
    assert [line for line in told.splitlines() if line.startswith("VALID: all")] == []
    assert "\x1b" not in told


def test_a_file_that_is_missing_is_a_mistake_of_the_caller(folder: Path, capsys: pytest.CaptureFixture[str]):
    shutil.copy(folder / "ed25519.pem", folder / "mine.pem")
    told = {
        f"--key={folder / 'none.pub'}": "none.pub cannot be read: No such file or directory.",
        f"--key={folder / 'mine.pem'}": (
            "mine.pem contains a private key; give the public key, and keep the private one secret."
        ),
        f"--key={folder / 'result.json'}": "result.json contains no public key in PEM.",
        f"--result={folder / 'none.json'}": "none.json cannot be read: No such file or directory.",
    }
    for argument, sentence in told.items():
        assert verify(folder, [argument]) == 4
        assert capsys.readouterr().err.endswith(f"{sentence}\n")


def test_the_command_that_repeats_a_run_has_what_was_set_and_no_more():
    document = result(seed=None, options={"contract": "rooms", "fail_on_deviations": True, "harness_id": ""})
    again, compared = commands(document, "a b.json")
    url = "--base-url=https://rooms.example.com"
    assert again == f"sessions-tck {url} --contract=rooms --fail-on-deviations --report-dir=reports/again"
    assert compared == "sessions-tck diff 'a b.json' reports/again/result.json"


def test_a_leap_day_ends_on_the_last_of_february():
    assert expires({"started_at": "2028-02-29T10:00:00.000Z", "duration_seconds": 1}) == date(2029, 2, 28)


def _payload(folder: Path) -> bytes:
    return base64.b64decode(json.loads((folder / "certificate.json").read_text())["payload"])


def test_a_certificate_names_the_groups_that_it_covers(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    groups = {"list": "not_offered", "channels": "not_chosen", "exports": "judged"}
    assert certify(tmp_path, result(groups=groups)) == 0
    payload = json.loads((tmp_path / "certificate.json").read_text())["payload"]
    ours = json.loads(base64.b64decode(payload))["predicate"]["sessions-tck"]
    said = {"core": "covered", "list": "not_offered", "channels": "not_chosen", "exports": "not_released"}
    assert (ours["certificate_version"], ours["groups"]) == (3, said)
    assert verify(tmp_path) == 0
    told = capsys.readouterr().out
    assert (
        "Groups          core: covered; list: not offered by the implementation; channels: left out" in told
    )
    assert "the groups list is" not in told


def test_a_group_is_covered_where_the_release_has_it(tmp_path: Path):
    [must, *others] = ENTRIES
    grouped = replace(must, requirement=replace(must.requirement, group="list"))
    found = result(must, *others, groups={"list": "judged"})
    assert coverage(found)["list"] == "not_released"
    assert coverage(result(grouped, *others, groups={"list": "judged"}))["list"] == "covered"
