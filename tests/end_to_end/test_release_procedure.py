"""A release from the first step to the last, and a stranger who certifies with what it made; on a tiny checkout."""

import json
import shutil
import socket
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tck import __version__
from tck.paths import ROOT
from tests.support.installed import Installed, lent
from tests.support.kit_tree import KEYS, environment, plant

pytestmark = pytest.mark.xdist_group("release")
PLUGINS = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": ""}
WHEEL = f"dist/sessions_tck-{__version__}-py3-none-any.whl"
ENTRY = f"reports/certified/trigger/trigger-reference/{__version__}"


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Checkout:
    """A checkout under git, the key of its maintainers, and a free port."""

    root: Path
    port: int

    def python(self, *arguments: str) -> Ended:
        ran = subprocess.run(
            [sys.executable, *arguments], cwd=self.root, env=environment(PLUGINS), text=True,
            capture_output=True, check=False, timeout=300,
        )  # fmt: skip
        return Ended(ran.returncode, ran.stdout, ran.stderr)

    def make(self, *arguments: str) -> Ended:
        given = [
            "--key=../maintainers.pem",
            "--url=https://tck.example.org",
            "--month=2027-01",
            "--processes=0",
        ]
        return self.python("-m", "releasing", "make", *given, f"--port={self.port}", *arguments)

    def git(self, *arguments: str) -> None:
        who = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        subprocess.run(["git", *who, *arguments], cwd=self.root, check=True, capture_output=True)

    def read(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")


def key(path: Path) -> Path:
    """A new private key there, and its public half beside it."""
    made = Ed25519PrivateKey.generate()
    path.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = made.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    path.with_suffix(".pub").write_bytes(public)
    return path


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """The tiny kit of these tests, committed, with nothing released."""
    folder = tmp_path_factory.mktemp("release")
    root = folder / "checkout"
    plant(root)
    (root / "reference").unlink()
    for name in ("reference", "releasing"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy2(ROOT / "README.md", root / "README.md")
    (root / "CHANGELOG.md").write_text(f"# Changelog\n\n## {__version__} (unreleased)\n\n- All of it.\n")
    (root / "reports/certified").mkdir(parents=True)
    (root / ".gitignore").write_text("__pycache__/\ndist/\n.pytest_cache/\n")
    key(folder / "maintainers.pem")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    made = Checkout(root, port)
    made.git("init", "-q")
    made.git("add", "-A")
    made.git("commit", "-qm", "All")
    return made


@pytest.fixture(scope="module")
def released(checkout: Checkout) -> Checkout:
    """The same after a release."""
    made = checkout.make()
    assert made.code == 0, made.out + made.err
    assert f"git tag v{__version__}" in made.out
    return checkout


def test_what_is_not_committed_is_not_released(checkout: Checkout):
    stray = checkout.root / "suites/trigger/test_stray.py"
    stray.touch()
    made = checkout.make()
    stray.unlink()
    sentence = "suites/trigger/test_stray.py is not committed; a release is made of what is committed."
    assert (made.code, made.out, made.err) == (4, "", f"ERROR: {sentence}\n")


def test_it_dates_the_changelog_and_records_the_kit(released: Checkout):
    assert "(unreleased)" not in released.read("CHANGELOG.md")
    assert released.read("spec/trigger/releases/2027-01.yaml").startswith(
        "# The requirements of trigger as released"
    )
    assert f"- version: {__version__}\n" in released.read("spec/releases.yaml")


def test_the_wheel_is_attested_and_any_other_is_told(released: Checkout, tmp_path: Path):
    seen = released.python("-m", "releasing", "check", WHEEL, "--key=dist/release.pub")
    told = (
        f"{WHEEL} is the wheel of sessions-tck {__version__} that this key signed, and is unchanged since.\n"
    )
    assert (seen.code, seen.out) == (0, told)
    shutil.copytree(released.root / "dist", tmp_path / "dist")
    with zipfile.ZipFile(tmp_path / WHEEL, "a") as wheel:
        wheel.writestr("tck/more.py", "")
    seen = released.python("-m", "releasing", "check", str(tmp_path / WHEEL), "--key=dist/release.pub")
    assert (seen.code, seen.err) == (4, f"ERROR: {tmp_path / WHEEL} is not the wheel that was attested.\n")


def test_the_reference_has_an_entry_that_was_served_and_holds(released: Checkout):
    result = json.loads(released.read(f"{ENTRY}/result.json"))
    assert (result["kit"]["state"], result["verdict"]) == ("released", "conformant")
    assert result["target"]["embedded"] is False
    assert f"`sessions-tck serve --contract=trigger --port={released.port}`" in released.read(
        f"{ENTRY}/README.md"
    )
    seen = released.python("-m", "tck", "submissions")
    assert seen.code == 0
    assert seen.out.startswith(f"trigger/trigger-reference/{__version__} is valid until ")
    assert released.python("-m", "tck", "matrix", "--check").code == 0


def test_a_second_time_it_changes_nothing(released: Checkout):
    before = {path: path.read_bytes() for path in _made(released)}
    made = released.make()
    assert made.code == 0, made.err
    assert f"{released.root / ENTRY} is there already, and holds.\n" in made.out
    assert {path: path.read_bytes() for path in _made(released)} == before


def _made(checkout: Checkout) -> list[Path]:
    folders = [checkout.root / name for name in ("spec", "reports")]
    return [checkout.root / WHEEL, *(path for one in folders for path in one.rglob("*") if path.is_file())]


def test_a_stranger_certifies_a_server_with_the_wheel_alone(released: Checkout, tmp_path: Path):
    installed = Installed(lent(tmp_path / "env", released.root / WHEEL), released.root / WHEEL)
    here = tmp_path / "here"
    here.mkdir()
    command = [str(installed.folder / "bin/sessions-tck"), "serve", "--port=0", "--announce"]
    with subprocess.Popen(
        command, cwd=here, env=environment(KEYS), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as server:
        url = json.loads(server.stdout.readline())["url"]
        ran = installed.run(here, "-q", f"--base-url={url}", **KEYS)
        server.stdin.close()
    assert ran.returncode == 0, ran.stdout + ran.stderr
    who = ["--organization=Rooms Ltd", "--implementation=rooms", "--version=1", "--url=https://r.example.com"]
    given = [*who, "--contact=https://r.example.com", f"--key={key(here / 'mine.pem')}"]
    assert installed.run(here, "certify", "reports/latest/result.json", *given).returncode == 0
    seen = installed.run(here, "verify", "reports/latest/certificate.json", "--key=mine.pub")
    assert seen.returncode == 0, seen.stderr
    assert f"Kit             sessions-tck {__version__}, digest " in seen.stdout
    ran = installed.run(here, "-q")
    assert ran.returncode == 0
    refused = installed.run(here, "certify", "reports/latest/result.json", *given)
    assert (refused.returncode, refused.stdout) == (4, "")
    assert refused.stderr.startswith("ERROR: not certified: the run judged the embedded reference;")


def test_a_kit_that_changes_afterwards_leaves_what_was_published_as_it_was(
    released: Checkout, tmp_path: Path
):
    changed = Checkout(tmp_path / "checkout", released.port)
    shutil.copytree(released.root, changed.root)
    shutil.copy2(released.root.parent / "maintainers.pem", tmp_path)
    with (changed.root / "suites/trigger/test_tiny.py").open("a") as file:
        file.write("\n# more\n")
    changed.git("add", "-A")
    changed.git("commit", "-qm", "More")
    for command in ("submissions", "matrix --check"):
        seen = changed.python("-m", "tck", *command.split())
        assert seen.code == 0, seen.err
    made = changed.make()
    assert made.code == 4
    told = (
        f"ERROR: version {__version__} is recorded in spec/releases.yaml, and this checkout is another kit; "
    )
    assert made.err.startswith(told)
    assert changed.python("-m", "pytest", "-q", "-p", "no:cacheprovider").code == 0
    assert json.loads(changed.read("reports/latest/result.json"))["kit"]["state"] == "modified"
