"""No secret is kept, in whatever form it lies in a text."""

import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tck.recording.redaction import ALL_GONE, SIGNATURE_GONE, Redactor
from tck.recording.secret_forms import public_prefix
from tck.values.differences import apart
from tck.vocabulary import Outcome
from tests.support.redaction_samples import (
    AROUND,
    FORMS,
    KEYS,
    LABEL,
    MARK,
    SECRETS,
    SIGNATURE,
    TOKEN,
    escaped,
    everything,
    hidden,
    percent,
    redactor_of,
    shows,
    twice,
)
from tests.support.result_samples import KEY, exchange, finding


@pytest.mark.parametrize("form", FORMS)
@given(secret=KEYS, before=AROUND, after=AROUND)
@example(secret="000000", before="%", after="")
@example(secret="abcdef", before="\\", after="")
def test_a_registered_key_survives_in_no_form(form: str, secret: str, before: str, after: str) -> None:
    assume(not hidden(secret))
    written = FORMS[form](secret)
    clean = redactor_of(secret).text(before + written + after)
    assert written not in clean
    assert not shows(secret, clean)


@given(secret=SECRETS, before=AROUND, after=AROUND)
def test_a_registered_secret_of_any_characters_survives_nowhere_in_an_exchange(
    secret: str, before: str, after: str
) -> None:
    assume(not hidden(secret) and secret not in repr(exchange()))
    text = before + secret + after
    one = exchange(
        url=f"http://127.0.0.1/{quote(secret, safe='')}",
        request_headers=(("X-Own", text), ("Authorization", f"Bearer {secret}")),
        request_body=json.dumps({"a": [secret]}).encode(),
        response_headers=((text, text),),
        response_body=text.encode(),
        error=text,
    )
    clean = redactor_of(secret).exchange(one)
    for part in (clean.url, clean.error, *sum(clean.request_headers + clean.response_headers, ())):
        assert not shows(secret, part)
    assert secret.encode() not in clean.request_body + b" " + clean.response_body


@given(secret=KEYS, before=st.binary(max_size=9), after=st.binary(max_size=9), safe=st.booleans())
def test_a_key_is_found_inside_base64_wherever_it_begins(
    secret: str, before: bytes, after: bytes, safe: bool
) -> None:
    assume(not hidden(secret) and len(secret) >= 8)
    encode = base64.urlsafe_b64encode if safe else base64.b64encode
    written = encode(before + secret.encode() + after).decode()
    clean = redactor_of(secret).text(f"Basic {written}")
    assert written not in clean
    assert MARK in clean


@given(KEYS.filter(lambda text: len(text) >= 8), st.integers(6))
def test_a_key_cut_short_with_a_text_goes_too(secret: str, size: int) -> None:
    assume(not hidden(secret) and not secret.startswith("eyJ"))
    start = secret[: min(size, len(secret) - 1)]
    assume(start not in MARK)
    redactor = redactor_of(secret)
    assert redactor.text(f"seen: {start}") == f"seen: {MARK}"
    assert redactor.text(f"seen: {start}… (900 characters)") == f"seen: {MARK}… (900 characters)"


def test_a_text_that_is_nothing_but_the_beginning_of_a_key_goes() -> None:
    assert redactor_of().text(KEY[:9]) == MARK


def test_all_keys_cut_short_go_and_the_text_between_them_stays() -> None:
    told = f"first {KEY[:9]}… second {KEY[:12]}… third {KEY[:6]}"
    assert redactor_of().text(told) == f"first {MARK}… second {MARK}… third {MARK}"


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("secret", ["abcdefghi", "???>>>~~~"])
def test_a_key_is_cut_out_of_base64_to_its_last_character(
    encode: Callable[[bytes], bytes], secret: str
) -> None:
    written = encode(f"abc{secret}abc".encode()).decode()
    assert redactor_of(secret).text(written) == f"YWJj{MARK}YWJj"


@pytest.mark.parametrize("form", FORMS)
def test_a_long_text_is_searched_like_a_short_one(form: str) -> None:
    before = "a word " * 2_000
    clean = redactor_of().text(before + FORMS[form](KEY))
    assert not shows(KEY, clean)
    assert clean.startswith(before) or clean == f"{MARK} {ALL_GONE}"
    assert redactor_of().text(before + KEY[:-1]) == before + MARK


@given(st.text())
def test_a_text_without_secrets_stays_as_it_is(text: str) -> None:
    assume("eyJ" not in text and "@" not in text)
    assert redactor_of().text(text) == text


@given(st.binary())
def test_a_body_without_secrets_stays_as_it_is(body: bytes) -> None:
    assume(b"eyJ" not in body and b"@" not in body)
    one = exchange(response_body=body)
    assert redactor_of().exchange(one) == one


@given(AROUND)
def test_redacting_again_changes_nothing(text: str) -> None:
    redactor = redactor_of()
    redactor.register(TOKEN, "a token")
    once = redactor.text(f"{text}{KEY}{text} {TOKEN} https://{text}@example.com {percent(KEY)}")
    assert redactor.text(once) == once


def test_the_longer_of_two_secrets_is_taken_out_whole() -> None:
    redactor = redactor_of()
    redactor.register(KEY + "x", "a near miss")
    assert redactor.text(f"{KEY}x {KEY}") == f"[redacted a near miss] {MARK}"


def test_the_first_label_stays() -> None:
    redactor = redactor_of()
    redactor.register(KEY, "a credential")
    assert redactor.text(KEY) == MARK


@pytest.mark.parametrize("word", ["", "abcde", "Bearer", "bearer", "ApiKey"])
def test_what_is_too_short_or_no_secret_is_not_looked_for(word: str) -> None:
    assert redactor_of(word).text(f"Say {word} here") == f"Say {word} here"


SPIKED = 'a"b/c\\d é😀z'
CUT_OUT: dict[str, Callable[[str], str]] = {
    **{name: form for name, form in FORMS.items() if name != "in JSON in JSON"},
    "form-encoded in lower case": lambda secret: quote_plus(secret).lower(),
    "form-encoded but for some": lambda secret: quote_plus(secret, safe='/"\\'),
    "with escaped slashes": lambda secret: json.dumps(secret)[1:-1].replace("/", "\\/"),
    "percent-encoded in full and upper case": lambda secret: percent(secret).upper(),
    "percent-encoded here and there": lambda secret: secret.replace("d", "%64").replace("é", "%C3%a9"),
    "in JSON in full and upper case": lambda secret: escaped(secret).upper().replace("U", "u"),
    "with Latin letters as in a script": lambda secret: (
        secret.replace("\\", "\\x5c").replace("z", "\\x7a").replace("é", "\\xE9")
    ),
    "as HTML entities in hex": lambda secret: "".join(f"&#x{ord(one):x};" for one in secret),
}


@pytest.mark.parametrize("form", CUT_OUT)
def test_a_secret_is_cut_out_and_the_text_around_it_stays(form: str) -> None:
    written = CUT_OUT[form](SPIKED)
    assert redactor_of(SPIKED).text(f"before {written} after") == f"before {MARK} after"


@pytest.mark.parametrize("secret", ["\udcff-not-utf-8", "not-utf-8-\ud83d"])
def test_a_secret_that_was_not_utf8_where_it_came_from_is_taken_out_as_well(secret: str) -> None:
    assert redactor_of(secret).text(f"before {secret} after") == f"before {MARK} after"


def test_the_whole_text_goes_when_a_secret_cannot_be_cut_out() -> None:
    mixed = twice(KEY).replace("rm_", "\\u0072%256d_", 1)
    clean = redactor_of().text(f"before {mixed} after")
    assert clean == f"{MARK} {ALL_GONE}"


def test_a_request_body_that_is_not_utf8_is_searched_too() -> None:
    one = exchange(request_body=b"\xff" + KEY.encode() + b"\x80")
    assert redactor_of().exchange(one).request_body == b"\xff" + MARK.encode() + b"\x80"


def test_a_body_that_is_not_utf8_is_searched_and_otherwise_kept() -> None:
    one = exchange(response_body=b"\xff\xfe" + KEY.encode() + b"\x80")
    assert redactor_of().exchange(one).response_body == b"\xff\xfe" + MARK.encode() + b"\x80"
    wide = exchange(response_body=KEY.encode("utf-16"))
    assert KEY.encode("utf-16-le") not in redactor_of().exchange(wide).response_body


def test_an_exchange_loses_nothing_but_secrets() -> None:
    one = exchange(request_headers=(("Authorization", f"Bearer {KEY}"), ("Accept", "a/b")), error="late")
    headers = (("Authorization", f"Bearer {MARK}"), ("Accept", "a/b"))
    assert redactor_of().exchange(one) == replace(one, request_headers=headers)


def test_what_a_check_says_is_redacted_too() -> None:
    said = finding(
        Outcome.FAILED, reason=KEY, expected=KEY, seen=f"x{KEY}", deviation=KEY, exchanges=("main-1",)
    )
    expected = replace(said, reason=MARK, expected=MARK, seen=f"x{MARK}", deviation=MARK)
    assert said.with_texts(redactor_of().text) == expected


def test_the_story_of_a_generated_case_is_redacted_line_by_line() -> None:
    said = finding(Outcome.FAILED, story=("create a room", f"close it with {KEY}"))
    assert said.with_texts(redactor_of().text).story == ("create a room", f"close it with {MARK}")


def test_secrets_may_be_registered_while_texts_are_redacted() -> None:
    redactor = Redactor()
    secrets = [f"secret-number-{number:04}" for number in range(200)]

    def register_and_use(secret: str) -> str:
        redactor.register(secret, LABEL)
        return redactor.text(f"<{secret}>")

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(register_and_use, secrets)) == {f"<{MARK}>"}
    assert not any(secret in redactor.text(" ".join(secrets)) for secret in secrets)


def test_a_whole_exchange_holds_no_trace_of_key_or_token() -> None:
    redactor = redactor_of()
    redactor.register(TOKEN, "a credential")
    forms = [form(text) for form in FORMS.values() for text in (KEY, TOKEN)]
    body = json.dumps(forms).encode()
    clean = redactor.exchange(exchange(request_body=body, response_body=body, error=" ".join(forms)))
    assert KEY not in everything(clean)
    assert SIGNATURE not in everything(clean)


PREFIXED = "rooms_dev_0123456789abcdef"
PUBLIC = "rooms_dev_"


@pytest.fixture
def spared() -> Redactor:
    redactor = Redactor()
    redactor.spare(PUBLIC)
    redactor.register(PREFIXED, LABEL)
    return redactor


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("keys begin with rooms_dev_", "keys begin with rooms_dev_"),
        ("keys begin with rooms_de", "keys begin with rooms_de"),
        ("rooms_dev_… (9 characters)", "rooms_dev_… (9 characters)"),
        (f"seen {PREFIXED[:12]}", f"seen {MARK}"),
        (f"seen {PREFIXED}", f"seen {MARK}"),
        ("rooms_dev_nobody", "rooms_dev_nobody"),
    ],
)
def test_what_a_key_begins_with_is_no_secret(spared: Redactor, text: str, clean: str) -> None:
    assert spared.text(text) == clean


@pytest.mark.parametrize(
    ("key", "prefix"),
    [
        (PREFIXED, PUBLIC),
        ("rooms_short", ""),
        ("0123456789abcdef", ""),
        ("a_b_0123456789abcdef_0", ""),
        ("", ""),
    ],
)
def test_the_public_prefix_of_a_key_leaves_a_secret_behind_it(key: str, prefix: str) -> None:
    assert public_prefix(key) == prefix


def test_a_credential_that_was_made_up_stays_readable_where_it_is_sent(spared: Redactor) -> None:
    spared.spare("tck-01234-nobody")
    spared.register("tck-01234-nobody", "a credential")
    sent = (("Authorization", "Bearer tck-01234-nobody"), ("authorization", f"Bearer {PREFIXED}"))
    one = exchange(request_headers=sent, response_body=b'{"error":"tck-01234 and tck-01234-nobody"}')
    clean = spared.exchange(one)
    assert clean.request_headers == (sent[0], ("authorization", f"Bearer {MARK}"))
    assert clean.response_body == one.response_body


def test_a_credential_of_which_nothing_is_known_is_taken_out_of_its_header(spared: Redactor) -> None:
    clean = spared.exchange(exchange(request_headers=(("Authorization", "Bearer strange"),)))
    assert clean.request_headers == (("Authorization", "Bearer [redacted]"),)


@given(KEYS.filter(lambda text: len(text) >= 12), st.integers(0, 300), st.integers(0, 300))
def test_nothing_of_a_key_is_left_where_the_beginning_of_a_text_was_cut(
    secret: str, before: int, after: int
) -> None:
    assume(not hidden(secret) and not secret.startswith("eyJ"))
    whole = "é" * before + secret + "ü" * after
    for told in apart(whole + "1", whole + "2") + apart("1" + whole, "2" + whole):
        clean = redactor_of(secret).text(f"seen {told} and more")
        assert not [at for at in range(len(secret) - 5) if secret[at : at + 6] in clean.replace(MARK, "")]


@pytest.mark.parametrize("unsigned_first", [True, False])
def test_a_token_without_its_signature_takes_no_claims_out_of_the_signed_one(unsigned_first):
    claims, signature = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJlbnZfMSJ9.", "c2lnbmF0dXJlLW9mLXRoZS1rZXk"
    redactor = Redactor()
    for sent in (claims, claims + signature) if unsigned_first else (claims + signature, claims):
        redactor.register(sent, "a credential")
    assert redactor.text(f"Bearer {claims}{signature}") == f"Bearer {claims}{SIGNATURE_GONE}"
    assert signature not in redactor.text(f"{signature} alone")
