"""How a room gets its peers: made by whoever assembles the process."""

from __future__ import annotations

from typing import Literal, Protocol

from media.peers.port import PeerEvents, PeerPort


class MakePeer(Protocol):
    """Makes a peer; nothing of it starts before `answer` or `offer` is called."""

    def __call__(self, events: PeerEvents, kind: Literal["publisher", "subscriber"]) -> PeerPort:
        """A peer that tells *events* what happens."""
        ...
