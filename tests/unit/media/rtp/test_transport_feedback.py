"""Transport-wide feedback says of each packet when it arrived, in few bytes."""

from __future__ import annotations

import pytest

from media.rtp.errors import MalformedPacket
from media.rtp.rtcp import parse
from media.rtp.transport_feedback import DELTA_MAX, STATUSES_MAX, TransportFeedback
from tests.each import each


def feedback(*arrivals: int | None, base: int = 7) -> TransportFeedback:
    return TransportFeedback(1, 2, base, 3, 4, arrivals)


def packet(tail: str) -> bytes:
    """A feedback of sender 1 about SSRC 2, with RTCP's own padding where it is no whole word."""
    body = bytes.fromhex("0000000100000002" + tail)
    fill = -len(body) % 4
    padding = bytes(fill - 1) + bytes((fill,)) if fill else b""
    words = (len(body) + fill) // 4
    return bytes((0xAF if fill else 0x8F, 205)) + words.to_bytes(2) + body + padding


def test_the_drafts_chunks_are_read() -> None:
    """A run and a vector of two bits each; small, large and negative steps (3.1.3 to 3.1.5)."""
    base, clock = "00ff0006", "00000a09"
    run, vector = "2002", "d800"  # two small; small, large, lost, lost and three that are beyond
    (got,) = parse(packet(base + clock + run + vector + "080401fe00"))
    assert got == TransportFeedback(1, 2, 255, 9, 10, (8, 12, 13, -499, None, None))


@each(
    "arrivals",
    [
        (0,),
        (None, 5),
        (5, None, None, 5, 260, 261, 3),
        tuple(range(100)),
        (None,) * 40 + (1,),
        (0, *(None,) * 3, 1_000, *range(1_001, 1_020)),
        (DELTA_MAX, 0),
    ],
)
def test_what_is_packed_is_read_again(arrivals: tuple[int | None, ...]) -> None:
    assert parse(feedback(*arrivals).pack()) == [feedback(*arrivals)]


def test_a_hundred_packets_in_order_cost_a_byte_each() -> None:
    assert len(feedback(*range(100)).pack()) == 20 + 2 + 100 + 2


def test_arrivals_too_far_apart_are_for_two_packets() -> None:
    with pytest.raises(ValueError, match="too far apart"):
        feedback(0, DELTA_MAX + 1).pack()
    with pytest.raises(ValueError, match="nothing"):
        feedback().pack()


@each(
    "tail",
    [
        "0007000100000403",  # statuses are missing
        "00070001000004032001",  # the arrival is missing
        "0007000100000403600100",  # a status without a meaning
        "000700010000040320000000",  # a run of nothing
    ],
)
def test_what_is_cut_off_or_means_nothing_is_malformed(tail: str) -> None:
    with pytest.raises(MalformedPacket):
        parse(packet(tail))


def test_a_feedback_is_bounded() -> None:
    """Few bytes can't make us work through 65,535 packets."""
    assert parse(feedback(*(None,) * STATUSES_MAX).pack())
    with pytest.raises(MalformedPacket):
        parse(feedback(*(None,) * (STATUSES_MAX + 1)).pack())
