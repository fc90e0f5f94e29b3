"""How a room gets its peers: made by whoever assembles the process."""

from __future__ import annotations

from typing import Protocol

from media.peers.port import PeerEvents, PeerPort


class PeerFactory(Protocol):
    """Makes peers; nothing of them starts before `answer` or `offer` is called."""

    def publisher(self, events: PeerEvents) -> PeerPort:
        """A peer whose client offers and sends; it tells *events* what happens."""
        ...

    def subscriber(self, events: PeerEvents) -> PeerPort:
        """A peer to which we offer and send; it tells *events* what happens."""
        ...
