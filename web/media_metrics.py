"""How the media process is, as Prometheus reads it."""

from __future__ import annotations

from collections.abc import Callable

from media.vitals import Vitals
from web.metrics import Labels, Metrics


def add_media_metrics(metrics: Metrics, vitals: Callable[[], Vitals | None]) -> None:
    """Register them; *vitals* gives the newest report, None before the first."""

    def number(of: Callable[[Vitals], float]) -> Callable[[], dict[Labels, float]]:
        def read() -> dict[Labels, float]:
            now = vitals()
            return {} if now is None else {(): of(now)}

        return read

    metrics.add(
        "yishi_media_loop_late_seconds",
        "gauge",
        "How late the loop of the media process came, the worst of the last seconds.",
        number(lambda now: max(now.late_ms, default=0.0) / 1000),
    )
    metrics.add(
        "yishi_media_loop_starved_seconds",
        "gauge",
        "How long it was ready and other processes had the processors, the worst of the last "
        "seconds, in a tenth of a second.",
        number(lambda now: max(now.starved_ms, default=0.0) / 1000),
    )
    metrics.add(
        "yishi_media_tasks",
        "gauge",
        "Tasks of the media process.",
        number(lambda now: now.tasks),
    )
    metrics.add(
        "yishi_media_open_files",
        "gauge",
        "Files and sockets that the media process holds open.",
        number(lambda now: now.files),
    )
    metrics.add(
        "yishi_media_memory_bytes",
        "gauge",
        "Resident memory of the media process.",
        number(lambda now: now.memory),
    )
