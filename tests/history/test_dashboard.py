"""The example dashboard: Grafana's own model of a dashboard takes it, and it asks for what there is."""

import json
import re
from typing import Any

import pytest

from tck.history.metrics import openmetrics
from tck.paths import ROOT
from tests.support.made_nights import ninety

DASHBOARD = ROOT / "docs" / "grafana-dashboard.json"
METRIC = re.compile(r"sessions_tck_[a-z_]+")


@pytest.fixture(scope="module")
def dashboard() -> dict[str, Any]:
    return json.loads(DASHBOARD.read_text(encoding="utf-8"))


def lost(given: Any, taken: Any, path: str = "") -> list[str]:
    """The places of a document that are not in another one, or differ there."""
    if isinstance(given, dict) and isinstance(taken, dict):
        return [one for key in given for one in lost(given[key], taken.get(key), f"{path}/{key}")]
    if isinstance(given, list) and isinstance(taken, list) and len(given) == len(taken):
        return [
            one
            for number, pair in enumerate(zip(given, taken, strict=True))
            for one in lost(*pair, f"{path}/{number}")
        ]
    return [] if given == taken else [path]


def as_grafana_takes_it(document: dict[str, Any]) -> Any:
    """A dashboard through the classes that Grafana generates from its schema (of Grafana 10.1)."""
    model = pytest.importorskip(
        "grafana_foundation_sdk.models.dashboard", reason="see tests/requirements.txt"
    )
    plugins = pytest.importorskip("grafana_foundation_sdk.cog.plugins")
    encoder = pytest.importorskip("grafana_foundation_sdk.cog.encoder")
    plugins.register_default_plugins()
    return json.loads(encoder.JSONEncoder().encode(model.Dashboard.from_json(document)))


def test_grafana_knows_every_member(dashboard):
    assert lost(dashboard, as_grafana_takes_it(dashboard)) == []


def test_a_member_that_grafana_does_not_know_is_found(dashboard):
    """So the check above can fail."""
    changed = {**dashboard, "panels": [{**dashboard["panels"][0], "girdPos": {}}, *dashboard["panels"][1:]]}
    assert lost(changed, as_grafana_takes_it(changed)) == ["/panels/0/girdPos"]


def test_it_asks_for_metrics_that_there_are(dashboard):
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    queries += [one["query"] for one in dashboard["templating"]["list"]]
    asked = {name for query in queries for name in METRIC.findall(query)}
    given = set(METRIC.findall(openmetrics(ninety())))
    assert len(asked) > 8
    assert asked <= given


def test_panels_lie_beside_one_another(dashboard):
    taken = set()
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        fields = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not fields & taken
        assert max(x for x, _ in fields) < 24
        taken |= fields
