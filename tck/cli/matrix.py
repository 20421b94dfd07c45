"""`sessions-tck matrix [DIR]`."""

import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from tck.atomic_write import whole_file
from tck.certification.entries import Published
from tck.certification.validity import today
from tck.cli.parser import Arguments
from tck.cli.submissions import existing, sorted_out, tell
from tck.cli.submit import DEFAULT
from tck.reports.implementations import Column, implementations_markdown, implementations_page
from tck.reports.labels import declared_lacks

EXITS = "Exits with 1 if an entry is rejected, or with --check if a page is out of date."


def add_arguments(parser: Arguments) -> None:
    parser.epilog = EXITS
    parser.add_folder("folder of the certificates", DEFAULT)
    add = parser.add_argument
    add("--check", action="store_true", help="write nothing; say whether the pages are up to date")


def main(given: Namespace) -> int:
    folder = existing(given.folder)
    entries, refused = sorted_out(folder, today(), lambda _: False)
    if refused:
        return tell(folder, refused)
    pages = {folder / name: text for name, text in pages_of(entries).items()}
    return _checked(pages) if given.check else _written(pages)


def pages_of(entries: Sequence[Published]) -> dict[str, str]:
    """The text of each page by its name."""
    columns = list(map(_column, entries))
    return {
        "index.html": "".join(implementations_page(columns)),
        "README.md": "".join(implementations_markdown(columns)),
    }


def _column(one: Published) -> Column:
    ours = one.ours
    return Column(
        folder=str(one.place),
        contract=ours["contract"]["name"],
        release=ours["contract"]["release"],
        implementation=ours["implementation"],
        kit=ours["kit"]["version"],
        target=ours["target"]["base_url"],
        ended_on=ours["ended_at"][:10],
        last_day=ours["expires_on"],
        keyid=one.keyid,
        requirements={entry["id"]: entry for entry in one.result["requirements"]},
        deviations=ours["deviations"],
        declared=declared_lacks(one.result),
        groups=", ".join(name for name, state in ours.get("groups", {}).items() if state == "covered"),
    )


def _written(pages: dict[Path, str]) -> int:
    for path, text in pages.items():
        with whole_file(path) as file:
            file.write(text)
        sys.stdout.write(f"{path}\n")
    return 0


def _checked(pages: dict[Path, str]) -> int:
    stale = [path for path, text in pages.items() if not path.exists() or path.read_bytes() != text.encode()]
    for path in stale:
        sys.stderr.write(
            f"STALE: {path} is out of date; run sessions-tck matrix, and commit what it writes.\n"
        )
    return int(bool(stale))
