"""A connection's conversation, frame by frame."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from meetings.commands import CastBallot, PostComment, RequestFloor
from signaling.limits import Limits, Rate
from signaling.rates import TokenBucket
from signaling.session import Close, Decision, Enter, Link, Measured, Send, Session, Submit
from signaling.wire.codes import CloseCode, ErrorCode
from signaling.wire.frames import STATS_MAX, ErrorFrame, LinkSubscribe, Pong, Position, Refusal
from tests.each import each

LIMITS = Limits()
HELLO = {"type": "hello", "token": "t", "resume": None}
PING = {"type": "ping", "sent_ms": 1.5}


def said(session: Session, frame: object, now_s: float = 0.0) -> Decision:
    """Receive a frame, given as an object or as text."""
    text = frame if isinstance(frame, str | bytes) else json.dumps(frame)
    return session.receive(text, now_s, 1000.25)


def opened(limits: Limits = LIMITS) -> Session:
    """A session that was welcomed."""
    session = Session(limits)
    said(session, HELLO, -1000.0)
    session.entered(TokenBucket(limits.comments))
    return session


def command(frame_id: str = "c-000001", **fields: Any) -> dict[str, Any]:
    """A command frame."""
    return {"type": "command", "id": frame_id, "command": fields}


def error(decision: Decision) -> str:
    """The code of an error frame."""
    assert isinstance(decision, Send)
    assert isinstance(decision.frame, ErrorFrame)
    return decision.frame.code


def refusal(decision: Decision) -> tuple[str, str]:
    """Id and code of a refusal."""
    assert isinstance(decision, Send)
    assert isinstance(decision.frame, Refusal)
    return decision.frame.id, decision.frame.code


# --- the order of things


def test_a_conversation_begins_with_hello() -> None:
    """Token and position are handed on."""
    session = Session(LIMITS)
    hello = {"type": "hello", "token": "abc", "resume": {"epoch": "e", "offset": 3}}
    assert said(session, hello) == Enter("abc", Position(epoch="e", offset=3))


@each("frame", [PING, {"type": "link.subscribe"}, {"type": "link.answer", "offer": 1, "sdp": "v"}])
def test_nothing_comes_before_hello(frame: dict[str, Any]) -> None:
    """It is out of order, and hello is still possible."""
    session = Session(LIMITS)
    assert error(said(session, frame)) == ErrorCode.OUT_OF_ORDER
    assert isinstance(said(session, HELLO), Enter)


def test_hello_is_said_once() -> None:
    """Also while the first one is looked at, and after the welcome."""
    session = Session(LIMITS)
    said(session, HELLO)
    assert error(said(session, HELLO)) == ErrorCode.OUT_OF_ORDER
    session.entered(TokenBucket(LIMITS.comments))
    assert error(said(session, HELLO)) == ErrorCode.OUT_OF_ORDER


def test_nothing_is_taken_before_the_welcome() -> None:
    """A command that came too early is refused under its id, so the client repeats it."""
    session = Session(LIMITS)
    early = command(type="floor.request", about="")
    assert refusal(said(session, early)) == ("c-000001", ErrorCode.OUT_OF_ORDER)
    said(session, HELLO)
    assert refusal(said(session, early)) == ("c-000001", ErrorCode.OUT_OF_ORDER)


def test_the_first_frame_is_waited_for_less_long_than_the_others() -> None:
    """Ten seconds for hello, then as long as pings keep it."""
    session = Session(LIMITS)
    assert session.patience_s == LIMITS.hello_s
    said(session, HELLO)
    assert session.patience_s == LIMITS.idle_s


# --- what is asked


def test_a_command_is_submitted_with_its_id() -> None:
    """Parsed into the command's own model."""
    asked = said(opened(), command(type="vote.cast", vote=7, marks=[0, 1]))
    assert asked == Submit("c-000001", CastBallot(vote=7, marks=(0, 1)))


def test_a_ping_is_answered_with_both_clocks() -> None:
    """So that the client can measure its offset."""
    assert said(opened(), PING) == Send(Pong(sent_ms=1.5, server_ms=1000.25))


def test_link_frames_are_handed_to_the_negotiation() -> None:
    """As they are."""
    assert said(opened(), {"type": "link.subscribe"}) == Link(LinkSubscribe())


# --- malformed


@each(
    "text",
    [
        "",
        "null",
        "[]",
        "{",
        '"hello"',
        "{}",
        '{"type":"ping"}',
        '{"type":"ping","sent_ms":"1"}',
        '{"type":"ping","sent_ms":NaN}',
        '{"type":"ping","sent_ms":1e999}',
        '{"type":"ping","sent_ms":1,"more":1}',
        '{"type":"ping","sent_ms":1}{"type":"ping","sent_ms":1}',
        '{"type":"link.publish","sdp":"\\ud800"}',
        "[" * 5000,
        '{"type":"link.answer","offer":0,"sdp":"v=0"}',
        '{"type":"link.answer","offer":1.5,"sdp":"v=0"}',
        b'{"type":"ping","sent_ms":1}',
        b"\xff\xfe",
    ],
)
def test_what_fits_no_frame_is_malformed(text: str | bytes) -> None:
    """Wrong JSON, wrong fields, lone surrogates, deep nesting, bytes."""
    session = opened()
    assert error(said(session, text)) == ErrorCode.MALFORMED
    assert isinstance(said(session, PING), Send)


@each("frame", [{"type": "bye"}, {"type": 7}, {"type": "welcome"}])
def test_an_unknown_type_is_told_apart(frame: dict[str, Any]) -> None:
    """A client of another version learns that it is one."""
    assert error(said(opened(), frame)) == ErrorCode.UNKNOWN_TYPE


def test_a_command_that_is_wrong_is_refused_under_its_id() -> None:
    """The client waits for each id: nothing else would end its waiting."""
    session = opened()
    wrong = command(type="comment.post", text="")
    assert refusal(said(session, wrong)) == ("c-000001", ErrorCode.MALFORMED)
    unknown = command(type="meeting.explode")
    assert refusal(said(session, unknown)) == ("c-000001", ErrorCode.UNKNOWN_TYPE)
    assert error(said(session, command("short", type="comment.post", text="x"))) == (
        ErrorCode.MALFORMED
    )


def test_explanations_are_short() -> None:
    """What the client sent does not come back whole."""
    decision = said(opened(), {"type": "x" * 5000})
    assert isinstance(decision, Send)
    assert isinstance(decision.frame, ErrorFrame)
    assert len(decision.frame.detail) <= 200


# --- sizes


def padded(frame: dict[str, Any], size: int) -> str:
    """The frame with blanks behind, *size* bytes."""
    text = json.dumps(frame)
    return text + " " * (size - len(text))


def test_the_largest_frame_is_taken_and_a_byte_more_is_not() -> None:
    """Descriptions may be as large as a frame."""
    session = opened()
    publish = {"type": "link.publish", "sdp": "v=0"}
    assert isinstance(said(session, padded(publish, LIMITS.frame_max)), Link)
    assert error(said(session, padded(publish, LIMITS.frame_max + 1))) == ErrorCode.TOO_LARGE


def test_frames_without_a_description_are_small() -> None:
    """At the bound, and a byte more."""
    session = opened()
    assert isinstance(said(session, padded(PING, LIMITS.command_max)), Send)
    assert error(said(session, padded(PING, LIMITS.command_max + 1))) == ErrorCode.TOO_LARGE
    large = padded(command(type="floor.request", about=""), LIMITS.command_max + 1)
    assert refusal(said(session, large)) == ("c-000001", ErrorCode.TOO_LARGE)
    hello = Session(LIMITS)
    assert error(said(hello, padded(HELLO, LIMITS.command_max + 1))) == ErrorCode.TOO_LARGE


def test_sizes_are_bytes_not_characters() -> None:
    """A Chinese character is three."""
    session = opened(replace(LIMITS, frame_max=300, command_max=300))
    fits = json.dumps(command(type="comment.post", text="议" * 60), ensure_ascii=False)
    assert len(fits.encode()) <= 300
    assert isinstance(said(session, fits), Submit)
    larger = json.dumps(command(type="comment.post", text="议" * 80), ensure_ascii=False)
    assert len(larger) < 300 < len(larger.encode())
    assert error(said(session, larger)) == ErrorCode.TOO_LARGE


# --- rates


def test_frames_beyond_the_rate_are_dropped() -> None:
    """The burst exactly; a little later one more."""
    session = opened(replace(LIMITS, frames=Rate(burst=3, per_s=1.0)))
    assert [isinstance(said(session, PING), Send) for _ in range(3)] == [True] * 3
    assert error(said(session, PING)) == ErrorCode.TOO_FREQUENT
    assert refusal(said(session, command(type="floor.withdraw"))) == (
        "c-000001",
        ErrorCode.TOO_FREQUENT,
    )
    assert error(said(session, "{")) == ErrorCode.TOO_FREQUENT
    answer = said(session, PING, 1.0)
    assert isinstance(answer, Send)
    assert isinstance(answer.frame, Pong)


def test_comments_are_limited_per_person() -> None:
    """Two connections of one person share the bucket; other commands don't count."""
    comments = TokenBucket(Rate(burst=2, per_s=1.0))
    one, two = Session(LIMITS), Session(LIMITS)
    for session in (one, two):
        said(session, HELLO)
        session.entered(comments)
    post = command(type="comment.post", text="好")
    assert said(one, post) == Submit("c-000001", PostComment(text="好"))
    assert isinstance(said(two, post), Submit)
    assert refusal(said(one, post)) == ("c-000001", ErrorCode.TOO_FREQUENT)
    assert refusal(said(two, post)) == ("c-000001", ErrorCode.TOO_FREQUENT)
    assert said(one, command(type="floor.request", about="")) == Submit("c-000001", RequestFloor())
    assert isinstance(said(two, post, 1.0), Submit)


def test_link_frames_have_a_rate_of_their_own() -> None:
    """They cost the media process more than a comment costs the record."""
    session = opened(replace(LIMITS, links=Rate(burst=2, per_s=1.0)))
    subscribe = {"type": "link.subscribe"}
    assert isinstance(said(session, subscribe), Link)
    assert isinstance(said(session, subscribe), Link)
    assert error(said(session, subscribe)) == ErrorCode.TOO_FREQUENT
    assert isinstance(said(session, PING), Send)


def test_what_is_shown_has_a_rate_of_its_own() -> None:
    """A page that is laid out anew again and again keeps its link."""
    session = opened(replace(LIMITS, shows=Rate(burst=2, per_s=1.0)))
    show = {"type": "link.show", "tiles": [{"person": "li", "height": 180}]}
    assert isinstance(said(session, show), Link)
    assert isinstance(said(session, show), Link)
    assert error(said(session, show)) == ErrorCode.TOO_FREQUENT
    assert isinstance(said(session, {"type": "link.subscribe"}), Link)


@each("height", [0, 8_641])
def test_a_height_that_no_screen_has_is_malformed(height: int) -> None:
    show = {"type": "link.show", "tiles": [{"person": "li", "height": height}]}
    assert error(said(opened(LIMITS), show)) == ErrorCode.MALFORMED


def test_more_pictures_than_a_peer_has_slots_are_malformed() -> None:
    tiles = [{"person": f"p{n}", "height": 90} for n in range(129)]
    session = opened(LIMITS)
    assert isinstance(said(session, {"type": "link.show", "tiles": tiles[:128]}), Link)
    assert error(said(session, {"type": "link.show", "tiles": tiles})) == ErrorCode.MALFORMED


def test_who_sends_nothing_but_errors_is_closed_as_flooding() -> None:
    """The last one that is forgiven, and the next; the code says: stop."""
    session = opened(replace(LIMITS, errors_max=5, errors_window_s=10.0))
    assert [error(said(session, "{")) for _ in range(4)] == [ErrorCode.MALFORMED] * 4
    decision = said(session, "{", 10.0)
    assert isinstance(decision, Close)
    assert decision.code is CloseCode.FLOODING
    assert decision.code >= 4500


def test_an_error_now_and_then_is_forgiven() -> None:
    """Errors outside of the window don't add up."""
    session = opened(replace(LIMITS, errors_max=5, errors_window_s=10.0))
    for n in range(100):
        assert error(said(session, "{", n * 3.0)) == ErrorCode.MALFORMED


def test_the_limits_fit_each_other() -> None:
    """A frame that the session explains must reach it; a command fits into a frame."""
    assert LIMITS.command_max < LIMITS.frame_max < LIMITS.transport_max
    assert LIMITS.no_progress_s < LIMITS.idle_s
    assert LIMITS.hello_s < LIMITS.idle_s
    assert LIMITS.members_tick_s < LIMITS.viewers_tick_s


STATS = {"type": "link.stats", "freezes": 0, "frozen_ms": 0, "concealed": 0, "round_trip_ms": None}


def test_what_a_page_tells_of_its_link_is_handed_over_and_limited() -> None:
    """A flood of it is dropped, and does not use up what other frames may."""
    session = opened()
    answers = [said(session, STATS) for _ in range(LIMITS.stats.burst + 1)]
    assert all(isinstance(answer, Measured) for answer in answers[:-1])
    assert error(answers[-1]) == ErrorCode.TOO_FREQUENT
    assert isinstance(said(session, STATS, 1 / LIMITS.stats.per_s), Measured)


@each("field, most", [("freezes", STATS_MAX), ("frozen_ms", STATS_MAX), ("concealed", 1000)])
def test_what_a_page_tells_of_its_link_is_bounded(field: str, most: int) -> None:
    assert isinstance(said(opened(), {**STATS, field: most}), Measured)
    for wrong in (most + 1, -1, 0.5, "1"):
        assert error(said(opened(), {**STATS, field: wrong})) == ErrorCode.MALFORMED
