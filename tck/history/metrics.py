"""A history as OpenMetrics text, written by prometheus-client (the extra `metrics`)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from importlib import import_module
from typing import Any, Protocol

from tck.errors import KitError
from tck.history.digest import Digest
from tck.history.series import BAD, Series, series_of
from tck.history.store import Kept
from tck.reports.labels import VERDICTS

QUANTILES = {"p50": "0.5", "p95": "0.95", "p99": "0.99"}
LABELS = ("contract", "target")
EMBEDDED = "embedded reference"
"""The target of a run without --base-url, whose port is another one each time."""


class Family(Protocol):
    """A metric of prometheus-client."""

    samples: list[Any]

    def add_metric(self, labels: Sequence[str], value: Any, timestamp: float | None = None) -> None:
        """Add one value."""


def openmetrics(kept: Kept, backfill: bool = False) -> str:
    """The newest result of each contract; with `backfill` all results, each with the time of its run.

    Raises KitError where prometheus-client is not installed.
    """
    verify_installed()
    from prometheus_client import CollectorRegistry  # noqa: PLC0415 - an extra
    from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415
    from prometheus_client.openmetrics import exposition  # noqa: PLC0415

    def gauge(name: str, about: str, labels: Sequence[str] = (), unit: str = "") -> Family:
        made: Family = GaugeMetricFamily(f"sessions_tck_{name}", about, labels=[*LABELS, *labels], unit=unit)
        return made

    class Collector:
        def collect(self) -> Iterator[Any]:
            for family in _families(series_of(kept.nights), backfill, gauge):
                family.samples.sort(key=lambda one: sorted(one.labels.items()))  # each series in one piece
                yield family

    registry = CollectorRegistry(auto_describe=False)
    registry.register(Collector())
    generate: Any = exposition.generate_latest
    return bytes(generate(registry)).decode()


def verify_installed() -> None:
    """Raise KitError where prometheus-client is not installed."""
    try:
        import_module("prometheus_client")
    except ImportError:
        raise KitError("OpenMetrics need prometheus-client: pip install prometheus-client.") from None


def _families(series: Sequence[Series], backfill: bool, gauge: Any) -> Iterator[Family]:
    runs = [(digest, at) for one in series for digest, at in _runs(one, backfill)]
    yield _filled(gauge("run_timestamp", "When the run began", unit="seconds"), runs, _started)
    yield _filled(gauge("run_duration", "How long it took", unit="seconds"), runs, lambda one: one.duration)
    yield _filled(gauge("run_requests", "Requests that it sent"), runs, lambda one: one.requests)
    yield _filled(gauge("run_retries", "Requests that it sent again"), runs, lambda one: one.retries)
    yield _filled(gauge("run_sessions", "Sessions that it made"), runs, lambda one: one.sessions)
    yield _filled(gauge("run_sessions_open", "Sessions that it left open"), runs, lambda one: one.left_open)
    verdicts = gauge("verdict", "1 for the verdict of the run, 0 for the others", ["verdict"])
    outcomes = gauge("requirements", "Scored requirements by level and outcome", ["level", "outcome"])
    latency = gauge("latency", "How long replies took", ["operation", "quantile"], unit="seconds")
    kit = gauge("kit", "The version and digest of the kit that judged", ["version", "digest"])
    for one, at in runs:
        for name in VERDICTS:
            verdicts.add_metric([*_labels(one), name], int(name == one.verdict), at)
        for level, counts in one.counts.items():
            for outcome, number in counts.items():
                outcomes.add_metric([*_labels(one), level, outcome], number, at)
        for operation, found in one.latency.items():
            for share, quantile in QUANTILES.items():
                seconds = float(found[share]) / 1000  # type: ignore[literal-required]
                latency.add_metric([*_labels(one), operation, quantile], seconds, at)
        kit.add_metric([*_labels(one), one.kit, one.kit_digest[:12]], 1, at)
    yield from (verdicts, outcomes, latency, kit)
    yield from _requirements(series, gauge, backfill)


def _requirements(series: Iterable[Series], gauge: Any, backfill: bool) -> Iterator[Family]:
    """Each requirement that was broken in any run: whether it is now, and how often it flipped."""
    broken = gauge(
        "requirement_broken", "1 for a requirement that fails or deviates", ["requirement", "level"]
    )
    flips = gauge(
        "requirement_flips", "How often it went from held to broken or back", ["requirement", "level"]
    )
    for one in series:
        for row in one.rows:
            for digest, at in _runs(one, backfill) if row.failed else ():
                labels = [*_labels(digest), row.id, row.level]
                broken.add_metric(labels, int(digest.kinds.get(row.id) in BAD), at)
            if row.failed and not backfill:
                flips.add_metric([*_labels(one.last), row.id, row.level], row.flips)
    yield broken
    if not backfill:
        yield flips


def _runs(series: Series, backfill: bool) -> list[tuple[Digest, float | None]]:
    if not backfill:
        return [(series.last, None)]
    return [(one.digest, _started(one.digest)) for one in series.nights if one.digest is not None]


def _filled(family: Family, runs: Sequence[tuple[Digest, float | None]], value: Any) -> Family:
    for one, at in runs:
        family.add_metric(_labels(one), value(one), at)
    return family


def _labels(one: Digest) -> list[str]:
    return [one.contract, EMBEDDED if one.embedded else one.target]


def _started(one: Digest) -> float:
    return datetime.fromisoformat(one.started_at).timestamp()
