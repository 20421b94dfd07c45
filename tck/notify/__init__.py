"""Word of what got worse or was mended: to notification services, and as one issue on GitHub."""

from tck.notify.github_issue import GitHub, github_of, keep_issue
from tck.notify.message import Word, word_of
from tck.notify.sending import VARIABLE, destinations, send

__all__ = ["VARIABLE", "GitHub", "Word", "destinations", "github_of", "keep_issue", "send", "word_of"]
