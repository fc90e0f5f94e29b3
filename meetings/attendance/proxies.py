"""Which proxies are in force at the moment."""

from __future__ import annotations

from collections.abc import Mapping

from meetings.attendance.state import Proxy
from meetings.people import PersonId
from meetings.state import Meeting

HELD_MAX = 3
"""
Proxies that one person may hold at a time: 选举法 (Electoral Law of the PRC), article 42, and the
village committees' law, article 15, allow three.
"""


def valid(meeting: Meeting, proxy: Proxy) -> bool:
    """Tell whether a proxy is for this part of the meeting."""
    return proxy.until == "close" or proxy.item == meeting.agenda.current


def holder_of(meeting: Meeting, giver: PersonId) -> PersonId | None:
    """
    Who votes for *giver* now.

    None: nobody. A proxy rests while its giver is present, and has no effect while its holder is
    away.
    """
    proxy = meeting.attendance.roster.proxies.get(giver)
    if proxy is None or not valid(meeting, proxy) or meeting.attendance.present(giver):
        return None
    return proxy.holder if meeting.attendance.present(proxy.holder) else None


def in_force(meeting: Meeting) -> Mapping[PersonId, PersonId]:
    """Givers whose proxies have effect now, and who holds them."""
    found = ((giver, holder_of(meeting, giver)) for giver in meeting.attendance.roster.proxies)
    return {giver: holder for giver, holder in found if holder is not None}


def held_by(meeting: Meeting, holder: PersonId) -> tuple[PersonId, ...]:
    """Whose valid proxies *holder* has, whether or not they rest, in the roster's order."""
    roster = meeting.attendance.roster
    return tuple(
        giver
        for giver in roster.order
        if giver in roster.proxies
        and roster.proxies[giver].holder == holder
        and valid(meeting, roster.proxies[giver])
    )
