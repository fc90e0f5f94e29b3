"""The show of hands in a vote: channels claimed, two tellers, recounts; nobody counted twice."""

from __future__ import annotations

from meetings import commands as cmd
from meetings import events as ev
from meetings.authority import Actor
from meetings.refusals import Code
from tests.each import each
from tests.unit.meetings.given import MEMBER, VIEWER, given
from tests.unit.meetings.voting.sample import (
    BODY,
    CLERK,
    NO,
    VOTE,
    WU,
    YES,
    gave,
    in_room,
    opened,
)

ROOM = (*BODY, *in_room("wu", "chen", "li"))  # 18 entries
VOTE = VOTE + 3
COUNTED = opened(ev.VoteRules(kind="motion", majority=ev.SIMPLE, tellers=("sun", "wang")))


def claims(*persons: str, channel: str = "hands") -> cmd.ClaimChannel:
    return cmd.ClaimChannel(vote=VOTE, channel=channel, persons=persons)


def claimed(person: str, channel: ev.Channel = "hands") -> ev.VoteChannelClaimed:
    return ev.VoteChannelClaimed(vote=VOTE, person=person, channel=channel)


def counted(teller: str, counts: tuple[int, ...], number: int = 1) -> ev.HandsCounted:
    return ev.HandsCounted(vote=VOTE, teller=teller, round=number, counts=counts)


def count(*counts: int) -> cmd.CountHands:
    return cmd.CountHands(vote=VOTE, counts=counts)


HANDS = (*ROOM, COUNTED, claimed("wu"), claimed("chen"))
"""Two vote by hand."""


# --- channels


@each("channel", ["hands", "electronic"])
def test_an_elector_settles_how_he_votes(channel: ev.Channel) -> None:
    given(*ROOM, COUNTED).when(WU, claims(channel=channel)).then(claimed("wu", channel))
    again = given(*ROOM, COUNTED, claimed("wu", channel))
    again.when(WU, claims(channel=channel)).then()


def test_the_desk_claims_for_many_at_once() -> None:
    """All of them or, if one cannot, none."""
    given(*ROOM, COUNTED).when(CLERK, claims("wu", "chen")).then(claimed("wu"), claimed("chen"))
    given(*ROOM, COUNTED).when(CLERK, claims("wu", "wang")).refused(Code.VOTE_NOT_ENTITLED)


def test_others_claim_for_themselves_alone() -> None:
    given(*ROOM, COUNTED).when(WU, claims("wu")).then(claimed("wu"))
    given(*ROOM, COUNTED).when(WU, claims("chen")).refused(Code.FORBIDDEN)
    release = cmd.ReleaseChannel(vote=VOTE, person="chen")
    given(*HANDS).when(WU, release).refused(Code.FORBIDDEN)


def test_hands_are_raised_in_the_room() -> None:
    vote = VOTE - 3
    command = cmd.ClaimChannel(vote=vote, channel="hands")
    given(*BODY, COUNTED).when(WU, command).refused(Code.VOTE_NOT_IN_ROOM)
    device = cmd.ClaimChannel(vote=vote, channel="electronic")
    given(*BODY, COUNTED).when(WU, device).then(
        ev.VoteChannelClaimed(vote=vote, person="wu", channel="electronic")
    )


def test_one_who_voted_raises_no_hand() -> None:
    voted = (*ROOM, COUNTED, gave("wu", YES, vote=VOTE))
    given(*voted).when(WU, claims()).refused(Code.VOTE_ALREADY_CAST)
    given(*ROOM, COUNTED, claimed("wu", "electronic")).when(WU, claims()).refused(
        Code.VOTE_CHANNEL_CLAIMED
    )


def test_one_whose_vote_another_casts_raises_no_hand() -> None:
    here = ev.PersonSignedIn(person="zhou", role=WU.role)
    given(*ROOM, COUNTED, here).when(CLERK, claims("zhou")).refused(Code.VOTE_BY_PROXY)


def test_a_hand_that_is_counted_weighs_one() -> None:
    """Tellers count heads; where the desk enters hands by name they weigh as they do."""
    given(*ROOM, COUNTED).when(MEMBER, claims()).refused(Code.VOTE_TOO_HEAVY)
    given(*ROOM, opened()).when(MEMBER, claims()).then(claimed("li"))


def test_in_a_secret_vote_hands_are_papers_that_two_count() -> None:
    secret = ev.VoteRules(kind="motion", majority=ev.SIMPLE, secrecy="secret")
    alone = opened(secret, paper_key="c" * 512)
    given(*ROOM, alone).when(WU, claims()).refused(Code.VOTE_NO_TELLERS)
    two = opened(secret.model_copy(update={"tellers": ("sun", "wang")}), paper_key="c" * 512)
    given(*ROOM, two).when(WU, claims()).then(claimed("wu"))
    paper = ev.BallotPaperIssued(vote=VOTE, person="wu", blinded="0" * 64)
    given(*ROOM, two, paper).when(WU, claims()).refused(Code.VOTE_PAPER_TAKEN)


def test_a_claim_is_taken_back_by_the_person_or_the_desk() -> None:
    back = ev.VoteChannelReleased(vote=VOTE, person="wu")
    given(*HANDS).when(WU, cmd.ReleaseChannel(vote=VOTE)).then(back)
    given(*HANDS).when(CLERK, cmd.ReleaseChannel(vote=VOTE, person="wu")).then(back)
    given(*HANDS, back).when(WU, cmd.ReleaseChannel(vote=VOTE)).refused(Code.VOTE_NOT_CLAIMED)
    given(*HANDS, back).when(WU, cmd.CastBallot(vote=VOTE, marks=NO)).then(
        gave("wu", NO, vote=VOTE)
    )


def test_claims_stand_fast_once_a_teller_has_counted() -> None:
    """Or somebody would be counted by hand, and vote otherwise as well."""
    begun = (*HANDS, counted("sun", YES))
    given(*begun).when(WU, cmd.ReleaseChannel(vote=VOTE)).refused(Code.VOTE_COUNTED)
    light = (*ROOM, COUNTED, counted("sun", (0, 0, 0)))
    given(*light).when(WU, claims()).refused(Code.VOTE_COUNTED)
    given(*light, claimed("wu", "electronic")).when(WU, cmd.ReleaseChannel(vote=VOTE)).then(
        ev.VoteChannelReleased(vote=VOTE, person="wu")
    )


def test_a_recount_frees_the_claims_again() -> None:
    again = (*HANDS, counted("sun", YES), ev.HandsRecount(vote=VOTE, round=2))
    given(*again).when(WU, cmd.ReleaseChannel(vote=VOTE)).then(
        ev.VoteChannelReleased(vote=VOTE, person="wu")
    )


@each("command", [claims(), cmd.ReleaseChannel(vote=VOTE)])
def test_nothing_is_claimed_where_nothing_runs(
    command: cmd.ClaimChannel | cmd.ReleaseChannel,
) -> None:
    given(*ROOM).when(WU, command).refused(Code.VOTE_UNKNOWN)
    over = COUNTED.model_copy(update={"until_ms": 1})
    given(*ROOM, over).when(WU, command).refused(Code.VOTE_CLOSED)


# --- counts


@each("teller", [CLERK, VIEWER])
def test_each_teller_enters_a_count(teller: Actor) -> None:
    given(*HANDS).when(teller, count(1, 1, 0)).then(counted(teller.person, (1, 1, 0)))


def test_nobody_else_counts() -> None:
    given(*HANDS).when(WU, count(1, 1, 0)).refused(Code.VOTE_NOT_TELLER)
    given(*HANDS, counted("sun", YES)).when(WU, cmd.RecountHands(vote=VOTE)).refused(
        Code.VOTE_NOT_TELLER
    )


def test_a_teller_counts_once_a_round() -> None:
    once = (*HANDS, counted("sun", YES))
    given(*once).when(CLERK, count(0, 2, 0)).refused(Code.VOTE_COUNTED)
    given(*once, ev.HandsRecount(vote=VOTE, round=2)).when(CLERK, count(0, 2, 0)).then(
        counted("sun", (0, 2, 0), 2)
    )


def test_no_more_hands_are_counted_than_claimed() -> None:
    given(*HANDS).when(CLERK, count(1, 1, 0)).then(counted("sun", (1, 1, 0)))
    given(*HANDS).when(CLERK, count(1, 1, 1)).refused(Code.VOTE_COUNT_TOO_HIGH)
    given(*HANDS).when(CLERK, count(1, 1)).refused(Code.VOTE_UNKNOWN_OPTION)


@each("actor", [CLERK, VIEWER])
def test_a_recount_is_asked_by_a_teller_or_the_desk(actor: Actor) -> None:
    recount = cmd.RecountHands(vote=VOTE)
    begun = (*HANDS, counted("sun", YES), counted("wang", NO))
    given(*begun).when(actor, recount).then(ev.HandsRecount(vote=VOTE, round=2))
    given(*HANDS).when(actor, recount).refused(Code.VOTE_NOT_COUNTED)


@each("command", [count(1, 1, 0), cmd.RecountHands(vote=VOTE)])
def test_hands_are_counted_until_the_vote_is_closed(
    command: cmd.CountHands | cmd.RecountHands,
) -> None:
    """Also after its time, since the hands were up before it."""
    given(*ROOM).when(CLERK, command).refused(Code.VOTE_UNKNOWN)
    closed = ev.VoteClosed(vote=VOTE, reason="closed")
    given(*HANDS, closed).when(CLERK, command).refused(Code.VOTE_CLOSED)
    over = (*ROOM, COUNTED.model_copy(update={"until_ms": 1}), claimed("wu"), claimed("chen"))
    given(*over).when(CLERK, count(1, 1, 0)).then(counted("sun", (1, 1, 0)))


def test_an_open_poll_counts_hands_of_those_in_the_room() -> None:
    poll = opened(
        ev.VoteRules(kind="single", tellers=("sun", "wang")), roll=None, options=("甲", "乙")
    )
    here = ev.PersonSignedIn(person="zhao", role=VIEWER.role)
    vote = VOTE + 1
    command = cmd.ClaimChannel(vote=vote, channel="hands", persons=("zhao",))
    given(*ROOM, here, poll).when(CLERK, command).then(
        ev.VoteChannelClaimed(vote=vote, person="zhao", channel="hands")
    )
