"""
Every figure of congestion control, in one place.

GCC: draft-ietf-rmcat-gcc-02; Carlucci et al., "Analysis and Design of the Google Congestion Control
for WebRTC", MMSys 2016. Others were chosen on the simulated links of
tests/unit/media/congestion, and are marked *ours*.
"""

from __future__ import annotations

from typing import Final

# --- the estimate, bit/s

START_BPS: Final = 600_000
"""Before anything is known (ours): sound and some small pictures. Probes tell within a second."""
FLOOR_BPS: Final = 50_000
"""Sound of one person passes whatever the estimate is; less would tell nothing (ours)."""
CEILING_BPS: Final = 20_000_000
"""More than a meeting can want (ours)."""

# --- delay: is a queue growing?

GROUP_S: Final = 0.005
"""Packets sent within this are one group (GCC 5.2: burst_time)."""
TREND_GROUPS: Final = 20
"""Groups that the line is laid through (libwebrtc's trendline; GCC's filter had no window)."""
TREND_SMOOTHING: Final = 0.9
TREND_GAIN: Final = 4.0
TREND_DELTAS_MAX: Final = 60
"""The slope counts by so many groups at most: at the beginning, little is known."""
THRESHOLD_MS: Final = 12.5
THRESHOLD_UP: Final = 0.0087
"""How fast the threshold follows what lies above it, per ms (GCC 5.4: K_u, Carlucci 4.2)."""
THRESHOLD_DOWN: Final = 0.039
"""K_d: below it. Slower upwards would starve us beside TCP, faster would make us deaf."""
THRESHOLD_MIN_MS: Final = 6.0
THRESHOLD_MAX_MS: Final = 600.0
OUTLIER_MS: Final = 15.0
"""What lies this far above the threshold doesn't move it (GCC 5.4)."""
OVERUSE_S: Final = 0.010
"""The slope must stay above the threshold for this long (GCC 5.4)."""

QUEUE_WINDOW_S: Final = 10.0
"""The least delay in this time is that of an empty queue (ours)."""
CALM_S: Final = 0.005
"""Below this nothing queues, and one burst of a feedback tells as much as all of them (ours)."""
QUEUE_MIN_S: Final = 0.015
"""A slope without a queue of this length is jitter (ours)."""
QUEUE_LONG_S: Final = 0.030
"""A queue of this length breaks off a probe, whatever its slope (ours)."""
QUEUE_DEEP_S: Final = 0.060
"""A shorter one cuts no deeper than to `DECREASE` of the estimate (ours)."""
QUEUE_MAX_S: Final = 0.120
"""A queue of this length is too long, even if it doesn't grow (ours)."""
QUEUE_CUTS: Final = 3
"""Cuts that leave such a queue as it is: it is another's, or the way is another (ours)."""

# --- rate: up slowly, down at once (GCC 5.5)

DECREASE: Final = 0.85
"""Of what arrived."""
INCREASE_PER_S: Final = 1.08
PACKET_BITS: Final = 9_600
"""Near the capacity found before: one packet more per response time (round trip and 100 ms)."""
RESPONSE_S: Final = 0.1
NEAR: Final = 1.15
"""So much above the capacity found before is near it (ours; GCC takes three deviations)."""
AHEAD: Final = 1.5
"""The estimate is at most so far above what arrived: what is not sent is not known (GCC 5.5)."""
RATE_WINDOW_S: Final = 0.5
"""What arrived is averaged over this (GCC 5.5)."""
RATE_SHORT_S: Final = 0.2
"""And over this, where a change is looked for: a cut, a probe (ours)."""
CUT_EVERY_S: Final = 0.3
"""Least time between cuts, besides the round trip: a cut must be seen before the next (ours)."""

# --- loss: is more dropped than chance drops?

LOSS_PACKETS: Final = 100
LOSS_S: Final = 1.0
"""Loss is judged over at least so many packets and seconds: 5 % by chance looks like 12 % in 20."""
LOSS_HIGH: Final = 0.10
"""Above: cut by half the loss (GCC 6)."""
LOSS_LOW: Final = 0.02
"""Below: up by `LOSS_INCREASE` (GCC 6)."""
LOSS_INCREASE: Final = 1.05
LOSS_CREEP: Final = 1.02
"""Between, GCC holds; a radio link that always loses 5 % would never recover (ours)."""

# --- silence

DEAF_S: Final = 1.0
"""No feedback for this while packets leave: halve, every time it lasts as long (ours)."""

UNHEARD_S: Final = 5.0
"""If none ever came in this time, none will: who promised it sends none (ours)."""
GAP_S: Final = 0.5
"""No feedback for this: what was lost meanwhile is not counted as congestion (ours)."""
BREAK_S: Final = 5.0
"""If it comes again within this, the line is taken for what it was (ours)."""

# --- probing with padding (ours)

PROBE_S: Final = 0.35
"""As long as a look at it takes: some feedback packets."""
PROBE_STEP_S: Final = 0.02
PROBE_FACTOR: Final = 2.0
"""A probe tries for so much more than the estimate,"""
PROBE_NEAR: Final = 1.3
"""but for so much more than what passed when there was a queue, lest the next one be as long."""
PROBE_MORE: Final = 1.05
"""and for no more than this above what is wanted."""
PROBE_CREDIT: Final = 0.95
"""Of what arrived of one that fell short."""
PROBE_ENOUGH: Final = 0.92
"""A probe of which this much arrived has succeeded: the next may follow."""
PROBE_AGAIN_S: Final = 2.0
"""After one that failed, and after a cut; doubles up to `PROBE_AGAIN_MAX_S`."""
PROBE_AGAIN_MAX_S: Final = 5.0
PROBE_NEXT_S: Final = 0.15
PAD_SIZE: Final = 255
"""Bytes of padding in a packet (RFC 3550, 5.1: one byte tells the number)."""

# --- pacing (ours)

PACE: Final = 1.25
"""Of the estimate: what waits leaves a little faster than it came."""
PACE_QUEUED: Final = 0.8
"""While something waits on the way: that is to empty."""
PACE_START_BPS: Final = 2_000_000
"""Until the first feedback came: the first picture is to be there soon."""
PACE_MIN_BPS: Final = 100_000
BURST_S: Final = 0.04
"""What leaves at once, at the pace: a usual picture of 25 a second."""
DRAIN_S: Final = 0.005
"""Between looks at what waits."""
QUEUED_S: Final = 0.4
"""No new picture begins behind a queue that takes longer than this to leave."""
RESUME_S: Final = 0.1
"""A picture that was dropped begins again behind a queue no longer than this."""
QUEUED_BYTES: Final = 512 * 1024
"""Whatever the pace: what waits of one subscriber. Beyond, a picture is broken off."""
HISTORY_BURSTS: Final = 2_048
"""Bursts remembered until the feedback comes: 10 s of four busy pictures and their sounds."""

# --- allocation (ours)

TRY_S: Final = 2.0
"""At the beginning, when little is known, one picture is sent though it may be too large."""
MARGIN: Final = 0.97
"""Of the estimate that is given away: reports, retransmissions."""
UP: Final = 1.1
"""What is not sent now must fit with this much to spare; what is sent must just fit."""
UP_AFTER_S: Final = 1.0
"""Something larger begins if it fitted for this long."""
HOLD_S: Final = 5.0
"""After something was taken away nothing grows for this long; doubles if that was in vain."""
HOLD_MAX_S: Final = 20.0
DIVIDE_S: Final = 0.5
"""Every so often what there is is divided anew,"""
DIVIDE_BELOW: Final = 0.97
"""and at once when it became this much less, or other pictures are wanted."""

# --- receivers that announce (REMB; ours)

REMB_WINDOW_S: Final = 1.0
"""What is sent is measured over this long."""
REMB_OVER: Final = 0.9
"""Less than so much of what is sent is congestion; without it a half more is announced."""
REMB_HOLD_S: Final = 8.0
"""The bound holds for this long, then doubles; twice as long if that was in vain."""
REMB_HOLD_MAX_S: Final = 64.0
