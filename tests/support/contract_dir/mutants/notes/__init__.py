"""Faulty and unusual servers of notes."""

from pathlib import Path

from reference.notes import NotesReference


def build(server: type[NotesReference], database: Path) -> tuple[NotesReference, dict[str, str]]:
    """A server of this class, and the environment in which the kit finds its key."""
    return server("note_of_a_mutant"), {"NOTES_KEY": "note_of_a_mutant"}
