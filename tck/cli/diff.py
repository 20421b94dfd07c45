"""`sessions-tck diff OLD.json NEW.json`."""

import os
import sys
from argparse import Namespace
from pathlib import Path

from tck.cli.parser import Arguments
from tck.notify import VARIABLE, destinations, github_of, keep_issue, send, word_of
from tck.reports.diff import compare
from tck.reports.diff_formats import as_json, as_markdown, as_text
from tck.results.result_file import read_result

FORMATS = {"text": as_text, "markdown": as_markdown, "json": as_json}
EXITS = "Exits with 0 if nothing got worse, with 1 after new failures, new deviations or lost tests."


def add_arguments(parser: Arguments) -> None:
    parser.epilog = EXITS
    add = parser.add_argument
    add("old", type=Path, metavar="OLD.json", help="the result.json of the earlier run")
    add("new", type=Path, metavar="NEW.json", help="the result.json of the later run")
    add("--format", choices=FORMATS, default="text", help="text (default), markdown or json")
    add(
        "--notify", nargs="?", const=VARIABLE, metavar="VARIABLE",
        help="send word of what got worse or was mended to the URLs in this environment variable "
        f"({VARIABLE}), which Apprise understands",
    )  # fmt: skip
    add(
        "--github-issue", action="store_true",
        help="keep one issue open on GitHub while something fails; needs GITHUB_TOKEN and GITHUB_REPOSITORY",
    )  # fmt: skip


def main(given: Namespace) -> int:
    urls = destinations(given.notify, os.environ) if given.notify is not None else ()
    github = github_of(os.environ) if given.github_issue else None
    found = compare(read_result(given.old), read_result(given.new))
    sys.stdout.write(FORMATS[given.format](found))
    word = word_of(found)
    told = [*(send(urls, word) if word else ()), *(keep_issue(github, found.new, word) if github else ())]
    sys.stderr.write("".join(f"{sentence}\n" for sentence in told))
    return int(found.worse)
