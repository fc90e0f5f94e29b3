"""
Ballots over HTTP: those of secret votes are cast here, without a name, and all are read here.

Casting asks for no token and no cookie, and leaves no trace: nothing is logged, and the requests
are not even counted (the number of ballots is known after the close, and not before).
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from meetings.naming import named
from meetings.service import LiveMeeting, MeetingService, ServiceClosed, UnknownMeeting
from meetings.voting.state import Ballot, Vote
from meetings.voting.terms import Channel, Marks, PublishedBallot
from web.auth import Invitations
from web.bearer import asker
from web.headers import UNCOUNTED
from web.limits import BodyTooLarge, read_body
from web.refusals import HttpCode, HttpRefused

CASTING_MAX = 4_096
"""Ballots on their way at a time: a second's work, and some 20 MB."""
NEVER = {"cache-control": "no-store"}


class NamedBallot(BaseModel):
    """One line of a roll call."""

    model_config = ConfigDict(frozen=True)

    person: str
    name: str
    office: str
    marks: Marks
    channel: Channel
    weight: int


class Ballots(BaseModel):
    """All ballots of a vote that is closed."""

    model_config = ConfigDict(frozen=True)

    vote: int
    options: tuple[str, ...]
    paper_key: str
    """Of a secret vote: with it anybody can check every signature."""
    named: tuple[NamedBallot, ...]
    secret: tuple[PublishedBallot, ...]
    """In the order of their serials."""
    hands: tuple[int, ...] | None
    """What the tellers counted besides."""


def routes(meetings: MeetingService, invitations: Invitations) -> list[BaseRoute]:
    """`POST /api/ballots/{meeting}/{vote}`, `GET /api/meetings/{meeting}/votes/{vote}/ballots`."""
    casting = 0

    async def cast(request: Request) -> Response:
        nonlocal casting
        if casting >= CASTING_MAX:
            raise HttpRefused(503, HttpCode.OVERLOADED)
        casting += 1
        try:
            ballot = await _ballot(request)
            refused = await meetings.cast(
                request.path_params["meeting"], request.path_params["vote"], ballot
            )
        except UnknownMeeting as error:
            raise HttpRefused(404, HttpCode.MEETING_UNKNOWN) from error
        except ServiceClosed as error:
            raise HttpRefused(503, HttpCode.OVERLOADED) from error
        finally:
            casting -= 1
        if refused is not None:
            answer = {"code": refused.code, "detail": refused.detail}
            return JSONResponse(answer, 409, headers=NEVER)
        return JSONResponse({"receipt": ballot.serial}, headers=NEVER)

    async def show(request: Request) -> Response:
        live = (await asker(request, meetings, invitations)).live
        vote_id = request.path_params["vote"]
        vote = live.meeting.votes.by_id.get(vote_id)
        if vote is None or vote.open or vote.cancelled is not None:
            raise HttpRefused(404, HttpCode.NOT_FOUND)
        found = ballots_of(live, vote_id, vote)
        return Response(found.model_dump_json(), media_type="application/json", headers=NEVER)

    return [
        Route("/api/ballots/{meeting}/{vote:int}", cast, methods=["POST"], name=UNCOUNTED),
        Route("/api/meetings/{meeting}/votes/{vote:int}/ballots", show),
    ]


def ballots_of(live: LiveMeeting, vote_id: int, vote: Vote) -> Ballots:
    """Everything that was cast in *vote*, in no order that would tell of when."""

    def line(person: str, ballot: Ballot) -> NamedBallot:
        name, office = named(live.register, person)
        return NamedBallot(
            person=person,
            name=name,
            office=office,
            marks=ballot.marks,
            channel=ballot.channel,
            weight=vote.weight(person),
        )

    return Ballots(
        vote=vote_id,
        options=vote.options,
        paper_key=vote.paper_key,
        named=tuple(line(person, vote.ballots[person]) for person in sorted(vote.ballots)),
        secret=vote.published,
        hands=vote.hands,
    )


async def _ballot(request: Request) -> PublishedBallot:
    try:
        return PublishedBallot.model_validate_json(await read_body(request))
    except TimeoutError as error:
        raise HttpRefused(408, HttpCode.BODY_INVALID) from error
    except BodyTooLarge as error:
        raise HttpRefused(413, HttpCode.BODY_TOO_LARGE) from error
    except ValidationError:
        # Nothing of the body goes on from here: an error's text would hold it.
        raise HttpRefused(400, HttpCode.BODY_INVALID) from None
