"""
How good the lines of all meetings are, as Prometheus reads it.

Sums, means and the worst over everybody on a link now: labels are kinds, directions and layers,
never persons or meetings, so that the number of series does not grow with use.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import get_args

from signaling.wire.frames import CallTrack, CallView, Trouble
from web.metrics import Labels, Metrics

Lines = Callable[[], Iterable[CallView]]


def add_line_metrics(metrics: Metrics, lines: Lines) -> None:
    """Register them; *lines* gives everybody's line at this moment."""

    def tracks() -> list[CallTrack]:
        return [track for line in lines() for track in line.tracks]

    metrics.add(
        "yishi_link_lines",
        "gauge",
        "People on a video link, by what is the matter with their line.",
        lambda: _troubles(lines()),
    )
    metrics.add(
        "yishi_link_tracks",
        "gauge",
        "Tracks that arrive and are let through.",
        lambda: _by("kind", Counter[str](track.kind for track in tracks())),
    )
    metrics.add(
        "yishi_link_received_bits",
        "gauge",
        "Bit/s from publishers, by kind and layer (0 is the smallest).",
        lambda: _layers(tracks()),
    )
    metrics.add(
        "yishi_link_sent_bits",
        "gauge",
        "Bit/s to subscribers.",
        lambda: float(sum(line.bitrate for line in lines())),
    )
    metrics.add(
        "yishi_link_lost_ratio",
        "gauge",
        "Packets that did not arrive, by direction.",
        lambda: {
            **_spread([track.lost / 1000 for track in tracks()], ("direction", "up")),
            **_spread([line.lost / 1000 for line in lines()], ("direction", "down")),
        },
    )
    metrics.add(
        "yishi_link_round_trip_seconds",
        "gauge",
        "Round trip between people and the forwarder.",
        lambda: _spread(
            [line.round_trip_ms / 1000 for line in lines() if line.round_trip_ms is not None]
        ),
    )
    metrics.add(
        "yishi_link_jitter_seconds",
        "gauge",
        "Jitter of what arrives from publishers.",
        lambda: _spread([track.jitter_ms / 1000 for track in tracks()]),
    )
    metrics.add(
        "yishi_link_paused_pictures",
        "gauge",
        "Pictures held back because a line does not carry them.",
        lambda: float(sum(line.paused for line in lines())),
    )
    metrics.add(
        "yishi_link_concealed_ratio",
        "gauge",
        "Sound that pages had to make up in their last five seconds.",
        lambda: _spread([line.concealed / 1000 for line in lines()]),
    )


def _by(label: str, counts: Counter[str]) -> dict[Labels, float]:
    return {((label, key),): count for key, count in counts.items()}


def _troubles(lines: Iterable[CallView]) -> dict[Labels, float]:
    """Also the troubles that nobody has: a series that comes and goes can't be alerted on."""
    found = Counter({"none": 0, **dict.fromkeys(get_args(Trouble), 0)})
    found.update(line.trouble or "none" for line in lines)
    return _by("trouble", found)


def _layers(tracks: Iterable[CallTrack]) -> dict[Labels, float]:
    found: Counter[Labels] = Counter()
    for track in tracks:
        for layer, bits in enumerate(track.layers):
            found[("kind", track.kind), ("layer", str(layer))] += bits
    return dict(found)


def _spread(figures: Sequence[float], *labels: tuple[str, str]) -> dict[Labels, float]:
    """Mean and worst; nothing of nobody."""
    if not figures:
        return {}
    return {
        (*labels, ("stat", "mean")): sum(figures) / len(figures),
        (*labels, ("stat", "worst")): max(figures),
    }
