"""The livestreams of this node: one object for each programme, for who feeds it and who watches."""

from __future__ import annotations

import re
from collections import OrderedDict
from pathlib import Path
from weakref import WeakValueDictionary

from media.livestream import Livestream
from media.segments.disk import JOURNAL, DiskStore

KEPT_MAX = 64  # recordings at hand that nobody feeds; each about 1 MB for three hours

_MEETING = re.compile(r"^[A-Za-z0-9_-][A-Za-z0-9_.:-]{0,63}$")  # never `..`, never a path


class Livestreams:
    """Programmes in folders named by their meeting."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # Whoever feeds a livestream holds it; then everybody must get the same.
        self._known: WeakValueDictionary[str, Livestream] = WeakValueDictionary()
        self._recent: OrderedDict[str, Livestream] = OrderedDict()

    def programme(self, meeting: str) -> Livestream:
        """
        The livestream of a meeting, made if there is none.

        Raises:
            OSError: its journal can't be read.
        """
        found = self._known.get(meeting)
        if found is None:
            found = Livestream(DiskStore(self._folder / meeting))
            self._known[meeting] = found
        self._recent[meeting] = found
        self._recent.move_to_end(meeting)
        if len(self._recent) > KEPT_MAX:
            self._recent.popitem(last=False)
        return found

    def running(self, meeting: str) -> bool:
        """Tell whether somebody may watch the meeting live now: asked for each command."""
        known = self._known.get(meeting)
        return known is not None and known.state != "ended"

    def forget(self, meeting: str) -> None:
        """Its recording was deleted."""
        self._known.pop(meeting, None)
        self._recent.pop(meeting, None)

    def find(self, meeting: str) -> Livestream | None:
        """The livestream of a meeting that has or had one."""
        if not _MEETING.match(meeting):
            return None
        known = meeting in self._known or (self._folder / meeting / JOURNAL).is_file()
        return self.programme(meeting) if known else None
