"""A connection's video link, request by request."""

from __future__ import annotations

import itertools

import pytest

from media.control import (
    Answer,
    Disconnect,
    Layers,
    MediaCode,
    MediaRefused,
    Offered,
    PeerGone,
    Publish,
    Show,
    Subscribe,
    Tile,
    Watch,
)
from meetings.people import MEMBERS, Role
from meetings.sections import MeetingState
from signaling.negotiation import (
    LOCKED_OUT,
    NO_RIGHTS,
    Negotiation,
    Rights,
    companion,
    connection_of,
    hidden,
    rights,
)
from signaling.wire.codes import ErrorCode
from signaling.wire.frames import (
    ErrorFrame,
    LinkAnswer,
    LinkLayers,
    LinkLeave,
    LinkMoved,
    LinkOffer,
    LinkPublish,
    LinkPublished,
    LinkReset,
    LinkShow,
    LinkSubscribe,
    ShownPicture,
)
from tests.each import each

BOTH = Rights(publish=True, subscribe=True, watch=True)
WATCH = Rights(publish=False, subscribe=True, watch=True)
ONLY_WATCH = Rights(publish=False, subscribe=False, watch=True)


@pytest.fixture
def link() -> Negotiation:
    """Of connection "c", person "p", meeting "m"."""
    return Negotiation("m", "c", "p")


def carried_out(link: Negotiation, outcome: str | MediaRefused | None = None) -> object:
    """Carry out the next request; returns it."""
    request = link.next_request()
    link.done(outcome)
    return request


# --- rights


@each("state", ["scheduled", "open", "recess", "closed"])
def test_who_may_publish_and_subscribe(state: MeetingState) -> None:
    """The whole table: state x role x speech or call."""
    for role in Role:
        for expected in (False, True):
            may = rights(state, role, expected=expected)
            if state == "closed":
                assert may == NO_RIGHTS, role
            elif role in MEMBERS or role is Role.ROOM or expected:
                assert may == BOTH, role
            elif role is Role.DISPLAY:
                assert may == WATCH, role
            else:
                assert may == ONLY_WATCH, role


def test_whoever_watches_asks_for_that_alone_and_keeps_it_while_it_may(link: Negotiation) -> None:
    """The answer comes as one; without the right to watch the peer ends."""
    assert isinstance(link.watch("offer", NO_RIGHTS), ErrorFrame)
    assert link.next_request() is None
    assert link.watch("offer", ONLY_WATCH) is None
    request = link.next_request()
    assert request == Watch(room="m", peer=link.watcher, hide=("p",), sdp="offer")
    assert link.done("answer") == LinkPublished(sdp="answer")
    link.allow(ONLY_WATCH)
    assert link.linked
    gone = link.watcher
    link.allow(NO_RIGHTS)
    assert not link.linked
    assert link.next_request() == Disconnect(peer=gone)


def test_a_watcher_that_fell_silent_is_reset(link: Negotiation) -> None:
    """Like any peer."""
    link.watch("offer", ONLY_WATCH)
    carried_out(link, "answer")
    assert isinstance(link.gone(PeerGone(room="m", peer=link.watcher, reason="silent")), LinkReset)


def test_a_forbidden_link_is_refused_and_nothing_is_asked(link: Negotiation) -> None:
    """A viewer without the floor; a display may watch only."""
    for frame in (LinkPublish(sdp="o"), LinkSubscribe()):
        error = link.receive(frame, NO_RIGHTS)
        assert isinstance(error, ErrorFrame)
        assert error.code == ErrorCode.LINK_FORBIDDEN
    error = link.receive(LinkPublish(sdp="o"), WATCH)
    assert isinstance(error, ErrorFrame)
    assert error.code == ErrorCode.LINK_FORBIDDEN
    assert not link.linked
    assert link.next_request() is None


def test_nobody_gets_the_own_media_and_the_room_not_its_own() -> None:
    """Or the room's sound would run in a circle."""
    assert hidden("p", Role.PARTICIPANT, ["cam"]) == ("p",)
    assert hidden("screen", Role.DISPLAY, ["cam", "cam2"]) == ("cam", "cam2", "screen")
    assert hidden("cam", Role.ROOM, ["cam"]) == ("cam",)


# --- the usual way


def test_an_offer_is_published_and_its_answer_sent(link: Negotiation) -> None:
    """`link.publish` becomes `Publish`, its reply `link.published`."""
    assert link.receive(LinkPublish(sdp="offer"), BOTH) is None
    assert link.next_request() == Publish(room="m", peer=link.sender, person="p", sdp="offer")
    assert link.done("answer") == LinkPublished(sdp="answer")
    assert link.next_request() is None
    assert link.linked


def test_offers_of_the_service_are_answered_by_their_number(link: Negotiation) -> None:
    """`Offered` becomes `link.offer`, `link.answer` becomes `Answer`."""
    link.receive(LinkSubscribe(), BOTH)
    assert carried_out(link) == Subscribe(room="m", peer=link.receiver, hide=("p",))
    offered = link.offered(Offered(peer=link.receiver, offer=4, sdp="o"))
    assert offered == LinkOffer(offer=4, sdp="o")
    assert link.receive(LinkAnswer(offer=4, sdp="a"), BOTH) is None
    assert carried_out(link) == Answer(peer=link.receiver, offer=4, sdp="a")


def test_one_request_is_under_way_at_a_time(link: Negotiation) -> None:
    """The second waits for the first."""
    link.receive(LinkPublish(sdp="1"), BOTH)
    link.receive(LinkSubscribe(), BOTH)
    assert isinstance(link.next_request(), Publish)
    assert link.next_request() is None
    link.done("a")
    assert isinstance(link.next_request(), Subscribe)


# --- the newest wins


def test_only_the_newest_waiting_offer_is_published(link: Negotiation) -> None:
    """And the one under way is not answered any more: the client has abandoned it."""
    link.receive(LinkPublish(sdp="1"), BOTH)
    assert isinstance(link.next_request(), Publish)
    for sdp in ("2", "3"):
        link.receive(LinkPublish(sdp=sdp), BOTH)
    assert link.done("answer to 1") is None
    request = link.next_request()
    assert isinstance(request, Publish)
    assert request.sdp == "3"
    assert link.done("answer to 3") == LinkPublished(sdp="answer to 3")


def test_answers_to_older_offers_are_dropped(link: Negotiation) -> None:
    """Without an error: they crossed on the way. Also a second answer to the same offer."""
    link.receive(LinkSubscribe(), BOTH)
    carried_out(link)
    link.offered(Offered(peer=link.receiver, offer=1, sdp="o"))
    link.offered(Offered(peer=link.receiver, offer=2, sdp="o"))
    assert link.receive(LinkAnswer(offer=1, sdp="a"), BOTH) is None
    assert link.next_request() is None
    link.receive(LinkAnswer(offer=2, sdp="a"), BOTH)
    assert isinstance(carried_out(link), Answer)
    assert link.receive(LinkAnswer(offer=2, sdp="b"), BOTH) is None
    assert link.next_request() is None


def test_a_newer_offer_drops_an_answer_that_still_waits(link: Negotiation) -> None:
    """It would be refused as stale."""
    link.receive(LinkSubscribe(), BOTH)
    carried_out(link)
    link.offered(Offered(peer=link.receiver, offer=1, sdp="o"))
    link.receive(LinkAnswer(offer=1, sdp="a"), BOTH)
    link.offered(Offered(peer=link.receiver, offer=2, sdp="o"))
    assert link.next_request() is None


def test_an_answer_to_no_offer_is_out_of_order(link: Negotiation) -> None:
    """Nobody offered that."""
    error = link.receive(LinkAnswer(offer=1, sdp="a"), BOTH)
    assert isinstance(error, ErrorFrame)
    assert error.code == ErrorCode.OUT_OF_ORDER


# --- refusals of the media plane


def test_refusals_of_the_media_plane_reach_the_client_as_they_are(link: Negotiation) -> None:
    """But for a stale offer, since a newer one is on its way."""
    link.receive(LinkPublish(sdp="broken"), BOTH)
    link.next_request()
    error = link.done(MediaRefused(MediaCode.BAD_SDP, "line 1"))
    assert error == ErrorFrame(code=ErrorCode.LINK_BAD_SDP, detail="line 1")
    link.receive(LinkSubscribe(), BOTH)
    link.next_request()
    assert link.done(MediaRefused(MediaCode.STALE_OFFER)) is None


# --- ends and new starts


def test_leaving_ends_both_peers(link: Negotiation) -> None:
    """Those that were asked for, and only once."""
    link.receive(LinkPublish(sdp="1"), BOTH)
    carried_out(link, "a")
    link.receive(LinkSubscribe(), BOTH)
    carried_out(link)
    sender, receiver = link.sender, link.receiver
    link.receive(LinkLeave(), NO_RIGHTS)
    assert not link.linked
    ended = [carried_out(link), carried_out(link)]
    assert ended == [Disconnect(peer=sender), Disconnect(peer=receiver)]
    link.leave()
    assert link.next_request() is None


def test_what_was_never_asked_for_is_not_ended(link: Negotiation) -> None:
    """A client that asks and leaves in turn makes nothing pile up."""
    for _ in range(100):
        link.receive(LinkPublish(sdp="1"), BOTH)
        link.receive(LinkLeave(), BOTH)
    assert link.next_request() is None
    assert link.take_gone() == ()


def test_leaving_while_a_request_is_under_way_ends_its_peer_after_it(link: Negotiation) -> None:
    """And the late answer is not sent."""
    link.receive(LinkPublish(sdp="1"), BOTH)
    sender = link.sender
    link.next_request()
    link.leave()
    assert link.next_request() is None
    assert link.done("late") is None
    assert link.next_request() == Disconnect(peer=sender)


def test_who_may_no_longer_receive_has_no_link(link: Negotiation) -> None:
    """A viewer whose floor ended; nothing happens to others."""
    link.receive(LinkPublish(sdp="1"), BOTH)
    carried_out(link, "a")
    link.allow(BOTH)
    assert link.linked
    link.allow(NO_RIGHTS)
    assert not link.linked
    assert isinstance(link.next_request(), Disconnect)


def test_a_link_that_moved_ends_here(link: Negotiation) -> None:
    """Both peers, and nothing starts them anew."""
    link.receive(LinkPublish(sdp="1"), BOTH)
    sender = link.sender
    link.next_request()
    link.done("answer")
    assert link.moved() == LinkMoved()
    assert link.next_request() == Disconnect(peer=sender)
    assert not link.linked
    assert link.restarted() is None


def test_a_failed_peer_starts_both_anew_under_other_ids(link: Negotiation) -> None:
    """Reports about the peers of before mean nothing any more."""
    link.receive(LinkPublish(sdp="1"), BOTH)
    carried_out(link, "a")
    link.receive(LinkSubscribe(), BOTH)
    carried_out(link)
    sender, receiver = link.sender, link.receiver
    failed = PeerGone(room="m", peer=receiver, reason="failed")
    assert link.gone(failed) == LinkReset(reason="failed")
    assert {sender, receiver}.isdisjoint({link.sender, link.receiver})
    assert link.gone(failed) is None
    assert link.offered(Offered(peer=receiver, offer=9, sdp="o")) is None
    assert {carried_out(link), carried_out(link)} == {
        Disconnect(peer=sender),
        Disconnect(peer=receiver),
    }


def test_a_peer_that_was_closed_on_purpose_is_not_mended(link: Negotiation) -> None:
    """The room was closed, or we ended it."""
    link.receive(LinkPublish(sdp="1"), BOTH)
    carried_out(link, "a")
    assert link.gone(PeerGone(room="m", peer=link.sender, reason="closed")) is None


def test_after_a_restart_of_the_media_process_linked_clients_start_anew(
    link: Negotiation,
) -> None:
    """Also one whose request was just refused; nothing is to be ended in the new process."""
    assert link.restarted() is None
    link.receive(LinkPublish(sdp="1"), BOTH)
    link.next_request()
    link.done(MediaRefused(MediaCode.UNAVAILABLE))
    assert link.restarted() == LinkReset(reason="restarted")
    assert link.next_request() is None
    link.receive(LinkPublish(sdp="2"), BOTH)
    assert isinstance(link.next_request(), Publish)


def test_a_camera_that_comes_later_is_hidden_from_the_display(link: Negotiation) -> None:
    """The subscription is made anew with what is known then; no change, no request."""
    link.hide(("screen",))
    assert link.next_request() is None
    link.receive(LinkSubscribe(), WATCH)
    assert carried_out(link) == Subscribe(room="m", peer=link.receiver, hide=("screen",))
    link.hide(("screen",))
    assert link.next_request() is None
    link.hide(("cam", "screen"))
    assert carried_out(link) == Subscribe(room="m", peer=link.receiver, hide=("cam", "screen"))


def test_who_comes_into_the_room_is_deaf_from_then_on(link: Negotiation) -> None:
    """The subscription is made anew, once, and once more when the person has left the room."""
    link.receive(LinkSubscribe(), BOTH)
    assert carried_out(link) == Subscribe(room="m", peer=link.receiver, hide=("p",))
    link.hide(("p",), deaf=True)
    assert carried_out(link) == Subscribe(room="m", peer=link.receiver, hide=("p",), deaf=True)
    link.hide(("p",), deaf=True)
    assert link.next_request() is None
    link.hide(("p",))
    assert carried_out(link) == Subscribe(room="m", peer=link.receiver, hide=("p",))


@each("role", Role)
def test_a_second_device_in_the_room_is_a_companion(role: Role) -> None:
    """Of residents and members; not the desk's, nor the room's own."""
    assert companion(role, in_room=True) is (role in {Role.PARTICIPANT, Role.VIEWER})
    assert not companion(role, in_room=False)


@each("frame", [LinkPublish(sdp="offer"), LinkSubscribe()])
def test_who_is_locked_out_is_told_so(frame: LinkPublish | LinkSubscribe) -> None:
    link = Negotiation("m", "c", "p")
    error = link.receive(frame, LOCKED_OUT)
    assert error is not None
    assert error.code == ErrorCode.LINK_LOCKED
    assert link.next_request() is None


def test_peers_are_named_after_their_connection(link: Negotiation) -> None:
    """Whatever the incarnation, and whatever somebody else's ids look like."""
    for _, peer in itertools.product(range(3), (link.sender, link.receiver)):
        assert connection_of(peer) == "c"
        link.receive(LinkPublish(sdp="1"), BOTH)
        link.leave()
    assert connection_of("foreign") == ""


# --- layers


def test_what_is_shown_is_told_once_there_is_a_peer_and_only_the_newest(link: Negotiation) -> None:
    """A page that is laid out anew says so several times."""
    for height in (100, 200):
        tile = ShownPicture(person="li", height=height)
        assert link.receive(LinkShow(tiles=(tile,)), BOTH) is None
        assert link.next_request() is None
    link.receive(LinkSubscribe(), BOTH)
    carried_out(link, None)
    assert link.next_request() == Show(
        peer=link.receiver, tiles=(Tile(person="li", kind="picture", height=200),)
    )
    link.done(None)
    assert link.next_request() is None


def test_what_was_shown_is_forgotten_with_the_peer(link: Negotiation) -> None:
    """The client says it again when it subscribes again."""
    link.receive(LinkSubscribe(), BOTH)
    carried_out(link, None)
    link.receive(LinkShow(tiles=()), BOTH)
    link.restarted()
    link.receive(LinkSubscribe(), BOTH)
    carried_out(link, None)
    assert link.next_request() is None


def test_a_client_is_told_which_layers_are_shown(link: Negotiation) -> None:
    """But not what holds for its peer of before."""
    link.receive(LinkPublish(sdp="o"), BOTH)
    carried_out(link, "answer")
    report = Layers(room="m", peer=link.sender, kind="picture", active=("q",))
    assert link.layers(report) == LinkLayers(kind="picture", active=("q",))
    link.restarted()
    link.receive(LinkPublish(sdp="o"), BOTH)
    assert link.layers(report) is None
