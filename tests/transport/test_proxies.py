"""Proxies: which variable counts, what NO_PROXY excepts, and what is told of one that refuses or is dead."""

import pytest

from reference.serving import Server
from reference.trigger import TriggerReference
from tck.errors import KitError
from tck.transport.certificates import Certificates
from tck.transport.proxies import proxy_to
from tck.transport.way import way_to
from tests.support.http_proxy import HttpProxy
from tests.support.look_at import Eye
from tests.support.stand_ins import closed_port
from tests.support.trigger_server import KEY, KEYS

URL = "https://sessions.example.com"
PROXY = {"HTTPS_PROXY": "http://proxy:3128"}
SECRETS = {"TRIGGER_SECRET_KEY": KEY}
PASSWORD = "hunter2-secret"


@pytest.mark.parametrize(
    ("environment", "found"),
    [
        ({}, None),
        (PROXY, ("http://proxy:3128", "HTTPS_PROXY")),
        ({"HTTP_PROXY": "http://proxy:3128"}, None),
        ({"https_proxy": "proxy:1", **PROXY}, ("http://proxy:1", "https_proxy")),
        ({"ALL_PROXY": "https://all:1"}, ("https://all:1", "ALL_PROXY")),
        ({"HTTPS_PROXY": "", "all_proxy": "http://all:1"}, ("http://all:1", "all_proxy")),
    ],
)
def test_the_variable_for_the_scheme_counts_before_the_one_for_all(environment, found):
    proxy = proxy_to(URL, environment)
    assert (proxy and (proxy.url, proxy.variable)) == found


@pytest.mark.parametrize("url", ["http://127.0.0.1:80", "http://localhost", "http://[::1]:8000"])
def test_none_leads_to_this_machine(url):
    assert proxy_to(url, {"http_proxy": "http://proxy:1"}) is None


@pytest.mark.parametrize(
    ("url", "excepted", "through"),
    [
        (URL, "*", False),
        (URL, "example.com", False),
        (URL, ".example.com", False),
        (URL, "*.example.com", False),
        (URL, "ample.com", True),
        (URL, "sessions.example.com:443", False),
        (URL, "sessions.example.com:8443", True),
        (URL, "localhost, 127.0.0.1 ,SESSIONS.example.com.", False),
        (URL, "https://sessions.example.com", False),
        (URL, "10.0.0.0/8 [::1] fe80::/10 ::1", True),
        ("https://10.1.2.3:8443", "10.0.0.0/8", False),
        ("https://10.1.2.3:8443", "10.1.2.4,10.1.2.0/30", False),
        ("https://10.1.2.3:8443", "10.1.2.3:443", True),
        ("https://[fd00::5]", "[fd00::5]", False),
        ("https://[fd00::5]", "[fd00::5]:443", False),
        ("https://[fd00::5]", "fd00:0::5", False),
        ("https://[fd00::5]", "fd00::/8", False),
        ("https://[fd00::5]", "[fd00::]/8,[::1]", False),
        ("https://[fd00::5]", "fe80::/10,::1,10.0.0.0/8", True),
        (URL, "", True),
    ],
)
def test_no_proxy_is_understood_in_all_its_forms(url, excepted, through):
    assert (proxy_to(url, {**PROXY, "NO_PROXY": excepted}) is not None) == through


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"HTTPS_PROXY": "ftp://proxy"}, "^HTTPS_PROXY is not the URL of a proxy that the kit can use; it can use http, https"),
        ({"HTTPS_PROXY": "http://"}, "^HTTPS_PROXY is not the URL of a proxy"),
        ({"HTTPS_PROXY": "http://proxy:port"}, "^HTTPS_PROXY is not a URL"),
        ({**PROXY, "NO_PROXY": "example.com,10.0.0.0/99"}, "^NO_PROXY holds '10.0.0.0/99', which is not a network"),
        ({**PROXY, "no_proxy": "*,a/b"}, "^no_proxy holds 'a/b', which is not a network"),
    ],
)  # fmt: skip
def test_a_variable_that_cannot_be_read_is_a_sentence(environment, sentence):
    with pytest.raises(KitError, match=sentence):
        proxy_to(URL, environment)


def test_socks_without_its_package_is_a_sentence_without_the_password(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(KitError) as error:
        proxy_to(URL, {"ALL_PROXY": f"socks5://me:{PASSWORD}@proxy:1080"})
    assert "the proxy socks5://proxy:1080 (ALL_PROXY) is a SOCKS proxy" in str(error.value)
    assert "pip install socksio" in str(error.value)
    assert PASSWORD not in str(error.value)


# Real proxies


@pytest.fixture
def served(tmp_path):
    """A reference under a name off loopback, which the proxies of these tests lead to loopback."""
    with Server(TriggerReference(tmp_path / "rows.sqlite", KEYS).app()) as url:
        yield url.replace("127.0.0.1", "sessions.example.com")


def look(folder, url, proxy):
    eye = Eye(folder, SECRETS)
    return eye, eye.looks(url, way=way_to(url, Certificates(), {"HTTP_PROXY": proxy}))


def test_a_target_behind_a_proxy_is_judged(served, tmp_path):
    with HttpProxy() as proxy:
        _, looks = look(tmp_path, served, proxy.url)
    assert [one for one in looks.values() if one.refusal] == []
    assert looks["session"].found == "a create is answered with 201"
    assert proxy.seen[0].startswith(f"GET {served}/api/v1/sessions/tck-")


def test_a_proxy_with_the_right_password_is_passed(served, tmp_path):
    with HttpProxy(password=PASSWORD) as proxy:
        eye, looks = look(tmp_path, served, f"http://me:{PASSWORD}@{proxy.address}")
    assert looks["session"].found == "a create is answered with 201"
    assert PASSWORD not in str(eye.kept)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_wants_a_password_is_named_without_it(served, tmp_path, scheme):
    url = served.replace("http:", f"{scheme}:")
    with HttpProxy(password=PASSWORD) as proxy:
        eye = Eye(tmp_path, SECRETS)
        wrong = {f"{scheme}_proxy": f"http://me:not-{PASSWORD}@{proxy.address}"}
        said = eye.refusal(url, way=way_to(url, Certificates(), wrong))
    assert (
        f"the proxy http://{proxy.address} ({scheme}_proxy) asks for a user name and a password (407)" in said
    )
    assert f"set {scheme}_proxy to its URL with both" in said
    assert PASSWORD not in said


def test_a_proxy_that_refuses_to_connect_is_named(tmp_path):
    url = "https://sessions.example.com"
    with HttpProxy(refusing=403) as proxy:
        said = Eye(tmp_path, SECRETS).refusal(
            url, way=way_to(url, Certificates(), {"HTTPS_PROXY": proxy.url})
        )
    assert f"the proxy {proxy.url} (HTTPS_PROXY) refused to connect: 403 Forbidden" in said


def test_a_proxy_that_answers_with_a_page_of_its_own_is_named(served, tmp_path):
    with HttpProxy(refusing=403) as proxy:
        _, looks = look(tmp_path, served, proxy.url)
    assert "refused the key with 403, as it does without any key" in looks["key"].refusal
    assert f"or the proxy {proxy.url} (HTTP_PROXY) refuses, which NO_PROXY avoids" in looks["key"].refusal


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_dead_proxy_is_named(tmp_path, scheme):
    url, proxy = f"{scheme}://sessions.example.com", f"http://me:{PASSWORD}@127.0.0.1:{closed_port()}"
    said = Eye(tmp_path, SECRETS).refusal(url, way=way_to(url, Certificates(), {f"{scheme}_proxy": proxy}))
    assert f"no connection to the proxy http://{proxy.partition('@')[2]} ({scheme}_proxy)" in said
    assert said.endswith(f"correct {scheme}_proxy, or except the target from it with NO_PROXY.")
    assert PASSWORD not in said
