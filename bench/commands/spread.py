"""Judge servers in one process and in several; 1 when an outcome differs."""

import argparse
import json
import os
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.judging import add_contract, add_workers, say, timed
from mutants.catalogue import server_named
from reference.everruns import EverrunsReference
from reference.serving import Server
from reference.trigger import TriggerReference

REFERENCE = "reference"
REFERENCES = {"trigger": TriggerReference, "everruns": EverrunsReference}
SERVERS = (REFERENCE, "LaggingReads", "RateLimited")
"""The reference, one whose reads lag behind writes, and one that limits requests."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_contract(parser)
    add_workers(parser, 4)
    parser.add_argument("--server", nargs="+", default=SERVERS, help="the reference, mutants and latitudes")
    parser.add_argument("arguments", nargs="*", help="further arguments for pytest, after --")


def main(given: argparse.Namespace) -> int:
    """Judge each server twice and print what differs; 0 when nothing does."""
    differs = False
    for name in given.server:
        alone = judged(given.contract, name, 0, *given.arguments)
        beside = judged(given.contract, name, given.workers, *given.arguments)
        same = alone["outcomes_digest"] == beside["outcomes_digest"]
        say(name, f"{alone['verdict']}, the same {'' if same else 'not '}in {given.workers} processes")
        other = {one["id"]: one["outcome"] for one in beside["requirements"]}
        for one in alone["requirements"]:
            if one["outcome"] != other[one["id"]]:
                say(one["id"], f"{one['outcome']}, and {other[one['id']]} in {given.workers} processes")
        differs = differs or not same
    return int(differs)


def judged(contract: str, name: str, workers: int, *arguments: str) -> dict[str, Any]:
    """The result of judging a server of its own in so many processes."""
    build = import_module(f"mutants.{contract}").build
    with tempfile.TemporaryDirectory(prefix="sessions-tck-bench-") as folder:
        server = REFERENCES[contract] if name == REFERENCE else server_named(contract, name)
        made, secrets = build(server, Path(folder, "rows.sqlite"))
        os.environ.update(secrets)
        with Server(made.app()) as url:
            target = [f"--base-url={url}{made.base_path()}", f"--contract={contract}"]
            timed([*target, f"--report-dir={folder}/reports", "-q", f"-n{workers}", *arguments])
        result: dict[str, Any] = json.loads(Path(folder, "reports", "result.json").read_text("utf-8"))
    return result
