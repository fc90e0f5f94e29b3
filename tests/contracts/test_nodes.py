"""What every directory of nodes does: one meeting, one host."""

from __future__ import annotations

import asyncio

import pytest

from signaling.nodes.port import NodeDirectory
from signaling.nodes.static import StaticNodes

DIRECTORIES = [pytest.param(StaticNodes, id="static")]


@pytest.fixture(params=DIRECTORIES)
def nodes(request: pytest.FixtureRequest) -> NodeDirectory:
    """A fresh directory of each kind."""
    made: NodeDirectory = request.param()
    return made


def test_the_first_node_that_asks_hosts_the_meeting(nodes: NodeDirectory) -> None:
    """A second node is told who hosts; asking again changes nothing; meetings are apart."""

    async def scenario() -> None:
        assert await nodes.claim("m", "a") == "a"
        assert await nodes.claim("m", "b") == "a"
        assert await nodes.claim("m", "a") == "a"
        assert await nodes.claim("n", "b") == "b"

    asyncio.run(scenario())


def test_a_released_meeting_can_be_claimed_by_another(nodes: NodeDirectory) -> None:
    """Only its host can release it."""

    async def scenario() -> None:
        await nodes.claim("m", "a")
        await nodes.release("m", "b")
        assert await nodes.claim("m", "b") == "a"
        await nodes.release("m", "a")
        assert await nodes.claim("m", "b") == "b"
        await nodes.release("unknown", "b")

    asyncio.run(scenario())
