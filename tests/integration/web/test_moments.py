"""The moments of a meeting over HTTP: who may read them, when, and what never stands in them."""

from __future__ import annotations

import pytest

from meetings.commands import (
    CastBallot,
    CloseMeeting,
    CloseVote,
    GrantFloor,
    HideComment,
    Join,
    MoveAgenda,
    OpenMeeting,
    OpenVote,
    PostComment,
    SetLobby,
)
from tests.integration.web.conftest import HOST, MEETING, MEMBER, VIEWER, Site

pytestmark = pytest.mark.anyio

PATH = f"/api/meetings/{MEETING}/moments"


async def held(site: Site) -> int:
    """A meeting with one of everything; returns the offset of its first comment."""
    await site.say(HOST, Join(), OpenMeeting(), MoveAgenda(item=1))
    await site.say(MEMBER, Join())
    opened_ms = int(site.now_s[0] * 1000)
    site.now_s[0] += 10
    await site.say(VIEWER, Join(), PostComment(text="二号楼也积水", at_ms=opened_ms + 3000))
    live = await site.meetings.live(MEETING)
    comment = live.meeting.offset
    site.now_s[0] += 1
    await site.say(HOST, GrantFloor(person=MEMBER.id))
    site.now_s[0] += 1
    await site.say(HOST, OpenVote(question="同意吗？", options=("同意", "不同意")))
    vote = live.meeting.offset
    await site.say(VIEWER, CastBallot(vote=vote, marks=(1, 0)))
    site.now_s[0] += 5
    await site.say(HOST, CloseVote(vote=vote))
    return comment


async def test_whoever_watches_the_recording_learns_what_happened_when(site: Site) -> None:
    """Without a name, too: chapters, results where they were told, comments at what they answer."""
    comment = await held(site)
    begun_ms = 1_800_000_000_000
    await site.say(HOST, CloseMeeting())
    told = (await site.http.get(PATH)).json()
    assert [(one["kind"], one["at_ms"] - begun_ms) for one in told["chapters"]] == [
        ("item", 0),
        ("speech", 11_000),
        ("vote", 12_000),
    ]
    assert MEMBER.name in told["chapters"][1]["label"]
    (vote,) = told["votes"]
    assert (vote["closed_ms"] - begun_ms, vote["tally"], vote["roll"]) == (17_000, [1, 0], [])
    (one,) = told["comments"]
    assert (one["id"], one["seen_ms"] - begun_ms, one["at_ms"] - begun_ms) == (
        comment,
        3000,
        10_000,
    )
    assert (told["comments_total"], one["name"]) == (1, VIEWER.name)


async def test_nothing_is_told_before_the_meeting_is_over(site: Site) -> None:
    await held(site)
    early = await site.http.get(PATH, headers=site.bearer(VIEWER))
    assert (early.status_code, early.json()["code"]) == (409, "meeting.not_closed")


async def test_a_comment_that_is_hidden_later_is_not_replayed_any_more(site: Site) -> None:
    """Who has the file asks whether it is still so, and is told."""
    comment = await held(site)
    await site.say(HOST, CloseMeeting())
    first = await site.http.get(PATH)
    assert first.headers["cache-control"] == "no-cache"
    same = await site.http.get(PATH, headers={"if-none-match": first.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    await site.say(HOST, HideComment(comment=comment, reason="abuse"))
    after = await site.http.get(PATH, headers={"if-none-match": first.headers["etag"]})
    assert after.status_code == 200
    assert "二号楼也积水" not in after.text
    assert (after.json()["comments"], after.json()["comments_total"]) == ([], 0)


async def test_where_residents_wait_in_the_lobby_only_those_of_the_meeting_read(site: Site) -> None:
    await held(site)
    await site.say(HOST, SetLobby(on=True, viewers=True), CloseMeeting())
    unnamed = await site.http.get(PATH)
    assert (unnamed.status_code, unnamed.json()["code"]) == (401, "token.missing")
    assert (await site.http.get(PATH, headers=site.bearer(VIEWER))).status_code == 200
    stranger = await site.http.get(PATH, headers=site.bearer(VIEWER, "m2"))
    assert (stranger.status_code, stranger.json()["code"]) == (403, "authority.forbidden")


async def test_what_never_was_has_no_moments(site: Site) -> None:
    assert (await site.http.get("/api/meetings/m9/moments")).status_code == 404
