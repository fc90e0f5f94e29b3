"""Where numbered lines stand: in their order, or one taken out, put in, moved. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Place(Enum):
    """How a line stands to those around it."""

    NEXT = auto()
    AFTER_GAP = auto()
    """The right one, but what comes before it is missing or unreadable."""
    RENUMBERED = auto()
    """In the place of the right one."""
    MOVED = auto()
    """One that was missed before."""
    ADDED = auto()
    """One too many, perhaps one that will be missed."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Lines that are missing."""

    at: int
    """Line of the file at which that was noticed, from 1."""
    first: int
    last: int


class Places:
    """Places the lines of one file."""

    def __init__(self) -> None:
        self.expected = 1
        """Number that the next line should have."""
        self.gaps: list[Gap] = []
        self.moved: set[int] = set()
        """Lines of the file that were called added, and turned out to be moved."""
        self._added: dict[int, int] = {}
        """Number -> line of the file, of those that were called added."""
        self._unreadable = False

    def unreadable(self) -> None:
        """Note a line without a number: it may be the expected one, or none of the file's."""
        self._unreadable = True

    def place(self, at: int, number: int, following: int | None) -> Place:
        """
        Place a line.

        Args:
            at: where it stands in the file, from 1.
            number: what it says that it is.
            following: the same of the line behind it; None: there is none, or it is unreadable.
        """
        expected, after_unreadable = self.expected, self._unreadable
        self._unreadable = False
        if number == expected:
            self.expected += 1
            return Place.NEXT
        if after_unreadable and number == expected + 1:
            self.expected += 2
            return Place.AFTER_GAP
        if self._fill(number):
            return Place.MOVED
        if following == expected:
            self._added[number] = at
            return Place.ADDED
        if following == expected + 1:
            self.expected += 1
            return Place.RENUMBERED
        if number > expected:
            self._open(at, number)
            return Place.AFTER_GAP
        return Place.ADDED

    def _open(self, at: int, number: int) -> None:
        """Note that the lines before *number* are missing, but for those that stand elsewhere."""
        self.gaps.append(Gap(at, self.expected, number - 1))
        self.expected = number + 1
        for added in sorted(self._added):
            if self._fill(added):
                self.moved.add(self._added.pop(added))

    def _fill(self, number: int) -> bool:
        """Tell whether line *number* was missed; if so, it is no longer."""
        for gap in self.gaps:
            if gap.first <= number <= gap.last:
                self.gaps.remove(gap)
                rest = (Gap(gap.at, gap.first, number - 1), Gap(gap.at, number + 1, gap.last))
                self.gaps.extend(part for part in rest if part.first <= part.last)
                return True
        return False
