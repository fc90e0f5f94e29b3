"""
Every bound of the meeting socket, in one place.

The defaults are generous for people (a host who clicks fast, a phone that reconnects) and tight for
programs that misbehave. Times are seconds, sizes bytes of UTF-8.
"""

from __future__ import annotations

from dataclasses import dataclass

from signaling.wire.frames import COMMAND_MAX, FRAME_MAX


@dataclass(frozen=True, slots=True)
class Rate:
    """A token bucket: *burst* at once, refilled by *per_s* each second."""

    burst: int
    per_s: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What is allowed before a frame is dropped or a connection is closed."""

    # frames
    frame_max: int = FRAME_MAX
    """Largest frame; larger ones are answered `frame.too_large`."""
    command_max: int = COMMAND_MAX
    """Largest frame that carries no description of a link."""
    transport_max: int = 2 * FRAME_MAX
    """Above this the transport itself closes (RFC 6455, 7.4.1: 1009), without reading on."""

    # rates
    frames: Rate = Rate(burst=60, per_s=20.0)
    """Frames of one connection; a page that replays its waiting commands fits into the burst."""
    comments: Rate = Rate(burst=5, per_s=0.5)
    """Comments of one person, over all connections."""
    codes: Rate = Rate(burst=5, per_s=0.1)
    """Tries of one person to check in with the room's code."""
    wrong_codes: Rate = Rate(burst=60, per_s=1.0)
    """Wrong codes of all people of one meeting; then right ones are refused too, for a moment."""
    links: Rate = Rate(burst=12, per_s=1.0)
    """Link frames of one connection; ten people who come at once make ten answers."""
    shows: Rate = Rate(burst=8, per_s=4.0)
    """Changes of what one page shows; it gathers them for a third of a second."""
    stats: Rate = Rate(burst=3, per_s=0.4)
    """Reports of one page about its link; it sends one every five seconds."""
    errors_max: int = 30
    """Dropped frames in `errors_window_s` after which the connection is closed as flooding."""
    errors_window_s: float = 10.0

    # connections
    connections_per_person: int = 4
    """Phone, laptop, a second tab and a reload; the oldest is replaced."""
    connections_per_meeting: int = 5_000
    connections_total: int = 18_000
    """Below the usual hard limit of 20,000 open files."""

    # times
    hello_s: float = 10.0
    """Until the first frame."""
    idle_s: float = 45.0
    """Without any frame; clients ping every 10 s."""
    no_progress_s: float = 10.0
    """A send that takes longer means a reader too slow to keep."""
    close_s: float = 2.0
    """For the closing frame to leave; then the transport is aborted."""
    grace_s: float = 10.0
    """From a person's last connection to `person.left`."""

    # outbox
    direct_max: int = 256
    """Frames that wait for one connection besides its sections."""

    # ticks
    members_tick_s: float = 0.05
    """Gathering before hosts, participants and displays get an update."""
    viewers_tick_s: float = 0.3
    """Gathering before viewers get an update."""
    progress_tick_s: float = 1.0
    """Between two updates that show nothing but how far something has come, such as a vote."""
    head_check_s: float = 2.0
    """How often the record is asked for its head, in case that a wake was lost."""

    # memory
    rest_s: float = 60.0
    """A meeting in which nothing goes on and nobody is stays in memory so long; to read it again
    takes some milliseconds for each thousand entries."""

    # media
    room_opening_s: float = 5.0
    """For the media plane to make a room; then links are unavailable."""
    direct_answer_s: float = 15.0
    """For a link asked for over HTTP to be answered, a room's opening included."""
    media_retry_s: float = 1.0
    """Pause before the media plane is told again what it refused."""
    light_s: float = 1.5
    """The red light is dark when nothing was written for so long; viewers read of it a tick later,
    within two seconds."""
    no_bytes_s: float = 4.0
    """The same, until the host is told in words, within five seconds."""
    closing_card_s: float = 3.0
    """How long the closing card is shown before the programme ends."""
