"""
Which layers of a picture its publisher should go on sending: those that somebody shows. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from media.control import Layers, Report
from media.forwarding.choice import LARGEST
from media.forwarding.track import Track
from media.limits import Limits
from media.rooms.publisher import Publisher
from media.rooms.subscriber import Subscriber


class Resting:
    """
    The layers of one track that rest.

    The smallest one never does: it costs little, says that the camera is on, and is there for
    whoever looks next.

    Args:
        track: one with layers.
        limits: bounds.
        now_s: monotonic clock; all layers are sent at the start, and rest only after
            `layer_rest_s`.
    """

    def __init__(self, track: Track, limits: Limits, now_s: float) -> None:
        self._track = track
        self._limits = limits
        count = len(track.layers)
        self._shown_s = [now_s] * count
        self._began_s = [now_s] * count
        self._active = set(range(count))
        self._told = False

    @property
    def active(self) -> tuple[str, ...]:
        """Names of the layers that should be sent, small to large."""
        return tuple(rid for index, rid in enumerate(self._track.rids) if index in self._active)

    def look(self, tops: Iterable[int], now_s: float) -> bool:
        """
        See what is shown now.

        Args:
            tops: indexes of the layers that are wanted, one for each who shows the track; larger
                ones than there are: the largest.

        Returns: whether `active` changed, or was never told: what a browser rested for a track of
            before, it would not send for this one.
        """
        count = len(self._track.layers)
        self._shown_s[0] = now_s
        for top in {min(top, count - 1) for top in tops}:
            self._shown_s[top] = now_s
            best = self._track.choose(top)
            if best < top and now_s - self._began_s[top] > self._limits.layer_rest_s:
                # It is asked for and doesn't come: the publisher lacks bandwidth or time. What is
                # below stands in.
                for index in range(best, top):
                    self._shown_s[index] = now_s
        active = {i for i in range(count) if now_s - self._shown_s[i] < self._limits.layer_rest_s}
        for index in active - self._active:
            self._began_s[index] = now_s
        news = active != self._active or not self._told
        self._active, self._told = active, True
        return news


class RestingLayers:
    """
    The layers that rest in a room.

    Args:
        room: its name, for reports.
        emit: takes reports.
        limits: bounds.
    """

    def __init__(self, room: str, emit: Callable[[Report], None], limits: Limits) -> None:
        self._room = room
        self._emit = emit
        self._limits = limits
        self._known: dict[Track, Resting] = {}

    def look(
        self,
        publishers: Iterable[Publisher],
        subscribers: Iterable[Subscriber],
        composed: Callable[[Track], bool],
        now_s: float,
    ) -> None:
        """
        See what is shown now, and tell those publishers for whom that is news.

        Args:
            composed: whether a track is taken as large as it comes by somebody besides.
        """
        layered = [
            (publisher, kind, track)
            for publisher in publishers
            for kind, track in publisher.tracks.items()
            if kind != "sound" and track.rids
        ]
        tops: dict[Track, list[int]] = {}
        for subscriber in subscribers if layered else ():
            for _, subscription, wanted in subscriber.demands(now_s):
                if wanted is not None and subscription.track is not None:
                    tops.setdefault(subscription.track, []).append(wanted)
        before, self._known = self._known, {}
        for publisher, kind, track in layered:
            resting = before.get(track) or Resting(track, self._limits, now_s)
            self._known[track] = resting
            shown = tops.get(track, [])
            if resting.look([*shown, LARGEST] if composed(track) else shown, now_s):
                self._emit(
                    Layers(
                        room=self._room,
                        peer=publisher.peer_id,
                        kind=kind,
                        active=resting.active,
                    )
                )
