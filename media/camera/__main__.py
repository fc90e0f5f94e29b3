"""
`python -m media.camera`: one camera, once. Reads its `Job`, tells `Told`, ends with the line.

Whoever started it starts it again; it keeps nothing between two tries.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys

import aioice.ice

from media import logs
from media.camera.job import Fault, Job, Told
from media.camera.sender import send
from media.camera.source import Camera, CameraError


def _say(told: Told) -> None:
    print(told.model_dump_json(), flush=True)


async def _run(job: Job, ended: asyncio.Event) -> Fault:
    camera = Camera(job.camera.get_secret_value(), sound=job.sound)
    over = asyncio.create_task(ended.wait())
    try:
        profile = await camera.open()
        sending = asyncio.create_task(send(camera, profile, job, lambda: _say(Told(state="live"))))
        await asyncio.wait((sending, over), return_when=asyncio.FIRST_COMPLETED)
        if not sending.done():
            sending.cancel()
            await asyncio.wait((sending,))
            return Fault.LOST
        return sending.result()
    except CameraError as error:
        return error.fault
    finally:
        over.cancel()
        camera.close()


async def _main() -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    line = await asyncio.to_thread(sys.stdin.readline)
    job = Job.model_validate_json(line)
    # Whoever started it may be gone without a word.
    loop.add_reader(sys.stdin, lambda: None if os.read(0, 1024) else ended.set())
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    _say(Told(state="ended", fault=await _run(job, ended)))


def main() -> None:
    """Run the process."""
    logs.configure()
    found = aioice.ice.get_host_addresses
    # The service may listen on loopback alone; aioice leaves it out (RFC 8445, 5.1.1.1).
    aioice.ice.get_host_addresses = lambda *a, **k: ["127.0.0.1", *found(*a, **k)]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the service decides
    asyncio.run(_main())
    sys.stdout.flush()
    os._exit(0)  # FFmpeg may wait for the camera in its thread


if __name__ == "__main__":
    main()
