"""The directory of a service that is one process."""

from __future__ import annotations


class StaticNodes:
    """Adapter of `signaling.nodes.port.NodeDirectory`, in memory."""

    def __init__(self) -> None:
        self._hosts: dict[str, str] = {}

    async def claim(self, meeting: str, node: str) -> str:
        """See the port."""
        return self._hosts.setdefault(meeting, node)

    async def release(self, meeting: str, node: str) -> None:
        """See the port."""
        if self._hosts.get(meeting) == node:
            del self._hosts[meeting]
