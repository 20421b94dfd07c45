"""The program behind `warm_python`: it imports the libraries of the kit once, and forks for each command.

It reads a line of JSON for each, and writes the number of the process and, once that has ended, its exit code.
"""

import gc
import importlib
import json
import os
import runpy
import sys
from typing import Any

LIBRARIES = (
    "concurrent.futures",
    "execnet",
    "filelock",
    "httpx",
    "httpx_sse",
    "hypothesis.stateful",
    "jinja2",
    "jsonschema",
    "jsonschema_rs",
    "pytest",
    "referencing.jsonschema",
    "xml.etree.ElementTree",
    "yaml",
)
"""What a start of the kit imports; not pytest's plugins, which pytest must import itself, nor the kit."""


def main() -> None:
    for name in LIBRARIES:
        importlib.import_module(name)
    gc.freeze()
    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            become(**json.loads(line))
            return
        tell(process)
        _, status = os.waitpid(process, 0)
        tell(os.waitstatus_to_exitcode(status))


def tell(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def become(module: str, arguments: list[str], folder: str, path: list[str], **outside: Any) -> None:
    """Run `python -m module` in a process group of its own, as if this process had been started for it."""
    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(outside["environment"])
    for number, place in enumerate((os.devnull, *outside["printed"])):
        opened = os.open(place, os.O_WRONLY if number else os.O_RDONLY)
        os.dup2(opened, number)
        os.close(opened)
    sys.path[:1] = path
    sys.argv = [module, *arguments]
    sys.orig_argv = [sys.executable, "-m", module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
