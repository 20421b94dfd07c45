"""What a base URL says about where the target is."""

import re
from urllib.parse import urlsplit

LOOPBACK = re.compile(r"localhost|127(\.\d+){3}|::1", re.ASCII)


def is_loopback(base_url: str) -> bool:
    """Whether a URL leads to this machine."""
    return LOOPBACK.fullmatch(urlsplit(base_url).hostname or "") is not None
