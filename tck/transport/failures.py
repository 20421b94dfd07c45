"""Why no reply came, in words, and what the operator can do about it."""

from dataclasses import dataclass

import httpx

from tck.transport.proxies import Proxy

NOT_TEXT = "illegal request line"
"""What the HTTP library says of a reply whose first byte is no text: a frame of HTTP/2, or of TLS."""


@dataclass(frozen=True)
class Failure:
    """Why a request brought no reply; both are empty when it brought one, `advice` where none is known."""

    said: str = ""
    advice: str = ""


IN_TLS: tuple[tuple[tuple[str, ...], Failure], ...] = (
    (("certificate has expired",),
     Failure("the certificate of the server has expired", "have it renewed.")),
    (("certificate is not yet valid",),
     Failure("the certificate of the server is not yet valid",
             "set the clock of this machine, or have it renewed.")),
    (("Hostname mismatch", "IP address mismatch"),
     Failure("the certificate of the server is for another name",
             "give --base-url the name that the certificate is for.")),
    (("CERTIFICATE_VERIFY_FAILED",),
     Failure("the certificate of the server is signed by an authority that this machine does not trust",
             "name a file with the authority's certificate in --ca-file.")),
    (("CERTIFICATE_REQUIRED", "certificate required"),
     Failure("the server requires a client certificate", "give one with --client-cert and --client-key.")),
    (("HANDSHAKE_FAILURE",),
     Failure("the server refused the TLS handshake; it may require a client certificate",
             "if so, give one with --client-cert and --client-key.")),
    (("ALERT_UNKNOWN_CA", "ALERT_BAD_CERTIFICATE", "ALERT_CERTIFICATE_"),
     Failure("the server does not accept the client certificate",
             "give another one with --client-cert and --client-key.")),
    (("WRONG_VERSION_NUMBER",),
     Failure("the port does not speak TLS", "begin --base-url with http, or give it another port.")),
    (("NO_APPLICATION_PROTOCOL",),
     Failure("the port does not speak HTTP/1.1; it may speak HTTP/2 only",
             "give --base-url an address that takes HTTP/1.1.")),
)  # fmt: skip
"""What OpenSSL says, and what it means; the first that fits counts."""
NOT_HTTP = {
    "Receive buffer too long": "the head of the reply is longer than the kit reads",
    "Received server _SWITCH_UPGRADE": "the reply changes to another protocol, unasked",
    "illegal status line": "the reply does not begin as HTTP does",
    "illegal header line": "the reply has a header that HTTP does not know",
    "Server disconnected": "the connection was closed before a reply",
}
"""What the HTTP library says of a reply that it cannot read, by its beginning, and what it means."""
NO_CONNECTION = (httpx.ProxyError, httpx.ConnectError, httpx.ConnectTimeout)
UNKNOWN_NAME = (
    "Name or service not known",
    "No address associated",
    "nodename nor servname",
    "name resolution",
)


def failure_of(failure: Exception, timeout: float, proxy: Proxy | None = None) -> Failure:  # noqa: PLR0911
    """The failure that an exception of the HTTP library stands for; `timeout` is in seconds."""
    text = str(failure)
    for signs, meant in IN_TLS:
        if any(sign in text for sign in signs):
            return Failure(f"{meant.said}: {text}" if "VERIFY" in text else meant.said, meant.advice)
    if proxy is not None and isinstance(
        failure, httpx.ProxyError | httpx.ConnectError | httpx.ConnectTimeout
    ):
        return _of_proxy(failure, text, proxy)
    if isinstance(failure, httpx.TimeoutException):
        return Failure(
            f"no complete reply within {timeout:g} second{'' if timeout == 1 else 's'}",
            "give --base-url the address and port of the API, or raise --request-timeout.",
        )
    if NOT_TEXT in text:
        other = ("", "") if _is_https(failure) else (", or https", ", or begin it with https")
        return Failure(
            f"the port does not speak HTTP/1.1; it may speak HTTP/2 only{other[0]}",
            f"give --base-url an address that takes HTTP/1.1{other[1]}.",
        )
    if any(sign in text for sign in UNKNOWN_NAME):
        return Failure(f"the name is not known: {text}", "correct the name in --base-url.")
    if isinstance(failure, httpx.ConnectError):
        return Failure(f"no connection: {text}")
    words = next((words for sign, words in NOT_HTTP.items() if text.startswith(sign)), "")
    said = f"{words}: {text}" if words else text
    return Failure(said.rstrip(".") or type(failure).__name__)


def _of_proxy(failure: Exception, text: str, proxy: Proxy) -> Failure:
    except_it = "or except the target from it with NO_PROXY."
    if text.startswith("407"):
        return Failure(
            f"{proxy.shown} asks for a user name and a password (407)",
            f"set {proxy.variable} to its URL with both, {except_it}",
        )
    if isinstance(failure, httpx.ProxyError):
        return Failure(
            f"{proxy.shown} refused to connect: {text}", f"have it let the target through, {except_it}"
        )
    said = "it does not answer in time" if isinstance(failure, httpx.ConnectTimeout) else text
    return Failure(f"no connection to {proxy.shown}: {said}", f"correct {proxy.variable}, {except_it}")


def _is_https(failure: Exception) -> bool:
    return isinstance(failure, httpx.RequestError) and failure.request.url.scheme == "https"
