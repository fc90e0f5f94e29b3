"""What a camera's process is told, and what of it may be said."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from media.camera.job import Job, shown_address
from media.camera.source import profile_of

URL = "rtsp://admin:geheim@192.168.1.64:554/live?user=admin&password=geheim"


def test_a_job_says_its_secrets_on_its_line_alone() -> None:
    """They go over standard input whole, and show in no message."""
    job = Job(camera=SecretStr(URL), sound=True, whip="http://h/whip", token=SecretStr("geheim"))
    assert "geheim" not in f"{job!r} {job}"
    assert Job.model_validate_json(job.model_dump_json()).camera.get_secret_value() == URL


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (URL, "rtsp://192.168.1.64:554/live"),
        ("rtsp://cam.lan/Streaming/Channels/101", "rtsp://cam.lan/Streaming/Channels/101"),
        ("rtsps://a:b@cam.lan", "rtsps://cam.lan"),
    ],
)
def test_an_address_is_logged_without_name_and_password(url: str, shown: str) -> None:
    """Nor with the query, where some cameras want them."""
    assert shown_address(url) == shown


@pytest.mark.parametrize(
    ("extradata", "profile"),
    [
        (b"\0\0\0\1\x67\x4d\x40\x1f\xaa\0\0\0\1\x68\xee", "4d401f"),
        (b"\0\0\1\x68\xee\0\0\1\x27\x64\x00\x28\xac", "640028"),
        (b"\0\0\1\x68\xee", None),
        (b"\0\0\1\x67\x4d", None),
        (b"", None),
        (None, None),
    ],
)
def test_the_profile_stands_in_the_sequence_parameter_set(
    extradata: bytes | None, profile: str | None
) -> None:
    """Wherever that is; a camera that names none in its description has none here."""
    assert profile_of(extradata) == profile
