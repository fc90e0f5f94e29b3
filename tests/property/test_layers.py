"""
However layers come, go, lose and reorder, and whatever a subscriber wishes for: what it gets is one
stream, in which every picture is of one layer and a layer begins with a keyframe.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from struct import Struct
from typing import NamedTuple

from hypothesis import event, given
from hypothesis import strategies as st

from media.forwarding.subscription import Subscription
from media.limits import Limits
from media.peers.port import Codec
from media.rtp import vp8
from media.rtp.rtcp import Pli, SenderReport
from media.rtp.sequence import extend
from tests.unit.media.wire import Sent, Simulcast, Wire, vp8_payload

LIMITS = Limits(picture_cache=256, missing_max=64)
OURS = Codec("VP8", 120, 90_000, rtx_payload_type=121)
PICTURE_S = 0.04
TICKS = 3_600
LAYERS = 3
BODY = Struct("!BHBH")  # layer, picture, part, number at the source

# of each layer: numbers, ticks and counters begin somewhere, near their end in one
SEQUENCE = (65_500, 20_000, 100)
TIMESTAMP = (0xFFFF_0000, 77, 0x8000_0000)
PICTURE_ID = (0x7FF0, 5, 300)
BASE = (250, 3, 90)


class Step(NamedTuple):
    """What happens in the time of one picture."""

    wish: int | None
    paused: frozenset[int]
    muted: bool
    key: bool
    lost: frozenset[int]
    """Of the packets of this picture, in the order of sending."""
    late: frozenset[int]
    """They arrive with the next picture but one."""


steps = st.lists(
    st.builds(
        Step,
        wish=st.sampled_from([0, 0, 1, 2, 2, 255, None]),
        paused=st.frozensets(st.integers(0, LAYERS - 1), max_size=2),
        muted=st.sampled_from([False] * 9 + [True]),
        key=st.sampled_from([False] * 9 + [True]),
        lost=st.frozensets(st.integers(0, 8), max_size=2),
        late=st.frozensets(st.integers(0, 8), max_size=2),
    ),
    min_size=5,
    max_size=60,
)


@dataclass
class Camera:
    """Sends each picture in all layers that are on, two parts each, keyframes when asked for."""

    source: Simulcast = field(default_factory=lambda: Simulcast(limits=LIMITS))
    numbers: list[int] = field(default_factory=lambda: list(SEQUENCE))
    waiting: list[tuple[int, int, int, bytes, int]] = field(default_factory=list)
    off: frozenset[int] = frozenset()

    def picture(self, n: int, step: Step, now_s: float) -> None:
        asked = any(isinstance(one, Pli) for one in self.source.wire.rtcp)
        self.source.wire.rtcp.clear()
        back = self.off - step.paused
        self.off = step.paused
        due = [one for one in self.waiting if one[0] <= n]
        self.waiting = [one for one in self.waiting if one[0] > n]
        packet = 0
        for layer in range(LAYERS):
            if layer in step.paused:
                continue
            key = n == 0 or asked or step.key or layer in back
            for part in range(2):
                number = self.numbers[layer]
                self.numbers[layer] += 1
                payload = vp8_payload(
                    PICTURE_ID[layer] + n,
                    BASE[layer] + n,
                    BODY.pack(layer, n, part, number & 0xFFFF),
                    key=key,
                    begins=part == 0,
                )
                if packet in step.late:
                    self.waiting.append((n + 2, layer, number, payload, n))
                elif packet not in step.lost:
                    self.deliver(layer, number, payload, n, now_s)
                packet += 1
        for _, layer, number, payload, of in due:
            self.deliver(layer, number, payload, of, now_s)

    def deliver(self, layer: int, number: int, payload: bytes, n: int, now_s: float) -> None:
        timestamp = TIMESTAMP[layer] + n * TICKS & 0xFFFFFFFF
        self.source.send(layer, number, payload, timestamp=timestamp, at=now_s)

    def report(self, now_s: float) -> None:
        for index, layer in enumerate(self.source.track.layers):
            ticks = TIMESTAMP[index] + round(now_s / PICTURE_S) * TICKS & 0xFFFFFFFF
            ntp = int((1_000 + now_s) * (1 << 32))
            ssrc = self.source.ssrc(index)
            layer.on_sender_report(SenderReport(ssrc, ntp, ticks, 0, 0), now_s)


class Got(NamedTuple):
    """A packet as the subscriber reads it."""

    number: int
    timestamp: int
    key: bool
    layer: int
    picture: int
    part: int
    source: int
    counted: int
    base: int


def read(sent: Sent, newest: int) -> Got:
    counts = vp8.counts(sent.payload)
    assert counts is not None
    layer, picture, part, source = BODY.unpack_from(sent.payload, 7)
    return Got(
        number=extend(sent.sequence, newest),
        timestamp=sent.timestamp,
        key=sent.payload[0] & 0x10 != 0 and sent.payload[6] == 0,
        layer=layer,
        picture=picture,
        part=part,
        source=source,
        counted=counts.picture,
        base=counts.base,
    )


@given(steps=steps, reports=st.booleans())
def test_switches_are_seamless(steps: list[Step], reports: bool) -> None:
    """
    In the order of the numbers: another layer begins with a keyframe and with the next number, a
    later time, and counters one up; within a layer all of them go as the publisher's.
    """
    camera = Camera()
    wire = Wire()
    subscription = Subscription(70, 71, OURS, buffer=wire.buffer, outlet=wire)
    subscription.attach(camera.source.track, 0.0)
    stretches = False
    for n, step in enumerate(steps):
        now_s = n * PICTURE_S
        if reports and n % 10 == 0:
            camera.report(now_s)
        if step.muted or (step.wish is None) != (subscription.wished is None):
            stretches = True
        camera.source.track.allow(not step.muted, now_s)
        subscription.wish(step.wish, now_s)
        subscription.settle(now_s)
        camera.picture(n, step, now_s)
        camera.source.track.work(now_s)

    newest = 0x10001
    got: list[Got] = []
    for sent in wire.sent:
        assert (sent.ssrc, sent.payload_type) == (70, 120)
        got.append(read(sent, newest))
        newest = max(newest, got[-1].number)
    assert len({one.number for one in got}) == len(got), "no number twice"
    ordered = sorted(got)
    if ordered:
        assert ordered[0].key
        assert ordered[0].number == 0x10001
    switches = 0
    for before, after in pairwise(ordered):
        if before.layer != after.layer:
            switches += 1
            _check_switch(before, after)
        elif after.number == before.number + 1 and after.key and after.part == 0 and stretches:
            _check_switch(before, after)  # perhaps begun again after nothing was sent
        else:
            assert after.source - before.source & 0xFFFF == after.number - before.number
            _check_step(before, after)
    event(f"switches: {min(switches, 5)}")


def _check_switch(before: Got, after: Got) -> None:
    assert after.number == before.number + 1
    assert after.key
    assert after.part == 0
    step = after.timestamp - before.timestamp & 0xFFFFFFFF
    passed = max(after.picture - before.picture, 0)
    # by the clocks exactly, by arrivals up to the delay of what came late
    assert 0 < step <= (passed + 3) * TICKS
    same_source = before.layer == after.layer and step == passed * TICKS
    counted = (after.counted - before.counted & 0x7FFF, after.base - before.base & 0xFF)
    assert counted == (1, 1) or (same_source and counted == (passed & 0x7FFF, passed & 0xFF))


def _check_step(before: Got, after: Got) -> None:
    passed = after.picture - before.picture
    assert passed >= 0
    assert after.timestamp - before.timestamp & 0xFFFFFFFF == passed * TICKS
    assert after.counted - before.counted & 0x7FFF == passed
    assert after.base - before.base & 0xFF == passed & 0xFF
