"""What a subscriber is sent follows from what its line carries and what the meeting is about."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from media.congestion import tuning
from media.congestion.allocation import Rank
from media.control import Cue
from media.forwarding.choice import LARGEST
from media.forwarding.egress import Egress
from media.forwarding.subscription import Subscription
from media.forwarding.track import Track
from media.limits import Limits
from media.rooms.flow import Flow, Wanted, rank
from media.rooms.slots import SourceKey
from media.rtp import extensions
from media.rtp.rtcp import Remb, Rtcp, compound
from media.rtp.transport_feedback import TransportFeedback
from tests.unit.media.wire import OPUS, VP8, Wire

NUMBERS = {extensions.TRANSPORT: 3}
CUE = Cue(mode="meeting", title="", room="room", speaker="zhang")


FOR_EVER_S = 1e9


def rated(rates: tuple[int, ...]) -> Track:
    """A track whose layers arrive at these rates."""
    rids = ("q", "h", "f")[: len(rates)] if len(rates) > 1 else ()
    track = Track("picture", VP8, 1, reporter=1, send=_nobody, limits=Limits(), rids=rids)
    track.allow(True, 0.0)
    for layer, rate in zip(track.layers, rates, strict=True):
        layer.rate, layer.passed_s = rate, FOR_EVER_S
    return track


class Line:
    """A subscriber's flow, without a peer."""

    def __init__(self) -> None:
        self.wire = Wire()
        self.now_s = 10.0
        self.due: list[Callable[[], None]] = []
        self.egress = Egress(self.wire.send_rtcp, Limits())
        self.flow = Flow(
            self.egress,
            self.wire.buffer,
            lambda: self.now_s,
            lambda _, call: self.due.append(call),
        )
        self.pictures: list[Wanted] = []
        self._ssrc = 100

    def add(
        self, person: str, rates: tuple[int, ...], numbers: dict[str, int] | None = None
    ) -> Subscription:
        self._ssrc += 2
        picture = Subscription(
            self._ssrc, self._ssrc + 1, VP8, buffer=self.wire.buffer, outlet=self.wire
        )
        taken = NUMBERS if numbers is None else numbers
        self.egress.add(person, picture)
        self.flow.carry(picture, self.wire, taken)  # type: ignore[arg-type]  # sends as a peer does
        picture.attach(rated(rates), self.now_s)
        self.pictures.append(Wanted(SourceKey(person, "picture"), picture, LARGEST))
        return picture

    def work(self, seconds: float = 0.0) -> None:
        end_s = self.now_s + seconds
        while True:
            self.flow.work(tuple(self.pictures), CUE, self.now_s)
            if self.now_s >= end_s:
                return
            self.now_s += 0.1

    def take(self, *packets: Rtcp) -> None:
        self.egress.receive_rtcp(memoryview(compound(packets)), self.now_s)


def _nobody(_: object) -> None:
    pass


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (SourceKey("zhang", "picture"), Rank.FLOOR),
        (SourceKey("li", "screen"), Rank.FLOOR),
        (SourceKey("room", "picture"), Rank.ROOM),
        (SourceKey("li", "picture"), Rank.THUMBNAIL),
    ],
)
def test_the_cue_says_what_a_picture_is(key: SourceKey, expected: Rank) -> None:
    assert rank(key, CUE) is expected
    assert rank(SourceKey("zhang", "picture"), None) is Rank.THUMBNAIL


def test_without_any_estimate_everything_shown_is_sent() -> None:
    line = Line()
    pictures = [line.add(str(n), (2_000_000,), {}) for n in range(5)]
    line.pictures[4] = line.pictures[4]._replace(layer=None)
    line.work()
    assert [picture.wished for picture in pictures] == [LARGEST] * 4 + [None]
    assert line.flow.estimate_bps is None
    assert pictures[0].outflow is None


def test_remb_counts_where_there_are_no_numbers() -> None:
    """Once it is less than what is sent; before that it says no more than that."""
    line = Line()
    small, large = line.add("li", (150_000,), {}), line.add("zhang", (150_000, 500_000), {})
    line.take(Remb(1, 70_000, ()))
    line.work(3.0)
    assert (small.wished, large.wished) == (LARGEST, LARGEST)
    line.take(Remb(1, 600_000, ()))
    for _ in range(40):
        large.counters.octets += 10_000  # 0.8 Mbit/s
        line.work(0.1)
    assert (small.wished, large.wished) == (None, 1)
    assert line.flow.estimate_bps == 600_000
    line.work(tuning.REMB_HOLD_S + 2 * tuning.HOLD_S)
    assert (small.wished, large.wished) == (0, 1), "twice as much is tried after a while"


def test_at_the_start_something_is_sent_at_once() -> None:
    """Though it may be too large: the first picture should not wait for an estimate."""
    line = Line()
    large = line.add("zhang", (2_500_000,))
    line.work()
    assert large.wished == 0
    line.work(tuning.TRY_S + 1.0)
    assert large.wished is None, "it was never told that so much fits"


def test_the_first_pictures_are_small() -> None:
    """They are there soon, and flood no line that is weak; feedback tells whether more fits."""
    line = Line()
    picture = line.add("zhang", (100_000, 250_000))
    line.work(1.0)
    assert picture.wished == 0
    for step in range(8):
        line.now_s += 0.05
        picture.pad(4)
        reference = int(line.now_s * 4_000) // 256
        line.take(TransportFeedback(1, 2, 4 * step, 0, reference, (0, 1, 2, 3)))
        line.work()
    line.work(1.2)
    assert picture.wished == 1


def test_who_promises_feedback_and_sends_none_is_sent_everything() -> None:
    line = Line()
    picture = line.add("zhang", (100_000, 2_500_000))
    picture.pad(4)
    line.work(tuning.UNHEARD_S - 0.5)
    assert picture.wished == 0
    line.work(1.0)
    assert picture.wished == LARGEST
    assert picture.outflow is None
    assert line.flow.estimate_bps is None
    assert line.add("li", (100_000,)).outflow is None


def test_sound_needs_no_grant() -> None:
    line = Line()
    sound = Subscription(7, None, OPUS, buffer=line.wire.buffer, outlet=line.wire)
    line.egress.add("li", sound)
    line.flow.carry(sound, line.wire, NUMBERS)  # type: ignore[arg-type]
    assert sound.wished is not None
    assert sound.outflow is line.egress.outflow


def test_feedback_reaches_the_estimate_and_padding_finds_its_way() -> None:
    """Padding is sent by whichever picture can."""
    line = Line()
    line.add("zhang", (150_000, 500_000, 1_700_000))
    line.work()
    outflow = line.egress.outflow
    assert outflow is not None
    sent = 0
    for step in range(60):
        line.now_s += 0.02
        picture = line.pictures[0].subscription
        sent += picture.pad(8)
        if step % 3 == 2:
            first = 24 * (step // 3)
            arrivals = tuple(80 * (n // 8) for n in range(24))
            reference = int(line.now_s * 4_000) // 256
            line.take(TransportFeedback(1, 2, first, 0, reference, arrivals))
        line.work()
    assert sent == 480
    assert outflow.estimate.received_bps > 500_000
    assert outflow.padder is not None
    assert outflow.padder(3) == 3
    assert len(line.wire.sent) == 483


def test_a_tick_divides_only_when_something_changed() -> None:
    """Sixty subscribers tick ten times a second."""
    line = Line()
    line.add("zhang", (150_000,))
    times: set[float] = set()

    def tick() -> None:
        line.now_s += 0.1
        line.work()
        times.add(line.flow._divided_s)

    for _ in range(19):
        tick()
    assert len(times) == 4, "every half second"
    outflow = line.egress.outflow
    assert outflow is not None
    outflow.estimate.bps //= 2
    tick()
    assert len(times) == 5, "and when there is less"
    line.pictures[0] = line.pictures[0]._replace(layer=None)
    tick()
    assert len(times) == 6, "and when something else is shown"
    line.work()
    assert len(times) == 6
