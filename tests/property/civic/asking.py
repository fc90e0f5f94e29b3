"""
What people ask in a random meeting: of every command there is, mostly something that can be.

Who asks is mostly somebody whose role may; sometimes anybody, and about anything.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

from tests.property.civic.asks.comments import COMMENTS
from tests.property.civic.asks.ending import MINUTES
from tests.property.civic.asks.floor import FLOOR
from tests.property.civic.asks.link import LINK
from tests.property.civic.asks.meeting import ATTENDANCE, CONDUCT
from tests.property.civic.asks.outward import OUTWARD
from tests.property.civic.asks.voting import VOTING
from tests.property.civic.drawing import Ask, Builder, Drawing
from tests.property.civic.hall import Hall

CONCERNS: Final = {
    "conduct": CONDUCT,
    "attendance": ATTENDANCE,
    "link": LINK,
    "floor": FLOOR,
    "comments": COMMENTS,
    "voting": VOTING,
    "outward": OUTWARD,
    "minutes": MINUTES,
}
"""What ends a meeting is asked on its own."""

_WEIGHTS: Final = {
    "conduct": 2,
    "attendance": 4,
    "link": 1,
    "floor": 6,
    "comments": 4,
    "voting": 5,
    "outward": 2,
}


def draw_concern(hall: Hall, chance: random.Random) -> Sequence[tuple[int, Builder]]:
    """Draw what is talked of: after the close mostly the minutes, and seldom before."""
    if chance.random() < (0.6 if hall.meeting.state == "closed" else 0.02):
        return MINUTES
    (name,) = chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()))
    return CONCERNS[name]


def draw_ask(hall: Hall, concern: Sequence[tuple[int, Builder]], chance: random.Random) -> Ask:
    """Draw something to ask, and who asks it."""
    weights = [weight for weight, _ in concern]
    (builder,) = chance.choices([builder for _, builder in concern], weights)
    return builder(Drawing(hall.meeting, chance))
