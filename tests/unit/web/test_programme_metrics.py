"""Alarms of programmes for whoever runs the service."""

from __future__ import annotations

from signaling.wire.frames import AlarmView
from web.metrics import Metrics
from web.programme_metrics import KINDS, add_programme_metrics


def test_every_kind_of_alarm_has_its_series_also_when_nobody_has_it() -> None:
    metrics = Metrics()
    alarms = [AlarmView(kind="black", since_ms=1), AlarmView(kind="no_bytes", since_ms=2)] * 2
    add_programme_metrics(metrics, lambda: alarms, lambda: 3)
    lines = metrics.render().splitlines()
    assert 'yishi_programme_alarms{kind="black"} 2' in lines
    assert 'yishi_programme_alarms{kind="no_bytes"} 2' in lines
    assert 'yishi_programme_alarms{kind="disk_full"} 0' in lines
    assert sum(line.startswith("yishi_programme_alarms{") for line in lines) == len(KINDS)
    assert "yishi_programmes_recording 3.0" in lines
