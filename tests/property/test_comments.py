"""Properties of comments, however people post, like and moderate: random commands."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meetings import commands as cmd
from meetings import events as ev
from meetings import views
from meetings.authority import Actor
from meetings.commands import Command
from meetings.decide import decide
from meetings.fold import apply, fold
from meetings.moment import Moment
from meetings.people import Person, Role
from meetings.refusals import Refused
from meetings.sections import COMMENTS_TOP_SHOWN, Audience, CommentsSection
from meetings.state import Meeting

ROLES = {
    "chen": Role.HOST,
    "he": Role.CLERK,
    "li": Role.PARTICIPANT,
    "wang": Role.VIEWER,
    "zhao": Role.VIEWER,
}
PEOPLE = sorted(ROLES)
REGISTER = {p: Person(id=p, name=f"名{p}", role=r) for p, r in ROLES.items()}
CREATED = ev.MeetingCreated(title="积水治理", room="A1B2", room_name="议事室", planned_ms=0)
CALM = settings(
    max_examples=60,
    deadline=None,  # machines are busy
    suppress_health_check=[HealthCheck.too_slow],
)


def ask(chance: random.Random, meeting: Meeting, step: int) -> Command:
    """Draw something to ask, mostly of a comment that there is. Each text is another one."""
    comments = meeting.comments
    few = [*comments.pinned, *comments.appealed, comments.shown or 1]
    comment = chance.choice([chance.choice([*comments.by_id, 1]), chance.choice(few)])
    rules = ev.CommentRules(
        moderation=chance.choice(["post", "post", "post", "pre", "pre", "off"]),
        slow_s=chance.choice([0, 0, 5]),
        per_person_max=chance.choice([None, None, 30]),
    )
    text = f"话{step}号" + chance.choice(["", "", "傻逼"])
    reason: ev.HideReason = chance.choice(["abuse", "privacy", "other"])
    asked = chance.choice([None, None, "li"])
    draws: list[tuple[int, Command]] = [
        (2, cmd.SetCommentRules(rules=rules)),
        (30, cmd.PostComment(text=text, question_for=asked)),
        (5, cmd.PostComment(text=text, reply_to=comment)),
        (20, cmd.LikeComment(comment=comment)),
        (8, cmd.UnlikeComment(comment=comment)),
        (16, cmd.ApproveComment(comment=comment)),
        (10, cmd.HideComment(comment=comment, reason=reason, note=f"注{step}号")),
        (12, cmd.AppealComment(comment=comment, text=f"诉{step}号")),
        (12, cmd.DeclineAppeal(comment=comment, note=f"复{step}号")),
        (5, cmd.RestoreComment(comment=comment)),
        (5, cmd.PinComment(comment=comment)),
        (5, cmd.UnpinComment(comment=comment)),
        (5, cmd.ShowComment(comment=comment)),
        (5, cmd.UnshowComment(comment=comment)),
        (5, cmd.AddressComment(comment=comment, to=asked)),
    ]
    return chance.choices([c for _, c in draws], [weight for weight, _ in draws])[0]


@dataclass(frozen=True)
class Talk:
    """What was said: the record, and the meeting after each entry."""

    entries: list[ev.Entry]
    live: list[Meeting]


def talk(seed: int, steps: int) -> Talk:
    chance = random.Random(seed)
    entries: list[ev.Entry] = []
    live: list[Meeting] = []

    def write(event: ev.Event, at_ms: int, actor: str | None = None) -> None:
        entry = ev.Entry(offset=len(entries) + 1, at_ms=at_ms, actor=actor, event=event)
        entries.append(entry)
        live.append(apply(live[-1] if live else None, entry, "m1"))

    write(CREATED, 0)
    for person, role in ROLES.items():
        write(ev.PersonJoined(person=person, role=role), 0, person)
    for step in range(steps):
        person = chance.choice([*PEOPLE, "he", "chen"])
        now_ms = live[-1].at_ms + chance.choice([0, 1000, 6000])
        command = ask(chance, live[-1], step)
        if isinstance(command, cmd.AppealComment) and command.comment in live[-1].comments.by_id:
            person = live[-1].comments.by_id[command.comment].person
        decision = decide(live[-1], command, Actor(person, ROLES[person]), Moment(now_ms))
        for event in () if isinstance(decision, Refused) else decision:
            write(event, now_ms, person)
    return Talk(entries, live)


TALKS = st.builds(talk, seed=st.integers(0, 2**32), steps=st.sampled_from([20, 60, 120, 200]))


def section(meeting: Meeting, audience: Audience) -> CommentsSection:
    built = views.section("comments", meeting, REGISTER, audience)
    assert isinstance(built, CommentsSection)
    return built


def test_random_talks_are_lively() -> None:
    """Everything happens that can: otherwise the properties would say little."""
    seen = Counter(entry.event.type for seed in range(40) for entry in talk(seed, 200).entries)
    kinds = {kind.model_fields["type"].default for kind in ev.CommentsEvent.__args__}
    assert min(seen[kind] for kind in kinds) >= 5


@CALM
@given(TALKS)
def test_replay_equals_live(held: Talk) -> None:
    stored = [ev.Entry.model_validate_json(entry.model_dump_json()) for entry in held.entries]
    assert fold("m1", stored) == held.live[-1]


@CALM
@given(TALKS)
def test_what_is_not_public_reaches_the_desk_and_its_author_alone(held: Talk) -> None:
    """Neither the text, nor what author and desk say about it; not in any section, not in `me`."""
    for meeting in held.live[-20:]:
        private: dict[str, list[str]] = {}
        for comment in meeting.comments.by_id.values():
            words = private.setdefault(comment.person, [])
            if not comment.public:
                words.append(comment.text)
            if comment.hiding is not None and comment.hiding.note:
                words.append(comment.hiding.note)
            if comment.hiding is not None and comment.hiding.appeal is not None:
                words.append(comment.hiding.appeal.text)
        for audience in set(Audience) - {Audience.HOST}:
            for name in views.AUDIENCE_SECTIONS[audience]:
                written = views.section(name, meeting, REGISTER, audience).model_dump_json()
                assert not any(word in written for words in private.values() for word in words)
        for person in PEOPLE:
            written = views.me(meeting, REGISTER, person).model_dump_json()
            others = (words for author, words in private.items() if author != person)
            assert not any(word in written for words in others for word in words)


@CALM
@given(TALKS)
def test_the_public_counts_add_up(held: Talk) -> None:
    """A recount of all comments gives what every audience is told."""
    for meeting in held.live[-20:]:
        states = Counter(comment.state for comment in meeting.comments.by_id.values())
        reasons = Counter(
            comment.hiding.reason
            for comment in meeting.comments.by_id.values()
            if comment.hiding is not None
        )
        for audience in Audience:
            shown = section(meeting, audience)
            assert shown.total == states.total()
            assert shown.waiting == states["waiting"]
            assert shown.hidden == states["hidden"]
            assert {one.reason: one.count for one in shown.hidden_by} == dict(reasons)


@CALM
@given(TALKS)
def test_lists_hold_what_they_say(held: Talk) -> None:
    """The top is what sorting all public comments gives; the rest is public, and in order."""
    for meeting in held.live[-20:]:
        by_id = meeting.comments.by_id
        liked = [(len(one.likes), at) for at, one in by_id.items() if one.public and one.likes]
        shown = section(meeting, Audience.VIEWER)
        best = sorted(liked, reverse=True)[:COMMENTS_TOP_SHOWN]
        assert [(one.likes, one.id) for one in shown.top] == best
        lists = (*shown.latest, *shown.questions, *shown.pinned)
        assert all(by_id[one.id].public for one in lists)
        assert shown.shown is None or by_id[shown.shown.id].public
        assert all(one.question_for is not None for one in shown.questions)
        desk = section(meeting, Audience.HOST).desk
        assert desk is not None
        assert [one.id for one in desk.waiting] == sorted(
            at for at, one in by_id.items() if one.state == "waiting"
        )[: len(desk.waiting)]
        assert {one.id for one in desk.appeals} == {
            at
            for at, one in by_id.items()
            if one.hiding and one.hiding.appeal and not one.hiding.appeal.declined
        }


@CALM
@given(TALKS)
def test_likes_are_counted_once_a_person(held: Talk) -> None:
    given_now: set[tuple[str, int]] = set()
    for entry in held.entries:
        if isinstance(entry.event, ev.CommentLiked):
            assert (entry.event.person, entry.event.comment) not in given_now
            given_now.add((entry.event.person, entry.event.comment))
        elif isinstance(entry.event, ev.CommentUnliked):
            given_now.remove((entry.event.person, entry.event.comment))
    comments = held.live[-1].comments
    assert given_now == {(p, at) for at, one in comments.by_id.items() for p in one.likes}
    assert given_now == {(p, at) for p, ids in comments.liked.items() for at in ids}


@CALM
@given(TALKS)
def test_an_entry_changes_what_it_says_and_concerns_whom_it_says(held: Talk) -> None:
    """Something, no other sections, and nobody else's `me`."""
    for before, after, entry in zip(held.live, held.live[1:], held.entries[1:], strict=False):
        if not isinstance(entry.event, ev.CommentsEvent):
            continue
        assert before.comments != after.comments
        affected = views.affected(entry.event)
        for name in set(views.AUDIENCE_SECTIONS[Audience.HOST]) - affected:
            was = views.section(name, before, REGISTER, Audience.HOST)
            assert views.section(name, after, REGISTER, Audience.HOST) == was
        for person in set(PEOPLE) - views.touched(before, after, entry):
            assert views.me(before, REGISTER, person) == views.me(after, REGISTER, person)
