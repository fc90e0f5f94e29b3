"""
What people ask in a random meeting: of every command there is, mostly something that can be.

Who asks is mostly somebody whose role may; sometimes anybody, and about anything.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, Final, Literal

from meetings import commands as cmd
from meetings import events as ev
from meetings.floor.rulebook import FloorMode, OrderRule
from meetings.people import PersonId, Role
from meetings.voting.state import Vote
from meetings.voting.terms import ABSOLUTE, SIMPLE, TWO_THIRDS
from tests.property.civic.drawing import Ask, Builder, Drawing, by
from tests.property.civic.hall import NOTE, PEOPLE, Hall

# --- the meeting, its agenda, its people ----------------------------------------------------------


def _until(draw: Drawing) -> int | None:
    return draw.of(None, draw.meeting.at_ms + 3000, draw.meeting.at_ms - 1)


def _new_order(draw: Drawing) -> cmd.Command:
    ids = [item.plan.id for item in draw.meeting.agenda.items]
    draw.chance.shuffle(ids)
    return cmd.ReorderAgenda(order=tuple(ids))


def _plan(draw: Drawing) -> dict[str, Any]:
    return {"title": draw.of("其他", "通报"), "kind": draw.of("report", "vote")}


def _quorum(draw: Drawing) -> ev.QuorumRule | None:
    proxies = draw.of(True, False)
    num, den = draw.of((1, 2), (2, 3), (9, 10))
    return draw.of(
        None,
        ev.QuorumOfRoster(num=num, den=den, proxies=proxies),
        ev.QuorumOfCount(n=draw.of(1, 3, 50), proxies=proxies),
    )


def _join(draw: Drawing) -> Ask:
    away = [
        person
        for person in PEOPLE
        if person != "screen" and not draw.meeting.attendance.present(person)
    ]
    command = cmd.Join()
    return draw.actor(command, away), command


def _sign_in(draw: Drawing) -> Ask:
    if draw.of(True, False):
        return draw.actor(cmd.SignIn(), ("chen", "he")), cmd.SignIn(person=draw.person())
    command = cmd.SignIn(code=draw.of("", "1234"))
    return draw.actor(command), command


def _sign_out(draw: Drawing) -> Ask:
    command = cmd.SignOut(person=draw.of(None, draw.person()))
    return draw.actor(command), command


def _give_proxy(draw: Drawing) -> Ask:
    lines = sorted(draw.meeting.attendance.roster.lines)
    giver, holder = draw.often(lines, list(PEOPLE)), draw.often(lines, list(PEOPLE))
    command = cmd.GiveProxy(giver=giver, holder=holder, until=draw.of("close", "item"))
    return draw.actor(command, (giver, "he")), command


def _revoke_proxy(draw: Drawing) -> Ask:
    given = sorted(draw.meeting.attendance.roster.proxies)
    command = cmd.RevokeProxy(giver=draw.often(given, list(PEOPLE)))
    return draw.actor(command, (command.giver, "he")), command


def _recusal(draw: Drawing) -> Ask:
    person, item = draw.person(), draw.item()
    command = cmd.DeclareRecusal(person=person, item=item)
    return draw.actor(command, (person, "he")), command


def _lift_recusal(draw: Drawing) -> Ask:
    aside = [
        (person, item)
        for item, persons in draw.meeting.attendance.roster.recusals.items()
        for person in persons
    ]
    person, item = draw.often(sorted(aside), [("li", 1)])
    command = cmd.LiftRecusal(person=person, item=item)
    return draw.actor(command, (person, "he")), command


def _in_lobby(draw: Drawing) -> tuple[PersonId, ...]:
    waiting = sorted(draw.meeting.attendance.lobby.waiting)
    return (draw.often(waiting, list(PEOPLE)),)


CONDUCT: Final[Sequence[tuple[int, Builder]]] = (
    (4, by(lambda _: cmd.OpenMeeting())),
    (1, by(lambda draw: cmd.RecessMeeting(until_ms=_until(draw)))),
    (1, by(lambda draw: cmd.AdjournMeeting(until_ms=_until(draw)))),
    (6, by(lambda _: cmd.ResumeMeeting())),
    (4, by(lambda draw: cmd.MoveAgenda(item=draw.item()))),
    (1, by(lambda draw: cmd.InsertAgenda(**_plan(draw), before=draw.of(None, draw.item())))),
    (1, by(lambda draw: cmd.EditAgenda(item=draw.item(), **_plan(draw)))),
    (1, by(_new_order)),
    (1, by(lambda draw: cmd.PostponeAgenda(item=draw.item(), reason="材料不全"))),
    (2, by(lambda draw: cmd.ReopenAgenda(item=draw.item()))),
)

ATTENDANCE: Final[Sequence[tuple[int, Builder]]] = (
    (10, _join),
    (2, by(lambda _: cmd.Leave())),
    (4, _sign_in),
    (2, _sign_out),
    (
        1,
        by(
            lambda draw: cmd.EnterAttendance(
                name="老人", role=draw.of(Role.VIEWER, Role.PARTICIPANT)
            )
        ),
    ),
    (
        1,
        by(
            lambda draw: cmd.AppointPerson(
                person=draw.person(),
                role=draw.of(Role.DEPUTY, Role.CLERK, Role.PARTICIPANT, Role.VIEWER),
            )
        ),
    ),
    (
        3,
        by(
            lambda draw: cmd.SetRoster(
                person=draw.person(), weight=draw.of(1, 1, 2), elector=draw.of(True, True, False)
            )
        ),
    ),
    (1, by(lambda _: cmd.EnterRoster(name="业主", real_name="实名业主", contact="13800000000"))),
    (1, by(lambda draw: cmd.RemoveFromRoster(person=draw.person()))),
    (4, _give_proxy),
    (1, _revoke_proxy),
    (2, _recusal),
    (1, _lift_recusal),
    (1, by(lambda draw: cmd.SetQuorum(rule=_quorum(draw)))),
    (2, by(lambda draw: cmd.SetLobby(on=draw.of(True, False), viewers=draw.of(True, False)))),
    (3, by(lambda draw: cmd.AdmitFromLobby(persons=_in_lobby(draw)))),
    (2, by(lambda draw: cmd.TurnAway(persons=_in_lobby(draw), reason="请稍候"))),
    (1, by(lambda draw: cmd.UnmaskPerson(person=draw.person(), reason="核实身份"))),
)

# --- the video link -------------------------------------------------------------------------------


def _muted(draw: Drawing) -> PersonId:
    return draw.often(sorted(draw.meeting.link.muted), list(PEOPLE))


def _stopped(draw: Drawing) -> PersonId:
    return draw.often(sorted(draw.meeting.link.stopped), list(PEOPLE))


def _removed(draw: Drawing) -> PersonId:
    return draw.often(sorted(draw.meeting.link.removed), list(PEOPLE))


def _room(draw: Drawing) -> PersonId:
    return draw.often(["room"], list(PEOPLE))


LINK: Final[Sequence[tuple[int, Builder]]] = (
    (3, by(lambda draw: cmd.Mute(person=draw.of(None, draw.person())))),
    (2, by(lambda draw: cmd.Unmute(person=_muted(draw)))),
    (2, by(lambda draw: cmd.StopPicture(person=draw.person()))),
    (2, by(lambda draw: cmd.AllowPicture(person=_stopped(draw)))),
    (1, by(lambda _: cmd.LockLink())),
    (2, by(lambda _: cmd.UnlockLink())),
    (1, by(lambda draw: cmd.ChooseCamera(person=_room(draw)))),
    (2, by(lambda draw: cmd.ShowProgramme(layout=draw.of("auto", "two", "vote")))),
    (1, by(lambda draw: cmd.ChooseMicrophone(person=_room(draw)))),
    (1, by(lambda draw: cmd.RemovePerson(person=draw.person(), reason="扰乱会场"))),
    (3, by(lambda draw: cmd.Readmit(person=_removed(draw)))),
)

# --- the floor ------------------------------------------------------------------------------------

_ORDERS: Final[Sequence[OrderRule]] = (
    "first_time_first",
    "alternate_place",
    "alternate_side",
    "least_time_first",
)


def _rules(draw: Drawing) -> ev.FloorRules:
    modes: Sequence[FloorMode] = ("open", "open", "host", "list", "draw", "nominate")
    return ev.FloorRules(
        mode=draw.of(*modes),
        order=tuple(draw.chance.sample(_ORDERS, draw.chance.randrange(5))),
        patience=draw.of(1, 20),
        speech_s=draw.of(None, 10),
        item_s=draw.of(None, 30),
        group_s=draw.of(None, 30),
        group_by=draw.of("place", "side"),
        overtime=draw.of("warn", "mute", "host"),
    )


def _request(draw: Drawing) -> Ask:
    kinds: Sequence[ev.Kind] = ("speech", "speech", "speech", "question", "reply", "point_of_order")
    person = draw.person() if draw.chance.random() < 0.2 else None
    command = cmd.RequestFloor(
        about=NOTE, kind=draw.of(*kinds), side=draw.of(None, "for", "against"), person=person
    )
    return draw.actor(command, () if person is None else ("chen", "he")), command


def _grant(draw: Drawing) -> cmd.Command:
    waiting = [placed.waiting.person for placed in draw.meeting.floor.order]
    ready = [called.person for called in draw.meeting.floor.called if called.ready]
    person = draw.often(ready or waiting, sorted(PEOPLE))
    return cmd.GrantFloor(
        person=person, seconds=draw.seconds(), interrupt=draw.chance.random() < 0.2
    )


def _holder(draw: Drawing) -> tuple[PersonId, ...]:
    holder = draw.meeting.floor.holder
    return () if holder is None else (holder.person, "chen")


def _called(draw: Drawing) -> list[PersonId]:
    return [called.person for called in draw.meeting.floor.called]


def _ready(draw: Drawing) -> Ask:
    return draw.actor(cmd.ReadyFloor(), _called(draw)), cmd.ReadyFloor()


def _call_off(draw: Drawing) -> Ask:
    if draw.of(True, False):
        return draw.actor(cmd.CallOffFloor(), _called(draw)), cmd.CallOffFloor()
    command = cmd.CallOffFloor(person=draw.often(_called(draw), sorted(PEOPLE)))
    return draw.actor(command, ("he",)), command


def _give_text(draw: Drawing) -> Ask:
    command = cmd.GiveFloorText(text="请代读：谢谢")
    return draw.actor(command, [*_called(draw), *_holder(draw)]), command


def _end(draw: Drawing) -> Ask:
    return draw.actor(cmd.EndFloor(), _holder(draw)), cmd.EndFloor()


def _nominate(draw: Drawing) -> Ask:
    command = cmd.NominateFloor(person=draw.person())
    return draw.actor(command, _holder(draw)), command


FLOOR: Final[Sequence[tuple[int, Builder]]] = (
    (12, _request),
    (1, by(lambda draw: cmd.WithdrawFloor(person=draw.of(None, draw.person())))),
    (2, by(lambda draw: cmd.SetFloorRules(rules=_rules(draw), item=draw.of(None, draw.item())))),
    (2, by(lambda _: cmd.DrawFloor())),
    (1, by(lambda draw: cmd.ListFloor(persons=draw.persons(4)))),
    (2, _nominate),
    (4, by(lambda draw: cmd.CallFloor(person=draw.person()))),
    (3, _ready),
    (1, _call_off),
    (2, _give_text),
    (10, by(_grant)),
    (4, _end),
    (2, by(lambda _: cmd.PauseFloor())),
    (3, by(lambda _: cmd.UnpauseFloor())),
    (2, by(lambda _: cmd.ExtendFloor(seconds=5))),
)

# --- comments -------------------------------------------------------------------------------------

_REASONS: Final[Sequence[ev.HideReason]] = ("abuse", "privacy", "other")


def _hidden(draw: Drawing) -> list[int]:
    return list(draw.meeting.comments.hidden_latest)


def _appeal(draw: Drawing) -> Ask:
    command = cmd.AppealComment(comment=draw.comment(_hidden(draw)), text="请再看看")
    comment = draw.meeting.comments.by_id.get(command.comment)
    return draw.actor(command, () if comment is None else (comment.person,)), command


def _comment_rules(draw: Drawing) -> cmd.Command:
    moderation: Sequence[Literal["post", "pre", "off"]] = ("post", "post", "pre", "off")
    return cmd.SetCommentRules(
        rules=ev.CommentRules(
            moderation=draw.of(*moderation),
            slow_s=draw.of(0, 0, 5),
            per_person_max=draw.of(None, None, 3),
        )
    )


def _post(draw: Drawing) -> cmd.Command:
    return cmd.PostComment(
        text=draw.text() + draw.of("", "", "", "傻逼"),
        reply_to=draw.of(None, None, draw.comment()),
        question_for=draw.of(None, None, draw.person()),
    )


COMMENTS: Final[Sequence[tuple[int, Builder]]] = (
    (10, by(_post)),
    (6, by(lambda draw: cmd.LikeComment(comment=draw.comment()))),
    (2, by(lambda draw: cmd.UnlikeComment(comment=draw.comment()))),
    (1, by(_comment_rules)),
    (2, by(lambda draw: cmd.ApproveComment(comment=draw.comment(draw.meeting.comments.waiting)))),
    (
        4,
        by(lambda draw: cmd.HideComment(comment=draw.comment(), reason=draw.of(*_REASONS))),
    ),
    (4, _appeal),
    (2, by(lambda draw: cmd.DeclineAppeal(comment=draw.comment(draw.meeting.comments.appealed)))),
    (1, by(lambda draw: cmd.RestoreComment(comment=draw.comment(_hidden(draw))))),
    (2, by(lambda draw: cmd.PinComment(comment=draw.comment()))),
    (1, by(lambda draw: cmd.UnpinComment(comment=draw.comment(draw.meeting.comments.pinned)))),
    (2, by(lambda draw: cmd.ShowComment(comment=draw.comment()))),
    (
        1,
        by(
            lambda draw: cmd.UnshowComment(
                comment=draw.of(draw.meeting.comments.shown or draw.offset(), draw.offset())
            )
        ),
    ),
    (1, by(lambda draw: cmd.AddressComment(comment=draw.comment(), to=draw.of(None, "li")))),
)

# --- votes ----------------------------------------------------------------------------------------


def open_vote(draw: Drawing) -> cmd.Command:
    electors: ev.Electors = draw.of("members", "members", "present", "listed", "everyone")
    rules = _vote_rules(draw, frozen=electors != "everyone")
    motion = rules.kind == "motion"
    options = (
        ("同意", "反对", "弃权") if motion else draw.of(("甲", "乙"), ("甲", "乙", "丙", "丁"))
    )
    return cmd.OpenVote(
        question="是否同意？",
        options=options,
        electors=electors,
        seconds=draw.seconds(),
        rules=rules,
        listed=draw.persons(6) if electors == "listed" else (),
    )


def _vote_rules(draw: Drawing, *, frozen: bool) -> ev.VoteRules:
    secrecy: Literal["named", "secret"] = "named"
    if frozen and draw.chance.random() < 0.4:
        secrecy = "secret"
    kind = draw.of("motion", "motion", "single", "multiple", "score")
    majorities = (SIMPLE, ABSOLUTE, TWO_THIRDS) if frozen else (SIMPLE,)
    return ev.VoteRules(
        kind=kind,
        min_choices=draw.of(0, 1) if kind == "multiple" else 1,
        max_choices=2 if kind == "multiple" else 1,
        secrecy=secrecy,
        majority=draw.of(*majorities) if kind == "motion" else None,
        tie=draw.of("rejected", "host", "drawn"),
        results=draw.of("hidden", "live") if secrecy == "named" else "hidden",
        changeable=draw.of(True, False),
        tellers=("li", "qian") if kind in ("motion", "single") and draw.of(True, False) else (),
    )


def _cast(draw: Drawing) -> cmd.Command:
    vote_id = draw.vote_id()
    vote = draw.vote(vote_id)
    return cmd.CastBallot(vote=vote_id, marks=draw.marks(vote), at_ms=_seen(draw, vote))


def _seen(draw: Drawing, vote: Vote | None) -> int | None:
    """What the voter's page shows: the room, or the livestream around the vote's close."""
    close_ms = None if vote is None else vote.until_ms
    return None if close_ms is None else close_ms + draw.of(-2000, -1, -1, 0, 1)


def _cast_for(draw: Drawing) -> Ask:
    vote_id = draw.vote_id()
    vote = draw.vote(vote_id)
    holders = {} if vote is None else dict(vote.holders)
    marks = draw.marks(vote)
    if holders and draw.chance.random() < 0.7:
        holder = draw.of(*sorted(holders))
        command = cmd.CastBallotFor(
            vote=vote_id, person=draw.of(*holders[holder]), marks=marks, at_ms=_seen(draw, vote)
        )
        return draw.actor(command, (holder,)), command
    command = cmd.CastBallotFor(vote=vote_id, person=draw.person(), marks=marks)
    return draw.actor(command, ("he", "chen")), command


def _claim(draw: Drawing) -> Ask:
    channel: Literal["electronic", "hands"] = draw.of("electronic", "hands", "hands")
    vote_id = draw.vote_id()
    if draw.of(True, False):
        command = cmd.ClaimChannel(vote=vote_id, channel=channel)
        return draw.actor(command), command
    command = cmd.ClaimChannel(vote=vote_id, channel=channel, persons=draw.persons(2))
    return draw.actor(command, ("he",)), command


def _release(draw: Drawing) -> Ask:
    vote_id = draw.vote_id()
    vote = draw.vote(vote_id)
    claims = [] if vote is None else sorted(vote.claims)
    command = cmd.ReleaseChannel(vote=vote_id, person=draw.often(claims, sorted(PEOPLE)))
    return draw.actor(command, ("he", command.person or "he")), command


def _count(draw: Drawing) -> Ask:
    vote_id = draw.vote_id()
    vote = draw.vote(vote_id)
    options = 2 if vote is None else len(vote.options)
    hands = 0 if vote is None else vote.by_hand
    entered = [] if vote is None else [*vote.counted.values()]
    first = draw.chance.randrange(hands + 2)
    counts = (first, *([max(0, hands - first)] + [0] * (options - 2)))
    command = cmd.CountHands(vote=vote_id, counts=draw.often(entered, [counts]))
    tellers = () if vote is None else vote.rules.tellers
    waiting = [t for t in tellers if vote is not None and t not in vote.counted]
    return draw.actor(command, waiting or tellers), command


def _recount(draw: Drawing) -> cmd.Command:
    return cmd.RecountHands(vote=draw.vote_id())


def _take_paper(draw: Drawing) -> cmd.Command:
    """A careless client's: what it sends is no blinded paper."""
    return cmd.TakePaper(vote=draw.vote_id(), blinded=draw.of("0", "f") * 512)


def _decide_tie(draw: Drawing) -> cmd.Command:
    votes = draw.meeting.votes
    tied = [
        vote_id
        for vote_id, vote in votes.by_id.items()
        if vote.outcome is not None and vote.outcome.result == "tied"
    ]
    vote_id = draw.often(sorted(tied), [draw.vote_id(running=False)])
    return cmd.DecideTie(vote=vote_id, option=draw.of(0, 1, 2))


VOTING: Final[Sequence[tuple[int, Builder]]] = (
    (8, by(open_vote)),
    (14, by(_cast)),
    (5, _cast_for),
    (1, by(_take_paper)),
    (6, _claim),
    (1, _release),
    (6, _count),
    (2, by(_recount)),
    (4, by(lambda draw: cmd.CloseVote(vote=draw.vote_id(), window_s=draw.of(0, 0, 5)))),
    (2, by(_decide_tie)),
    (1, by(lambda draw: cmd.CancelVote(vote=draw.vote_id(), reason="问题有误"))),
)

# --- captions, and other platforms ----------------------------------------------------------------


def _caption(draw: Drawing) -> cmd.Command:
    until_ms = draw.meeting.at_ms + draw.of(0, 500, 1000, -200_000)
    return cmd.AddCaption(
        from_ms=until_ms - draw.of(1_500, 4_000, 90_000),
        until_ms=until_ms,
        text=draw.text(),
        speaker=draw.of(None, None, draw.person()),
    )


def _correct_caption(draw: Drawing) -> cmd.Command:
    written = list(draw.meeting.captions.latest)
    return cmd.CorrectCaption(
        caption=draw.often(written, [draw.offset()]), text=draw.of(draw.text(), "")
    )


OUTWARD: Final[Sequence[tuple[int, Builder]]] = (
    (3, by(lambda draw: cmd.SetCaptions(on=draw.of(True, True, False)))),
    (6, by(_caption)),
    (2, by(_correct_caption)),
    (2, by(lambda draw: cmd.StartPush(platform=draw.of("电视台", "视频号")))),
    (1, by(lambda draw: cmd.StopPush(platform=draw.of("电视台", "视频号")))),
    (1, by(lambda draw: cmd.HoldRecording(reason=draw.of("申诉", "巡察")))),
    (1, by(lambda _: cmd.ReleaseRecording())),
    (1, by(lambda _: cmd.DeleteRecording(reason="居民要求"))),
)

# --- afterwards -----------------------------------------------------------------------------------


def _revision(draw: Drawing) -> dict[str, Any]:
    revision = draw.of(1, 1, 2)
    return {"revision": revision, "sha256": f"{revision}" * 64}


MINUTES: Final[Sequence[tuple[int, Builder]]] = (
    (4, by(lambda draw: cmd.SignMinutes(**_revision(draw)))),
    (2, by(lambda draw: cmd.PublishMinutes(**_revision(draw)))),
    (2, by(lambda _: cmd.AmendMinutes(text="更正：日期有误"))),
)

ENDING: Final[Sequence[tuple[int, Builder]]] = (
    (1, by(lambda _: cmd.CloseMeeting())),
    (1, by(lambda draw: cmd.ForgetPerson(person=draw.of("xu", "zhou", "wu", "nobody")))),
)

CONCERNS: Final = {
    "conduct": CONDUCT,
    "attendance": ATTENDANCE,
    "link": LINK,
    "floor": FLOOR,
    "comments": COMMENTS,
    "voting": VOTING,
    "outward": OUTWARD,
    "minutes": MINUTES,
}
"""What ends a meeting is asked on its own."""

_WEIGHTS: Final = {
    "conduct": 2,
    "attendance": 4,
    "link": 1,
    "floor": 6,
    "comments": 4,
    "voting": 5,
    "outward": 1,
}


def draw_concern(hall: Hall, chance: random.Random) -> Sequence[tuple[int, Builder]]:
    """Draw what is talked of: after the close mostly the minutes, and seldom before."""
    if chance.random() < (0.6 if hall.meeting.state == "closed" else 0.02):
        return MINUTES
    (name,) = chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()))
    return CONCERNS[name]


def draw_ask(hall: Hall, concern: Sequence[tuple[int, Builder]], chance: random.Random) -> Ask:
    """Draw something to ask, and who asks it."""
    weights = [weight for weight, _ in concern]
    (builder,) = chance.choices([builder for _, builder in concern], weights)
    return builder(Drawing(hall.meeting, chance))
