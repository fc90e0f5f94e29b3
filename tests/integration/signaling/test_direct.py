"""
Links asked for over HTTP, on a service with a media plane that does as the test says: what is
answered to whom, and that such a link is one more connection of its person.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import cast
from urllib.parse import quote, unquote

import anyio
import httpx
import pytest

from media.control import (
    Allow,
    Disconnect,
    MediaCode,
    MediaRefused,
    PeerGone,
    Publish,
    Restarted,
    Watch,
)
from meetings.commands import CloseMeeting, OpenMeeting, Readmit, RemovePerson
from meetings.people import Person
from signaling.direct import DirectLinks
from signaling.relay import IceServers
from signaling.wire.frames import SDP_MAX, IceServer
from tests.integration.signaling.client import connected
from tests.integration.signaling.service import (
    CAMERA,
    FAST,
    HOST,
    LI,
    MEETING,
    SCREEN,
    WANG,
    Service,
    Tokens,
    eventually,
    running,
    sender,
    token,
)
from web.app import build_app
from web.auth import Invitations
from web.metrics import Metrics
from web.routes import direct

pytestmark = pytest.mark.anyio

TURN = IceServer(urls=("turn:turn.yishi.cn:3478",), username="u", credential="c")
OFFER = "v=0\r\nm=audio 9 X 0\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n"
FRAGMENT = "a=ice-ufrag:efgh\r\na=ice-pwd:9876543210987654321098\r\n"
"""Of an ICE restart."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A service, its HTTP side, and the links."""

    service: Service
    http: httpx.AsyncClient
    links: DirectLinks

    def headers(self, person: Person, media_type: str = direct.OFFER) -> dict[str, str]:
        """Of a request by this person."""
        return {
            "authorization": f"Bearer {quote(token(person))}",
            "content-type": media_type,
        }

    async def post(self, person: Person, way: str = "whip", offer: str = OFFER) -> httpx.Response:
        """Ask for a link."""
        return await self.http.post(
            f"/api/meetings/{MEETING}/{way}", content=offer, headers=self.headers(person)
        )

    async def patch(
        self, person: Person, url: str, etag: str | None, fragment: str = FRAGMENT
    ) -> httpx.Response:
        """Change a link."""
        headers = self.headers(person, direct.FRAGMENT)
        if etag is not None:
            headers["if-match"] = etag
        return await self.http.patch(url, content=fragment, headers=headers)


class QuotedTokens(Tokens):
    """Header fields are ASCII, as the true tokens are."""

    def verify(self, token: str) -> object:  # type: ignore[override]
        """See `Tokens`."""
        return super().verify(unquote(token))


@asynccontextmanager
async def at_desk(**given: object) -> AsyncIterator[Desk]:
    """A service whose HTTP side is asked in process."""
    async with running(**given) as service, anyio.create_task_group() as tasks:  # type: ignore[arg-type]
        links = DirectLinks(service.hubs)
        tasks.start_soon(links.run)
        tokens = cast("Invitations", QuotedTokens())
        app = build_app(direct.routes(links, tokens, IceServers(fixed=(TURN,))), Metrics())
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://yishi.lan") as http:
            await eventually(lambda: links._tasks is not None)
            yield Desk(service, http, links)
        tasks.cancel_scope.cancel()


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with at_desk(people=(HOST, LI, WANG, CAMERA)) as found:
        yield found


async def test_the_rooms_encoder_publishes_as_the_rooms_camera(desk: Desk) -> None:
    """
    Answered 201 with the answer, the resource, its ETag and the ICE servers; the record has the
    room as present, and its gates are those of a camera on a page.
    """
    made = await desk.post(CAMERA)
    assert made.status_code == 201, made.text
    assert made.text == f"answer to {OFFER}"
    assert made.headers["content-type"].startswith("application/sdp")
    assert made.headers["location"].startswith(f"/api/meetings/{MEETING}/whip/")
    assert made.headers["etag"].startswith('"')
    assert made.headers["link"] == (
        '<turn:turn.yishi.cn:3478>; rel="ice-server"; username="u"; credential="c"; '
        'credential-type="password"'
    )
    (asked,) = desk.service.plane.of(Publish)
    assert (asked.person, asked.sdp) == (CAMERA.id, OFFER)
    live = await desk.service.meetings.live(MEETING)
    assert live.meeting.attendance.present(CAMERA.id)
    await desk.service.plane.until(
        lambda: (
            Allow(room=MEETING, person=CAMERA.id, sound=False, picture=True)
            in desk.service.plane.requests
            or any(one.person == CAMERA.id and one.picture for one in desk.service.plane.of(Allow))
        )
    )
    async with connected(HOST, desk.service.url):
        await desk.service.ask(HOST, OpenMeeting(), "open-meeting")
        await desk.service.plane.until(lambda: CAMERA.id in desk.service.plane.heard())


async def test_a_deleted_link_is_over(desk: Desk) -> None:
    """Its peer ends, its address is gone, and its place among the connections is free."""
    url = (await desk.post(CAMERA)).headers["location"]
    peer = sender(desk.service.plane, CAMERA.id)
    assert (await desk.http.delete(url, headers=desk.headers(LI))).status_code == 404
    assert (await desk.http.delete(url, headers=desk.headers(CAMERA))).status_code == 200
    await desk.service.plane.until(lambda: Disconnect(peer=peer) in desk.service.plane.requests)
    gone = await desk.http.delete(url, headers=desk.headers(CAMERA))
    assert (gone.status_code, gone.json()["code"]) == (404, "link.unknown")
    assert not desk.service.hubs._connections


async def test_whom_the_socket_refuses_this_refuses_too(desk: Desk) -> None:
    """A resident without the floor may not send; nor anybody by a token that does not hold."""
    refused = await desk.post(WANG)
    assert (refused.status_code, refused.json()["code"]) == (403, "link.forbidden")
    assert refused.headers["access-control-allow-origin"] == "*"
    url = f"/api/meetings/{MEETING}/whip"
    for authorization, code in (("Bearer expired", "token.expired"), ("Bearer x", "token.invalid")):
        headers = {"authorization": authorization, "content-type": direct.OFFER}
        answer = await desk.http.post(url, content=OFFER, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert (await desk.http.post(url, content=OFFER)).json()["code"] == "token.missing"
    elsewhere = await desk.http.post(
        "/api/meetings/other/whip", content=OFFER, headers=desk.headers(CAMERA)
    )
    assert elsewhere.status_code == 403
    assert not desk.service.plane.of(Publish)
    assert not desk.service.hubs._connections


async def test_a_link_of_somebody_who_was_put_out_opens_no_way_in(desk: Desk) -> None:
    """Neither to send nor to watch, and what was going on ends; readmitted, it opens again."""
    async with connected(HOST, desk.service.url) as host:
        url = (await desk.post(LI)).headers["location"]
        await host.ask(RemovePerson(person=LI.id, reason="冒用他人链接"))
        assert (await desk.http.delete(url, headers=desk.headers(LI))).status_code == 404
        for way in ("whip", "whep"):
            refused = await desk.post(LI, way)
            assert (refused.status_code, refused.json()["code"]) == (403, "link.forbidden"), way
        await host.ask(Readmit(person=LI.id))
        assert (await desk.post(LI)).status_code == 201


async def test_a_bad_request_is_answered_by_what_is_wrong_with_it(desk: Desk) -> None:
    """Methods, media type and size (RFC 9725, section 4); each with a code."""
    url = f"/api/meetings/{MEETING}/whip"
    for method in ("GET", "HEAD", "PUT"):
        assert (await desk.http.request(method, url)).status_code == 405
    headers = {**desk.headers(CAMERA), "content-type": "application/json"}
    assert (await desk.http.post(url, content="{}", headers=headers)).status_code == 415
    long = await desk.post(CAMERA, offer="v" * (SDP_MAX + 1))
    assert (long.status_code, long.json()["code"]) == (413, "body.too_large")
    desk.service.plane.refusal = MediaRefused(MediaCode.BAD_SDP, "no m-line")
    desk.service.plane.refuses = Publish
    bad = await desk.post(CAMERA)
    assert (bad.status_code, bad.json()["code"]) == (422, "link.bad_sdp")
    desk.service.plane.refusal = MediaRefused(MediaCode.TOO_MANY, "peers")
    full = await desk.post(CAMERA)
    assert (full.status_code, full.headers["retry-after"]) == (503, "2")
    assert not desk.service.hubs._connections


async def test_a_page_of_another_origin_may_ask(desk: Desk) -> None:
    """The preflight names methods, fields and what may be posted."""
    asked = await desk.http.options(f"/api/meetings/{MEETING}/whip")
    assert asked.status_code == 204
    assert asked.headers["accept-post"] == "application/sdp"
    assert "Authorization" in asked.headers["access-control-allow-headers"]
    assert "link" not in asked.headers, "a relay's credentials are for those who showed a token"
    url = (await desk.post(CAMERA)).headers["location"]
    asked = await desk.http.options(url)
    assert asked.headers["accept-patch"] == direct.FRAGMENT
    assert "DELETE" in asked.headers["access-control-allow-methods"]


async def test_a_restart_changes_the_etag_and_candidates_need_the_one_of_now(desk: Desk) -> None:
    """RFC 9725, section 4.3: 428 without If-Match, 412 with an old one, 200 with a fragment."""
    made = await desk.post(CAMERA)
    url, etag = made.headers["location"], made.headers["etag"]
    missing = await desk.patch(CAMERA, url, None)
    assert (missing.status_code, missing.json()["code"]) == (428, "http.precondition_missing")
    failed = await desk.patch(CAMERA, url, '"other"')
    assert (failed.status_code, failed.json()["code"]) == (412, "http.precondition_failed")
    assert (await desk.patch(CAMERA, url, etag)).status_code == 204
    assert (await desk.patch(CAMERA, url, "*", "nonsense")).status_code == 400
    again = await desk.patch(CAMERA, url, "*")
    assert again.status_code == 200
    assert again.headers["content-type"].startswith(direct.FRAGMENT)
    assert again.headers["etag"] != etag
    first, second = desk.service.plane.of(Publish)
    assert first.peer == second.peer
    assert "a=ice-ufrag:efgh" in second.sdp
    assert "abcd" not in second.sdp
    assert "a=ice-ufrag:efgh" in again.text
    assert (await desk.patch(CAMERA, url, etag)).status_code == 412


async def test_the_link_moves_between_encoder_and_page(desk: Desk) -> None:
    """Whoever asked last has it; the encoder's resource is gone then."""
    url = (await desk.post(CAMERA)).headers["location"]
    peer = sender(desk.service.plane, CAMERA.id)
    async with connected(CAMERA, desk.service.url) as page:
        await page.say({"type": "link.publish", "sdp": "x", "claimed_ms": 2**52})
        await desk.service.plane.until(lambda: Disconnect(peer=peer) in desk.service.plane.requests)
        await eventually(lambda: not desk.links._links)
        assert (await desk.http.delete(url, headers=desk.headers(CAMERA))).status_code == 404


async def test_a_link_ends_with_what_carries_it(desk: Desk) -> None:
    """A silent peer, a media process that was replaced, the meeting's close."""
    await desk.post(CAMERA)
    peer = sender(desk.service.plane, CAMERA.id)
    desk.service.plane.report(PeerGone(room=MEETING, peer=peer, reason="silent"))
    await eventually(lambda: not desk.links._links)
    await desk.post(CAMERA)
    desk.service.plane.report(Restarted())
    await eventually(lambda: not desk.links._links)
    async with connected(HOST, desk.service.url):
        await desk.service.ask(HOST, OpenMeeting(), "open-meeting")
        assert (await desk.post(CAMERA)).status_code == 201
        await desk.service.ask(HOST, CloseMeeting(), "close-meeting")
        await eventually(lambda: not desk.links._links)
        assert (await desk.post(CAMERA)).status_code == 403
    assert not desk.service.hubs._connections


async def test_a_resident_watches_and_the_rooms_display_does_not_hear_the_room(desk: Desk) -> None:
    """Both get the answer; the display's request hides the room's sound."""
    await desk.post(CAMERA)
    made = await desk.post(WANG, "whep")
    assert made.status_code == 201, made.text
    assert made.headers["location"].startswith(f"/api/meetings/{MEETING}/whep/")
    assert (await desk.post(SCREEN, "whep")).status_code == 201
    resident, display = desk.service.plane.of(Watch)
    assert resident.hide == (WANG.id,)
    assert set(display.hide) == {CAMERA.id, SCREEN.id}
    url = made.headers["location"]
    assert (await desk.patch(WANG, url, "*")).status_code == 200
    assert (await desk.http.delete(url, headers=desk.headers(WANG))).status_code == 200
    await desk.service.plane.until(
        lambda: Disconnect(peer=resident.peer) in desk.service.plane.requests
    )


async def test_so_many_connections_and_no_more() -> None:
    """A link counts as one: beyond the bound it is told to come again."""
    async with at_desk(
        limits=replace(FAST, connections_per_meeting=1), people=(HOST, LI, CAMERA)
    ) as desk:
        assert (await desk.post(CAMERA)).status_code == 201
        full = await desk.post(LI)
        assert (full.status_code, full.json()["code"]) == (503, "link.unavailable")
        assert len(desk.service.hubs._connections) == 1
