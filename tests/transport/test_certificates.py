"""TLS with a real authority: whom the kit trusts, what it shows of itself, and a sentence for each refusal."""

import datetime as dt
import ssl

import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from tck.errors import KitError
from tck.transport.certificates import Certificates
from tck.transport.way import way_to
from tests.support.look_at import Eye
from tests.support.rogue import Rogue
from tests.support.stand_ins import replying, serving
from tests.support.trigger_server import KEY

SECRETS = {"TRIGGER_SECRET_KEY": KEY}


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def files(authority, tmp_path_factory):
    """PEM files: the authority, a client's certificate and key apart and together, and one of another authority."""
    folder = tmp_path_factory.mktemp("pem")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    for name, ca in (("client", authority), ("stranger", trustme.CA())):
        leaf = ca.issue_cert(f"{name}@example.com")
        leaf.private_key_and_cert_chain_pem.write_to_path(folder / f"{name}.pem")
        leaf.private_key_pem.write_to_path(folder / f"{name}.key")
        leaf.cert_chain_pems[0].write_to_path(folder / f"{name}.crt")
    (folder / "text.pem").write_text("hello")
    return folder


def served(leaf, wants=None, version=ssl.TLSVersion.TLSv1_3):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    context.maximum_version = version
    if wants is not None:
        wants.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
    return Rogue(lambda plain: context.wrap_socket(plain, server_side=True))


def refusal(rogue, folder, certificates=None, host="127.0.0.1", **environment):
    url = rogue.at("honest").replace("http://127.0.0.1", f"https://{host}")
    way = way_to(url, certificates or Certificates(), environment)
    return Eye(folder, SECRETS).refusal(url, way=way)


def test_an_authority_is_trusted_by_option_and_by_each_variable_on_loopback_too(authority, files, tmp_path):
    ca = str(files / "ca.pem")
    with served(authority.issue_cert("127.0.0.1")) as rogue:
        assert "signed by an authority that this machine does not trust" in refusal(rogue, tmp_path)
        for variable in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            assert refusal(rogue, tmp_path, **{variable: ca}) == "", variable
        assert refusal(rogue, tmp_path, Certificates(ca_file=files / "ca.pem")) == ""


def test_an_untrusted_certificate_is_told_with_the_option(authority, tmp_path):
    with served(authority.issue_cert("127.0.0.1")) as rogue:
        assert refusal(rogue, tmp_path).endswith("name a file with the authority's certificate in --ca-file.")
        assert not rogue.bearers


def test_an_expired_certificate_is_told(authority, files, tmp_path):
    long_ago = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    leaf = authority.issue_cert("127.0.0.1", not_before=long_ago - dt.timedelta(1), not_after=long_ago)
    with served(leaf) as rogue:
        said = refusal(rogue, tmp_path, Certificates(ca_file=files / "ca.pem"))
    assert "the certificate of the server has expired" in said
    assert said.endswith("have it renewed.")


def test_a_certificate_for_another_name_is_told(authority, files, tmp_path):
    with served(authority.issue_cert("sessions.example.com")) as rogue:
        for host in ("127.0.0.1", "localhost"):
            said = refusal(rogue, tmp_path, Certificates(ca_file=files / "ca.pem"), host)
            assert "the certificate of the server is for another name" in said
            assert said.endswith("give --base-url the name that the certificate is for.")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_server_that_requires_a_certificate_is_told_and_served_with_one(
    authority, files, tmp_path, version
):
    ca = files / "ca.pem"
    with served(authority.issue_cert("127.0.0.1"), authority, version) as rogue:
        said = refusal(rogue, tmp_path, Certificates(ca_file=ca))
        assert "a client certificate" in said
        assert said.endswith("give one with --client-cert and --client-key.")
        assert refusal(rogue, tmp_path, Certificates(ca, files / "client.pem")) == ""
        assert refusal(rogue, tmp_path, Certificates(ca, files / "client.crt", files / "client.key")) == ""
        wrong = refusal(rogue, tmp_path, Certificates(ca, files / "stranger.pem"))
        assert "the server does not accept the client certificate" in wrong


def test_a_port_without_tls_is_told(tmp_path):
    with serving(replying(200)) as (url, _):
        said = Eye(tmp_path, SECRETS).refusal(url.replace("http:", "https:"))
    assert "the port does not speak TLS" in said
    assert said.endswith("begin --base-url with http, or give it another port.")


@pytest.mark.parametrize(
    ("names", "environment", "sentence"),
    [
        (("none.pem",), {}, r"^--ca-file=\S*none.pem cannot be read\.$"),
        (("text.pem",), {}, r"^--ca-file=\S*text.pem holds no certificate of an authority; it must be a PEM file\.$"),
        ((), {"SSL_CERT_FILE": "none.pem"}, r"^SSL_CERT_FILE=\S*none.pem cannot be read\.$"),
        ((), {"REQUESTS_CA_BUNDLE": "text.pem"}, r"^REQUESTS_CA_BUNDLE=\S*text.pem holds no certificate"),
        ((None, "none.pem"), {}, r"^--client-cert=\S*none.pem cannot be read\.$"),
        ((None, "client.crt", "none.pem"), {}, r"^--client-key=\S*none.pem cannot be read\.$"),
        ((None, "client.crt", "stranger.key"), {}, r"^--client-cert=\S*client.crt cannot be used: the key belongs to another certificate"),
        ((None, "client.crt"), {}, r"cannot be used: it must be a PEM file with a certificate, and its key there or in --client-key\.$"),
        ((None, None, "client.key"), {}, r"^--client-key needs --client-cert"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_a_sentence(files, names, environment, sentence):
    named = {variable: str(files / name) for variable, name in environment.items()}
    with pytest.raises(KitError, match=sentence):
        way_to("https://x.example", Certificates(*(name and files / name for name in names)), named)


def test_an_encrypted_key_needs_its_passphrase_from_the_environment(files, tmp_path):
    key = tmp_path / "locked.key"
    opened = serialization.load_pem_private_key((files / "client.key").read_bytes(), None)
    locked = serialization.BestAvailableEncryption(b"four")
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    key.write_bytes(opened.private_bytes(*form, locked))
    certificates = Certificates(client_cert=files / "client.crt", client_key=key)
    way_to("https://x.example", certificates, {"TCK_CLIENT_KEY_PASSPHRASE": "four"})
    with pytest.raises(KitError, match=r"its key is encrypted; set TCK_CLIENT_KEY_PASSPHRASE\.$"):
        way_to("https://x.example", certificates, {})
    with pytest.raises(KitError, match=r"its key opens with another passphrase"):
        way_to("https://x.example", certificates, {"TCK_CLIENT_KEY_PASSPHRASE": "wrong"})
