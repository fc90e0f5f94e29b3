"""
What a forwarder asks a publisher for: packets that are missing (NACK), and keyframes (PLI).

Both are bounded: a packet is asked for a few times, a keyframe at most once per interval for all
who need one.
"""

from __future__ import annotations

from media.limits import Limits


class _Missing:
    __slots__ = ("due_s", "tries")

    def __init__(self, due_s: float) -> None:
        self.due_s = due_s
        self.tries = 0


class MissingPackets:
    """The gaps in what arrived of one track."""

    __slots__ = ("_limits", "_missing", "next_s")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._missing: dict[int, _Missing] = {}
        self.next_s = float("inf")
        """No request is due before this moment."""

    def __len__(self) -> int:
        return len(self._missing)

    def gap(self, first: int, end: int, now_s: float) -> bool:
        """
        Note that the packets *first* .. *end* - 1 did not come before a later one.

        Returns: False if that are too many to ask for; nothing is missing any more then, and a
        keyframe is what helps.
        """
        if len(self._missing) + end - first > self._limits.missing_max:
            self.clear()
            return False
        due_s = now_s + self._limits.reorder_s
        for extended in range(first, end):
            self._missing[extended] = _Missing(due_s)
        self.next_s = min(self.next_s, due_s)
        return True

    def arrived(self, extended: int) -> None:
        """The packet came after all, late or retransmitted."""
        if self._missing.pop(extended, None) is not None and not self._missing:
            self.next_s = float("inf")

    def clear(self) -> None:
        """Ask for nothing of what is missing."""
        self._missing.clear()
        self.next_s = float("inf")

    def due(self, highest: int, now_s: float) -> list[int]:
        """
        The packets to ask for now, in order; each counts as asked for.

        Args:
            highest: newest extended number that arrived.
            now_s: monotonic clock.

        Returns: extended numbers. Those asked for `nack_tries` times are given up.
        """
        limits = self._limits
        wanted: list[int] = []
        given_up: list[int] = []
        next_s = float("inf")
        for extended, missing in self._missing.items():
            if now_s >= missing.due_s and highest - extended >= limits.reorder_packets:
                if missing.tries >= limits.nack_tries:
                    given_up.append(extended)
                    continue
                missing.due_s = now_s + limits.nack_retry_s * (1 << missing.tries)
                missing.tries += 1
                wanted.append(extended)
            next_s = min(next_s, missing.due_s)
        for extended in given_up:
            del self._missing[extended]
        self.next_s = next_s
        return wanted


class KeyframePace:
    """
    When a PLI was last sent for any layer of a track.

    libwebrtc answers one with keyframes in all layers, so the others wait for what it brings.

    Args:
        gather_s: how long they wait.
    """

    __slots__ = ("gather_s", "sent_s")

    def __init__(self, gather_s: float) -> None:
        self.gather_s = gather_s
        self.sent_s = float("-inf")


class KeyframeRequests:
    """
    Keyframe requests for one layer, from all its subscribers, as few PLI.

    A request stands until a keyframe arrives: a lost PLI is repeated after the interval.
    """

    __slots__ = ("_interval_s", "_pace", "_sent_s", "wanted")

    def __init__(self, interval_s: float, pace: KeyframePace) -> None:
        self._interval_s = interval_s
        self._pace = pace
        self._sent_s = float("-inf")
        self.wanted = False

    def ask(self, now_s: float) -> bool:
        """Somebody needs a keyframe. Returns whether a PLI is to be sent at once."""
        self.wanted = True
        return self.due(now_s)

    def due(self, now_s: float) -> bool:
        """Whether a PLI is to be sent now; it counts as sent."""
        pace = self._pace
        if (
            not self.wanted
            or now_s - self._sent_s < self._interval_s
            or now_s - pace.sent_s < pace.gather_s
        ):
            return False
        self._sent_s = pace.sent_s = now_s
        return True

    def arrived(self) -> None:
        """A keyframe came."""
        self.wanted = False
