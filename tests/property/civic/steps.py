"""What happens in a random meeting, step by step."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from meetings import commands as cmd
from meetings import events as ev
from meetings.floor.rulebook import FloorMode
from meetings.link.events import Call
from meetings.people import PersonId, Place
from meetings.refusals import Code, Refused
from meetings.service import Accepted
from meetings.voting.state import Vote
from tests.property.civic.asking import draw_ask, draw_concern
from tests.property.civic.asks.ending import ENDING
from tests.property.civic.asks.voting import open_vote
from tests.property.civic.drawing import Ask, Drawing
from tests.property.civic.hall import NOTE, PEOPLE, STREAM_DELAY_MS, Hall, Paper, recorded

Step = Callable[[Hall, random.Random], None]

CROWD_MAX: Final = 8  # people who ask at the same moment


def ask(hall: Hall, chance: random.Random) -> None:
    """People ask one after another, about one thing and another."""
    concern = draw_concern(hall, chance)
    for _ in range(chance.randint(1, 4)):
        hall.ask(draw_ask(hall, concern, chance))


def crowd(hall: Hall, chance: random.Random) -> None:
    """Several ask at the same moment, so that one's wish meets what the others' made of it."""
    concern = draw_concern(hall, chance)
    hall.ask(*(draw_ask(hall, concern, chance) for _ in range(chance.randint(2, CROWD_MAX))))


def hold_vote(hall: Hall, chance: random.Random) -> None:
    """A question is put, people vote, hands are counted, and mostly it is closed."""
    hall.ask(("chen", open_vote(Drawing(hall.meeting, chance))))
    for step in chance.choices([vote, count_hands, cheat, ask_again, change_node], k=4):
        step(hall, chance)
    running = hall.meeting.votes.open
    if running and chance.random() < 0.7:
        hall.ask(("chen", cmd.CloseVote(vote=running[-1])))
        vote(hall, chance)  # viewers see the close later
        hall.wait(chance.choice([1, STREAM_DELAY_MS - 1, STREAM_DELAY_MS]))


def ask_again(hall: Hall, chance: random.Random) -> None:
    """An answer was lost: whoever asked asks again, of either node, and is told the same."""
    asked = chance.choice(hall.asked)
    first, again = asked.answer, hall.ask_again(asked)
    if isinstance(first, Accepted):
        entry = hall.entries[first.offset - 1]
        # What was so already left no entry: it is asked for the first time, so to speak.
        if (entry.actor, entry.cause) == (asked.person, asked.command_id):
            _same(first, again)


def _same(first: Accepted, again: object) -> None:
    if isinstance(again, Refused):
        # A paper is signed anew when it is asked for again; after the close there is no box.
        assert first.paper is not None, again
        assert again.code is Code.VOTE_CLOSED
        return
    assert isinstance(again, Accepted)
    assert again.offset == first.offset
    assert again.paper in (first.paper, None) or first.paper is None


def vote(hall: Hall, chance: random.Random) -> None:
    """Everybody who may votes in one that runs, some of them twice, some in another's place."""
    meeting = hall.meeting
    if not meeting.votes.open:
        return
    vote_id = chance.choice(meeting.votes.open)
    running = meeting.votes.by_id[vote_id]
    draw = Drawing(meeting, chance)
    if running.secret:
        _vote_secretly(hall, draw, vote_id, running)
        return
    asks: list[Ask] = []
    for person in _electors(running, chance):
        if chance.random() < 0.8:
            asks.append((person, cmd.CastBallot(vote=vote_id, marks=draw.marks(running))))
        for giver in running.holders.get(person, ()):
            command = cmd.CastBallotFor(vote=vote_id, person=giver, marks=draw.marks(running))
            asks.append((person, command))
    hall.ask(*asks)


def _electors(running: Vote, chance: random.Random) -> list[PersonId]:
    """Those who may, holders of proxies, and somebody who perhaps may not."""
    known = set(running.holders if running.roll is None else (*running.roll, *running.holders))
    persons = [person for person in PEOPLE if not known or person in known]
    return [*persons, chance.choice(sorted(PEOPLE))]


def _vote_secretly(hall: Hall, draw: Drawing, vote_id: int, running: Vote) -> None:
    """Papers are taken by name; ballots are cast later, without one, in no order."""
    chance = draw.chance
    for person in _electors(running, chance):
        places: list[PersonId] = [person, *running.holders.get(person, ())]
        for place in places:
            hall.take_paper(vote_id, person, place, chance.randint(1, running.weight(place)))
    papers = list(hall.papers[vote_id].values())
    for paper in chance.sample(papers, chance.randrange(len(papers) + 1)):
        hall.cast_paper(vote_id, paper, draw.marks(running))


def cheat(hall: Hall, chance: random.Random) -> None:
    """Somebody stuffs the box of a secret vote, with a paper of another vote or of nobody's."""
    meeting = hall.meeting
    secret = [one for one in meeting.votes.open if meeting.votes.by_id[one].secret]
    if not secret:
        return
    vote_id = chance.choice(secret)
    others = [
        paper for one, papers in hall.papers.items() if one != vote_id for paper in papers.values()
    ]
    forged = Paper(serial=chance.randbytes(32).hex(), signature=chance.randbytes(256).hex())
    paper = chance.choice([*others, forged])
    marks = Drawing(meeting, chance).marks(meeting.votes.by_id[vote_id])
    assert hall.cast_paper(vote_id, paper, marks) is not None


def count_hands(hall: Hall, chance: random.Random) -> None:
    """Hands go up in a vote with tellers, who count; mostly they agree."""
    meeting = hall.meeting
    counted = [one for one in meeting.votes.open if meeting.votes.by_id[one].rules.tellers]
    if not counted:
        return
    vote_id = chance.choice(counted)
    running = meeting.votes.by_id[vote_id]
    here = [p for p in PEOPLE if meeting.attendance.place(p) is Place.ROOM and p != "room"]
    raised = chance.sample(here, min(len(here), 4))
    hall.ask(*((p, cmd.ClaimChannel(vote=vote_id, channel="hands")) for p in raised))
    if raised and chance.random() < 0.3:
        hall.ask((raised[0], cmd.ReleaseChannel(vote=vote_id)))
    hands = hall.meeting.votes.by_id[vote_id].by_hand
    counts = [0] * len(running.options)
    for _ in range(hands):
        counts[chance.randrange(len(counts))] += 1
    for teller in running.rules.tellers:
        if chance.random() < 0.2 and hands:
            counts = [hands, *([0] * (len(counts) - 1))]
        hall.ask((teller, cmd.CountHands(vote=vote_id, counts=tuple(counts))))
    if chance.random() < 0.3:
        hall.ask((chance.choice(["he", "li"]), cmd.RecountHands(vote=vote_id)))


def speak(hall: Hall, chance: random.Random) -> None:
    """Somebody is called to the green room, gets ready or not, and mostly speaks."""
    person = chance.choice(["li", "qian", "wang", "zhao", "xu"])
    hall.ask((person, cmd.RequestFloor(about=NOTE, side=chance.choice(["for", "against"]))))
    hall.ask(("chen", cmd.CallFloor(person=person)))
    asks: list[Ask] = [
        (person, cmd.ReadyFloor()),
        (person, cmd.GiveFloorText(text="请代读：谢谢")),
        ("he", cmd.CallOffFloor(person=person)),
        (person, cmd.WithdrawFloor()),
        ("chen", cmd.GrantFloor(person=person, seconds=5)),
        ("chen", cmd.GrantFloor(person=person, interrupt=True)),
        ("chen", cmd.PauseFloor()),
        ("chen", cmd.UnpauseFloor()),
        ("chen", cmd.ExtendFloor(seconds=5)),
    ]
    hall.ask(*chance.choices(asks, k=6))


def arrange(hall: Hall, chance: random.Random) -> None:
    """Another way to find the next speaker, and the first use of it."""
    mode: FloorMode = chance.choice(["open", "list", "draw", "nominate"])
    rules = ev.FloorRules(mode=mode, overtime=chance.choice(["warn", "mute", "host"]))
    people = ["li", "qian", "wang", "zhao"]
    hall.ask(
        *((person, cmd.RequestFloor(about=NOTE)) for person in people),
        ("chen", cmd.SetFloorRules(rules=rules)),
        ("chen", cmd.DrawFloor()),
        ("he", cmd.ListFloor(persons=tuple(chance.sample(people, 3)))),
        ("chen", cmd.NominateFloor(person=chance.choice(people))),
        ("chen", cmd.GrantFloor(person=chance.choice(people), seconds=5)),
    )


def moderate(hall: Hall, chance: random.Random) -> None:
    """A comment is hidden, its author appeals, and the desk answers."""
    draw = Drawing(hall.meeting, chance)
    comment, author = draw.comment(), "wang"
    if comment in hall.meeting.comments.by_id:
        author = hall.meeting.comments.by_id[comment].person
    hall.ask(("he", cmd.HideComment(comment=comment, reason="other")))
    hall.ask((author if author in PEOPLE else "wang", cmd.AppealComment(comment=comment, text="?")))
    answers: list[Ask] = [
        ("he", cmd.DeclineAppeal(comment=comment)),
        ("he", cmd.RestoreComment(comment=comment)),
    ]
    hall.ask(chance.choice(answers))
    other = draw.comment()
    asks: list[Ask] = [
        ("he", cmd.PinComment(comment=other)),
        ("he", cmd.UnpinComment(comment=other)),
        ("he", cmd.ShowComment(comment=other)),
        ("he", cmd.UnshowComment(comment=other)),
        ("wang", cmd.LikeComment(comment=other)),
        ("wang", cmd.UnlikeComment(comment=other)),
    ]
    for one in chance.choices(asks, k=4):
        hall.ask(one)


def use_lobby(hall: Hall, chance: random.Random) -> None:
    """Some go, come back to a closed door, wait there or go again, and are let in or not."""
    persons = chance.sample(["li", "qian", "wu", "wang", "xu"], 3)
    hall.ask(("he", cmd.SetLobby(on=True, viewers=True)))
    hall.ask(*((person, cmd.Leave()) for person in persons))
    hall.ask(*((person, cmd.Join()) for person in persons))
    asks: list[Ask] = [
        ("he", cmd.AdmitFromLobby(persons=(persons[0],))),
        ("he", cmd.TurnAway(persons=(persons[1],), reason="请稍候")),
        (persons[2], cmd.Leave()),
        ("he", cmd.SetLobby(on=False)),
    ]
    hall.ask(*chance.sample(asks, 3))


def keep_order(hall: Hall, chance: random.Random) -> None:
    """Somebody is muted, or put out and let in again; the room's device is chosen; a call ends."""
    person = chance.choice(["li", "qian", "wang"])
    asks: list[tuple[PersonId, cmd.Asked]] = [
        ("he", cmd.SignIn(person=person)),
        (person, cmd.Join()),
        ("room", cmd.Join()),
        ("chen", cmd.Mute(person=person)),
        ("chen", cmd.Unmute(person=person)),
        ("chen", cmd.StopPicture(person=person)),
        ("chen", cmd.AllowPicture(person=person)),
        ("chen", cmd.LockLink()),
        ("chen", cmd.UnlockLink()),
        ("chen", cmd.ChooseCamera(person="room")),
        ("chen", cmd.ChooseMicrophone(person="room")),
        ("chen", cmd.ShowProgramme(layout="room")),
        ("chen", cmd.RemovePerson(person=person, reason="扰乱会场")),
        ("chen", cmd.Readmit(person=person)),
        (person, cmd.SummariseCall(call=Call(from_ms=1, to_ms=2))),
    ]
    for one in asks:
        if chance.random() < 0.8:
            hall.ask(one)


def sign_off(hall: Hall, chance: random.Random) -> None:
    """Host and clerk sign the minutes of a closed meeting; then they are published and amended."""
    sha256 = "a" * 64
    for person in ("chen", "he"):
        hall.ask((person, cmd.SignMinutes(revision=1, sha256=sha256)))
    hall.ask(("chen", cmd.PublishMinutes(revision=1, sha256=sha256)))
    hall.ask((chance.choice(["chen", "he"]), cmd.AmendMinutes(text="更正：日期有误")))
    files = chance.randrange(1, 9)
    root = recorded(files)[1]
    sealed = cmd.SealRecording(files=files, through=files, root=root, complete=True)
    hall.ask(("chen", sealed))
    hall.ask(("chen", cmd.ExpireRecording(days=chance.choice([1, 1_000_000]))))


def wait(hall: Hall, chance: random.Random) -> None:
    """Time passes."""
    hall.wait(chance.choice([1, 1000, 3999, 8000, 61_000]))


def change_node(hall: Hall, _: random.Random) -> None:
    """The next ones ask the other node."""
    hall.change_node()


def restart(hall: Hall, _: random.Random) -> None:
    """A node is replaced by one that knows nothing but the record."""
    hall.restart()


def end(hall: Hall, chance: random.Random) -> None:
    """The host closes, with the votes first that have a box; or somebody is forgotten."""
    person, command = draw_ask(hall, ENDING, chance)
    if isinstance(command, cmd.CloseMeeting):
        meeting = hall.meeting
        for vote_id in meeting.votes.open:
            if meeting.votes.by_id[vote_id].secret:
                hall.ask(("chen", cmd.CloseVote(vote=vote_id)))
                hall.wait(STREAM_DELAY_MS)
    hall.ask((person, command))


STEPS: Final[tuple[tuple[int, Step], ...]] = (
    (24, ask),
    (6, crowd),
    (6, hold_vote),
    (3, ask_again),
    (4, vote),
    (1, cheat),
    (3, count_hands),
    (3, speak),
    (2, arrange),
    (2, moderate),
    (2, use_lobby),
    (2, keep_order),
    (4, wait),
    (2, change_node),
    (1, restart),
)
"""With how often each is drawn; `end` comes late in a meeting."""


def draw_step(chance: random.Random) -> Step:
    (step,) = chance.choices([step for _, step in STEPS], [weight for weight, _ in STEPS])
    return step
