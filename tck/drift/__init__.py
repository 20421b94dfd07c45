"""Whether the vendor's published documents are still those that a contract was written from."""

from tck.drift.published import verified
from tck.drift.report import Drift, drift, facts_now

__all__ = ["Drift", "drift", "facts_now", "verified"]
