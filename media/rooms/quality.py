"""
How good the lines of a room are, read off counters that others keep. Nothing is counted for this
but what feedback tells anyway.
"""

from __future__ import annotations

from collections.abc import Iterable

from media.control import PeerQuality, TrackQuality
from media.forwarding.track import Track
from media.rooms.publisher import Publisher
from media.rooms.subscriber import Subscriber


class Meter:
    """Remembers what each subscriber had been sent at the last look, to tell bits a second."""

    def __init__(self) -> None:
        self._sent: dict[str, tuple[int, float]] = {}

    def look(
        self, publishers: Iterable[Publisher], subscribers: Iterable[Subscriber], now_s: float
    ) -> tuple[PeerQuality, ...]:
        """Tell how all are, of those that are connected."""
        receiving = [one for one in subscribers if one.connected]
        sent = {one.peer_id: (_octets(one), now_s) for one in receiving}
        found = [_sender(one, now_s) for one in publishers if one.connected]
        found += [self._receiver(one, *sent[one.peer_id]) for one in receiving]
        self._sent = sent
        return tuple(found)

    def _receiver(self, subscriber: Subscriber, octets: int, now_s: float) -> PeerQuality:
        before, then_s = self._sent.get(subscriber.peer_id, (octets, now_s))
        passed_s = now_s - then_s
        shown = [
            subscription
            for _, subscription, layer in subscriber.demands(now_s)
            if layer is not None
            and subscription.track is not None
            and subscription.track.live(now_s)
        ]
        counters = subscriber.egress.counters
        return PeerQuality(
            peer=subscriber.peer_id,
            sends=False,
            round_trip_ms=counters.round_trip_ms,
            bitrate=round(max(0, octets - before) * 8 / passed_s) if passed_s > 0 else 0,
            lost=_permille(counters.lost),
            estimate=subscriber.flow.estimate_bps,
            pictures=len(shown),
            paused=sum(1 for one in shown if one.wished is None),
        )


def _sender(publisher: Publisher, now_s: float) -> PeerQuality:
    tracks = publisher.tracks.values()
    return PeerQuality(
        peer=publisher.peer_id,
        sends=True,
        tracks=tuple(_track(track, now_s) for track in tracks if track.live(now_s)),
    )


def _track(track: Track, now_s: float) -> TrackQuality:
    rates = track.rates(now_s)
    arriving = [layer for layer in track.layers if layer.live(now_s)]
    return TrackQuality(
        kind=track.kind,
        bitrate=sum(rates),
        lost=_permille(max(layer.lost for layer in arriving)),
        jitter_ms=max(layer.jitter_ms for layer in arriving),
        layers=rates,
    )


def _octets(subscriber: Subscriber) -> int:
    return sum(one.counters.octets for one in subscriber.subscriptions)


def _permille(fraction: int) -> int:
    """Of a fraction lost in 1/256 (RFC 3550, 6.4.1)."""
    return round(fraction * 1000 / 256)
