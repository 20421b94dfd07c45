"""Headers for a gateway: on every request, in no report, never in place of what a check sends."""

import pytest

from tck.errors import KitError
from tck.transport.certificates import Certificates
from tck.transport.gateway_headers import gateway_headers
from tck.transport.messages import Call
from tck.transport.way import way_to
from tests.support.loopback import Script, answer
from tests.support.transport_samples import client

SECRET = "cf-access-secret-0123"


def test_headers_come_from_a_file_and_from_the_environment(tmp_path):
    file = tmp_path / "headers.txt"
    file.write_text(f"# for the gateway\n\nCF-Access-Client-Id: me\nX-Gate: {SECRET}: more\n")
    text = "X-Gate: other\nX-Third: 3"
    found = gateway_headers({"TCK_HEADERS_FILE": str(file), "TCK_HEADERS": text})
    assert found == {"CF-Access-Client-Id": "me", "X-Gate": "other", "X-Third": "3"}
    assert gateway_headers({"TCK_HEADERS_FILE": str(file)})["X-Gate"] == f"{SECRET}: more"
    assert gateway_headers({}) == {}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("X-One: 1\nno colon", "^line 2 of TCK_HEADERS is not a header; write `name: value`\\.$"),
        (f"X One: {SECRET}", "^line 1 of TCK_HEADERS is not a header"),
        ("X-One:", "^line 1 of TCK_HEADERS is not a header"),
        ("X-One: é", "^line 1 of TCK_HEADERS is not a header"),
        (f"authorization: Bearer {SECRET}", "^line 1 of TCK_HEADERS names authorization, which checks send as they need it; take it out\\.$"),
        ("Host: other", "names Host"),
    ],
)  # fmt: skip
def test_a_line_that_is_no_header_is_a_sentence_without_its_value(text, sentence):
    with pytest.raises(KitError, match=sentence) as error:
        gateway_headers({"TCK_HEADERS": text})
    assert SECRET not in str(error.value)


def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path):
    with pytest.raises(KitError, match=r"^TCK_HEADERS_FILE=\S*none cannot be read"):
        gateway_headers({"TCK_HEADERS_FILE": str(tmp_path / "none")})


def test_they_go_with_every_request_and_are_kept_nowhere(tmp_path):
    with Script() as script:
        way = way_to(script.url, Certificates(), {"TCK_HEADERS": f"X-Gate: {SECRET}\nX-Short: abc"})
        sending, kept = client(script.url, tmp_path, lambda seconds: None, way=way)
        way.keep_secret(sending.redactor)
        script.will(answer(200, {"you": f"sent {SECRET}"}), answer(200), answer(200))
        sending.send(Call("", "GET", "/x", "Bearer key"), "a check")
        sending.send(Call("", "POST", "/x", None, body=b"{}", headers={"X-Gate": "a check's own"}), "a check")
        sending.send(Call("", "GET", "/x"), "a check", closing=True)
        sending.close()
    assert [f"X-Gate: {SECRET}".encode() in one for one in script.seen] == [True, False, True]
    assert b"Authorization: Bearer key" in script.seen[0]
    assert b"X-Gate: a check's own" in script.seen[1]
    assert SECRET not in str(kept)
    assert ("x-short", "[redacted a gateway's header]") in kept[0].request_headers
    assert "abc" not in str(kept[2].request_headers)
