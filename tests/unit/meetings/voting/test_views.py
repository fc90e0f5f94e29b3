"""What is shown of votes, and what is withheld from whom."""

from __future__ import annotations

from meetings import events as ev
from meetings import views
from meetings.people import Person, Role
from meetings.sections import Audience
from meetings.voting.sections import ROLL_SHOWN, MyVote, ProxyView, VotesSection, VoteView
from tests.each import each
from tests.unit.meetings.given import REGISTER, meeting, record
from tests.unit.meetings.voting.sample import BODY, NO, VOTE, YES, gave, opened

PEOPLE = {
    **REGISTER,
    "zhou": Person(id="zhou", name="周老师", office="业委会", role=Role.PARTICIPANT),
    "wu": Person(id="wu", name="吴会计", role=Role.PARTICIPANT),
    "sun": Person(id="sun", name="孙书记员", role=Role.CLERK),
}
SECRET = opened(
    ev.VoteRules(kind="motion", majority=ev.SIMPLE, secrecy="secret"), paper_key="c" * 512
)
TELLERS = ev.VoteRules(kind="motion", majority=ev.SIMPLE, tellers=("sun", "wang"))
LIVE = ev.VoteRules(kind="motion", majority=ev.SIMPLE, results="live")
OTHERS = [audience for audience in Audience if audience is not Audience.HOST]


def view(*events: ev.Event, audience: Audience = Audience.VIEWER) -> VoteView:
    section = views.section("votes", meeting(*BODY, *events), PEOPLE, audience)
    assert isinstance(section, VotesSection)
    return section.votes[0]


def mine(person: str, *events: ev.Event) -> MyVote | None:
    return views.me(meeting(*BODY, *events), PEOPLE, person).votes.get(VOTE)


def paper(person: str, number: int = 1) -> ev.BallotPaperIssued:
    return ev.BallotPaperIssued(vote=VOTE, person=person, number=number, blinded="0" * 64)


@each("audience", Audience)
def test_nobody_sees_hidden_results_before_the_close(audience: Audience) -> None:
    shown = view(opened(), gave("li", YES), audience=audience)
    assert (shown.tally, shown.cast, shown.outcome) == (None, 1, None)


def test_live_results_are_seen_while_the_vote_runs() -> None:
    assert view(opened(LIVE), gave("li", YES), gave("wu", NO)).tally == (2, 1, 0)


@each("audience", Audience)
def test_of_a_secret_vote_only_papers_are_counted_while_it_runs(audience: Audience) -> None:
    shown = view(SECRET, paper("wu"), paper("li"), paper("li", 2), audience=audience)
    assert (shown.papers, shown.cast, shown.tally) == (3, None, None)


def test_the_outcome_is_shown_at_the_close() -> None:
    ended = ev.Outcome(result="passed", option=0, tally=YES, ballots=1, cast=1, abstained=0)
    closed = ev.VoteClosed(vote=VOTE, reason="closed", outcome=ended)
    shown = view(SECRET, paper("wu"), closed)
    assert (shown.state, shown.tally, shown.cast, shown.outcome) == ("closed", YES, 1, ended)


def test_of_a_cancelled_vote_nothing_is_told_but_why() -> None:
    shown = view(opened(LIVE), gave("li", YES), ev.VoteCancelled(vote=VOTE, reason="议题有误"))
    assert (shown.state, shown.cancelled, shown.tally) == ("cancelled", "议题有误", None)


def test_the_roll_is_for_the_desk_with_those_first_who_have_not_voted() -> None:
    given = (opened(), gave("chen", YES))
    roll = view(*given, audience=Audience.HOST).roll
    assert [(line.id, line.voted) for line in roll] == [
        ("li", False),
        ("zhou", False),
        ("wu", False),
        ("chen", True),
    ]
    assert (roll[1].name, roll[1].weight, roll[1].holder) == ("周老师", 3, "li")
    assert all(view(*given, audience=audience).roll == () for audience in OTHERS)


def test_the_roll_of_an_open_poll_is_of_those_who_did_something() -> None:
    claimed = ev.VoteChannelClaimed(vote=VOTE, person="wang", channel="hands")
    roll = view(opened(roll=None), claimed, gave("wu", YES), audience=Audience.HOST).roll
    assert [(line.id, line.channel, line.voted) for line in roll] == [
        ("wang", "hands", False),
        ("wu", "electronic", True),
    ]


@each("electors, shown", [(ROLL_SHOWN, ROLL_SHOWN), (ROLL_SHOWN + 1, 300)])
def test_the_roll_is_shown_up_to_a_bound(electors: int, shown: int) -> None:
    roll = tuple(ev.RollLine(person=f"p{n}") for n in range(electors))
    assert len(view(opened(roll=roll), audience=Audience.HOST).roll) == shown


def test_the_roll_never_tells_what_was_voted() -> None:
    roll = view(opened(), gave("li", YES), audience=Audience.HOST).roll
    other = view(opened(), gave("li", NO), audience=Audience.HOST).roll
    assert roll == other


HANDS = (
    opened(TELLERS),
    ev.VoteChannelClaimed(vote=VOTE, person="wu", channel="hands"),
    ev.HandsCounted(vote=VOTE, teller="sun", round=1, counts=YES),
)


def test_nobody_sees_a_count_before_both_are_entered() -> None:
    """The other teller least of all."""
    for audience in Audience:
        hands = view(*HANDS, audience=audience).hands
        assert hands is not None
        assert (hands.claimed, hands.entered, hands.counts) == (1, ("sun",), None)
        assert not hands.agreed
    own, other = mine("sun", *HANDS), mine("wang", *HANDS)
    assert own is not None
    assert other is not None
    assert (own.teller, own.counts) == (True, YES)
    assert (other.teller, other.counts) == (True, None)


@each("count, agreed", [(YES, True), (NO, False)])
def test_it_is_shown_whether_the_tellers_agree(count: tuple[int, ...], *, agreed: bool) -> None:
    second = ev.HandsCounted(vote=VOTE, teller="wang", round=1, counts=count)
    hands = view(*HANDS, second).hands
    assert hands is not None
    assert (hands.agreed, hands.differ, hands.counts) == (agreed, not agreed, None)


def test_mine_are_the_own_ballot_and_those_by_proxy() -> None:
    given = (opened(), gave("li", YES), gave("zhou", NO, "proxy"))
    assert mine("li", *given) == MyVote(
        weight=2,
        holder=None,
        channel="electronic",
        marks=YES,
        receipt=VOTE + 1,
        papers=(),
        proxies=(
            ProxyView(id="zhou", name="周老师", weight=3, marks=NO, receipt=VOTE + 2, papers=()),
        ),
        teller=False,
        counts=None,
    )
    giver = mine("zhou", *given)
    assert giver is not None
    assert (giver.holder, giver.marks) == ("李工", NO)
    assert mine("wang", *given) is None


def test_mine_are_the_papers_that_i_took() -> None:
    own = mine("li", SECRET, paper("li", 2), paper("zhou", 1))
    assert own is not None
    assert (own.papers, own.proxies[0].papers) == ((2,), (1,))


def test_whose_own_part_changes_is_told() -> None:
    """Everybody on the roll and the tellers at the opening; giver and holder at a ballot."""
    vote = opened(TELLERS)
    cases: list[tuple[tuple[ev.Event, ...], set[str]]] = [
        ((vote,), {"chen", "li", "zhou", "wu", "sun", "wang"}),
        ((vote, gave("zhou", YES, "proxy")), {"zhou", "li"}),
        ((vote, HANDS[1]), {"wu"}),
        ((*HANDS,), {"sun"}),
        ((*HANDS, ev.HandsRecount(vote=VOTE, round=2)), {"sun", "wang"}),
        ((vote, ev.VoteClosing(vote=VOTE, until_ms=1)), set()),
    ]
    for events, persons in cases:
        before, after = meeting(*BODY, *events[:-1]), meeting(*BODY, *events)
        entry = record((*BODY, *events))[-1]
        assert views.touched(before, after, entry) == persons
        for person in ("chen", "li", "zhou", "wu", "sun", "wang", "zhao"):
            was, now = views.me(before, PEOPLE, person), views.me(after, PEOPLE, person)
            assert (was == now) or person in persons
