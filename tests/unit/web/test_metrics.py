"""Metrics as text."""

from __future__ import annotations

from web.metrics import Metrics


def test_numbers_are_read_when_somebody_asks() -> None:
    """A gauge shows the value of this moment."""
    metrics, seen = Metrics(), [1.0]
    metrics.add("yishi_x", "gauge", "X.", lambda: seen[0])
    assert "\nyishi_x 1.0\n" in metrics.render()
    seen[0] = 2.0
    assert "\nyishi_x 2.0\n" in metrics.render()


def test_labels_are_escaped() -> None:
    """A label can't break out of its line."""
    metrics = Metrics()
    metrics.add("yishi_x", "counter", "X.", lambda: {(("a", 'q"\n\\'),): 3})
    assert 'yishi_x{a="q\\"\\n\\\\"} 3' in metrics.render()


def test_requests_are_counted_by_route_and_status() -> None:
    """Each metric has its type and its help."""
    metrics = Metrics()
    metrics.requests["/r/{code}", 200] += 2
    text = metrics.render()
    assert "# TYPE yishi_http_requests_total counter" in text
    assert 'yishi_http_requests_total{route="/r/{code}",status="200"} 2' in text
