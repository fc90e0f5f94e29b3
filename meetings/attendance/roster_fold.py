"""What entries make of the roster, its proxies, recusals and quorum."""

from __future__ import annotations

from typing import assert_never

from meetings.attendance.events import (
    ProxyGiven,
    ProxyRevoked,
    QuorumSet,
    RecusalDeclared,
    RecusalLifted,
    RosterLine,
    RosterRemoved,
    RosterSet,
)
from meetings.attendance.state import Proxy, Roster
from meetings.evolve import evolve
from meetings.people import PersonId

RosterEvent = (
    RosterSet
    | RosterRemoved
    | ProxyGiven
    | ProxyRevoked
    | RecusalDeclared
    | RecusalLifted
    | QuorumSet
)


def apply(roster: Roster, event: RosterEvent) -> Roster:
    """Return the roster after *event*."""
    match event:
        case RosterSet():
            line = RosterLine(
                person=event.person, role=event.role, weight=event.weight, elector=event.elector
            )
            known = event.person in roster.lines
            roster = evolve(
                roster,
                lines=roster.lines.set(event.person, line),
                order=roster.order if known else (*roster.order, event.person),
            )
            # Proxies are among electors.
            return roster if event.elector else _without_proxies(roster, event.person)
        case RosterRemoved():
            if event.person not in roster.lines:
                return roster
            roster = _without_proxies(roster, event.person)
            return evolve(
                roster,
                lines=roster.lines.delete(event.person),
                order=tuple(person for person in roster.order if person != event.person),
            )
        case ProxyGiven():
            proxy = Proxy(event.holder, event.until, event.item)
            return evolve(roster, proxies=roster.proxies.set(event.giver, proxy))
        case ProxyRevoked():
            if event.giver not in roster.proxies:
                return roster
            return evolve(roster, proxies=roster.proxies.delete(event.giver))
        case RecusalDeclared():
            aside = roster.recusals.get(event.item, frozenset()) | {event.person}
            return evolve(roster, recusals=roster.recusals.set(event.item, aside))
        case RecusalLifted():
            aside = roster.recusals.get(event.item, frozenset()) - {event.person}
            return evolve(roster, recusals=roster.recusals.set(event.item, aside))
        case QuorumSet():
            return evolve(roster, quorum=event.rule)
        case _:
            assert_never(event)


def _without_proxies(roster: Roster, person: PersonId) -> Roster:
    """Take back the proxy that *person* gave and those that *person* holds."""
    proxies = roster.proxies
    for giver, proxy in roster.proxies.items():
        if person in (giver, proxy.holder):
            proxies = proxies.delete(giver)
    return evolve(roster, proxies=proxies)
