"""How the packets of a burst lie in a buffer, and what of it one call sends."""

import pytest

from media.peers.port import SEND_SIZE, SRTP_TRAILER
from media.peers.runs import runs
from media.peers.transport import Layout, SendBuffer

TAG = 16


def test_runs_are_packets_of_one_size_and_a_shorter_one() -> None:
    data = memoryview(bytes(range(240)))
    found = runs(data, (34, 34, 24, 24, 44), TAG)
    assert [(run.size, run.count) for run in found] == [(50, 3), (40, 1), (60, 1)]
    assert b"".join(run.part for run in found) == data
    assert runs(data, (), TAG) == []


def test_a_layout_leaves_room_for_what_protecting_adds() -> None:
    out = SendBuffer(bytearray(SEND_SIZE))
    layout = Layout(out, (100, 100, 90), TAG)
    starts = [data - out.data for data, _ in layout.packets]
    assert starts == [0, 116, 232]
    assert [length for _, length in layout.packets] == [100, 100, 90]
    assert layout.size == sum(len(run.part) for run in layout.runs) == 338


@pytest.mark.parametrize("lengths", [(100, 11), (100, 200 - 116 + 1)])
def test_what_does_not_fit_lies_nowhere(lengths: tuple[int, ...]) -> None:
    """One packet too short for a header, or past the end: none of the burst is written."""
    out = SendBuffer(bytearray(200 + SRTP_TRAILER))
    layout = Layout(out, lengths, TAG)
    assert (layout.packets, layout.runs) == ([], [])
    assert Layout(out, (100, 200 - 116), TAG).packets
