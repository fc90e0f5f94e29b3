"""How the programmes of all meetings are, as Prometheus reads it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import get_args

from media.control import AlarmKind
from signaling.wire.frames import AlarmView
from web.metrics import Labels, Metrics

KINDS = (*get_args(AlarmKind), "no_bytes")


def add_programme_metrics(
    metrics: Metrics, alarms: Callable[[], Iterable[AlarmView]], recording: Callable[[], int]
) -> None:
    """
    Register them.

    Args:
        alarms: of all meetings at this moment.
        recording: how many programmes are being written.
    """

    def by_kind() -> dict[Labels, float]:
        """Also those that nobody has: a series that comes and goes can't be alerted on."""
        found = Counter({**dict.fromkeys(KINDS, 0), **Counter(one.kind for one in alarms())})
        return {(("kind", kind),): count for kind, count in found.items()}

    metrics.add(
        "yishi_programme_alarms",
        "gauge",
        "Meetings whose programme has this the matter with it.",
        by_kind,
    )
    metrics.add(
        "yishi_programmes_recording",
        "gauge",
        "Programmes whose bytes were written to the disk in the last moment.",
        lambda: float(recording()),
    )
