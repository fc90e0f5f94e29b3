"""
python -m benchmarks.congestion

Two figures of one subscriber, without a network: what its numbers add to a packet that is sent, and
what a feedback costs, read, matched with what was sent and estimated. The least of several rounds
counts: what is above it is other programmes.
"""

from __future__ import annotations

import random
import time
import timeit
from collections.abc import Sequence

from media.congestion.arrivals import Arrivals
from media.congestion.outflow import Outflow, never
from media.forwarding.layer import Layer
from media.forwarding.packets import Burst, Packet
from media.forwarding.subscription import Subscription
from media.forwarding.track import Track
from media.limits import Limits
from media.peers.port import SEND_SIZE, Codec
from media.rtp.rtcp import Rtcp, parse
from media.rtp.transport_feedback import TransportFeedback

IDENT = 3
CODEC = Codec("VP8", 96, 90_000, rtx_payload_type=97)
KEYFRAME = b"\x10\x00"
ROUNDS, CALLS = 400, 200  # short rounds: some are disturbed by nobody
FEEDBACKS = 2_000
TELL_S = 0.0625  # as Chromium tells


class Nowhere:
    """Takes whatever is sent."""

    overhead = 10

    def send_rtp(self, _: bytearray, lengths: Sequence[int]) -> int:
        return len(lengths)


def _ignored(_: Sequence[Rtcp]) -> None:
    pass


def _sending(packets: int, *, numbered: bool) -> float:
    """Microseconds for one packet to one subscriber, in bursts of so many, without sending it."""
    track = Track("picture", CODEC, 1, reporter=1, send=_ignored, limits=Limits())
    layer: Layer = track.layers[0]
    layer.allow(True, 0.0)
    buffer, outlet = bytearray(SEND_SIZE), Nowhere()
    subscription = Subscription(2, 3, CODEC, buffer=buffer, outlet=outlet)
    if numbered:
        outflow = Outflow(outlet, IDENT, buffer, lambda: 0.0, never)
        subscription.outflow = outflow
    subscription.attach(track, 0.0)
    subscription.forward(Burst([Packet(1, 0, 0, KEYFRAME, 0.0, keyframe=True)]))
    burst = Burst(
        [Packet(2 + n, 3_000, 0, bytes(1_100), 0.0, keyframe=False) for n in range(packets)]
    )

    def once() -> None:
        if numbered:
            outflow._due_s = 0.0  # there is room
        subscription.forward(burst)

    return min(timeit.repeat(once, number=CALLS, repeat=ROUNDS)) / CALLS / packets * 1e6


def _hearing(packets: int, loss: float) -> float:
    """Microseconds for a feedback about so many packets."""
    chance = random.Random(1)
    now_s = 100.0
    outflow = Outflow(Nowhere(), IDENT, bytearray(SEND_SIZE), lambda: now_s, never)
    arrivals = Arrivals(1, IDENT)
    buffer = bytearray(SEND_SIZE)
    taken: list[float] = []
    for _ in range(FEEDBACKS):
        sent = 0
        while sent < packets:
            count = chance.choice((1, 1, 1, 6, 8))
            first = outflow.extension >> 8 & 0xFFFF
            outflow.send(buffer, [1_000] * count, 1_000 * count, waits=False)
            for number in range(first, first + count):
                if chance.random() >= loss:
                    arrivals.add(number, now_s + 0.05)
            sent += count
            now_s += TELL_S * count / packets
        feedback = arrivals.tell(2, now_s)
        if feedback is None:
            continue
        datagram = feedback.pack()
        began_s = time.perf_counter()
        (report,) = parse(datagram)
        assert isinstance(report, TransportFeedback)
        outflow.told(report, now_s)
        taken.append(time.perf_counter() - began_s)
    return sorted(taken)[len(taken) // 10] * 1e6


def main() -> None:
    for packets in (1, 6, 8):
        plain = _sending(packets, numbered=False)
        more = _sending(packets, numbered=True) - plain
        print(f"a packet in bursts of {packets}: {plain:.2f} us, numbers add {more:.2f} us")
    for packets in (6, 12, 25):
        for loss in (0.0, 0.05):
            print(f"a feedback about {packets} packets, {loss:.0%} lost: ", end="")
            print(f"{_hearing(packets, loss):.0f} us")


if __name__ == "__main__":
    main()
