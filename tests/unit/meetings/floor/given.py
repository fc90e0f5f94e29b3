"""What the tests of hands and those of speeches begin with."""

from __future__ import annotations

from typing import Any

from meetings import events as ev
from meetings.events import FloorRules, FloorRulesSet
from meetings.people import Place
from tests.unit.meetings.given import NOW

ASKED = ev.FloorRequested(person="wang", about="费用", place=Place.ONLINE)
"""Entry 8 after OPEN."""
SPEAKS = ev.FloorGranted(person="wang", until_ms=NOW + 60_000)


def ruled(**rules: Any) -> FloorRulesSet:
    """The meeting's rules of the floor, but for these as usual."""
    return FloorRulesSet(rules=FloorRules(**rules))
