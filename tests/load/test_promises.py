"""What a load promises, on servers that have too much to do, that are slow, or that are left in the middle."""

import os
import signal
import subprocess
import time
from itertools import count

import pytest

from tests.support.loaded import Watched, command, environment, load, served
from tests.support.stand_ins import closed_port

pytestmark = pytest.mark.under_load
LONGEST = 120.0


class Saturated(Watched):
    """Answers every fifth call with 429 or 503, and does nothing then."""

    def __init__(self, database):
        super().__init__(database)
        self.numbers = count(1)

    def app(self):
        inner = super().app()

        async def app(scope, receive, send):
            number = next(self.numbers) if scope["type"] == "http" else 0
            if number > 20 and number % 5 == 0:
                status = 429 if number % 10 else 503
                await send(
                    {"type": "http.response.start", "status": status, "headers": [(b"retry-after", b"0")]}
                )
                await send({"type": "http.response.body", "body": b"busy"})
                return
            await inner(scope, receive, send)

        return app


class LosesReplies(Watched):
    """Carries out every tenth call, and answers it with 504."""

    def app(self):
        inner, numbers = super().app(), count(1)

        async def app(scope, receive, send):
            number = next(numbers) if scope["type"] == "http" else 0
            lost = number > 20 and number % 10 == 0

            async def answer(message):
                if not lost:
                    await send(message)
                elif message["type"] == "http.response.start":
                    await send({"type": "http.response.start", "status": 504, "headers": []})
                elif not message.get("more_body"):
                    await send({"type": "http.response.body", "body": b"<html>late</html>"})

            await inner(scope, receive, answer)

        return app


class Revives(Watched):
    """A create with the externalId of a closed session opens it again."""

    def check_not_ended(self, row):
        pass


@pytest.fixture
def reports(tmp_path):
    return tmp_path / "reports"


def test_saturation_is_counted_and_is_no_failure(tmp_path, reports):
    server = Saturated(tmp_path / "rows.sqlite")
    with served(server) as url:
        loaded = load(reports, f"--base-url={url}", "--users=8", "--minutes=0.15", "--spawn-rate=100")
    assert loaded.code == 0, loaded.out
    statuses = {name.rpartition(": ")[2] for name in loaded.load["saturation"]}
    assert {"429", "503"} <= statuses
    assert "calls found the target saturated" in loaded.out
    assert server.open == set()


def test_writes_whose_replies_are_lost_break_nothing(tmp_path, reports):
    server = LosesReplies(tmp_path / "rows.sqlite")
    with served(server) as url:
        loaded = load(reports, f"--base-url={url}", "--users=8", "--minutes=0.2", "--spawn-rate=100")
    assert loaded.code == 0, loaded.out
    assert loaded.load["work"]["calls without a clear reply"] > 0
    assert server.open == set()


def test_a_revived_session_is_a_failure(tmp_path, reports):
    with served(Revives(tmp_path / "rows.sqlite")) as url:
        loaded = load(reports, f"--base-url={url}", "--users=4", "--requests=400")
    assert loaded.code == 1, loaded.out
    assert "lifecycle.model-create" in loaded.load["broken"]


def test_a_missed_objective_exits_with_1_and_a_held_one_with_0(tmp_path, reports):
    slow, fast = "--slo=create:p95=0.01ms", "--slo=create:p95=60s"
    with served(Watched(tmp_path / "rows.sqlite")) as url:
        missed = load(reports, f"--base-url={url}", "--users=2", "--requests=100", slow)
        held = load(reports, f"--base-url={url}", "--users=2", "--requests=100", fast)
    assert (missed.code, held.code) == (1, 0), missed.out + held.out
    assert "createSession p95" in missed.out
    assert "MISSED" in missed.out


def test_the_limits_hold_and_end_the_load(tmp_path, reports):
    server = Watched(tmp_path / "rows.sqlite")
    with served(server) as url:
        loaded = load(
            reports, f"--base-url={url}", "--users=5", "--minutes=5", "--max-requests=120", "--max-sessions=7"
        )
    assert loaded.code == 0, loaded.out
    assert server.calls <= 120
    assert loaded.result["sessions_created"] <= 7
    assert "the load ended before its time: the budget of" in loaded.out
    assert server.open == set()


def test_the_limits_hold_over_several_processes(tmp_path, reports):
    server = Watched(tmp_path / "rows.sqlite")
    with served(server) as url:
        loaded = load(
            reports, f"--base-url={url}", "--users=6", "--minutes=5", "--processes=2", "--max-requests=200",
            "--max-sessions=12",
        )  # fmt: skip
    assert loaded.code == 0, loaded.out
    assert server.calls <= 200
    assert loaded.result["requests"] == server.calls
    assert 0 < loaded.result["sessions_created"] <= 12
    assert server.open == set()


def test_the_pace_holds_over_several_processes(tmp_path, reports):
    server = Watched(tmp_path / "rows.sqlite")
    with served(server) as url:
        loaded = load(
            reports, f"--base-url={url}", "--users=6", "--minutes=0.2", "--processes=2", "--rate-limit=20/s"
        )
    assert loaded.code == 0, loaded.out
    assert loaded.result["requests"] <= 20 * loaded.result["duration_seconds"]


def test_the_first_interrupt_stops_it_and_everything_is_closed(tmp_path, reports):
    server = Watched(tmp_path / "rows.sqlite")
    with served(server) as url:
        given = command(f"--base-url={url}", "--users=5", "--minutes=10", f"--report-dir={reports}")
        process = subprocess.Popen(
            given, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        wait_until(lambda: server.calls > 60)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=LONGEST)
    assert process.returncode == 2, out
    assert "UNDER LOAD" in out
    assert server.open == set()


def test_an_interrupt_before_the_workers_have_come_leaves_nothing(tmp_path, reports):
    server, port = Watched(tmp_path / "rows.sqlite"), closed_port()
    with served(server) as url:
        master = start(
            f"--base-url={url}", "--master", f"--master-port={port}", f"--report-dir={reports}", "--minutes=5"
        )
        wait_until(lambda: server.calls > 8 and not server.open)
        master.send_signal(signal.SIGINT)
        out, _ = master.communicate(timeout=LONGEST)
    assert master.returncode == 2, out
    assert server.open == set()
    assert list(tmp_path.glob("reports/ledger-*")) == []


def test_what_a_lost_worker_had_is_closed_and_the_others_go_on(tmp_path, reports):
    server, port = Watched(tmp_path / "rows.sqlite"), closed_port()
    with served(server) as url:
        master = start(
            f"--base-url={url}", "--users=9", "--minutes=0.5", "--master", "--expect-workers=3",
            f"--master-port={port}", f"--report-dir={reports}",
        )  # fmt: skip
        workers = [
            start("--worker", "--master-host=127.0.0.1", f"--master-port={port}",
                  f"--report-dir={tmp_path / name}")
            for name in ("one", "two", "three")
        ]  # fmt: skip
        wait_until(lambda: server.calls > 100 and len(server.open) > 3)
        engine = engine_of(workers[1].pid)
        workers[1].kill()  # as if its machine were gone
        os.kill(engine, signal.SIGKILL)
        out, _ = master.communicate(timeout=LONGEST)
        told = [worker.communicate(timeout=LONGEST)[0] for worker in workers]
        codes = [worker.returncode for worker in workers]
    assert master.returncode == 0, out
    assert codes == [0, -signal.SIGKILL, 0], told
    assert "1 worker was lost" in out
    assert server.open == set()
    assert [path for name in ("one", "three") for path in (tmp_path / name).glob("ledger-*")] == []


def test_a_worker_whose_users_are_killed_closes_what_they_had(tmp_path, reports):
    server, port = Watched(tmp_path / "rows.sqlite"), closed_port()
    with served(server) as url:
        master = start(
            f"--base-url={url}", "--users=4", "--minutes=5", "--master", f"--master-port={port}",
            f"--report-dir={reports}",
        )  # fmt: skip
        worker = start(
            "--worker", "--master-host=127.0.0.1", f"--master-port={port}", f"--report-dir={tmp_path / 'w'}"
        )
        wait_until(lambda: server.calls > 60)
        os.kill(engine_of(worker.pid), signal.SIGKILL)
        told, _ = worker.communicate(timeout=LONGEST)
        assert worker.returncode == 3, told
        assert "the process of users broke off" in told
        assert server.open == set()
        out, _ = master.communicate(timeout=LONGEST)
    assert "1 worker was lost" in out


def test_a_worker_with_other_keys_is_refused_and_nothing_is_made(tmp_path, reports):
    server, port = Watched(tmp_path / "rows.sqlite"), closed_port()
    with served(server) as url:
        master = start(
            f"--base-url={url}", "--master", f"--master-port={port}", f"--report-dir={reports}", "--minutes=5"
        )
        worker = start(
            "--worker", "--master-host=127.0.0.1", f"--master-port={port}", f"--report-dir={tmp_path / 'w'}",
            secrets={"TRIGGER_SECRET_KEY": "tr_dev_another_0123456789abcdef"},
        )  # fmt: skip
        out, _ = master.communicate(timeout=LONGEST)
        told, _ = worker.communicate(timeout=LONGEST)
    said = "TRIGGER_SECRET_KEY and TRIGGER_OTHER_SECRET_KEY must be set here as on the machine that leads"
    assert (master.returncode, worker.returncode) == (4, 4), out + told
    assert said in out
    assert said in told
    assert server.open == set()
    assert not (reports / "result.json").exists()


def start(*arguments, secrets=None):
    given = environment() if secrets is None else environment(secrets)
    return subprocess.Popen(
        command(*arguments), env=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def engine_of(parent):
    """The process of users that a worker's command has started."""
    found = subprocess.run(["pgrep", "-P", str(parent)], capture_output=True, text=True, check=True).stdout
    return int(found.split()[0])


def wait_until(holds):
    deadline = time.monotonic() + LONGEST
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert holds()
