"""What can be wrong with an export, and what was found in one."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from meetings.proof.contents import FileLine


class Fault(StrEnum):
    """Stable, for scripts. The command line has the words for them."""

    UNREADABLE = "unreadable"
    """No line of an export."""
    CHANGED = "changed"
    """The content is not the one that was written, or the line has another number."""
    MISSING = "missing"
    ADDED = "added"
    MOVED = "moved"
    """The line stands elsewhere than it was written."""
    REWRITTEN = "rewritten"
    """Entries fit each other, but not what was signed of them."""
    UNSEALED = "unsealed"
    """The seal at the end is missing: the file is cut off, or was never finished."""
    SEAL = "seal"
    """The seal is not that of these lines."""
    OTHER_KEY = "other_key"
    """Signed, but not with the key that was asked for."""
    BALLOT = "ballot"
    """A ballot, or a paper for one, that its vote has no place for."""
    MISCOUNTED = "miscounted"
    """The announced outcome is not the sum of the ballots."""
    RERECORDED = "rerecorded"
    """Files of the recording are not those that were sealed while it was made."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong."""

    line: int
    """Where it was noticed, counted in the file from 1."""
    fault: Fault
    what: str = ""
    """What it is about, such as `entry 17` or `line 20-22`."""


@dataclass(slots=True)
class Report:
    """What was found."""

    meeting: str = ""
    key: str = ""
    """Public key in the file, hexadecimal."""
    lines: int = 0
    entries: int = 0
    checkpoints: int = 0
    people: int = 0
    withheld: int = 0
    """People whose line was blotted out."""
    votes: int = 0
    """Counted again."""
    files: list[FileLine] = field(default_factory=list)
    sealed: int = 0
    """Of them, the first so many were sealed in the record while they were made."""
    recorded: bool = False
    """The recording is complete: nothing stands behind the last file."""
    deleted: bool = False
    """The recording's files were deleted, and the record says so."""
    first_ms: int | None = None
    """Wall clock of the first entry, milliseconds since 1970-01-01 UTC."""
    last_ms: int | None = None
    problems: list[Problem] = field(default_factory=list)
    more: int = 0
    """Problems beyond those that are listed."""

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems
