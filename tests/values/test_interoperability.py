"""What a server may be unable to carry, and what it must."""

import pytest

from tck.values.interoperability import is_exotic

EXOTIC = (
    rb'{"a": "x\u0000y"}', rb'{"a\u0000": 1}', rb'["\ud800"]', rb'["\udc00\ud800"]', b"[1e400]", b"[-1e-400]",
    b"9" * 400, b"[" * 300 + b"]" * 300, b'{"a": ' * 70 + b"1" + b"}" * 70, b"a\0b",
)  # fmt: skip
COMMON = (
    b"", b"{}", b"no JSON", rb'{"a": "\ud83d\ude00"}', "naïve 日本語 😀".encode().join([b'["', b'"]']),
    rb'["\\u0000 written out"]', b"[1e10, -0.5, 9007199254740991, 1.7976931348623157e30]",
    b"[" * 60 + b"]" * 60, b"[" + b"[]," * 500 + b"[]]", b"a\xff\xfe", b'"' + b"x" * 40_000 + b'"',
)  # fmt: skip


@pytest.mark.parametrize("body", EXOTIC, ids=range(len(EXOTIC)))
def test_what_not_all_stacks_carry_is_exotic(body: bytes) -> None:
    assert is_exotic(body)


@pytest.mark.parametrize("body", COMMON, ids=range(len(COMMON)))
def test_common_json_is_not(body: bytes) -> None:
    assert not is_exotic(body)


@pytest.mark.parametrize("path", ["/a%00b", "/a%ED%A0%80b", "/a%ed%bf%bfb"])
def test_an_address_may_be_exotic_too(path: str) -> None:
    assert is_exotic(None, path)
    assert not is_exotic(None, path.replace("%", ""))


def test_an_address_of_any_letters_is_not() -> None:
    assert not is_exotic(None, "/a%FF%FEb%25%2F%F0%9F%98%80%ED%95%9C")
