"""A page says the same, whatever it is written in."""

import pytest

from tck.drift.page_text import page_text, words_digest

MARKDOWN = """# Close a room

Closing is **terminal**: a *closed* room stays `closed`. See [the list](https://docs.example.com/list).

- A reason has at most 256 characters.
- “Quotes” and dashes — of any form.

| status | meaning |
|---|---|
| 200 | closed |

```js
close("<room>");
```
"""
HTML = """<!DOCTYPE html><html><head><title>Docs</title><style>p { color: red }</style></head><body>
<nav>Home | Docs | Log in</nav><main><h1>Close
a room</h1><p>Closing is <b>terminal</b>: a <em>closed</em> room stays
<code>closed</code>. See <a href="/list">the list</a>.<br></p>
<ul><li>A reason has at most 256&nbsp;characters.</li><li>"Quotes" and dashes &ndash; of any form.</li></ul>
<table><tr><th>status</th><th>meaning</th></tr><tr><td>200</td><td>closed</td></tr></table>
<pre><code>close("&lt;room&gt;");</code></pre><script>track("256 characters")</script></main>
<footer>Page 7 of 2026</footer></body></html>"""
TEXT = """Close a room
Closing is terminal: a closed room stays closed. See the list.
A reason has at most 256 characters.
"Quotes" and dashes - of any form.

status
meaning
200
closed
close("<room>");"""


def test_html_markdown_and_plain_text_of_one_page_have_one_digest():
    assert page_text(HTML).digest == page_text(MARKDOWN).digest == page_text(TEXT).digest


@pytest.mark.parametrize("page", [HTML, MARKDOWN, TEXT], ids=["html", "markdown", "text"])
def test_white_space_does_not_count_and_a_figure_does(page):
    digest = page_text(page).digest
    assert (
        page_text(page.replace("\n", "\n  \n") if page is TEXT else page.replace(" ", "  ")).digest == digest
    )
    assert page_text(page.replace("256", "255")).digest != digest


def test_what_stands_around_the_content_of_a_page_does_not_count():
    digest = page_text(HTML).digest
    assert page_text(HTML.replace("Log in", "Sign up").replace("of 2026", "of 2027")).digest == digest
    bare = HTML.replace("<main>", "").replace("</main>", "")
    assert page_text(bare).digest == digest


def test_a_passage_that_is_reworded_is_the_one_that_is_new():
    before, after = page_text(TEXT), page_text(TEXT.replace("terminal", "final"))
    new = [
        text
        for text, digest in zip(after.passages, after.passage_digests, strict=True)
        if digest not in before.passage_digests
    ]
    assert new == ["Closing is final: a closed room stays closed. See the list."]


def test_words_of_a_description_are_known_again_when_they_are_wrapped_otherwise():
    assert words_digest("A `reason`,\nof 256\ncharacters.") == words_digest("A reason, of 256 characters.")
    assert words_digest("A reason, of 512 characters.") != words_digest("A reason, of 256 characters.")
    assert words_digest(" \n") == ""


@pytest.mark.parametrize(
    "text", ["<html><p>never closed <b", "<html>" + "<div>" * 5000 + "deep", "<html></b></p>x"]
)
def test_broken_html_is_read_as_far_as_it_goes(text):
    assert page_text(text).digest == page_text(text).digest
