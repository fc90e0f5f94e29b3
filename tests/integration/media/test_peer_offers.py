"""Offers and answers of a peer, on loopback, against stock aiortc clients."""

from __future__ import annotations

import socket

import pytest

from media.control import MediaCode, MediaRefused
from media.peers import sdp
from media.peers.port import Slot
from media.settings import MediaSettings
from tests.integration.media.ends import SLOTS, Ends, run, within
from tests.unit.media.peers.golden import golden

pytestmark = pytest.mark.usefixtures("on_loopback")


def test_what_is_refused_changes_nothing() -> None:
    async def scenario(ends: Ends) -> None:
        for text in ("", "v=0", golden("firefox-publish").replace("a=mid:1", "a=mid:0")):
            with pytest.raises(MediaRefused) as caught:
                await ends.peer.answer(text)
            assert caught.value.code is MediaCode.BAD_SDP
        assert ends.peer._connections == set()
        await ends.up()

    run(scenario)


def test_a_changed_offer_is_answered_over_the_same_path() -> None:
    async def scenario(ends: Ends) -> None:
        await ends.up()
        before = ends.peer._path
        again = ends.client.pc.localDescription.sdp.replace("a=sendrecv", "a=inactive")
        ends.events.inbound = ()
        answer = sdp.parse(await ends.peer.answer(again))
        assert all(section.has("inactive") for section in answer.sections)
        assert sdp.transport_of(answer).ufrag == before.local_username if before else False
        assert answer.version == 1
        assert ends.peer._path is before

    run(scenario)


def test_another_certificate_needs_another_peer() -> None:
    async def scenario(ends: Ends) -> None:
        await ends.up()
        other = golden("aiortc-publish")
        with pytest.raises(MediaRefused) as caught:
            await ends.peer.answer(other)
        assert caught.value.code is MediaCode.BAD_SDP

    run(scenario)


def test_only_the_newest_offer_may_be_answered() -> None:
    async def scenario(ends: Ends) -> None:
        first, _ = await ends.peer.offer(SLOTS[:1])
        second, offer = await ends.peer.offer(SLOTS)
        assert second > first
        answer = await ends.client.answer(offer)
        for number in (first, 0, second + 1):
            with pytest.raises(MediaRefused) as caught:
                await ends.peer.accept(number, answer)
            assert caught.value.code is MediaCode.STALE_OFFER
        accepted = await ends.peer.accept(second, answer)
        assert [o.mid for o in accepted] == ["0", "1"]
        with pytest.raises(MediaRefused):
            await ends.peer.accept(second, answer)
        await within(ends.events.connected)

    run(scenario, "subscriber")


def test_a_broken_answer_may_be_followed_by_a_right_one() -> None:
    async def scenario(ends: Ends) -> None:
        number, offer = await ends.peer.offer(SLOTS)
        answer = await ends.client.answer(offer)
        for broken in ("", answer.replace("a=setup:active", "a=setup:actpass")):
            with pytest.raises(MediaRefused) as caught:
                await ends.peer.accept(number, broken)
            assert caught.value.code is MediaCode.BAD_SDP
        await ends.peer.accept(number, answer)
        await within(ends.events.connected)

    run(scenario, "subscriber")


def test_a_slot_more_is_offered_over_the_same_path() -> None:
    async def scenario(ends: Ends) -> None:
        await ends.up()
        more = (*SLOTS, Slot("2", "picture", "p2", "VP8", 3333, 3334))
        number, offer = await ends.peer.offer(more)
        accepted = await ends.peer.accept(number, await ends.client.answer(offer))
        assert [o.mid for o in accepted] == ["0", "1", "2"]
        assert ends.peer._next is None

    run(scenario, "subscriber")


def test_a_restart_offers_new_credentials_and_keeps_the_old_path() -> None:
    """That media goes on is shown with a browser: aiortc's client can't restart."""

    async def scenario(ends: Ends) -> None:
        await ends.up()
        path = ends.peer._path
        assert path is not None
        await ends.peer.restart()
        _, offer = await ends.peer.offer(SLOTS)
        assert sdp.transport_of(sdp.parse(offer)).ufrag != path.local_username
        assert ends.peer._path is path
        _, again = await ends.peer.offer(SLOTS)
        assert sdp.transport_of(sdp.parse(again)).ufrag == sdp.transport_of(sdp.parse(offer)).ufrag

    run(scenario, "subscriber")


def test_a_used_up_port_range_is_a_refusal() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

        async def scenario(ends: Ends) -> None:
            with pytest.raises(MediaRefused) as caught:
                await ends.peer.answer(golden("chromium-publish"))
            assert caught.value.code is MediaCode.NO_PORT

        settings = MediaSettings(addresses=("127.0.0.1",), udp_port_min=port, udp_port_max=port)
        run(scenario, settings=settings)
