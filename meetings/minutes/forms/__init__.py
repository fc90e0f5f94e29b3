"""
The forms: four documents (会议记录, 会议纪要, 表决结果公告, 签到表) of one draft.
"""

from __future__ import annotations

from typing import assert_never

from meetings.minutes.blocks import Document
from meetings.minutes.draft import Draft, Form
from meetings.minutes.forms import attendance, record, results, summary
from meetings.minutes.model import Minutes

TITLES: dict[Form, str] = {
    "record": record.TITLE,
    "summary": summary.TITLE,
    "results": results.TITLE,
    "attendance": attendance.TITLE,
}


def compose(form: Form, minutes: Minutes, draft: Draft) -> Document:
    """Put *minutes* into words, with what the clerk added in *draft*."""
    match form:
        case "record":
            return record.compose(minutes, draft)
        case "summary":
            return summary.compose(minutes, draft)
        case "results":
            return results.compose(minutes, draft)
        case "attendance":
            return attendance.compose(minutes, draft)
        case _:
            assert_never(form)
