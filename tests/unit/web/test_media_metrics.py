"""The newest report of the media process is what is read."""

from __future__ import annotations

from media.vitals import Vitals
from web.media_metrics import add_media_metrics
from web.metrics import Metrics


def read(vitals: Vitals | None) -> list[str]:
    metrics = Metrics()
    add_media_metrics(metrics, lambda: vitals)
    return [line for line in metrics.render().splitlines() if line.startswith("yishi_media")]


def test_before_the_first_report_nothing_is_said() -> None:
    assert read(None) == []


def test_the_worst_delay_and_what_is_held_are_said() -> None:
    vitals = Vitals(
        late_ms=(0.5, 12.0, 3.0),
        starved_ms=(0.0, 4.0, 1.0),
        tasks=9,
        files=40,
        memory=80_000_000,
    )
    assert read(vitals) == [
        "yishi_media_loop_late_seconds 0.012",
        "yishi_media_loop_starved_seconds 0.004",
        "yishi_media_tasks 9",
        "yishi_media_open_files 40",
        "yishi_media_memory_bytes 80000000",
    ]
