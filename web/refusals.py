"""Refusals of the HTTP side: a status and a stable code, as JSON."""

from __future__ import annotations

from enum import StrEnum

from starlette.responses import JSONResponse

from meetings.refusals import Code


class HttpCode(StrEnum):
    """Stable; the client has the words for them."""

    ROOM_UNKNOWN = "room.unknown"
    MEETING_UNKNOWN = "meeting.unknown"
    NAME_INVALID = "name.invalid"
    REAL_NAME_MISSING = "real_name.missing"
    BODY_INVALID = "body.invalid"
    BODY_TOO_LARGE = "body.too_large"
    TOO_FREQUENT = "request.too_frequent"
    TOO_MANY_TRIES = "account.too_many_tries"
    TOKEN_MISSING = "token.missing"  # noqa: S105 - the name of a refusal
    TOKEN_INVALID = "token.invalid"  # noqa: S105 - as above
    TOKEN_EXPIRED = "token.expired"  # noqa: S105 - as above
    TOKEN_REVOKED = "token.revoked"  # noqa: S105 - as above
    ACCOUNT_WRONG = "account.wrong"
    ACCOUNT_UNKNOWN = "account.unknown"
    ACCOUNT_SIGNED_OUT = "account.signed_out"
    ACCOUNT_PROVIDER = "account.provider_failed"
    ROSTER_INVALID = "roster.invalid"
    PERSON_UNKNOWN = "person.unknown"
    INVITATION_UNKNOWN = "invitation.unknown"
    TOO_MANY = "request.too_many"
    FORBIDDEN = "authority.forbidden"
    LIVESTREAM_UNKNOWN = "livestream.unknown"
    LIVESTREAM_UNKNOWN_FILE = "livestream.unknown_file"
    LIVESTREAM_NOT_YET = "livestream.not_yet"
    LIVESTREAM_TOO_FAR_AHEAD = "livestream.too_far_ahead"
    LIVESTREAM_BAD_REQUEST = "livestream.bad_request"
    PLATFORM_INVALID = "platform.invalid"
    PLATFORM_TOO_MANY = "platform.too_many"
    DRAFT_INVALID = "draft.invalid"
    DRAFT_CONFLICT = "draft.conflict"
    DRAFT_TOO_MANY = "draft.too_many"
    PDF_UNAVAILABLE = "pdf.unavailable"
    PDF_FONT_MISSING = "pdf.font_missing"
    NOT_FOUND = "http.not_found"
    METHOD = "http.method_not_allowed"
    HTTP = "http.error"
    LINK_UNKNOWN = "link.unknown"
    PRECONDITION_MISSING = "http.precondition_missing"
    PRECONDITION_FAILED = "http.precondition_failed"
    OVERLOADED = "service.overloaded"
    INTERNAL = "internal"


class HttpRefused(Exception):
    """The request is refused; `app` makes the answer of it."""

    def __init__(
        self, status: int, code: HttpCode | Code, detail: str = "", *, retry_s: int | None = None
    ) -> None:
        """
        Args:
            retry_s: seconds after which it is worth trying again (RFC 9110, 10.2.3).
        """
        super().__init__(f"{status} {code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail
        self.retry_s = retry_s

    def response(self) -> JSONResponse:
        """The answer."""
        made = answer(self.status, self.code, self.detail)
        if self.retry_s is not None:
            made.headers["retry-after"] = str(self.retry_s)
        return made


def answer(status: int, code: str, detail: str = "") -> JSONResponse:
    """
    A refusal as JSON, never cached.

    Args:
        code: stable: `HttpCode`, the meeting's `Code`, or one of a video link.
    """
    return JSONResponse(
        {"code": code, "detail": detail}, status_code=status, headers={"cache-control": "no-store"}
    )
