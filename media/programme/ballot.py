"""When a vote fills the programme's picture, and what is told of it. Pure."""

from __future__ import annotations

import math
from typing import Final

from media.cue import VoteCue
from media.programme.scene import Progress

VOTE_MS: Final = 20_000
"""A vote fills the picture so long when it opens, and so long before it ends: to read the question,
and to decide."""
VOTE_ALONE_MS: Final = 120_000
"""And so long when it opens, if nobody has the floor. An open poll may run for hours."""
COUNTING_MS: Final = 60_000
"""After the end of a vote its result is waited for so long."""
RESULT_MS: Final = 20_000
"""The bars stay so long, and longer if the host asks for them."""


def vote_is_due(vote: VoteCue, at_ms: int, *, alone: bool) -> bool:
    """
    Whether the vote fills the picture by itself: when it opens, before it ends, and its result.

    Args:
        alone: nobody has the floor.
    """
    if vote.closed_ms is not None:
        return vote.tally is not None and 0 <= at_ms - vote.closed_ms < RESULT_MS
    if at_ms - vote.opened_ms < (VOTE_ALONE_MS if alone else VOTE_MS):
        return True
    return vote.until_ms is not None and -VOTE_MS < at_ms - vote.until_ms < COUNTING_MS


def progress(vote: VoteCue, at_ms: int) -> Progress:
    """What is told of a vote at a moment; while it runs a countdown and the turnout."""
    if vote.closed_ms is not None:
        return Progress("closed", None, vote.turnout, vote.entitled, vote.tally)
    left_s = None
    if vote.until_ms is not None:
        left_s = math.ceil((vote.until_ms - at_ms) / 1_000)
        if left_s <= 0:
            return Progress("counting", None, vote.turnout, vote.entitled, None)
    return Progress("open", left_s, vote.turnout, vote.entitled, vote.tally)
