"""What a base URL says about where the target is."""

import re
from urllib.parse import urlsplit

from tck.errors import KitError

LOOPBACK = re.compile(r"localhost|127(\.\d+){3}|::1", re.ASCII)


def is_loopback(base_url: str) -> bool:
    """Whether a URL leads to this machine."""
    return LOOPBACK.fullmatch(urlsplit(base_url).hostname or "") is not None


def above_path(base_url: str, path: str) -> str:
    """The base URL without the beginning of an API's path that it ends with; empty where it has none."""
    parts = urlsplit(base_url)
    own, added = parts.path.strip("/").split("/"), path.strip("/").split("/")
    for size in range(min(len(own), len(added)), 0, -1):
        if own[-size:] == added[:size]:
            return parts._replace(path="".join(f"/{part}" for part in own[:-size])).geturl()
    return ""


def read_url(given: str) -> str:
    """The value of --base-url without a trailing slash, empty for none; raises KitError."""
    text = given.strip()
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise KitError("--base-url is not a URL; give one such as https://sessions.example.com.") from None
    if "@" in parts.netloc:
        raise KitError("--base-url carries a user name or password; secrets come from the environment only.")
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\s\\]", text):
        shown = "" if "@" in text else f"={text!r}"
        raise KitError(
            f"--base-url{shown} is not an http or https URL; give one such as https://sessions.example.com."
        )
    if parts.query or parts.fragment:
        raise KitError("--base-url carries a query or a fragment; give the address before them only.")
    return text.rstrip("/")
