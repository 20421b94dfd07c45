"""One issue on GitHub, against a stand-in for its API."""

import json
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import pytest

from tck.__main__ import main
from tck.notify import GitHub, github_issue, keep_issue, word_of
from tck.reports.diff import compare
from tck.results.result_file import build_result, write_result
from tck.vocabulary import Outcome
from tests.support.result_samples import facts, settled
from tests.support.stand_ins import closed_port, dribbling, replying, serving

TOKEN = "ghs_0123456789abcdefghijklmnopqrstuvwxyz"
GOOD = build_result(facts(settled(Outcome.PASSED)))
BAD = build_result(facts(settled(Outcome.FAILED, reason="<b>it</b> was opened again")))
ISSUES = "/repos/us/rooms/issues"


@dataclass
class Repository:
    """The issues of one repository, as GitHub's API shows and takes them."""

    issues: list = field(default_factory=list)
    comments: list = field(default_factory=list)
    headers: list = field(default_factory=list)
    wrong: list = field(default_factory=list)
    github: GitHub | None = None

    def answer(self, handler):
        self.headers.append(dict(handler.headers.items()))
        status, said = self.said(handler.command, urlsplit(handler.path), handler.sent)
        body = json.dumps(said).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def said(self, method, address, sent):
        given = json.loads(sent) if sent else {}
        parts = address.path.removeprefix(ISSUES).strip("/").split("/")
        if method == "GET" and parts == [""]:
            query = {name: values[0] for name, values in parse_qs(address.query).items()}
            shown = [one for one in self.issues if one["state"] == query["state"]]
            start = (int(query["page"]) - 1) * int(query["per_page"])
            return 200, shown[start : start + int(query["per_page"])]
        if method == "POST" and parts == [""]:
            self.issues.append({"number": len(self.issues) + 1, "state": "open", **given})
            return 201, self.issues[-1]
        if method == "POST" and parts[1:] == ["comments"]:
            self.comments.append((int(parts[0]), given["body"]))
            return 201, {"id": 1}
        if method == "PATCH" and len(parts) == 1:
            self.issues[int(parts[0]) - 1].update(given)
            return 200, self.issues[int(parts[0]) - 1]
        self.wrong.append(f"{method} {address.path}")
        return 404, {}


@pytest.fixture
def repository():
    there = Repository()
    with serving(there.answer, bodies=True) as (url, _):
        there.github = GitHub(url, "us/rooms", TOKEN)
        yield there
    assert there.wrong == []


def night(repository, before, now):
    return keep_issue(repository.github, now, word_of(compare(before, now)))


def test_an_issue_is_opened_updated_and_closed(repository):
    assert night(repository, GOOD, GOOD) == ()
    assert night(repository, GOOD, BAD) == ("Opened issue #1.",)
    assert night(repository, BAD, BAD) == ()
    further = build_result(facts(settled(Outcome.FAILED), settled(Outcome.FAILED, name="open.one")))
    before = build_result(facts(settled(Outcome.FAILED), settled(Outcome.PASSED, name="open.one")))
    assert night(repository, before, further) == ("Updated issue #1.",)
    assert night(repository, further, GOOD) == ("Closed issue #1.",)
    assert night(repository, GOOD, GOOD) == ()
    [issue] = repository.issues
    assert (issue["state"], issue["state_reason"], issue["labels"]) == (
        "closed",
        "completed",
        ["sessions-tck"],
    )
    assert issue["title"] == "WORSE: rooms at https://rooms.example.com"
    assert "open.one" in issue["body"]
    assert [number for number, _ in repository.comments] == [1, 1]
    assert "Failed now: open.one" in repository.comments[0][1]
    assert night(repository, GOOD, BAD) == ("Opened issue #2.",)


def test_the_issue_of_another_target_and_other_issues_are_left_alone(repository):
    elsewhere = build_result(facts(settled(Outcome.FAILED), base_url="https://other.example.com"))
    pull = {"number": 1, "state": "open", "body": "<!-- sessions-tck rooms https://rooms.example.com -->"}
    repository.issues.append({**pull, "pull_request": {}})
    repository.issues += [{"number": number, "state": "open", "body": None} for number in range(2, 140)]
    assert night(repository, GOOD, elsewhere) == ("Opened issue #140.",)
    assert night(repository, GOOD, BAD) == ("Opened issue #141.",)
    assert night(repository, BAD, GOOD) == ("Closed issue #141.",)
    assert [one["number"] for one in repository.issues if one["state"] == "closed"] == [141]


def test_a_partial_run_closes_no_issue(repository):
    night(repository, GOOD, BAD)
    partial = build_result(facts(settled(Outcome.PASSED), partial=True))
    assert night(repository, BAD, partial) == ("Updated issue #1.",)
    assert repository.issues[0]["state"] == "open"


def test_the_token_goes_in_a_header_alone_and_what_a_target_wrote_is_escaped(repository):
    night(repository, GOOD, BAD)
    assert {one["Authorization"] for one in repository.headers} == {f"Bearer {TOKEN}"}
    assert {one["X-GitHub-Api-Version"] for one in repository.headers} == {"2022-11-28"}
    [issue] = repository.issues
    assert TOKEN not in json.dumps(issue)
    assert "<b>" not in issue["body"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (replying(403), "GitHub answered 403 to GET"),
        (replying(502), "GitHub answered 502 to GET"),
        (replying(200, b"<html>"), "GitHub's answer could not be read (JSONDecodeError)"),
        (replying(200, b'{"a": 1}'), "GitHub's answer could not be read (AttributeError)"),
    ],
)
def test_what_github_refuses_is_a_warning(answer, said):
    with serving(answer) as (url, _):
        [told] = keep_issue(GitHub(url, "us/rooms", TOKEN), BAD, word_of(compare(GOOD, BAD)))
    assert told == f"WARNING: the issue was not kept up to date: {said}; the verdict stands."


def test_a_github_that_dribbles_is_a_warning(monkeypatch):
    monkeypatch.setattr(github_issue, "LONGEST", 0.3)
    with dribbling() as url:
        [told] = keep_issue(GitHub(url, "us/rooms", TOKEN), BAD, word_of(compare(GOOD, BAD)))
    assert told.startswith("WARNING: the issue was not kept up to date: no complete reply within")
    assert told.endswith("; the verdict stands.")


def test_a_github_that_is_not_there_changes_no_verdict(tmp_path, monkeypatch, capsys):
    write_result(tmp_path / "good.json", GOOD)
    write_result(tmp_path / "bad.json", BAD)
    results = [str(tmp_path / "good.json"), str(tmp_path / "bad.json")]
    for name, value in {"GITHUB_TOKEN": TOKEN, "GITHUB_REPOSITORY": "us/rooms"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GITHUB_API_URL", f"http://127.0.0.1:{closed_port()}")
    assert main(["diff", *results, "--github-issue"]) == 1
    assert capsys.readouterr().err.startswith("WARNING: the issue was not kept up to date: no connection: ")
    assert main(["diff", *reversed(results), "--github-issue"]) == 0


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("GITHUB_TOKEN", "", "an issue on GitHub needs GITHUB_TOKEN;"),
        ("GITHUB_REPOSITORY", "", "an issue on GitHub needs GITHUB_REPOSITORY;"),
        ("GITHUB_REPOSITORY", "rooms", "GITHUB_REPOSITORY is 'rooms'; it must be OWNER/NAME."),
        ("GITHUB_API_URL", "api.example.com", "GITHUB_API_URL is not an http or https URL."),
    ],
)
def test_what_is_missing_is_one_sentence(monkeypatch, capsys, name, value, said):
    for known in ("GITHUB_TOKEN", "GITHUB_REPOSITORY"):
        monkeypatch.setenv(known, "us/rooms")
    monkeypatch.setenv(name, value)
    assert main(["diff", "good.json", "bad.json", "--github-issue"]) == 4
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"ERROR: {said}")
