"""`sessions-tck diff OLD.json NEW.json`."""

import sys
from argparse import Namespace
from pathlib import Path

from tck.cli.parser import Arguments
from tck.reports.diff import compare
from tck.reports.diff_formats import as_json, as_markdown, as_text
from tck.results.result_file import read_result

FORMATS = {"text": as_text, "markdown": as_markdown, "json": as_json}
EXITS = "Exits with 0 if nothing got worse, with 1 after new failures, new deviations or lost tests."


def add_arguments(parser: Arguments) -> None:
    parser.epilog = EXITS
    parser.add_argument("old", type=Path, metavar="OLD.json", help="the result.json of the earlier run")
    parser.add_argument("new", type=Path, metavar="NEW.json", help="the result.json of the later run")
    parser.add_argument("--format", choices=FORMATS, default="text", help="text (default), markdown or json")


def main(given: Namespace) -> int:
    found = compare(read_result(given.old), read_result(given.new))
    sys.stdout.write(FORMATS[given.format](found))
    return int(found.worse)
