"""Ballots over HTTP: cast without a name, read by whoever is in the meeting."""

from __future__ import annotations

import json

import pytest

from meetings.ballots.voter import blind, new_serial
from meetings.commands import (
    CancelVote,
    CastBallot,
    CloseVote,
    Join,
    OpenMeeting,
    OpenVote,
    TakePaper,
)
from meetings.people import Person
from meetings.service import Accepted
from meetings.voting.terms import PublishedBallot, VoteRules
from tests.integration.web.conftest import HOST, MEETING, MEMBER, VIEWER, Site
from web.limits import BODY_MAX

pytestmark = pytest.mark.anyio

SECRET = OpenVote(question="加装电梯", options=("同意", "反对"), rules=VoteRules(secrecy="secret"))


async def put(site: Site, vote: OpenVote = SECRET) -> int:
    """A question is put; its number."""
    await site.say(HOST, Join(), OpenMeeting())
    await site.say(VIEWER, Join())
    await site.say(MEMBER, Join())
    answer = await site.meetings.submit(MEETING, HOST, "command-put", vote)
    assert isinstance(answer, Accepted), answer
    return answer.offset


async def ballot(site: Site, vote: int, person: Person = VIEWER) -> PublishedBallot:
    """A ballot for the first option, of a paper that the person took."""
    live = await site.meetings.live(MEETING)
    paper = blind(int(live.meeting.votes.by_id[vote].paper_key, 16), new_serial())
    command = TakePaper(vote=vote, blinded=paper.message.hex())
    answer = await site.meetings.submit(MEETING, person, f"paper-{person.id}", command)
    assert isinstance(answer, Accepted), answer
    assert answer.paper is not None
    signature = paper.unblind(bytes.fromhex(answer.paper))
    return PublishedBallot(serial=paper.serial.hex(), signature=signature.hex(), marks=(1, 0))


async def test_so_many_ballots_at_once_and_no_more(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One beyond the bound is told to come again, before anything of it is read."""
    monkeypatch.setattr("web.routes.ballots.CASTING_MAX", 0)
    answer = await site.http.post(casting(1), content=b"nothing that is a ballot")
    assert (answer.status_code, answer.json()["code"]) == (503, "service.overloaded")


def casting(vote: int, meeting: str = MEETING) -> str:
    return f"/api/ballots/{meeting}/{vote}"


def reading(vote: int) -> str:
    return f"/api/meetings/{MEETING}/votes/{vote}/ballots"


async def closed(site: Site, vote: int) -> None:
    """The host closes the vote; what that takes has happened when this returns."""
    await site.say(HOST, CloseVote(vote=vote))
    live = await site.meetings.live(MEETING)
    while live.meeting.votes.by_id[vote].open:
        await site.meetings.submit(MEETING, HOST, f"again-{live.meeting.offset:08}", Join())


async def test_a_ballot_is_cast_by_nobody_in_particular(site: Site) -> None:
    """Without a token; the answer is the receipt, and the same again when it is repeated."""
    vote = await put(site)
    cast = await ballot(site, vote)
    for _ in range(2):
        answer = await site.http.post(casting(vote), content=cast.model_dump_json())
        assert (answer.status_code, answer.json()) == (200, {"receipt": cast.serial})
        assert answer.headers["cache-control"] == "no-store"
        assert "set-cookie" not in answer.headers


async def test_a_changed_ballot_is_refused_where_it_is_final(site: Site) -> None:
    vote = await put(site)
    cast = await ballot(site, vote)
    await site.http.post(casting(vote), content=cast.model_dump_json())
    other = cast.model_copy(update={"marks": (0, 1)})
    answer = await site.http.post(casting(vote), content=other.model_dump_json())
    assert (answer.status_code, answer.json()["code"]) == (409, "vote.already_cast")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"marks": (1, 1)}, "vote.bad_marks"),
        ({"marks": (1,)}, "vote.unknown_option"),
        ({"serial": "0" * 64}, "vote.bad_paper"),
    ],
)
async def test_what_the_rules_refuse_is_told(
    site: Site, change: dict[str, object], code: str
) -> None:
    vote = await put(site)
    wrong = (await ballot(site, vote)).model_copy(update=change)
    answer = await site.http.post(casting(vote), content=wrong.model_dump_json())
    assert (answer.status_code, answer.json()["code"]) == (409, code)


async def test_there_has_to_be_such_a_secret_vote(site: Site) -> None:
    vote = await put(site)
    cast = (await ballot(site, vote)).model_dump_json()
    unknown = await site.http.post(casting(vote, "m2"), content=cast)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "meeting.unknown")
    none = await site.http.post(casting(1), content=cast)
    assert (none.status_code, none.json()["code"]) == (409, "vote.unknown")
    named = OpenVote(question="?", options=("同意", "反对"))
    answer = await site.meetings.submit(MEETING, HOST, "command-named", named)
    assert isinstance(answer, Accepted)
    open_vote = await site.http.post(casting(answer.offset), content=cast)
    assert (open_vote.status_code, open_vote.json()["code"]) == (409, "vote.not_secret")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "body.invalid"),
        (b"{}", 400, "body.invalid"),
        (json.dumps({"serial": "zz", "signature": "", "marks": []}).encode(), 400, "body.invalid"),
        (b" " * (BODY_MAX + 1), 413, "body.too_large"),
    ],
)
async def test_a_body_that_is_no_ballot_is_refused(
    site: Site, body: bytes, status: int, code: str
) -> None:
    answer = await site.http.post(casting(1), content=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_casting_is_not_counted(site: Site) -> None:
    """Nor is what was refused; reading is."""
    vote = await put(site)
    cast = await ballot(site, vote)
    for body in (cast.model_dump_json(), "{}"):
        await site.http.post(casting(vote), content=body)
    await site.http.get(reading(vote), headers=site.bearer(VIEWER))
    metrics = await site.http.get("/metrics", headers={"authorization": f"Bearer {'m' * 32}"})
    assert "/api/ballots" not in metrics.text
    assert "/api/meetings/{meeting}/votes/{vote:int}/ballots" in metrics.text


async def test_ballots_are_read_after_the_close(site: Site) -> None:
    """By anybody in the meeting; what nobody signed for is not told apart from what is not yet."""
    vote = await put(site)
    cast = await ballot(site, vote)
    await site.http.post(casting(vote), content=cast.model_dump_json())
    before = await site.http.get(reading(vote), headers=site.bearer(VIEWER))
    assert (before.status_code, before.json()["code"]) == (404, "http.not_found")
    await closed(site, vote)
    late = await site.http.post(casting(vote), content=cast.model_dump_json())
    assert (late.status_code, late.json()["code"]) == (409, "vote.closed")
    answer = await site.http.get(reading(vote), headers=site.bearer(VIEWER))
    assert answer.status_code == 200
    found = answer.json()
    assert found["secret"] == [cast.model_dump(mode="json")]
    assert (found["named"], found["options"]) == ([], ["同意", "反对"])
    assert len(found["paper_key"]) == 512


async def test_a_roll_call_names_who_voted_how(site: Site) -> None:
    vote = await put(site, OpenVote(question="?", options=("同意", "反对")))
    for person, marks in ((MEMBER, (1, 0)), (VIEWER, (0, 1))):
        await site.say(person, CastBallot(vote=vote, marks=marks))
    await closed(site, vote)
    answer = await site.http.get(reading(vote), headers=site.bearer(MEMBER))
    lines = [(line["name"], line["marks"], line["channel"]) for line in answer.json()["named"]]
    assert lines == [("李梅", [1, 0], "electronic"), ("刘桂芳", [0, 1], "electronic")]


async def test_a_cancelled_vote_has_no_ballots(site: Site) -> None:
    vote = await put(site)
    cast = await ballot(site, vote)
    await site.http.post(casting(vote), content=cast.model_dump_json())
    await site.say(HOST, CancelVote(vote=vote))
    assert (await site.http.get(reading(vote), headers=site.bearer(HOST))).status_code == 404


async def test_others_read_nothing(site: Site) -> None:
    vote = await put(site)
    await closed(site, vote)
    assert (await site.http.get(reading(vote))).status_code == 401
    stranger = await site.http.get(reading(vote), headers=site.bearer(VIEWER, meeting="m2"))
    assert stranger.status_code == 403
