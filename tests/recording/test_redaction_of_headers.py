"""What stays of a token and of a header: its claims, its scheme, and nothing that opens a door."""

import base64
import json

import jwt
import pytest

from tck.recording.redaction import Redactor
from tests.support.redaction_samples import (
    CLAIMS,
    FORMS,
    HEAD,
    MARK,
    SIGNATURE,
    TOKEN,
    redactor_of,
    shows,
)
from tests.support.result_samples import KEY, exchange


@pytest.mark.parametrize("known", [False, True])
def test_a_token_keeps_its_claims_and_loses_its_signature(known: bool) -> None:
    redactor = Redactor()
    if known:
        redactor.register(TOKEN, "a credential")
    body = json.dumps({"publicAccessToken": TOKEN})
    assert json.loads(redactor.text(body)) == {"publicAccessToken": f"{HEAD}.{CLAIMS}.[signature removed]"}


@pytest.mark.parametrize("size", range(1, len(SIGNATURE)))
def test_a_token_cut_in_its_signature_loses_what_is_left_of_it(size: int) -> None:
    assert Redactor().text(f"{HEAD}.{CLAIMS}.{SIGNATURE[:size]}") == f"{HEAD}.{CLAIMS}.[signature removed]"


def test_a_token_cut_before_its_signature_has_nothing_to_lose() -> None:
    for text in (f"{HEAD}.{CLAIMS}.", f"{HEAD}.{CLAIMS}", f"{HEAD}.{CLAIMS[:9]}", HEAD):
        assert Redactor().text(text) == text


def test_an_encrypted_token_loses_all_parts_after_the_second() -> None:
    assert Redactor().text(f"{HEAD}.{CLAIMS}.one.two.three") == f"{HEAD}.{CLAIMS}.[signature removed]"


@pytest.mark.parametrize("form", [name for name in FORMS if name != "as it is"])
def test_the_signature_of_a_known_token_survives_in_no_form(form: str) -> None:
    redactor = redactor_of(TOKEN)
    assert not shows(SIGNATURE, redactor.text(FORMS[form](TOKEN)))
    assert not shows(SIGNATURE, redactor.text(FORMS[form](SIGNATURE)))


def test_a_known_token_cut_before_its_signature_keeps_its_claims() -> None:
    for text in (f"{HEAD}.{CLAIMS}", f"{HEAD}.{CLAIMS[:9]}", HEAD):
        assert redactor_of(TOKEN).text(text) == text


def test_each_known_token_goes_whole_from_base64_under_its_first_label() -> None:
    other = jwt.encode({"sub": "other"}, KEY, algorithm="HS256")
    redactor = redactor_of(TOKEN)
    redactor.register(other, "another")
    redactor.register(TOKEN, "a later label")
    written = [base64.b64encode(token.encode()).decode().rstrip("=") for token in (TOKEN, other)]
    clean = [redactor.text(text) for text in written]
    assert [text[: text.index("]") + 1] for text in clean] == [MARK, "[redacted another]"]


def test_a_known_token_is_found_inside_base64() -> None:
    written = base64.b64encode(f"user:{TOKEN}".encode()).decode()
    assert written not in redactor_of(TOKEN).text(written)


def test_a_secret_in_the_claims_of_a_token_goes_and_its_signature_too() -> None:
    told = jwt.encode({"note": KEY}, "another secret of the server's own", algorithm="HS256")
    clean = redactor_of().text(told)
    assert MARK in clean
    assert clean.endswith(".[signature removed]")


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (f"Bearer {KEY}", f"Bearer {MARK}"),
        (KEY, MARK),
        (f"Bearer {TOKEN}", f"Bearer {HEAD}.{CLAIMS}.[signature removed]"),
        ("Bearer unregistered", "Bearer [redacted]"),
        ("unregistered", "[redacted]"),
        ("Basic dXNlcjpwYXNz", "Basic [redacted]"),
        ('Digest username="u", response="abc"', "Digest [redacted]"),
        (f"Bearer x{KEY}", "Bearer [redacted]"),
        (f"Bearer {KEY}x", "Bearer [redacted]"),
        (f"Bearer two {KEY}", "Bearer [redacted]"),
        ("", ""),
    ],
)
@pytest.mark.parametrize("name", ["Authorization", "authorization", "Proxy-Authorization"])
def test_an_authorization_header_keeps_its_scheme_alone(name: str, value: str, kept: str) -> None:
    clean = redactor_of().exchange(exchange(request_headers=((name, value),)))
    assert clean.request_headers == ((name, kept),)


@pytest.mark.parametrize(
    "name", ["Cookie", "Set-Cookie", "set-cookie", "Set-Cookie2", "X-API-Key", "Api-Key", "X-Auth-Token"]
)
def test_cookies_and_the_like_are_taken_out(name: str) -> None:
    headers = ((name, "session=abc; Path=/"),)
    clean = redactor_of().exchange(exchange(request_headers=headers, response_headers=headers))
    assert clean.request_headers == clean.response_headers == ((name, "[redacted]"),)


def test_userinfo_of_urls_is_taken_out() -> None:
    one = exchange(
        url="https://user:pass@rooms.example.com/a@b",
        response_headers=(("Location", "https://user:pass@rooms.example.com/next"),),
        response_body=b'{"see": "https://user@rooms.example.com"}',
    )
    clean = Redactor().exchange(one)
    assert clean.url == "https://rooms.example.com/a@b"
    assert clean.response_headers == (("Location", "https://[redacted]@rooms.example.com/next"),)
    assert clean.response_body == b'{"see": "https://[redacted]@rooms.example.com"}'
