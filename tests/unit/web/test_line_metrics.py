"""Lines are summed up for Prometheus; nobody's name is in it."""

from __future__ import annotations

from signaling.wire.frames import CallTrack, CallView
from web.line_metrics import add_line_metrics
from web.metrics import Metrics

GOOD = CallView(
    person="li-gong",
    trouble=None,
    round_trip_ms=40,
    tracks=(
        CallTrack(kind="sound", bitrate=32_000, lost=0, jitter_ms=2, layers=(32_000,)),
        CallTrack(kind="picture", bitrate=600_000, lost=10, jitter_ms=8, layers=(100_000, 500_000)),
    ),
    bitrate=900_000,
    estimate=None,
    lost=0,
    pictures=3,
    paused=0,
    freezes=0,
    frozen_ms=0,
    concealed=2,
)
WEAK = GOOD.model_copy(
    update={
        "person": "wang-ayi",
        "trouble": "sound_only",
        "round_trip_ms": 210,
        "bitrate": 60_000,
        "lost": 60,
        "paused": 3,
        "concealed": 10,
    }
)


def scraped(*lines: CallView) -> str:
    metrics = Metrics()
    add_line_metrics(metrics, lambda: lines)
    return metrics.render()


def test_two_lines_are_summed_up() -> None:
    text = scraped(GOOD, WEAK)
    for line in (
        'yishi_link_lines{trouble="none"} 1',
        'yishi_link_lines{trouble="sound_only"} 1',
        'yishi_link_lines{trouble="up"} 0',
        'yishi_link_tracks{kind="picture"} 2',
        'yishi_link_received_bits{kind="picture",layer="1"} 1000000',
        "yishi_link_sent_bits 960000.0",
        'yishi_link_lost_ratio{direction="down",stat="worst"} 0.06',
        'yishi_link_lost_ratio{direction="up",stat="mean"} 0.005',
        'yishi_link_round_trip_seconds{stat="mean"} 0.125',
        'yishi_link_jitter_seconds{stat="worst"} 0.008',
        "yishi_link_paused_pictures 3.0",
        'yishi_link_concealed_ratio{stat="mean"} 0.006',
    ):
        assert f"\n{line}\n" in text, line


def test_nobody_is_named_and_series_do_not_grow_with_people() -> None:
    text = scraped(*(GOOD.model_copy(update={"person": f"p{n}"}) for n in range(100)))
    assert len(text.splitlines()) == len(scraped(GOOD).splitlines())
    assert "p42" not in text


def test_without_anybody_there_is_nothing_but_zeros() -> None:
    figures = [line for line in scraped().splitlines() if line.startswith("yishi_link")]
    assert all(float(line.split()[-1]) == 0 for line in figures)
    assert not any("round_trip" in line for line in figures)
