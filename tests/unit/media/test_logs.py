"""`media.logs`: one JSON object a line."""

from __future__ import annotations

import json
import logging
import sys

from media.logs import JsonLines


def record(**extra: object) -> logging.LogRecord:
    made = logging.LogRecord("media.x", logging.INFO, __file__, 1, "走了 %s", ("a\nb",), None)
    vars(made).update(extra)
    return made


def test_a_record_is_one_line_with_its_extra_fields() -> None:
    text = JsonLines().format(record(reason="silent", packets=3))
    assert "\n" not in text
    line = json.loads(text)
    assert line["message"] == "走了 a\nb"
    assert (line["level"], line["logger"]) == ("info", "media.x")
    assert (line["reason"], line["packets"]) == ("silent", 3)
    assert line["at"].endswith("+00:00")


def test_an_error_is_in_the_same_line() -> None:
    made = record()
    try:
        raise ValueError("boom")
    except ValueError:
        made.exc_info = sys.exc_info()
    text = JsonLines().format(made)
    assert "\n" not in text
    assert "ValueError: boom" in json.loads(text)["error"]
