"""How long what ended waits until it is tried again. Pure."""

from __future__ import annotations


class Retry:
    """
    Of one thing that should always run.

    Args:
        waits_s: after its first end, its second, ...; the last one again and again. What went well
            before it ended begins anew.
    """

    def __init__(self, waits_s: tuple[float, ...]) -> None:
        self._waits_s = waits_s
        self._failures = 0

    def ended(self, *, well: bool) -> float:
        """
        It ended.

        Args:
            well: it had done before what it is for.

        Returns: seconds until the next try.
        """
        if well:
            self._failures = 0
        wait_s = self._waits_s[min(self._failures, len(self._waits_s) - 1)]
        self._failures += 1
        return wait_s
