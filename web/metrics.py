"""
Counters and gauges as Prometheus reads them (text exposition format 0.0.4).

Nothing is gathered in the background: what others count as plain integers is read when somebody
asks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Literal

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Kind = Literal["counter", "gauge"]
Labels = tuple[tuple[str, str], ...]
Read = Callable[[], float | Mapping[Labels, float]]


class Metrics:
    """A registry of what is read at scrape time, and the counts of answered requests."""

    def __init__(self) -> None:
        self._reads: list[tuple[str, Kind, str, Read]] = []
        self.requests: Counter[tuple[str, int]] = Counter()
        """(route's path template or "other", status) -> answers; bounded by the routes."""
        self.add(
            "yishi_http_requests_total",
            "counter",
            "Answered HTTP requests by route and status.",
            lambda: {
                (("route", route), ("status", str(status))): count
                for (route, status), count in self.requests.items()
            },
        )

    def add(self, name: str, kind: Kind, help_text: str, read: Read) -> None:
        """Register one metric; *read* gives a number, or numbers by labels, without blocking."""
        self._reads.append((name, kind, help_text, read))

    def render(self) -> str:
        """Everything, now."""
        lines: list[str] = []
        for name, kind, help_text, read in self._reads:
            lines += [f"# HELP {name} {help_text}", f"# TYPE {name} {kind}"]
            value = read()
            by_labels = value if isinstance(value, Mapping) else {(): value}
            for labels, number in sorted(by_labels.items()):
                inner = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels)
                lines.append(f"{name}{{{inner}}} {number}" if inner else f"{name} {number}")
        return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
