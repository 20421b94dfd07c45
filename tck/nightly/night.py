"""One night: the run, what it left open, what moved since the last one, the history, and word of it."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from tck.atomic_write import whole_file
from tck.child import Ended, kit
from tck.cleanup.ledger import ledger_files
from tck.cleanup.ledger_lock import LedgerLock
from tck.contract.contract import Contract
from tck.drift import drift
from tck.errors import KitError
from tck.history.metrics import openmetrics
from tck.history.note import Note
from tck.history.page import page
from tck.history.series import series_of
from tck.history.store import RESULT, Kept, keep_note, keep_result, last_alike, prune, read_history
from tck.history.words import morning
from tck.nightly.found import Places, for_cleanup
from tck.notify import GitHub, Word, keep_issue, send, word_of
from tck.reports.diff import Comparison, compare
from tck.reports.diff_formats import as_markdown, as_text, sentence
from tck.results.document import Result
from tck.results.result_file import read_result
from tck.vocabulary import BROKE, CANNOT_START, UNDER_WAY

JUDGED = frozenset({0, 1})
"""The exit codes of a run that judged to its end."""
PAGE, CHANGES = "index.html", "changes.md"
FIRST = "There is no earlier result to compare with."


@dataclass(frozen=True)
class Settings:
    """What a site wants of its nights; `options` are those of the run. No secret is among them.

    `confirm` is how often failed checks are judged again, `keep` how many runs are kept, 0 for all of them.
    """

    contract: Contract
    base_url: str
    reports: Path
    history: Path
    options: tuple[str, ...] = ()
    confirm: int = 2
    keep: int = 100
    sources: tuple[str, ...] = ()
    urls: tuple[str, ...] = field(default=(), repr=False)
    github: GitHub | None = field(default=None, repr=False)
    metrics: Path | None = None
    quiet: bool = False


@dataclass(frozen=True)
class Source:
    """What the vendor's documents were found to be; `moved` is None where nothing is known."""

    moved: bool | None = None
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True)
class Night:
    """Does all of it, and reports to `say`, sentence by sentence."""

    settings: Settings
    say: Callable[[str], None]
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def go(self) -> int:
        """The exit code: that of the run. A second start at the same time judges nothing."""
        folder = self.settings.history
        _writable(folder)
        lock = LedgerLock(folder / "nightly")
        if lock.is_held() or not lock.take():
            self.say(f"another nightly run is under way and writes to {folder}; this one judged nothing.")
            return UNDER_WAY
        try:
            return self._judged()
        finally:
            lock.release()

    def _judged(self) -> int:
        settings = self.settings
        begun, before = _now(), Places.of(settings.reports)
        ended = kit(self._command())
        code = ended.code
        after = Places.of(settings.reports)
        for folder in filter(ledger_files, after.folders):
            kit(["cleanup", str(folder), *for_cleanup(settings.options)])
        source = self._source()
        try:
            found = after.new_since(before) if code in JUDGED else None
            if found is None:
                name = self._without_result(begun, ended, source)
            else:
                name = self._with_result(found, code, source)
            self._show(name)
        except (OSError, KitError) as error:
            self.say(f"ERROR: the history was not kept up to date: {_said(error)}")
            return code if code not in JUDGED else BROKE
        return code

    def _command(self) -> list[str]:
        settings = self.settings
        own = [f"--base-url={settings.base_url}", f"--contract={settings.contract.name}"]
        own += [f"--report-dir={settings.reports}"]
        own += [f"--confirm={settings.confirm}"] if settings.confirm else []
        return ["run", *(["-q"] if settings.quiet else []), *own, *settings.options]

    def _source(self) -> Source:
        """Whether the vendor's documents are still those of the contract; a warning where that fails."""
        settings = self.settings
        if not settings.sources:
            return Source()
        try:
            found = drift(settings.sources, settings.contract)
        except KitError as error:
            self.say(f"WARNING: the source of the contract was not compared: {error}")
            return Source()
        for line in found.sentences if found.moved else found.sentences[:1]:
            self.say(line)
        return Source(found.moved, tuple(found.sentences))

    def _with_result(self, path: Path, code: int, source: Source) -> str:
        """Compare with the last result that is as whole, keep this one, and send word; its name there."""
        settings, result = self.settings, read_result(path)
        name = keep_result(settings.history, path, result["started_at"])
        kept = read_history(settings.history)
        own = next(one for one in kept.nights if one.name == name)
        others = [one for one in kept.nights if one.name != name]
        if others and others[-1].started_at > result["started_at"]:
            newest = others[-1].started_at[:16].replace("T", " ")
            self.say(
                f"WARNING: the history holds a run of {newest} UTC, which is later than this one; "
                f"if the clock was set back, remove it: {settings.history / others[-1].name}.*"
            )
        last = last_alike(others, own.digest) if own.digest is not None else None
        moved = (
            self._compared(settings.history / f"{last.name}{RESULT}", result) if last is not None else None
        )
        self._tell_changes(path.parent / CHANGES, moved)
        self._tell_workflow(result, moved)
        told = (sentence(moved), moved.worse) if moved is not None else ("", False)
        keep_note(
            settings.history, name, Note(result["started_at"], code, *told, source.moved, source.sentences)
        )
        self._send_word(result, moved, source, replace(kept, nights=tuple(others)))
        return name

    def _compared(self, old: Path, new: Result) -> Comparison | None:
        try:
            return compare(read_result(old), new)
        except KitError as error:
            self.say(f"WARNING: the last result cannot be compared with: {error}")
            return None

    def _tell_changes(self, path: Path, moved: Comparison | None) -> None:
        """What moved, for people: here, beside the reports, and in the summary of a workflow's step."""
        if moved is None:
            self.say(FIRST)
        else:
            self.say(sentence(moved) if self.settings.quiet else as_text(moved).rstrip())
        text = as_markdown(moved) if moved is not None else f"{FIRST}\n"
        with whole_file(path) as file:
            file.write(text)
        _appended(self.environment.get("GITHUB_STEP_SUMMARY", ""), text)

    def _tell_workflow(self, result: Result, moved: Comparison | None) -> None:
        worse = "worse=true\n" if moved is not None and moved.worse else ""
        _appended(self.environment.get("GITHUB_OUTPUT", ""), f"verdict={result['verdict']}\n{worse}")

    def _without_result(self, begun: str, ended: Ended, source: Source) -> str:
        """Note that the night left no result; word is sent of the first such night alone. Its name."""
        settings = self.settings
        before = read_history(settings.history).nights
        error = ended.error if ended.code == CANNOT_START else ""
        note = Note(begun, ended.code, source_moved=source.moved, source=source.sentences, error=error)
        name = keep_note(settings.history, "", note)
        self.say(f"This run left {note.end}.")
        if before and before[-1].digest is not None:
            title = f"NO RESULT: {settings.contract.name} at {settings.base_url}"
            self._sent(
                Word(title, (f"The run of {begun[:16].replace('T', ' ')} UTC left {note.end}.",), True)
            )
        return name

    def _send_word(self, result: Result, moved: Comparison | None, source: Source, before: Kept) -> None:
        further = source.sentences if source.moved else ()
        word = word_of(moved, further) if moved is not None else None
        if word is None and source.moved and not _known_to_have_moved(before):
            title = f"MOVED: the source of {self.settings.contract.name}"
            word = Word(title, tuple(further[:10]), True)
        if word is not None:
            self._sent(word)
        if self.settings.github is not None:
            self._say_all(keep_issue(self.settings.github, result, word))

    def _sent(self, word: Word) -> None:
        self._say_all(send(self.settings.urls, word))

    def _say_all(self, sentences: Sequence[str]) -> None:
        for one in sentences:
            self.say(one)

    def _show(self, name: str) -> None:
        """Prune all but this night, write the page and the metrics, and print what to know in the morning."""
        settings = self.settings
        removed = prune(settings.history, settings.keep, name)
        kept = read_history(settings.history)
        for path, text in self._views(kept):
            with whole_file(path) as file:
                file.write(text)
        for series in series_of(kept.nights):
            if series.contract == settings.contract.name and not settings.quiet:
                self._say_all(morning(series))
        self._say_all([f"Left out: {one}" for one in kept.left_out])
        _appended(self.environment.get("GITHUB_OUTPUT", ""), "kept=true\n")
        gone = f", {removed} older removed" if removed else ""
        self.say(f"History: {settings.history / PAGE} ({len(kept.nights)} kept{gone}).")

    def _views(self, kept: Kept) -> Iterator[tuple[Path, str]]:
        yield self.settings.history / PAGE, "".join(page(kept))
        if self.settings.metrics is not None and any(one.digest for one in kept.nights):
            yield self.settings.metrics, openmetrics(kept)


def _said(error: Exception) -> str:
    """What went wrong, and at which file."""
    if not isinstance(error, OSError):
        return str(error)
    place = error.filename2 or error.filename
    return f"{place}: {error.strerror}." if place else f"{error.strerror or error}."


def _known_to_have_moved(before: Kept) -> bool:
    """Whether the last look at the source found it moved already."""
    looks = [one.note.source_moved for one in before.nights if one.note and one.note.source_moved is not None]
    return bool(looks) and looks[-1]


def _writable(folder: Path) -> None:
    """Make the folder of the history; raises KitError when nothing can be written there."""
    probe = folder / ".writable"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink(missing_ok=True)
    except OSError as error:
        raise KitError(
            f"--history={folder} cannot be written to ({error.strerror}); name another directory."
        ) from None


def _appended(name: str, text: str) -> None:
    if name:
        with Path(name).open("a", encoding="utf-8") as file:
            file.write(text)


def _now() -> str:
    """The time as results have it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
