"""Sending word through Apprise, to what an environment variable names: such URLs hold secrets."""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from threading import Thread
from typing import Any

from tck.errors import KitError
from tck.notify.message import Word

VARIABLE = "TCK_NOTIFY_URLS"
"""The environment variable that is read unless another one is named."""
LONGEST = 60.0
"""Seconds until a service must have taken a message."""


def destinations(variable: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    """The notification URLs of a variable, separated by white space; none of them is ever shown.

    Raises KitError where it names none, or one that Apprise does not know, or Apprise is not installed.
    """
    if "://" in variable or not variable.isidentifier():
        raise KitError(
            "--notify takes the name of an environment variable, as the URLs of notification services hold "
            f"secrets; set {VARIABLE} to them and give --notify alone."
        )
    urls = tuple(environment.get(variable, "").split())
    if not urls:
        raise KitError(
            f"--notify needs {variable}: one or more URLs of notification services, as Apprise has them."
        )
    with _apprise() as apprise:
        known = [apprise.Apprise.instantiate(url, suppress_exceptions=True) is not None for url in urls]
    if not all(known):
        number = known.index(False) + 1
        raise KitError(f"{variable}: URL {number} of {len(urls)} is none that Apprise can send to.")
    return urls


def send(urls: Sequence[str], word: Word) -> tuple[str, ...]:
    """Send to each; a sentence about each, which shows no more of a URL than its scheme. Never raises."""
    return tuple(_sent(url, number, word) for number, url in enumerate(urls, 1))


def _sent(url: str, number: int, word: Word) -> str:
    name = f"notification {number} ({url.partition(':')[0]})"
    try:
        with _apprise() as apprise:
            done = _in_time(lambda: _notified(apprise, url, word))
    except KitError as error:
        return f"WARNING: {name} was not sent: {error}"
    except Exception as error:  # noqa: BLE001 - whatever a plugin raises, the verdict stands
        return f"WARNING: {name} was not sent ({type(error).__name__}); the verdict stands."
    if done is None:
        return f"WARNING: {name} was not sent within {LONGEST:g} seconds; the verdict stands."
    return f"Sent {name}." if done else f"WARNING: {name} was not sent; the verdict stands."


def _in_time(work: Callable[[], bool]) -> bool | None:
    """What the work returns or raises; None when it does not end, as Apprise waits for each byte anew."""
    ended: list[bool] = []
    failed: list[Exception] = []

    def go() -> None:
        try:
            ended.append(work())
        except Exception as error:  # noqa: BLE001 - raised below
            failed.append(error)

    thread = Thread(target=go, daemon=True)
    thread.start()
    thread.join(LONGEST)
    for error in failed:
        raise error
    return ended[0] if ended else None


def _notified(apprise: Any, url: str, word: Word) -> bool:
    kind = apprise.NotifyType.FAILURE if word.worse else apprise.NotifyType.SUCCESS
    sender = apprise.Apprise(asset=apprise.AppriseAsset(app_id="sessions-tck"))
    said = {"title": word.title, "body": word.text, "body_format": apprise.NotifyFormat.TEXT}
    return bool(sender.add(url)) and bool(sender.notify(notify_type=kind, **said))


@contextmanager
def _apprise() -> Iterator[Any]:
    """The library, which warns of what it imports itself; raises KitError where it is not installed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            library = import_module("apprise")
        except ModuleNotFoundError:
            raise KitError(
                "notifications need a package that is not installed; pip install apprise."
            ) from None
        yield library
