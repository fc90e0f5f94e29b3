"""
A service process, to be killed by `test_resume`.

Usage: python -m tests.integration.signaling.node DATABASE PORT; prints its URL once it answers.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from meetings.record.sqlite import SqliteRecord
from tests.integration.signaling.service import running


async def serve(database: Path, port: int) -> None:
    """Until killed."""
    async with running(record=SqliteRecord(database), port=port) as service:
        sys.stdout.write(f"{service.url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
