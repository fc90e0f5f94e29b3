"""What a vote comes to: one tally of all channels, and the majority reckoned without rounding."""

from __future__ import annotations

from meetings import events as ev
from meetings.voting.outcome import least, outcome
from meetings.voting.state import Vote
from meetings.voting.terms import ABSOLUTE, SIMPLE, TWO_THIRDS
from tests.each import each
from tests.unit.meetings.given import meeting
from tests.unit.meetings.voting.sample import ABSTAIN, BODY, NO, ROLL, VOTE, YES, gave, opened


def motion(majority: ev.Majority = SIMPLE, tie: str = "rejected") -> ev.VoteRules:
    return ev.VoteRules(kind="motion", majority=majority, tie=tie)


def vote_after(*events: ev.Event) -> Vote:
    return meeting(*BODY, *events).votes.by_id[VOTE]


def equal_roll(electors: int) -> tuple[ev.RollLine, ...]:
    return tuple(ev.RollLine(person=f"p{n}") for n in range(electors))


def cast(*marks: tuple[int, ...]) -> list[ev.BallotGiven]:
    """Ballots of p0, p1 ..."""
    return [gave(f"p{n}", mark) for n, mark in enumerate(marks)]


def of_motion(
    votes: tuple[int, int, int],
    majority: ev.Majority,
    *,
    electors: int = 10,
    present: int = 8,
    tie: str = "rejected",
) -> ev.Outcome:
    ballots = cast(*[YES] * votes[0], *[NO] * votes[1], *[ABSTAIN] * votes[2])
    roll = equal_roll(electors)
    begun = opened(motion(majority, tie), roll=roll, present=present)
    return outcome(vote_after(begun, *ballots))


# --- majorities


@each(
    "majority, base, needed",
    [
        (SIMPLE, 0, 1),
        (SIMPLE, 1, 1),
        (SIMPLE, 2, 2),
        (SIMPLE, 3, 2),
        (ev.Majority(strictly=False), 4, 2),
        (ev.Majority(strictly=False), 5, 3),
        (TWO_THIRDS, 9, 6),
        (TWO_THIRDS, 10, 7),
        (ev.Majority(num=2, den=3), 9, 7),
        (ev.Majority(num=1, den=1, strictly=False), 9, 9),
        (TWO_THIRDS, 0, 1),
    ],
)
def test_the_least_votes_of_a_majority(majority: ev.Majority, base: int, needed: int) -> None:
    assert least(majority, base) == needed


@each(
    "votes, majority, result",
    [
        # Abstentions are no votes cast: two against one carry it whoever abstains.
        ((2, 1, 5), SIMPLE, "passed"),
        ((1, 2, 0), SIMPLE, "rejected"),
        ((1, 0, 7), SIMPLE, "passed"),
        ((0, 0, 8), SIMPLE, "rejected"),
        # More than half of ten who are entitled: six.
        ((5, 0, 0), ABSOLUTE, "rejected"),
        ((6, 2, 0), ABSOLUTE, "passed"),
        # More than half of eight who are present: five.
        ((4, 0, 4), ev.Majority(of="present"), "rejected"),
        ((5, 3, 0), ev.Majority(of="present"), "passed"),
        # At least two thirds of ten: seven.
        ((6, 0, 0), TWO_THIRDS, "rejected"),
        ((7, 1, 0), TWO_THIRDS, "passed"),
    ],
)
def test_a_motion_is_carried_by_its_majority(
    votes: tuple[int, int, int], majority: ev.Majority, result: str
) -> None:
    reckoned = of_motion(votes, majority)
    assert reckoned.result == result
    assert reckoned.tally == votes
    assert reckoned.option == (0 if result == "passed" else None)


def test_an_outcome_says_what_it_follows_from() -> None:
    assert of_motion((5, 2, 1), ABSOLUTE) == ev.Outcome(
        result="rejected",
        leading=(0,),
        tally=(5, 2, 1),
        ballots=8,
        cast=7,
        abstained=1,
        present=8,
        entitled=10,
        base=10,
        needed=6,
        reasons=("majority_missed",),
    )


def test_votes_weigh_as_the_roll_says() -> None:
    """Two against five, and the two have three ballots."""
    ballots = [gave("chen", YES), gave("wu", YES), gave("li", NO), gave("zhou", NO, "proxy")]
    reckoned = outcome(vote_after(opened(motion(ABSOLUTE)), *ballots))
    assert (reckoned.tally, reckoned.ballots, reckoned.entitled) == ((2, 5, 0), 4, 7)
    assert (reckoned.result, reckoned.needed) == ("rejected", 4)


def test_a_changed_ballot_counts_as_it_was_last() -> None:
    reckoned = outcome(vote_after(opened(), gave("li", YES), gave("li", NO), gave("li", ABSTAIN)))
    assert (reckoned.tally, reckoned.ballots, reckoned.abstained) == ((0, 0, 2), 1, 2)


# --- quorum


@each("present, result", [(3, "no_quorum"), (4, "passed")])
def test_without_a_quorum_nothing_is_carried(present: int, result: str) -> None:
    taken = ev.QuorumTaken(needed=4, present=present)
    reckoned = outcome(vote_after(opened(quorum=taken), gave("wu", YES)))
    assert (reckoned.result, reckoned.tally) == (result, (1, 0, 0))


# --- ties


def test_a_tie_rejects_a_motion_if_nothing_else_is_said() -> None:
    reckoned = of_motion((3, 3, 1), SIMPLE)
    assert (reckoned.result, reckoned.reasons) == ("rejected", ("tie", "tie_rejected"))


@each("tie", ["host", "drawn"])
def test_a_tie_waits_to_be_settled_where_the_rules_say_so(tie: str) -> None:
    reckoned = of_motion((3, 3, 1), SIMPLE, tie=tie)
    assert (reckoned.result, reckoned.leading) == ("tied", (0, 1))


@each(
    "votes, majority",
    [
        ((3, 3, 0), ABSOLUTE),  # of ten: no tie, since six were needed
        ((3, 3, 0), ev.Majority(num=2, den=3)),
        ((3, 3, 0), ev.Majority(num=2, den=3, strictly=False)),
    ],
)
def test_as_many_votes_are_no_tie_where_more_are_needed(
    votes: tuple[int, int, int], majority: ev.Majority
) -> None:
    reckoned = of_motion(votes, majority, tie="host")
    assert (reckoned.result, reckoned.reasons) == ("rejected", ("majority_missed",))


@each("tie", ["rejected", "host", "drawn"])
def test_where_all_abstain_there_is_no_tie(tie: str) -> None:
    """Nothing leads, so there is nothing to draw, and nothing for the host to choose."""
    reckoned = of_motion((0, 0, 3), SIMPLE, tie=tie)
    assert (reckoned.result, reckoned.leading) == ("rejected", ())
    assert reckoned.reasons == ("majority_missed",)


def test_half_of_all_is_a_tie_where_more_than_half_is_needed() -> None:
    assert of_motion((5, 5, 0), ABSOLUTE, present=10, tie="host").result == "tied"


def test_where_half_is_enough_a_tie_passes() -> None:
    assert of_motion((3, 3, 0), ev.Majority(strictly=False), tie="host").result == "passed"


# --- choices


def of_choice(rules: ev.VoteRules, *marks: tuple[int, ...]) -> ev.Outcome:
    begun = opened(rules, options=("甲", "乙", "丙"), roll=equal_roll(10))
    return outcome(vote_after(begun, *cast(*marks)))


A, B, C = (1, 0, 0), (0, 1, 0), (0, 0, 1)


def test_the_most_votes_win_a_choice_without_a_majority() -> None:
    reckoned = of_choice(ev.VoteRules(), A, B, B, C)
    assert (reckoned.result, reckoned.option, reckoned.reasons) == ("passed", 1, ("most_votes",))
    assert (reckoned.base, reckoned.needed) == (None, None)


def test_the_most_votes_have_to_meet_the_majority() -> None:
    rules = ev.VoteRules(majority=SIMPLE)
    assert of_choice(rules, A, B, B, C).reasons == ("majority_missed",)
    reckoned = of_choice(rules, B, B, B, C)
    assert (reckoned.result, reckoned.option, reckoned.needed) == ("passed", 1, 3)


def test_several_that_lead_are_a_tie() -> None:
    assert of_choice(ev.VoteRules(tie="host"), A, B, C, A, B).leading == (0, 1)
    assert of_choice(ev.VoteRules(tie="host"), A, B).result == "tied"
    assert of_choice(ev.VoteRules(), A, B).result == "rejected"


def test_of_a_multiple_choice_an_empty_ballot_abstains() -> None:
    rules = ev.VoteRules(kind="multiple", min_choices=0, max_choices=3, majority=SIMPLE)
    reckoned = of_choice(rules, (1, 1, 0), (1, 0, 1), (0, 0, 0), (1, 0, 0))
    assert (reckoned.tally, reckoned.cast, reckoned.abstained) == ((3, 1, 1), 3, 1)
    assert (reckoned.result, reckoned.option, reckoned.needed) == ("passed", 0, 2)


def test_points_are_added_up() -> None:
    rules = ev.VoteRules(kind="score", score_max=5)
    reckoned = of_choice(rules, (5, 3, 0), (0, 4, 1))
    assert (reckoned.tally, reckoned.option, reckoned.cast) == ((5, 7, 1), 1, 2)


def test_where_nobody_voted_nothing_is_carried() -> None:
    for rules in (ev.VoteRules(), ev.VoteRules(kind="score"), motion(TWO_THIRDS)):
        reckoned = outcome(vote_after(opened(rules)))
        assert (reckoned.result, reckoned.reasons) == ("rejected", ("nobody_voted",))
        assert reckoned.leading == ()


# --- channels together

TELLERS = ev.VoteRules(kind="motion", majority=SIMPLE, tellers=("sun", "wang"))


def hands(*counts: tuple[int, ...]) -> list[ev.Event]:
    """Two hands are claimed; the tellers enter these counts."""
    return [
        ev.VoteChannelClaimed(vote=VOTE, person="chen", channel="hands"),
        ev.VoteChannelClaimed(vote=VOTE, person="wu", channel="hands"),
        *(
            ev.HandsCounted(vote=VOTE, teller=teller, round=1, counts=count)
            for teller, count in zip(TELLERS.tellers, counts, strict=False)
        ),
    ]


def test_hands_and_electronic_ballots_are_one_tally() -> None:
    vote = vote_after(opened(TELLERS), *hands((1, 1, 0), (1, 1, 0)), gave("li", YES))
    reckoned = outcome(vote)
    assert (reckoned.tally, reckoned.ballots, reckoned.cast) == ((3, 1, 0), 3, 4)
    assert reckoned.result == "passed"


@each("counts", [[], [(2, 0, 0)], [(2, 0, 0), (1, 1, 0)]])
def test_hands_are_no_part_of_it_before_both_tellers_agree(
    counts: list[tuple[int, ...]],
) -> None:
    vote = vote_after(opened(TELLERS), *hands(*counts), gave("li", NO))
    assert vote.uncounted
    assert vote.differs is (len(counts) == 2)
    assert outcome(vote).tally == (0, 2, 0)


def test_a_count_of_an_earlier_round_is_void() -> None:
    again = ev.HandsRecount(vote=VOTE, round=2)
    vote = vote_after(opened(TELLERS), *hands((2, 0, 0), (2, 0, 0)), again)
    assert (vote.hands, vote.uncounted, vote.differs) == (None, True, False)


def test_hands_that_nobody_counted_leave_a_vote_unsettled() -> None:
    vote = vote_after(opened(TELLERS), *hands(), gave("li", YES))
    reckoned = outcome(vote, complete=False)
    assert (reckoned.result, reckoned.reasons) == ("unsettled", ("hands_not_counted",))


def test_secret_ballots_weigh_one_each() -> None:
    """Whoever has more votes has more papers; hands that are papers come on top."""
    rules = TELLERS.model_copy(update={"secrecy": "secret"})
    vote = vote_after(opened(rules, paper_key="c" * 512), *hands((1, 1, 0), (1, 1, 0)))
    box = [
        ev.PublishedBallot(serial=f"{n:064x}", signature="0" * 512, marks=marks)
        for n, marks in enumerate([YES, YES, ABSTAIN])
    ]
    reckoned = outcome(vote, box)
    assert (reckoned.tally, reckoned.ballots) == ((3, 1, 1), 5)
    assert (reckoned.cast, reckoned.abstained, reckoned.result) == (4, 1, "passed")
    assert reckoned.entitled == sum(line.weight for line in ROLL)
