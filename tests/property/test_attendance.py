"""Properties of the attendance, however people come, go, are entered, appointed and represented."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meetings import commands as cmd
from meetings import events as ev
from meetings import views
from meetings.attendance.history import series
from meetings.attendance.proxies import HELD_MAX
from meetings.attendance.quorum import Quorum
from meetings.authority import Actor
from meetings.decide import decide
from meetings.fold import apply
from meetings.moment import Moment
from meetings.people import DESK, DEVICES, ELECTORS, Person, PersonId, Place, Role, usual_place
from meetings.refusals import Refused
from meetings.state import Meeting

ROLES = {
    "chen": Role.HOST,
    "sun": Role.DEPUTY,
    "he": Role.CLERK,
    "li": Role.PARTICIPANT,
    "qian": Role.PARTICIPANT,
    "wu": Role.PARTICIPANT,
    "wang": Role.VIEWER,
    "zhao": Role.VIEWER,
    "room": Role.ROOM,
}
PEOPLE = sorted(ROLES)
REGISTER = {p: Person(id=p, name=f"名{p}", role=r) for p, r in ROLES.items()}
RULES: tuple[ev.QuorumRule | None, ...] = (
    None,
    ev.QuorumOfCount(n=2, proxies=True),
    ev.QuorumOfRoster(num=2, den=3),
    ev.QuorumOfRoster(num=1, den=2, strictly=True, proxies=True),
)
CREATED = ev.MeetingCreated(
    title="物业选聘",
    room="a1b2",
    room_name="议事室",
    planned_ms=0,
    agenda=(ev.AgendaItem(id=1, title="通报"), ev.AgendaItem(id=2, title="讨论")),
)
CALM = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # machines are busy


def ask(chance: random.Random, meeting: Meeting) -> cmd.Command:
    person, other = (
        chance.choice([*PEOPLE, *meeting.attendance.roster.order[:6]]) for _ in range(2)
    )
    item = chance.choice([1, 2, 3])
    on = chance.random() < 0.5
    lobby, roster = meeting.attendance.lobby, meeting.attendance.roster
    waits = chance.choice([*lobby.order, *sorted(lobby.waiting), person])
    giver = chance.choice([*sorted(roster.proxies), person])
    aside = chance.choice([*sorted(roster.recusals.get(item, frozenset())), person])
    draws: list[tuple[int, cmd.Command]] = [
        (14, cmd.Join()),
        (6, cmd.Leave()),
        (6, cmd.SignIn(person=person)),
        (5, cmd.SignIn(code="1234")),
        (6, cmd.SignOut(person=person)),
        (1, cmd.EnterAttendance(name="孙奶奶")),
        (3, cmd.AppointPerson(person=person, role=chance.choice([Role.CLERK, Role.VIEWER]))),
        (12, cmd.SetRoster(person=person, weight=chance.randrange(1, 4))),
        (2, cmd.SetRoster(person=person, elector=False)),
        (1, cmd.EnterRoster(name="吴代表")),
        (1, cmd.RemoveFromRoster(person=person)),
        (20, cmd.GiveProxy(giver=person, holder=other)),
        (6, cmd.GiveProxy(giver=person, holder=other, until="item")),
        (8, cmd.RevokeProxy(giver=giver)),
        (5, cmd.DeclareRecusal(person=person, item=item)),
        (6, cmd.LiftRecusal(person=aside, item=item)),
        (4, cmd.SetQuorum(rule=chance.choice(RULES))),
        (4, cmd.SetLobby(on=on, viewers=chance.random() < 0.5)),
        (6, cmd.AdmitFromLobby(persons=(waits, other))),
        (8, cmd.TurnAway(persons=(waits, other), reason="名额已满")),
        (4, cmd.MoveAgenda(item=item)),
    ]
    return chance.choices([c for _, c in draws], [weight for weight, _ in draws])[0]


@dataclass(repr=False)  # else a failing test prints whole meetings
class Held:
    """A meeting that was held: its record, and the meeting after each entry."""

    entries: list[ev.Entry] = field(default_factory=list)
    live: list[Meeting] = field(default_factory=list)

    def write(self, event: ev.Event, at_ms: int) -> None:
        entry = ev.Entry(offset=len(self.entries) + 1, at_ms=at_ms, event=event)
        self.entries.append(entry)
        self.live.append(apply(self.live[-1] if self.live else None, entry, "m1"))


def hold(seed: int, steps: int) -> Held:
    """Hold a meeting as the service does: roles are those that people were appointed to."""
    chance = random.Random(seed)
    held = Held()
    now_ms = 0
    held.write(CREATED.model_copy(update={"lobby": chance.random() < 0.6}), now_ms)
    for person in ("chen", "sun", "he"):
        held.write(ev.PersonJoined(person=person, role=ROLES[person]), now_ms)
    held.write(ev.MeetingOpened(), now_ms)
    for _ in range(steps):
        now_ms += chance.choice([0, 1, 1000])
        state = held.live[-1]
        waiting = [one for one in state.attendance.lobby.order if one in ROLES]
        person = chance.choice([*PEOPLE, *waiting, *["chen", "sun", "he"] * 4])
        actor = Actor(person, state.attendance.role(person, ROLES[person]))
        moment = Moment(now_ms, seed=f"{chance.getrandbits(128):032x}")
        gives_up = person in waiting and chance.random() < 0.3
        command = cmd.Leave() if gives_up else ask(chance, state)
        decision = decide(state, command, actor, moment)
        for event in () if isinstance(decision, Refused) else decision:
            held.write(event, now_ms)
    return held


MEETINGS = st.builds(hold, seed=st.integers(0, 2**32), steps=st.sampled_from([40, 80, 160]))


@dataclass
class Recount:
    """The attendance counted again from the events alone, in the plainest way."""

    connected: set[PersonId] = field(default_factory=set)
    seated: set[PersonId] = field(default_factory=set)
    roles: dict[PersonId, Role] = field(default_factory=dict)
    times: dict[PersonId, list[list[int | None]]] = field(default_factory=dict)
    order: list[PersonId] = field(default_factory=list)
    electors: dict[PersonId, bool] = field(default_factory=dict)
    proxies: dict[PersonId, ev.ProxyGiven] = field(default_factory=dict)
    aside: set[tuple[PersonId, int]] = field(default_factory=set)
    rule: ev.QuorumRule | None = None
    item: int | None = None

    @property
    def present(self) -> set[PersonId]:
        return self.connected | self.seated

    def take(self, entry: ev.Entry) -> None:
        before = self.present
        self._take(entry.event)
        for person in self.present - before:
            self.times.setdefault(person, []).append([entry.at_ms, None])
        for person in before - self.present:
            self.times[person][-1][1] = entry.at_ms

    def _take(self, event: ev.Event) -> None:
        match event:
            case ev.PersonJoined():
                self.connected.add(event.person)
                self.roles[event.person] = event.role
            case ev.PersonLeft():
                self.connected.discard(event.person)
            case ev.PersonSignedIn():
                self.seated.add(event.person)
                self.roles.setdefault(event.person, event.role)
            case ev.PersonSignedOut():
                self.seated.discard(event.person)
            case ev.PersonAppointed() if event.person in self.roles:
                self.roles[event.person] = event.role
            case ev.RosterSet():
                if event.person not in self.electors:
                    self.order.append(event.person)
                self.electors[event.person] = event.elector
            case ev.RosterRemoved():
                del self.electors[event.person]
                self.order.remove(event.person)
            case ev.ProxyGiven():
                self.proxies[event.giver] = event
            case ev.ProxyRevoked():
                del self.proxies[event.giver]
            case ev.RecusalDeclared():
                self.aside.add((event.person, event.item))
            case ev.RecusalLifted():
                self.aside.discard((event.person, event.item))
            case ev.QuorumSet():
                self.rule = event.rule
            case ev.AgendaMoved():
                self.item = event.item
            case _:
                pass
        for giver, given_proxy in tuple(self.proxies.items()):
            if not (self.electors.get(giver) and self.electors.get(given_proxy.holder)):
                del self.proxies[giver]

    def quorum(self) -> Quorum:
        if self.electors:
            entitled = {person for person, elector in self.electors.items() if elector}
        else:
            entitled = {p for p in self.present if self.roles[p] in ELECTORS}
        entitled = {person for person in entitled if (person, self.item) not in self.aside}
        there = entitled & self.present
        if self.rule is not None and self.rule.proxies:
            for giver, one in self.proxies.items():
                usable = one.until == "close" or one.item == self.item
                if giver in entitled and usable and one.holder in self.present:
                    there.add(giver)
        if self.rule is None:
            enough = 0
        elif isinstance(self.rule, ev.QuorumOfCount):
            enough = self.rule.n
        else:
            part, over = self.rule.num, self.rule.strictly
            enough = next(
                n
                for n in range(len(entitled) + 2)
                if n * self.rule.den > part * len(entitled)
                or (not over and n * self.rule.den == part * len(entitled))
            )
        return Quorum(len(entitled), len(there), enough)


def test_random_attendances_are_lively() -> None:
    """Each event of the attendance happens often: otherwise the properties would say little."""
    kinds = {kind.model_fields["type"].default for kind in get_args(ev.AttendanceEvent)}
    seen = Counter(entry.event.type for seed in range(60) for entry in hold(seed, 160).entries)
    assert {kind for kind in kinds if seen[kind] < 5} == set()


def _length(from_ms: int, to_ms: int | None) -> int:
    """Of what lasts still: until after everything."""
    return (10**9 if to_ms is None else to_ms) - from_ms


@CALM
@given(MEETINGS)
def test_intervals_are_the_union_of_connections_and_seats(held: Held) -> None:
    """In order, without overlap, and cut into stays at one place each without a gap."""
    recount = Recount()
    for entry, meeting in zip(held.entries, held.live, strict=True):
        recount.take(entry)
        people = meeting.attendance.people
        assert {p for p in people if people[p].present} == recount.present
    for person, attendee in held.live[-1].attendance.people.items():
        times = [[stay.from_ms, stay.to_ms] for stay in attendee.intervals]
        assert times == recount.times[person]
        covered = sum(_length(one.from_ms, one.to_ms) for one in attendee.stays)
        whole = sum(_length(one.from_ms, one.to_ms) for one in attendee.intervals)
        assert covered == whole
        for earlier, later in zip(attendee.stays, attendee.stays[1:], strict=False):
            assert earlier.to_ms is not None
            assert earlier.to_ms <= later.from_ms


@CALM
@given(MEETINGS)
def test_heads_are_counted_once_and_in_one_place(held: Held) -> None:
    recount = Recount()
    for entry, meeting in zip(held.entries, held.live, strict=True):
        recount.take(entry)
        roles, attendance = recount.roles, meeting.attendance
        assert attendance.viewers == sum(roles[p] is Role.VIEWER for p in recount.present)
        people = {p for p in recount.present if roles[p] not in DEVICES}
        in_room = {p for p in people if p in recount.seated or roles[p] in DESK}
        assert attendance.in_room == len(in_room)
        for person in recount.present:
            seated = person in recount.seated
            expected = Place.ROOM if seated else usual_place(roles[person])
            assert attendance.place(person) is expected


@CALM
@given(MEETINGS)
def test_the_quorum_as_a_function_of_time_equals_its_recount(held: Held) -> None:
    """After each entry, counted again from the events alone."""
    recount = Recount()
    expected: list[tuple[int, Quorum]] = []
    for entry in held.entries:
        recount.take(entry)
        now = recount.quorum()
        if not expected or expected[-1][1] != now:
            expected.append((entry.at_ms, now))
    assert [(change.at_ms, change.quorum) for change in series(held.entries)] == expected


@CALM
@given(MEETINGS)
def test_proxies_are_between_electors_unchained_and_few(held: Held) -> None:
    for meeting in held.live:
        roster = meeting.attendance.roster
        for until in ("close", "item"):
            valid = {g: p for g, p in roster.proxies.items() if p.until == until}
            holders = Counter(proxy.holder for proxy in valid.values() if until == "close")
            assert all(count <= HELD_MAX for count in holders.values())
            if until == "close":
                assert not holders.keys() & valid.keys()
            for giver, proxy in valid.items():
                assert giver != proxy.holder
                assert roster.lines[giver].elector
                assert roster.lines[proxy.holder].elector


@CALM
@given(MEETINGS)
def test_nobody_is_in_the_lobby_and_inside(held: Held) -> None:
    for meeting in held.live:
        attendance = meeting.attendance
        assert not any(attendance.present(person) for person in attendance.lobby.waiting)
        waits = {p for p, one in attendance.lobby.waiting.items() if one.reason is None}
        assert set(attendance.lobby.order) == waits
        assert len(attendance.lobby.order) == len(waits)


@CALM
@given(MEETINGS)
def test_only_what_is_announced_changes(held: Held) -> None:
    """Sections by the event's `changes`, persons by `touched`."""
    pairs = zip(held.live, held.live[1:], held.entries[1:], strict=False)
    for before, after, entry in pairs:
        for audience, names in views.AUDIENCE_SECTIONS.items():
            for name in set(names) - views.affected(entry.event):
                was = views.section(name, before, REGISTER, audience)
                assert views.section(name, after, REGISTER, audience) == was, entry
        for person in set(PEOPLE) - views.touched(before, after, entry):
            was_me = views.me(before, REGISTER, person)
            assert views.me(after, REGISTER, person) == was_me, entry
