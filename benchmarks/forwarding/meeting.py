"""
Prints how much of a core the media process takes for a meeting of ten who see each other: one has
the floor and sends 720p, the nine others thumbnails, as their larger layers are paused; everybody
sends sound.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence

import uvloop

from benchmarks.forwarding import machine
from benchmarks.forwarding.clients import (
    LARGE,
    THUMBNAIL,
    LoadPublisher,
    LoadSubscriber,
    report,
    use_cipher,
)
from media.child import ChildMediaPlane
from media.control import Allow, Answer, Offered, OpenRoom, Publish, Subscribe
from media.peers.peer import PeerMaker
from media.settings import MediaSettings

PEOPLE = 10
AIM = 0.5
WARM_UP_S = 3.0
_PLACE = MediaSettings(addresses=("127.0.0.1",))


async def _answer(plane: ChildMediaPlane, receivers: dict[str, LoadSubscriber]) -> None:
    async for said in plane.reports():
        if isinstance(said, Offered):
            sdp = await receivers[said.peer].peer.answer(said.sdp)
            await plane.request(Answer(peer=said.peer, offer=said.offer, sdp=sdp))


async def _connect(
    plane: ChildMediaPlane, senders: Sequence[LoadPublisher], receivers: dict[str, LoadSubscriber]
) -> None:
    await plane.request(OpenRoom(room="m"))
    for number, sender in enumerate(senders):
        await plane.request(Allow(room="m", person=f"{number}", sound=True, picture=True))
        sdp = await plane.request(
            Publish(room="m", peer=f"{number}/pub", person=f"{number}", sdp=await sender.offer())
        )
        assert sdp is not None
        await sender.answered(sdp)
    for number, peer in enumerate(receivers):
        await plane.request(Subscribe(room="m", peer=peer, hide=(f"{number}",)))


async def run(seconds: float, rounds: int) -> None:
    """Measure, and print a line for each round."""
    maker = PeerMaker(_PLACE)
    plane = await ChildMediaPlane.start(_PLACE)
    assert plane.pid is not None
    senders = [LoadPublisher(maker, THUMBNAIL if n else LARGE) for n in range(PEOPLE)]
    receivers = {f"{n}/sub": LoadSubscriber(maker) for n in range(PEOPLE)}
    tasks = [
        asyncio.create_task(_answer(plane, receivers)),
        asyncio.create_task(report(list(receivers.values()))),
    ]
    await _connect(plane, senders, receivers)
    everything = WARM_UP_S + rounds * seconds + 5
    tasks += [asyncio.create_task(sender.run(everything)) for sender in senders]
    await asyncio.sleep(WARM_UP_S)
    loop = asyncio.get_running_loop()
    cores = []
    print(machine.describe(), f"load average {machine.load()}")
    for _ in range(rounds):
        got, cpu, start = _got(receivers), machine.cpu_ns(plane.pid), loop.time()
        await asyncio.sleep(seconds)
        wall = loop.time() - start
        got, cpu = _got(receivers) - got, machine.cpu_ns(plane.pid) - cpu
        cores.append(cpu / 1e9 / wall)
        print(f"{cores[-1]:.2f} of a core, {got / wall:.0f} packets/s out", flush=True)
    gaps = sum(receiver.gaps for receiver in receivers.values())
    met = "met" if max(cores) <= AIM else "not met"
    print(f"at most {max(cores):.2f} (aim {AIM}: {met}), {gaps} gaps")
    for task in tasks:
        task.cancel()
    await plane.close()
    await asyncio.gather(*(sender.peer.close() for sender in senders))
    await asyncio.gather(*(receiver.peer.close() for receiver in receivers.values()))
    await maker.close()


def _got(receivers: dict[str, LoadSubscriber]) -> int:
    return sum(receiver.packets for receiver in receivers.values())


def main() -> None:
    """Read the options; run."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.forwarding.meeting", description=__doc__
    )
    parser.add_argument("--seconds", type=float, default=10.0, help="of each round")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    use_cipher("gcm")
    uvloop.run(run(options.seconds, options.rounds))


if __name__ == "__main__":
    main()
