"""
One connection's conversation, without any I/O.

Text comes in with the time, a decision comes out; the adapter (`connection`) carries it out. A
frame that can't be taken is dropped with a stable code, and nothing else changes; too many of them
end the connection.

Every command is answered: one that was dropped is refused under its own id if that can still be
read, so that a client never waits for it. Everything else is answered by an `error` frame.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import assert_never

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from meetings.commands import Command, PostComment
from signaling.limits import Limits
from signaling.rates import ErrorWindow, TokenBucket
from signaling.wire.codes import CloseCode, ErrorCode
from signaling.wire.frames import (
    ClientFrame,
    CommandFrame,
    ErrorFrame,
    Hello,
    LinkAnswer,
    LinkLeave,
    LinkPublish,
    LinkShow,
    LinkStats,
    LinkSubscribe,
    Ping,
    Pong,
    Position,
    Refusal,
    ServerFrame,
)

LinkFrame = LinkPublish | LinkSubscribe | LinkAnswer | LinkShow | LinkLeave

_DETAIL_MAX = 200  # characters of an explanation
_COMMAND_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_FRAMES: TypeAdapter[ClientFrame] = TypeAdapter(ClientFrame)


@dataclass(frozen=True, slots=True)
class Send:
    """Answer with this frame."""

    frame: ServerFrame


@dataclass(frozen=True, slots=True)
class Close:
    """End the connection."""

    code: CloseCode
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Enter:
    """Check the token, then `entered` and the welcome."""

    token: str
    resume: Position | None
    companion: bool = False


@dataclass(frozen=True, slots=True)
class Submit:
    """Ask the meeting; answer with `result` or `refusal`."""

    id: str
    command: Command


@dataclass(frozen=True, slots=True)
class Link:
    """Hand over to the negotiation."""

    frame: LinkFrame


@dataclass(frozen=True, slots=True)
class Measured:
    """A page tells how well it saw and heard."""

    stats: LinkStats


Decision = Send | Close | Enter | Submit | Link | Measured


class _State(Enum):
    AWAITING_HELLO = auto()
    ENTERING = auto()
    OPEN = auto()


class Session:
    """What a connection has said so far, and so what it may say next."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._state = _State.AWAITING_HELLO
        self._frames = TokenBucket(limits.frames)
        self._links = TokenBucket(limits.links)
        self._shows = TokenBucket(limits.shows)
        self._stats = TokenBucket(limits.stats)
        self._comments: TokenBucket | None = None
        self._errors = ErrorWindow(limits.errors_max, limits.errors_window_s)

    @property
    def patience_s(self) -> float:
        """How long the next frame may take; then the connection is closed as idle."""
        awaiting = self._state is _State.AWAITING_HELLO
        return self._limits.hello_s if awaiting else self._limits.idle_s

    def entered(self, comments: TokenBucket) -> None:
        """
        The token was good; everything may be said from now on.

        Args:
            comments: the person's, shared by all connections of the person.
        """
        self._state = _State.OPEN
        self._comments = comments

    def receive(self, data: str | bytes, now_s: float, wall_ms: float) -> Decision:
        """
        Take one frame.

        Args:
            data: text of a frame; bytes are never right.
            now_s: monotonic clock, seconds.
            wall_ms: the service's wall clock, for `pong`.
        """
        if isinstance(data, bytes):
            return self._drop(now_s, ErrorCode.MALFORMED, "frames are text")
        size = len(data) if data.isascii() else len(data.encode())
        if size > self._limits.frame_max:
            return self._drop(now_s, ErrorCode.TOO_LARGE, f"at most {self._limits.frame_max} bytes")
        in_time = self._frames.take(now_s)
        try:
            # Strict: numbers are numbers. What a page sends by mistake shall be seen at once.
            frame = _FRAMES.validate_json(data, strict=True)
        except ValidationError as error:
            if not in_time:
                return self._drop(now_s, ErrorCode.TOO_FREQUENT, command=_command_id(data))
            code, detail = _explain(error)
            return self._drop(now_s, code, detail, command=_command_id(data))
        command = frame.id if isinstance(frame, CommandFrame) else None
        if not in_time:
            return self._drop(now_s, ErrorCode.TOO_FREQUENT, command=command)
        if size > self._limits.command_max and not isinstance(frame, LinkPublish | LinkAnswer):
            detail = f"at most {self._limits.command_max} bytes"
            return self._drop(now_s, ErrorCode.TOO_LARGE, detail, command=command)
        if isinstance(frame, Hello) is not (self._state is _State.AWAITING_HELLO):
            detail = "the first frame is hello, and no other"
            return self._drop(now_s, ErrorCode.OUT_OF_ORDER, detail, command=command)
        if self._state is _State.ENTERING:
            return self._drop(now_s, ErrorCode.OUT_OF_ORDER, "not welcomed yet", command=command)
        return self._take(frame, now_s, wall_ms)

    def _take(self, frame: ClientFrame, now_s: float, wall_ms: float) -> Decision:
        match frame:
            case Hello():
                self._state = _State.ENTERING
                return Enter(frame.token, frame.resume, frame.companion)
            case CommandFrame():
                if isinstance(frame.command, PostComment):
                    assert self._comments is not None, "can't happen: open without entered"
                    if not self._comments.take(now_s):
                        return self._drop(now_s, ErrorCode.TOO_FREQUENT, command=frame.id)
                return Submit(frame.id, frame.command)
            case Ping():
                if not math.isfinite(frame.sent_ms):
                    return self._drop(now_s, ErrorCode.MALFORMED, "sent_ms: not a number")
                return Send(Pong(sent_ms=frame.sent_ms, server_ms=wall_ms))
            case LinkPublish() | LinkSubscribe() | LinkAnswer() | LinkLeave():
                if not self._links.take(now_s):
                    return self._drop(now_s, ErrorCode.TOO_FREQUENT, "links")
                return Link(frame)
            case LinkShow():
                if not self._shows.take(now_s):
                    return self._drop(now_s, ErrorCode.TOO_FREQUENT, "shows")
                return Link(frame)
            case LinkStats():
                if not self._stats.take(now_s):
                    return self._drop(now_s, ErrorCode.TOO_FREQUENT, "stats")
                return Measured(frame)
            case _:
                assert_never(frame)

    def _drop(
        self, now_s: float, code: ErrorCode, detail: str = "", *, command: str | None = None
    ) -> Decision:
        if not self._errors.count(now_s):
            return Close(CloseCode.FLOODING, f"too many dropped frames, last: {code}")
        if command is not None:
            return Send(Refusal(id=command, code=code, detail=detail))
        return Send(ErrorFrame(code=code, detail=detail))


def _explain(error: ValidationError) -> tuple[ErrorCode, str]:
    """Code and explanation of a frame that fits no model. Tells what is wrong first, briefly."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    code = ErrorCode.UNKNOWN_TYPE if first["type"] == "union_tag_invalid" else ErrorCode.MALFORMED
    place = ".".join(str(step) for step in first["loc"])
    return code, f"{place}: {first['msg']}".removeprefix(": ")[:_DETAIL_MAX]


def _command_id(text: str) -> str | None:
    """The id of a command frame that is wrong otherwise, if it can be read."""
    try:
        frame = from_json(text, allow_inf_nan=False)
    except ValueError:
        return None
    if not isinstance(frame, dict) or frame.get("type") != "command":
        return None
    command = frame.get("id")
    readable = isinstance(command, str) and _COMMAND_ID.fullmatch(command)
    return command if readable else None
