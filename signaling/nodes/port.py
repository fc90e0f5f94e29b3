"""The port. One contract suite: `tests/contracts/test_nodes.py`."""

from __future__ import annotations

from typing import Protocol


class NodeDirectory(Protocol):
    """One node hosts a meeting's media at a time; the first that asks becomes it."""

    async def claim(self, meeting: str, node: str) -> str:
        """
        Host *meeting* on *node*, unless another node does. Again: no change.

        Returns: the node that hosts it.
        """
        ...

    async def release(self, meeting: str, node: str) -> None:
        """*node* no longer hosts *meeting*; if it never did: no effect."""
        ...
