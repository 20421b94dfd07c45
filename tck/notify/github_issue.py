"""One issue on GitHub for one target: opened when it gets worse, updated, and closed when all holds again."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from tck.errors import KitError
from tck.notify.message import Word
from tck.reports.cause_view import failures_in
from tck.reports.labels import verdict_sentence
from tck.reports.markdown import plain, summary
from tck.results.document import Result
from tck.transport.certificates import Certificates
from tck.transport.deadline import obey_deadlines, within
from tck.transport.failures import failure_of
from tck.transport.way import way_to

TIMEOUT = 20.0
"""Seconds until GitHub must have answered."""
LONGEST = 120.0
"""Seconds for all requests together."""
LABEL = "sessions-tck"
PER_PAGE = 100
MOST_PAGES = 20
LONGEST_BODY = 60_000
"""Characters; GitHub takes 65,536."""
HOLDS = frozenset({"conformant", "conformant_with_waivers"})


@dataclass(frozen=True)
class GitHub:
    """A repository behind GitHub's API, and the token of whoever writes the issue."""

    api: str
    repository: str
    token: str


def github_of(environment: Mapping[str, str]) -> GitHub:
    """As GitHub's own variables describe it; raises KitError for what is missing."""
    for name in ("GITHUB_TOKEN", "GITHUB_REPOSITORY"):
        if not environment.get(name):
            raise KitError(
                f"an issue on GitHub needs {name}; a workflow has it, with permission to write issues."
            )
    repository = environment["GITHUB_REPOSITORY"]
    if repository.count("/") != 1 or not all(repository.split("/")):
        raise KitError(f"GITHUB_REPOSITORY is {repository!r}; it must be OWNER/NAME.")
    api = environment.get("GITHUB_API_URL") or "https://api.github.com"
    if not api.startswith(("https://", "http://")):
        raise KitError("GITHUB_API_URL is not an http or https URL.")
    return GitHub(api.rstrip("/"), repository, environment["GITHUB_TOKEN"])


def keep_issue(github: GitHub, result: Result, word: Word | None) -> tuple[str, ...]:
    """Open, update or close the issue of the result's target; a sentence about what was done. Never raises.

    It is opened when something got worse and something fails, updated when something moved, and closed when
    the verdict is conformant. `word` is what moved, None for nothing.
    """
    try:
        way = way_to(github.api, Certificates(), os.environ)
        connection = httpx.Client(timeout=TIMEOUT, headers=_headers(github), **way.for_http())
        with within(LONGEST), obey_deadlines(connection) as client:
            return tuple(_kept(client, github, result, word))
    except httpx.HTTPStatusError as error:
        said = f"GitHub answered {error.response.status_code} to {error.request.method}"
        return (f"WARNING: the issue was not kept up to date: {said}; the verdict stands.",)
    except httpx.HTTPError as error:
        said = failure_of(error, TIMEOUT).said
        return (f"WARNING: the issue was not kept up to date: {said}; the verdict stands.",)
    except KitError as error:
        return (f"WARNING: the issue was not kept up to date: {error}",)
    except Exception as error:  # noqa: BLE001 - whatever was answered, the verdict stands
        said = f"GitHub's answer could not be read ({type(error).__name__})"
        return (f"WARNING: the issue was not kept up to date: {said}; the verdict stands.",)


def _kept(client: httpx.Client, github: GitHub, result: Result, word: Word | None) -> Iterator[str]:
    issues = f"{github.api}/repos/{github.repository}/issues"
    mark = _mark(result)
    known = _open_issue(client, issues, mark)
    if known is None:
        if word is not None and word.worse and failures_in(result):
            said = {"title": word.title, "body": _body(result, word, mark), "labels": [LABEL]}
            yield f"Opened issue #{_number(_sent(client, 'POST', issues, said))}."
        return
    number = _number(known)
    if result["verdict"] in HOLDS and not result["partial"]:
        _sent(client, "POST", f"{issues}/{number}/comments", {"body": _comment(result, word)})
        _sent(client, "PATCH", f"{issues}/{number}", {"state": "closed", "state_reason": "completed"})
        yield f"Closed issue #{number}."
    elif word is not None:
        title = {"title": word.title} if word.worse else {}
        _sent(client, "PATCH", f"{issues}/{number}", {**title, "body": _body(result, word, mark)})
        _sent(client, "POST", f"{issues}/{number}/comments", {"body": _comment(result, word)})
        yield f"Updated issue #{number}."


def _open_issue(client: httpx.Client, issues: str, mark: str) -> Mapping[str, Any] | None:
    """The oldest open issue that bears the mark, whoever wrote it."""
    for page in range(1, MOST_PAGES + 1):
        query: dict[str, str | int] = {
            "state": "open", "sort": "created", "direction": "asc", "per_page": PER_PAGE, "page": page,
        }  # fmt: skip
        reply = client.get(issues, params=query)
        reply.raise_for_status()
        found = reply.json()
        for one in found:
            if mark in (one.get("body") or "") and "pull_request" not in one:
                issue: Mapping[str, Any] = one
                return issue
        if len(found) < PER_PAGE:
            return None
    return None


def _sent(client: httpx.Client, method: str, url: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
    reply = client.request(method, url, json=body)
    reply.raise_for_status()
    said: Mapping[str, Any] = reply.json()
    return said


def _number(issue: Mapping[str, Any]) -> int:
    return int(issue["number"])


def _mark(result: Result) -> str:
    """What the issue of a contract at a target is known by, unseen by its readers."""
    return f"<!-- sessions-tck {result['contract']['name']} {result['target']['base_url']} -->"


def _body(result: Result, word: Word, mark: str) -> str:
    moved = "\n".join(f"- {plain(line, 1000)}" for line in word.lines)
    return f"{mark}\n{moved}\n\n{summary(result)}"[:LONGEST_BODY]


def _comment(result: Result, word: Word | None) -> str:
    lines = word.lines if word is not None else (verdict_sentence(result),)
    return "\n".join(f"- {plain(line, 1000)}" for line in lines)


def _headers(github: GitHub) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {github.token}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
        "User-Agent": "sessions-tck",
    }
