"""The headers by which an operator finds a request in the logs of the target."""

TRACEPARENT = "traceparent"
"""W3C Trace Context: the header that each request of the kit carries."""
OF_REPLIES = frozenset(
    {
        TRACEPARENT, "traceresponse", "x-request-id", "request-id", "x-correlation-id", "x-trace-id",
        "cf-ray", "x-amzn-trace-id", "x-amzn-requestid", "x-amz-request-id", "x-amz-cf-id",
        "x-cloud-trace-context", "x-b3-traceid", "x-vercel-id", "fly-request-id", "x-azure-ref",
        "x-ms-request-id", "x-served-by", "x-railway-request-id", "rndr-id",
    }
)  # fmt: skip
"""Headers, in lower case, with which servers and what stands before them name a request."""


def is_correlation(name: str) -> bool:
    """Whether a reply's header of this name says which request it is the reply to."""
    return name.lower() in OF_REPLIES
