"""What is certified, and every reason why something is not."""

import base64
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_public_key,
)
from google.protobuf.json_format import ParseDict
from in_toto_attestation.predicates.test_result.v0 import test_result_pb2
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined]

import tck.certification
from tck.__main__ import main
from tck.contract.waivers import Waiver
from tck.results.outcomes import settle
from tck.vocabulary import Level, Outcome
from tests.support.certified import ENTRIES, KIT, OPTIONS, RELEASE, certify, forged, key_pair, on, result
from tests.support.result_samples import requirement, settled

FAILED = settled(Outcome.FAILED)
WAIVER = Waiver("close.is-terminal", "known", "T-1", date(2027, 1, 1))
WAIVED = settle(requirement(), FAILED.findings, WAIVER)


@pytest.fixture(autouse=True)
def _on_a_day(monkeypatch: pytest.MonkeyPatch):
    on(monkeypatch)


def payload(folder: Path) -> dict[str, Any]:
    return json.loads(base64.b64decode(json.loads((folder / "certificate.json").read_text())["payload"]))


def test_a_certificate_is_written_beside_the_result(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert certify(tmp_path) == 0
    said = payload(tmp_path)
    keyid = json.loads((tmp_path / "certificate.json").read_text())["signatures"][0]["keyid"]
    assert capsys.readouterr().out == f"{tmp_path / 'certificate.json'}, signed by key {keyid}\n"
    assert said["_type"] == "https://in-toto.io/Statement/v1"
    assert said["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    predicate = said["predicate"]
    assert [one["name"] for one in predicate["configuration"]] == [
        "sessions-tck 0.1.0", "requirements of rooms 2027-01", "options",
    ]  # fmt: skip
    assert predicate["result"] == "WARNED"
    assert (predicate["passedTests"], predicate["warnedTests"]) == (["close.is-terminal"], ["close.is-quick"])
    ours = predicate["sessions-tck"]
    assert ours["deviations"] == {"close.is-quick": "too slow"}
    assert ours["not_applicable"] == {"close.is-far": "one region"}
    assert ours["not_tested"] == {"close.is-odd": "no clock"}
    assert ours["added_after_release"] == {"close.is-new": "failed"}
    assert (ours["ended_at"], ours["expires_on"]) == ("2026-09-21T14:13:32.596Z", "2027-09-21")
    assert ours["target"]["capabilities"] == {"second-environment": False}


def test_the_same_run_has_the_same_certificate(tmp_path: Path):
    certify(tmp_path)
    first = (tmp_path / "certificate.json").read_bytes()
    assert certify(tmp_path, None, f"--output={tmp_path / 'again.json'}") == 0
    assert (tmp_path / "again.json").read_bytes() == first


def test_verifiers_that_are_not_ours_accept_it(tmp_path: Path):
    certify(tmp_path)
    document = json.loads((tmp_path / "certificate.json").read_text())
    key = load_pem_public_key((tmp_path / "ed25519.pub").read_bytes())
    keyid = document["signatures"][0]["keyid"]
    envelope = Envelope.from_dict(document)
    assert set(envelope.verify([SSlibKey.from_crypto(key, keyid=keyid)], 1)) == {keyid}
    said = json.loads(envelope.payload)
    Statement.copy_from_pb(ParseDict(said, statement_pb2.Statement())).validate()
    ours = said["predicate"].pop("sessions-tck")
    assert ours["verdict"] == "conformant"
    read = ParseDict(said["predicate"], test_result_pb2.TestResult())
    assert list(read.passed_tests) == ["close.is-terminal"]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_accepts_its_signature_and_knows_its_key(tmp_path: Path):
    certify(tmp_path)
    document = json.loads((tmp_path / "certificate.json").read_text())
    body, kind = base64.b64decode(document["payload"]), document["payloadType"].encode()
    (tmp_path / "message").write_bytes(b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(body), body))
    (tmp_path / "sig").write_bytes(base64.b64decode(document["signatures"][0]["sig"]))
    command = "openssl pkeyutl -verify -rawin -pubin -inkey ed25519.pub -sigfile sig -in message"
    subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    command = "openssl pkey -pubin -in ed25519.pub -outform DER | openssl dgst -sha256 -r"
    told = subprocess.run(
        command, shell=True, cwd=tmp_path, check=True, capture_output=True, text=True
    ).stdout
    assert told.split()[0] == document["signatures"][0]["keyid"]


REFUSED = {
    "embedded": (
        result(embedded=True),
        "the run judged the embedded reference; a certificate needs a server that others can reach, given by --base-url.",
    ),
    "narrowed": (
        result(options={**OPTIONS, "requirement": ["close.is-terminal"]}, partial=True),
        "the run was limited by --requirement; certification needs every check.",
    ),
    "partial": (result(partial=True), "the run was partial: not every check of the contract was completed."),
    "accepted": (
        result(options={**OPTIONS, "accept_not_tested": ["second-environment"]}),
        "the run accepted that second-environment was not tested; certification needs it tested.",
    ),
    "declared to lack what was seen": (
        result(capabilities={"regions": True}, declared_lacks={"regions": "There is one region."}),
        "the target is declared to lack regions, which the run has seen there.",
    ),
    "failed": (
        result(FAILED),
        "the verdict must be conformant, but is NOT CONFORMANT: 1 MUST requirement failed.",
    ),
    "inconclusive": (
        result(settled(Outcome.NOT_TESTED)),
        "the verdict must be conformant, but is INCONCLUSIVE: no MUST requirement failed, but 1 was not tested.",
    ),
    "waived": (
        result(WAIVED, *ENTRIES[1:]),
        "the MUST close.is-terminal failed and is waived; certification accepts no waived MUST.",
    ),
    "few examples": (
        result(options={**OPTIONS, "fuzz_examples": 49}),
        "--fuzz-examples=49 is less than the 50 that certification needs.",
    ),
    "few sessions": (
        result(generated={"fuzz close": {"sessions": 10, "sessions_wanted": 30}}),
        "a limit cut the generated checks short: 10 of 30 sessions of fuzz close; raise --max-sessions.",
    ),
    "few requests": (
        result(generated={"fuzz close": {"left_out": 3, "because": "no more"}}),
        "a limit cut the generated checks short: 3 requests of fuzz close were left out; raise the limit.",
    ),
    "modified": (
        result(kit=replace(KIT, digest="b" * 64)),
        "the run was judged by a modified kit: its digest differs from that of release 0.1.0.",
    ),
    "unreleased": (
        result(kit=replace(KIT, version="0.2.0")),
        "the run was judged by an unreleased kit: this kit has no record of release 0.2.0 for rooms.",
    ),
    "no release": (result(release=None), "the run was not scored by a released set of requirements."),
    "another set": (
        result(release=replace(RELEASE, digest="f" * 64)),
        "the requirements that scored the run differ from release 2027-01.",
    ),
    "one missing": (
        result(*ENTRIES[:2]),
        "close.is-far of release 2027-01 is missing from the result, or has another level there.",
    ),
    "other level": (
        result(ENTRIES[0], settled(Outcome.PASSED, Level.MUST, "close.is-quick"), *ENTRIES[2:]),
        "close.is-quick of release 2027-01 is missing from the result, or has another level there.",
    ),
    "one too many": (
        result(*ENTRIES, settled(Outcome.PASSED, name="close.is-more")),
        "the result scores close.is-more, which is not in release 2027-01.",
    ),
    "future": (result(started_at=1_890_000_000.0), "the run ended in the future, by this machine's clock."),
    "old": (
        result(started_at=1_690_000_000.0),
        "the run is more than twelve months old: its certificate expired on 2024-07-22.",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str):
    document, sentence = REFUSED[name]
    assert certify(tmp_path, document) == 4
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", f"ERROR: not certified: {sentence}\n")
    assert not (tmp_path / "certificate.json").exists()


def test_a_result_need_not_have_what_was_withdrawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(
        "tck.certification.verification.withdrawn_from", lambda _: {"close.is-far", "close.is-quick"}
    )
    assert certify(tmp_path, result(*ENTRIES[:2])) == 4
    assert certify(tmp_path, result(*ENTRIES[:2], ENTRIES[3])) == 0
    assert certify(tmp_path, result()) == 0


@pytest.mark.parametrize("outcome", ["failed", "not_tested"])
def test_a_result_that_contradicts_itself_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], outcome: str
):
    document = forged(settled(Outcome(outcome)), *ENTRIES[1:], verdict="conformant")
    assert certify(tmp_path, document) == 4
    end = "failed." if outcome == "failed" else "is undecided."
    assert capsys.readouterr().err == (
        f"ERROR: not certified: the verdict is conformant although the MUST close.is-terminal {end}\n"
    )


@pytest.mark.parametrize(
    ("member", "value", "sentence"),
    [
        ("contact", "", "the implementation record is incomplete: give --contact."),
        ("version", "   ", "the implementation record is incomplete: give --version."),
        ("organization", "Rooms\nLtd", "--organization is not one line of at most 200 characters."),
        ("url", "rooms.example.com", "--url=rooms.example.com is not an http or https address."),
        ("contact", "us", "--contact=us is neither a mail address nor an http or https address."),
    ],
)
def test_an_incomplete_record_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], member: str, value: str, sentence: str
):
    assert certify(tmp_path, None, **{member: value}) == 4
    assert capsys.readouterr().err == f"ERROR: not certified: {sentence}\n"


def test_a_damaged_result_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    certify(tmp_path)
    path = tmp_path / "result.json"
    path.write_text(path.read_text().replace("conformant", "Conformant", 1))
    capsys.readouterr()
    assert main(["certify", str(path), f"--key={tmp_path / 'ed25519.pem'}"]) == 4
    assert capsys.readouterr().err.startswith(
        f"ERROR: {path} does not match the schema of results: at verdict"
    )


NO_TIME = "its run began or ended at a time that does not exist."
NONSENSE = {
    "month": (forged(started_at="2026-13-01T00:00:00.000Z"), NO_TIME),
    "duration": (forged(duration_seconds=1e300), NO_TIME),
    "end of time": (
        forged(started_at="9999-12-31T00:00:00.000Z"),
        "not certified: the run ended in the future, by this machine's clock.",
    ),
    "options": (
        forged(options={**OPTIONS, "fuzz_examples": "many"}),
        "not certified: the result contains options or figures that no run writes.",
    ),
    "figures": (
        forged(generated={"fuzz close": {"sessions": 1, "sessions_wanted": "many"}}),
        "not certified: the result contains options or figures that no run writes.",
    ),
}


@pytest.mark.parametrize("name", NONSENSE)
def test_what_no_run_writes_is_refused_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
):
    document, sentence = NONSENSE[name]
    assert certify(tmp_path, document) == 4
    assert capsys.readouterr().err == f"ERROR: {sentence}\n"


def test_keys_that_cannot_sign_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    private, public = key_pair(tmp_path)
    other = generate_private_key(SECP256R1())
    files = {
        "ec.pem": other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        "locked.pem": other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"p")),
    }
    for name, pem in files.items():
        (tmp_path / name).write_bytes(pem)
    told = {
        "ec.pem": "contains a private key that is not Ed25519.",
        "locked.pem": "is protected by a passphrase; give a key file without one.",
        public.name: "contains no private key in PEM.",
        "none.pem": "cannot be read: No such file or directory.",
    }
    for name, sentence in told.items():
        assert certify(tmp_path, None, f"--key={tmp_path / name}") == 4
        assert capsys.readouterr().err == f"ERROR: {tmp_path / name} {sentence}\n"
    assert private.exists()


def test_without_the_extra_it_is_said_what_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delattr(tck.certification, "envelope", raising=False)
    monkeypatch.delitem(sys.modules, "tck.certification.envelope", raising=False)
    monkeypatch.setitem(sys.modules, "securesystemslib.dsse", None)
    assert certify(tmp_path) == 4
    assert capsys.readouterr().err == (
        "ERROR: certificates need packages that are not installed; pip install cryptography securesystemslib.\n"
    )
