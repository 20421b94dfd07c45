"""The GitLab snippet and the cron line of the docs, their own commands run night after night."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tck.history.store import results_in
from tck.paths import ROOT
from tests.support.act import LONGEST, SHELL, read
from tests.support.nights import BAD, GOOD, KEY, NARROW, deployment, install, secret_told

pytestmark = pytest.mark.slow
CRON = re.compile(r"^    ((?:\S+ ){5}) ?(cd .+)$", re.MULTILINE)
NO_SECRETS = {"PATH": os.environ["PATH"], "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
              "PYTEST_PLUGINS": "xdist.plugin,pytest_base_url.plugin"}  # fmt: skip


def pipeline(server, folder: Path, kept: Path) -> tuple[int, str]:
    """One pipeline of the snippet, in a new working tree but for its cache; its exit, and what it said."""
    job = read("docs/gitlab-ci.yml")["sessions-tck"]
    install(folder / ".kit" / "bin")
    for path in job["cache"]["paths"]:
        if (kept / path).exists():
            shutil.copytree(kept / path, folder / path)
    with deployment(server, folder.with_name(f"{folder.name}-server")) as url:
        options = f"{NARROW} -n0 --rate-limit=1000/s"
        env = {**NO_SECRETS, "SESSIONS_URL": url, "SESSIONS_OPTIONS": options, "TRIGGER_SECRET_KEY": KEY}
        done, after = (
            subprocess.run([*SHELL, "\n".join(job[part])], cwd=folder, env=env, capture_output=True, text=True,
                           check=False, timeout=LONGEST)
            for part in ("script", "after_script")
        )  # fmt: skip
    for path in job["cache"]["paths"]:
        shutil.copytree(folder / path, kept / path, dirs_exist_ok=True)
    told = done.stdout + done.stderr + after.stdout + after.stderr
    assert all((folder / path).exists() for path in job["artifacts"]["paths"]), told
    assert (folder / job["artifacts"]["reports"]["junit"]).exists()
    return done.returncode, told


def test_the_gitlab_job_is_compared_with_the_last_and_turns_red(tmp_path: Path):
    code, told = pipeline(GOOD, tmp_path / "first", tmp_path / "kept")
    assert code == 0, told
    assert "WORSE: " not in told
    code, told = pipeline(BAD, tmp_path / "second", tmp_path / "kept")
    assert code == 1
    assert "WORSE: " in told
    assert secret_told(tmp_path / "first", tmp_path / "second", tmp_path / "kept") == []
    assert KEY not in told


def cron_line() -> str:
    """The command of the one cron line in the docs."""
    ((_, command),) = CRON.findall((ROOT / "docs" / "nightly.md").read_text(encoding="utf-8"))
    return command


def test_the_cron_line_compares_with_the_last_night(tmp_path: Path):
    home = tmp_path / "sessions-tck"
    install(home / ".venv" / "bin")
    (home / "key.env").write_text(f"TRIGGER_SECRET_KEY={shlex.quote(KEY)}\n", encoding="utf-8")

    def night(server) -> subprocess.CompletedProcess[str]:
        with deployment(server, tmp_path / server.__name__) as url:
            command = (
                cron_line()
                .replace("/srv/sessions-tck", str(home))
                .replace("https://sessions.example.com", url)
            )
            return subprocess.run(
                ["/bin/sh", "-c", f"{command} {NARROW} -n0"], cwd="/", env=NO_SECRETS, capture_output=True,
                text=True, check=False, timeout=LONGEST,
            )  # fmt: skip

    first, second = night(GOOD), night(BAD)
    assert (first.returncode, second.returncode) == (0, 1), first.stdout + first.stderr
    assert "WORSE: " not in first.stdout
    assert "WORSE: " in second.stdout
    latest, history = home / "reports" / "latest" / "result.json", home / "reports" / "history"
    assert latest.read_bytes() == max(results_in(history)).read_bytes()
    assert len(results_in(history)) == 2
    assert "failed since" in (history / "index.html").read_text(encoding="utf-8")
    assert secret_told(home / "reports") == []
