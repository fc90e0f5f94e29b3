"""Papers of a secret vote: taken by name, one a vote, the same one again and no other."""

from __future__ import annotations

from hashlib import sha256

from meetings import commands as cmd
from meetings import events as ev
from meetings.refusals import Code
from tests.each import each
from tests.unit.meetings.given import MEMBER, VIEWER, given
from tests.unit.meetings.voting.sample import BODY, VOTE, WU, ZHOU, opened

KEY = "c" + "0" * 511
SECRET = opened(ev.VoteRules(kind="motion", majority=ev.SIMPLE, secrecy="secret"), paper_key=KEY)
BLINDED = "a" * 512


def take(blinded: str = BLINDED, person: str | None = None, number: int = 1) -> cmd.TakePaper:
    return cmd.TakePaper(vote=VOTE, blinded=blinded, person=person, number=number)


def issued(person: str, blinded: str = BLINDED, number: int = 1) -> ev.BallotPaperIssued:
    digest = sha256(bytes.fromhex(blinded)).hexdigest()
    return ev.BallotPaperIssued(vote=VOTE, person=person, number=number, blinded=digest)


def test_an_elector_takes_a_paper_by_name() -> None:
    given(*BODY, SECRET).when(WU, take()).then(issued("wu"))


def test_the_same_paper_again_is_no_other() -> None:
    """After a lost answer or a reload; its signature is the same."""
    given(*BODY, SECRET, issued("wu")).when(WU, take()).then()


def test_nobody_has_a_second_paper() -> None:
    given(*BODY, SECRET, issued("wu")).when(WU, take("b" * 512)).refused(Code.VOTE_PAPER_TAKEN)


def test_there_are_as_many_papers_as_the_vote_weighs() -> None:
    first = (*BODY, SECRET, issued("li"))
    given(*first).when(MEMBER, take("b" * 512, number=2)).then(issued("li", "b" * 512, 2))
    given(*first).when(MEMBER, take("b" * 512, number=3)).refused(Code.VOTE_NOT_ENTITLED)


def test_the_holder_takes_the_papers_of_the_giver() -> None:
    given(*BODY, SECRET).when(MEMBER, take(person="zhou", number=3)).then(issued("zhou", number=3))
    here = ev.PersonJoined(person="zhou", role=ZHOU.role)
    given(*BODY, SECRET, here).when(ZHOU, take()).refused(Code.VOTE_BY_PROXY)
    given(*BODY, SECRET).when(WU, take(person="zhou")).refused(Code.VOTE_NOT_ENTITLED)


def test_who_is_not_on_the_roll_has_no_paper() -> None:
    given(*BODY, SECRET).when(VIEWER, take()).refused(Code.VOTE_NOT_ENTITLED)


def test_in_an_open_poll_everybody_has_one() -> None:
    poll = opened(ev.VoteRules(secrecy="secret"), roll=None, paper_key=KEY)
    given(*BODY, poll).when(VIEWER, take()).then(issued("wang"))
    given(*BODY, poll).when(VIEWER, take(number=2)).refused(Code.VOTE_NOT_ENTITLED)


def test_a_named_vote_has_no_papers() -> None:
    given(*BODY, opened()).when(WU, take()).refused(Code.VOTE_NOT_SECRET)


def test_who_votes_by_hand_has_no_paper() -> None:
    hand = ev.VoteChannelClaimed(vote=VOTE, person="wu", channel="hands")
    given(*BODY, SECRET, hand).when(WU, take()).refused(Code.VOTE_CHANNEL_CLAIMED)


@each("less, fits", [(1, True), (0, False)])
def test_a_blinded_paper_is_below_the_modulus(less: int, *, fits: bool) -> None:
    """RFC 9474, section 4.3, refuses what is not."""
    outcome = given(*BODY, SECRET).when(WU, take(f"{int(KEY, 16) - less:0512x}"))
    if fits:
        assert outcome.decision == (issued("wu", f"{int(KEY, 16) - 1:0512x}"),)
    else:
        outcome.refused(Code.VOTE_BAD_PAPER)


def test_no_paper_is_given_out_after_the_time() -> None:
    timed = SECRET.model_copy(update={"until_ms": 50_000})
    given(*BODY, timed).when(WU, take(), at_ms=49_999).then(issued("wu"))
    given(*BODY, timed).when(WU, take(), at_ms=50_000).refused(Code.VOTE_CLOSED)
    given(*BODY).when(WU, take()).refused(Code.VOTE_UNKNOWN)
