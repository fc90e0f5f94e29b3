"""The check before a meeting gives little to strangers, and not often."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import httpx
import pytest

from media.control import MediaCode, MediaRefused
from signaling.line_check import LineCheck
from signaling.relay import IceServers
from web.app import build_app
from web.metrics import Metrics
from web.routes import check
from web.routes.check import CHECKING, CREDENTIAL_S, SAMPLE

pytestmark = pytest.mark.anyio

NOW_MS = 1_763_784_000_000


class Line(LineCheck):
    """Answers or refuses without a media process."""

    def __init__(self) -> None:
        self.refuses: MediaCode | None = None

    async def answer(self, offer: str) -> str:
        if self.refuses is not None:
            raise MediaRefused(self.refuses, "no")
        return f"answer to {offer}"


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
async def client(line: Line) -> AsyncIterator[httpx.AsyncClient]:
    servers = IceServers((), ("turn:192.0.2.1",), b"geheim")
    app = build_app(check.routes(line, servers, lambda: NOW_MS), Metrics())
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://yishi") as made:
        yield made


async def test_an_offer_is_answered_and_refusals_say_whether_to_try_again(
    client: httpx.AsyncClient, line: Line
) -> None:
    answer = await client.post("/api/check/offer", content="v=0")
    assert (answer.status_code, answer.text) == (200, "answer to v=0")
    line.refuses = MediaCode.BAD_SDP
    assert (await client.post("/api/check/offer", content="v=0")).status_code == 400
    line.refuses = MediaCode.TOO_MANY
    busy = await client.post("/api/check/offer", content="v=0")
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "12")


async def test_credentials_for_a_check_run_out_with_it(client: httpx.AsyncClient) -> None:
    (server,) = (await client.get("/api/check")).json()["ice_servers"]
    assert server["expires_ms"] == NOW_MS + CREDENTIAL_S * 1_000


async def test_a_sample_has_its_size_and_a_larger_one_is_not_taken(
    client: httpx.AsyncClient,
) -> None:
    assert len((await client.get("/api/check/sample")).content) == SAMPLE
    assert (await client.post("/api/check/sample", content=bytes(SAMPLE))).status_code == 204
    assert (await client.post("/api/check/sample", content=bytes(SAMPLE + 1))).status_code == 413


async def test_an_address_may_ask_so_often_and_no_more(client: httpx.AsyncClient) -> None:
    began_s = time.monotonic()
    codes = [(await client.get("/api/check")).status_code for _ in range(int(CHECKING.burst) + 5)]
    assert codes[: int(CHECKING.burst)] == [200] * int(CHECKING.burst)
    assert time.monotonic() - began_s < 1 / CHECKING.per_s, "too slow a machine to tell"
    assert codes[int(CHECKING.burst) :] == [429] * 5
