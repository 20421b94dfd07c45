"""Sends one request over HTTP and records the exchange before anybody judges it."""

import itertools
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import httpcore
import httpx

from tck.errors import BadGateway, Indeterminate, NoReply, Overloaded, Unreachable
from tck.recording.correlation import TRACEPARENT
from tck.recording.exchange import Exchange, Headers, Recorder
from tck.recording.redaction import JWT, Redactor
from tck.transport.body_reader import read_body, read_headers
from tck.transport.circuit_breaker import Outage
from tck.transport.deadline import obeying_deadlines, within
from tck.transport.event_stream import End, Enough, Listened, Stream, TooMuch, is_stream
from tck.transport.failures import Failure, failure_of
from tck.transport.in_flight import InFlight
from tck.transport.limits import Budget
from tck.transport.messages import Call, Reply
from tck.transport.rate_limiter import Pacer
from tck.transport.retry import TOO_MANY, WEATHER, Attempt, retry_pause, turns_away
from tck.transport.trace_context import new_traceparent
from tck.transport.way import Way
from tck.values.row import RowShape
from tck.waiting import PATIENCE, pause

NOTHING_SENT = (
    httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.UnsupportedProtocol, httpx.InvalidURL,
)  # fmt: skip
NO_REPLY = (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError, ValueError)
OF_EVERY_REQUEST = {
    "Connection": "keep-alive",
    "User-Agent": "sessions-tck",
    "Accept-Encoding": "identity",
    "Accept": "application/json",
}
SECRET_WORDS = ("token", "secret", "password", "apikey", "api_key")
"""Words in the names of the members of a reply whose texts are credentials, in lower case."""
REPLY_AWAITED = "http11.receive_response_headers.started"
"""What httpcore calls the moment at which a request has been sent whole."""
PROBE = "a look whether the target is back"


@dataclass(frozen=True)
class Timeline:
    """What one attempt brought: a response or the sentence why there is none."""

    status: int | None
    version: str
    headers: Headers
    body: bytes
    error: str
    sent_headers: Headers
    url: str
    started_at: float
    duration: float
    nothing_sent: bool = False
    timed_out: bool = False
    answered: bool = True
    """Whether at least the head of a response came."""
    advice: str = ""


@dataclass
class Client:
    """One process's kept-alive connections to the target; safe for threads. `timeout` is in seconds.

    Nothing is carried from one request to the next: a cookie that a reply sets is not sent back. That is why
    httpx's transport sends, and not its client. With `traced`, each request carries a traceparent of its own.
    """

    base_url: str
    timeout: float
    shape: RowShape
    redactor: Redactor
    recorder: Recorder
    budget: Budget
    pacer: Pacer
    name: str = "main"
    way: Way = field(default_factory=Way)
    traced: bool = True
    wait: Callable[[float], None] = pause
    outage: Outage = field(default_factory=Outage)
    in_flight: InFlight = field(default_factory=InFlight)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _http: httpx.HTTPTransport = field(init=False)

    def __post_init__(self) -> None:
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=32)
        self._http = obeying_deadlines(httpx.HTTPTransport(limits=limits, **self.way.for_one_target()))

    def close(self) -> None:
        self._http.close()

    def send(
        self,
        call: Call,
        check: str,
        *,
        repeatable: bool = True,
        closing: bool = False,
        idempotent: bool = False,
    ) -> Reply:
        """Send and record; raises Indeterminate when no reply says anything, NotTested for want of budget.

        Unless `repeatable`, a write that may have been carried out is never sent again; one that is
        `idempotent` is, whatever became of it. A request that is `closing` a session is, too; it may use what
        the budget keeps back.
        """
        if self.outage.holds and not self._answers_again():
            raise Unreachable(
                f"the target stopped answering: {self.outage.failures} requests in a row failed"
            )
        deadline = time.monotonic() + PATIENCE
        retries, doubtful, turned_away = 0, False, True
        while True:
            line = self._attempt(call, closing)
            exchange = self._record(call, check, line, retries)
            attempt = Attempt(line.status, line.headers, line.duration, line.timed_out)
            wait = retry_pause(call.method, attempt, retries, repeatable, idempotent or closing)
            if wait is None or time.monotonic() + wait > deadline:
                break
            doubtful = doubtful or line.status != TOO_MANY
            turned_away = turned_away and turns_away(attempt)
            if line.status == TOO_MANY:
                self.in_flight.asked_to_wait(wait)
            self.wait(wait)
            retries += 1
        self._took_note(call, line, retries, exchange, doubtful)
        return Reply(
            call, exchange, line.status or 0, line.headers, line.body, self.shape, retries,
            doubtful and call.method != "GET", turned_away and retries > 0,
        )  # fmt: skip

    def listen(self, call: Call, check: str, seconds: float, enough: Enough) -> Listened:
        """Subscribe and read events until there is `enough`, the stream ends, or the time is over.

        Raises Indeterminate when no reply says anything; a stream that breaks off is a reply.
        """
        deadline, retries = time.monotonic() + PATIENCE, 0
        while True:
            started, stream = time.monotonic(), Stream(enough)
            line, end = self._listened(call, seconds, stream)
            exchange = self._record(call, check, line, retries)
            attempt = Attempt(line.status, line.headers, line.duration, line.timed_out)
            wait = retry_pause(call.method, attempt, retries, repeatable=True)
            if wait is None or time.monotonic() + wait > deadline:
                break
            self.wait(wait)
            retries += 1
        self._took_note(call, line, retries, exchange, doubtful=False)
        reply = Reply(call, exchange, line.status or 0, line.headers, line.body, self.shape, retries)
        return Listened(reply, tuple(stream.events), end, started, time.monotonic())

    def _listened(self, call: Call, seconds: float, stream: Stream) -> tuple[Timeline, End]:
        """One attempt to subscribe, and how it ended."""
        self.budget.spend_request(False)
        self.wait(self.pacer.turn())
        request = self._request(call, max(self.timeout, seconds))
        started_at, started = time.time(), time.monotonic()
        line = Timeline(
            None, "HTTP/1.1", (), b"", "", tuple(request.headers.multi_items()), str(request.url),
            started_at, 0.0, answered=False,
        )  # fmt: skip
        end = End.CLOSED
        try:
            with within(self.timeout):
                response = self._http.handle_request(request)
            try:
                line = replace(line, answered=True, version=response.http_version)
                line = replace(line, headers=read_headers(response))
                if is_stream(response):
                    line = replace(line, status=response.status_code)
                    with within(seconds - (time.monotonic() - started)):
                        end = stream.read(response)
                else:
                    with within(self.timeout):
                        stream.body += read_body(response)
                line = replace(line, status=response.status_code)
            finally:
                response.close()
        except TooMuch:
            line, end = replace(line, error=str(End.TOO_MUCH)), End.TOO_MUCH
        except NO_REPLY as failure:
            line, end = self._cut_short(line, failure, self._failure(failure, request), stream.begun)
        return replace(line, body=bytes(stream.body), duration=time.monotonic() - started), end

    def _failure(self, failure: Exception, request: httpx.Request) -> Failure:
        if isinstance(failure, httpx.RequestError):
            failure.request = request  # which the transport does not know
        return failure_of(failure, self.timeout, self.way.proxy)

    @staticmethod
    def _cut_short(line: Timeline, failure: Exception, failed: Failure, begun: bool) -> tuple[Timeline, End]:
        """What a failure makes of a subscription: where the stream had begun, its end."""
        late = isinstance(failure, httpx.TimeoutException)
        if begun:
            end = End.OVER if late else End.BROKEN
            return replace(line, error="" if late else failed.said), end
        nothing_sent = isinstance(failure, NOTHING_SENT)
        return replace(
            line, error=failed.said, nothing_sent=nothing_sent, timed_out=late, advice=failed.advice
        ), End.BROKEN

    def abandon(self, call: Call, check: str) -> str:
        """Send a whole request and hang up before its reply can come; the exchange that recorded it."""
        line = self._attempt(call, closing=False, hang_up=True)
        return self._record(call, check, line, 0)

    def _took_note(self, call: Call, line: Timeline, retries: int, exchange: str, doubtful: bool) -> None:
        """Raise Indeterminate for an attempt that says nothing, and keep count of those.

        It is Unreachable only where none of the attempts can have reached the target.
        """
        if line.status is not None and line.status not in WEATHER:
            self.outage.answered()
            return
        self.outage.failed()
        if line.status is not None:
            after = f" after {retries} retries" if retries else ""
            told = turns_away(Attempt(line.status, line.headers, line.duration))
            kind = Indeterminate if line.status == TOO_MANY else Overloaded if told else BadGateway
            raise kind(f"{call.method} {call.path} answered {line.status}{after}", exchange)
        said = f"{call.method} {call.path}: {line.error}"
        if line.answered:
            raise Indeterminate(said, exchange)
        lost = Unreachable if line.nothing_sent and not doubtful else NoReply
        raise lost(said, exchange, line.advice, line.timed_out)

    def _answers_again(self) -> bool:
        return self.outage.may_look and self.answers()

    def answers(self) -> bool:
        """Whether the target answers a request for no operation; the answer ends or prolongs an outage."""
        call = Call("", "GET", "/")
        line = self._attempt(call, closing=True)
        self._record(call, PROBE, line, 0)
        if not line.answered or line.status in WEATHER:
            self.outage.failed()
            return False
        self.outage.answered()
        return True

    def _attempt(self, call: Call, closing: bool, hang_up: bool = False) -> Timeline:
        self.budget.spend_request(closing)
        self.wait(self.pacer.turn())
        request = self._request(call)
        if hang_up:
            request.extensions["trace"] = _hang_up_once_sent
        with self.in_flight.turn():
            line = self._sent(request, call.longest)
        if line.status is not None and line.status not in WEATHER:
            self.in_flight.answered(line.duration)
        return line

    def _sent(self, request: httpx.Request, longest: int | None) -> Timeline:
        started_at, started = time.time(), time.monotonic()
        status: int | None = None
        headers: Headers = ()
        version, body, failed = "HTTP/1.1", b"", Failure()
        nothing_sent, timed_out, answered = False, False, False
        try:
            with within(self.timeout):
                response = self._http.handle_request(request)
                answered = True
                try:
                    version = response.http_version
                    headers = read_headers(response)
                    body = read_body(response, longest)
                    status = response.status_code
                finally:
                    response.close()
        except NO_REPLY as failure:
            failed = self._failure(failure, request)
            nothing_sent = isinstance(failure, NOTHING_SENT)
            timed_out = isinstance(failure, httpx.TimeoutException)
        return Timeline(
            status, version, headers, body, failed.said, tuple(request.headers.multi_items()),
            str(request.url), started_at, time.monotonic() - started, nothing_sent, timed_out,
            answered, failed.advice,
        )  # fmt: skip

    def _request(self, call: Call, timeout: float | None = None) -> httpx.Request:
        own = {TRACEPARENT: new_traceparent()} if self.traced else {}
        own.update(self.way.headers)
        own.update(call.headers)
        if call.authorization is not None:
            own["Authorization"] = call.authorization
        if call.body is not None and call.content_type is not None:
            own["Content-Type"] = call.content_type
        headers = httpx.Headers(OF_EVERY_REQUEST)
        headers.update(own)
        content = _chunks(call.body) if call.chunked and call.body is not None else call.body
        seconds = httpx.Timeout(self.timeout if timeout is None else timeout).as_dict()
        request = httpx.Request(
            call.method, self.base_url + call.path, headers=headers, content=content,
            extensions={"timeout": seconds},
        )  # fmt: skip
        for name in (name for name, value in call.headers.items() if not value):
            del request.headers[name]
        return request

    def _record(self, call: Call, check: str, line: Timeline, retries: int) -> str:
        for token in tokens_in(line.body):
            self.redactor.register(token, "a token")
        exchange = self._exchange(call, check, line, retries)
        self.recorder.append(self.redactor.exchange(exchange))
        return exchange.id

    def _exchange(self, call: Call, check: str, line: Timeline, retries: int) -> Exchange:
        """The exchange as it was, secrets included."""
        return Exchange(
            id=f"{self.name}-{next(self._numbers)}",
            check=check,
            operation=call.operation,
            method=call.method,
            url=line.url,
            request_headers=self.way.without_values(line.sent_headers),
            request_body=call.body or b"",
            status=line.status,
            http_version=line.version,
            response_headers=line.headers,
            response_body=line.body,
            error=line.error,
            started_at=line.started_at,
            duration=line.duration,
            retries=retries,
        )


def _hang_up_once_sent(event: str, info: Any) -> None:  # noqa: ARG001 - httpcore's form
    if event == REPLY_AWAITED:
        raise httpcore.ReadError("the kit hung up before the reply")


def tokens_in(body: bytes) -> Iterator[str]:
    """What a reply hands out as credentials and does not look it, to be known before anything is kept."""
    if not _speaks_of_secrets(body.decode("latin-1")):
        return
    try:
        members = json.loads(body)
    except (ValueError, RecursionError):
        return
    if isinstance(members, dict):
        for name, value in members.items():
            if isinstance(value, str) and _speaks_of_secrets(name) and not JWT.fullmatch(value):
                yield value


def _speaks_of_secrets(text: str) -> bool:
    lower = text.lower()
    return any(word in lower for word in SECRET_WORDS)


def _chunks(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), 4096):
        yield body[start : start + 4096]
