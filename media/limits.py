"""Every bound and interval of the forwarder, in one place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """
    Bounds of rooms, peers and packets.

    What exceeds a count is refused with `link.too_many`; what exceeds a rate is
    dropped and counted.
    """

    # --- rooms
    rooms: int = 64
    peers_per_room: int = 128
    """Publishers and subscribers together."""
    watchers_per_room: int = 32
    """Peers that receive what the programme shows, without its delay."""
    persons_per_room: int = 1_024
    """Persons with a permission."""
    slots_per_peer: int = 128
    """M-lines offered to one subscriber. Sources beyond are not sent to it until a slot is free."""

    # --- negotiation
    gather_s: float = 0.02
    """How long changes are gathered before an offer: many joining at once cost one offer."""
    answer_s: float = 30.0
    """An offer not answered by then ends the peer."""

    # --- packets from a publisher
    ssrcs_per_mid: int = 4
    """SSRCs bound by MID over an m-line's (or a layer's) life, when its description names none."""
    picture_cache: int = 1_024
    """Packets kept of a picture to answer NACK: 3-5 s at 200-300 packets/s. A power of two."""
    sound_cache: int = 64
    """Packets kept of a sound, to notice duplicates. A power of two."""
    reorder_s: float = 0.02
    """A missing packet is asked for when late by this and by `reorder_packets` (galene)."""
    reorder_packets: int = 2
    missing_max: int = 256
    """Missing packets remembered per track; with more, a keyframe is asked for instead."""
    nack_tries: int = 5
    nack_retry_s: float = 0.06
    """Until the second request for a packet; doubles with each further one."""
    keyframe_interval_s: float = 0.5
    """Least time between two keyframe requests for a layer."""
    keyframe_gather_s: float = 0.1
    """After a request for one layer of a track, the least time until one for another."""

    # --- layers of a picture
    layers: int = 4
    """Of one m-line; what a client offers beyond is not answered."""
    layer_silent_s: float = 0.4
    """A layer without packets for this long, while another has some, is not there to be chosen."""
    layer_height: int = 720
    """Taken for the height of a track's largest layer, pixels; each smaller one has half of it."""
    layer_rest_s: float = 2.0
    """A layer that nobody shows is paused after this long; one that is shown goes on at once."""
    rate_s: float = 0.5
    """Over which the bitrate of a layer is measured."""

    # --- packets to a subscriber
    retransmit_per_s: float = 300.0
    """Retransmissions to one subscriber, refilled continuously."""
    retransmit_burst: float = 200.0

    # --- feedback from any peer
    rtcp_per_s: float = 400.0
    """
    RTCP compounds of one peer that are read, refilled continuously. A browser sends feedback every
    50 ms, and NACK and PLI as it needs them: under 100.
    """
    rtcp_burst: float = 400.0

    # --- clocks
    tick_s: float = 0.1
    """The room's timer: NACK repeats, keyframe requests, sources that fell silent."""
    report_s: float = 1.0
    """Receiver reports and REMB to publishers, sender reports to subscribers. Whole ticks."""
    quality_s: float = 2.0
    """How often the quality of all lines is told. Whole ticks."""
    silent_s: float = 1.0
    """A source without packets for this long is reported as off."""

    # --- bandwidth announced to a publisher, bit/s
    picture_bitrate: int = 2_500_000
    sound_bitrate: int = 100_000

    # --- programme worker
    notes_queued: int = 1_024
    """Notes waiting for a worker that doesn't read; beyond, it counts as dead."""
    worker_restarts_s: tuple[float, ...] = (0.0, 0.0, 0.25, 0.5, 1.0, 2.0, 5.0)
    """
    Waits before a worker is started again: twice at once, since three seconds without a picture are
    all that is allowed; what dies again and again waits longer, since it loads the others' machine.
    """
    worker_well_s: float = 5.0
    """A worker that has lived so long dies for the first time."""
    worker_finish_s: float = 10.0
    """How long a worker may take to finish the recording before it is killed."""
    worker_exit_s: float = 1.0
    """How long a worker without a line may take to exit before it is killed."""
