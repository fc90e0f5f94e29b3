"""Extended sequence numbers follow the nearest way around the circle."""

from __future__ import annotations

from media.rtp.sequence import extend
from tests.each import each


@each(
    "sequence, highest, extended",
    [
        (5, 4, 5),
        (0, 65535, 65536),
        (65535, 65536, 65535),
        (65530, 3, -6),
        (4, 0x20004, 0x20004),
    ],
)
def test_the_nearest_number_is_taken(sequence: int, highest: int, extended: int) -> None:
    assert extend(sequence, highest) == extended
