"""What only pages show: a link that moves between them, plain HTTP, the minutes at the end."""

from __future__ import annotations

import zipfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from demo.client import MeetingClient
from meetings.commands import GrantFloor
from signaling.wire.frames import Result
from tests.fixtures.axe import barriers
from tests.fixtures.browsers import PLAIN_HOST, new_page
from tests.fixtures.people import SHOWN_MS, Host, Person, Viewer, shows
from tests.fixtures.service import Meeting, Service, served
from tests.fixtures.waiting import only_viewer, open_meeting, running, sends

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

HOST, OFFICIAL = "王秀兰", "陈建国"


@pytest.fixture(scope="module")
def https_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service as on a local network: HTTP for residents, HTTPS for members."""
    yield from served(tmp_path_factory.mktemp("https"), https=True)


@dataclass(frozen=True)
class Hall:
    """A meeting that is open, with a host on a socket."""

    service: Service
    meeting: Meeting
    host: MeetingClient

    @property
    def plain_link(self) -> str:
        """The room's page, at an address without a camera."""
        return f"http://{PLAIN_HOST}:{self.service.port}/r/{self.meeting.room}"


async def hall(service: Service) -> AsyncIterator[Hall]:
    """For a fixture to yield from."""
    meeting = service.new_meeting(
        "充电桩协商会", host=HOST, participants=[OFFICIAL], agenda=["选址"]
    )
    host = MeetingClient(service.url, meeting.people[HOST].token)
    async with running(host), open_meeting(host):
        yield Hall(service, meeting, host)


@pytest.fixture
async def plain_hall(service: Service) -> AsyncIterator[Hall]:
    """In a service without HTTPS."""
    async for one in hall(service):
        yield one


@pytest.fixture
async def https_hall(https_service: Service) -> AsyncIterator[Hall]:
    """In a service with HTTPS."""
    async for one in hall(https_service):
        yield one


async def joined(chromium: Browser, link: str) -> Person:
    """A participant on a page of their own."""
    person = Person(await new_page(chromium, width=1280, height=800))
    await person.page.goto(link)
    await person.join_link()
    await linked(person)
    return person


async def linked(person: Person) -> None:
    """Wait until the page's video link stands."""
    await shows(person.part("video-stage"), "data-state", "connected")


async def test_the_link_goes_to_the_page_that_was_asked_last(
    plain_hall: Hall, chromium: Browser
) -> None:
    """The older page says so, has its camera off, and takes the link back when it is asked to."""
    official = plain_hall.meeting.people[OFFICIAL].person
    laptop = await joined(chromium, plain_hall.meeting.link(OFFICIAL))
    await plain_hall.host.until(sends(official))
    tablet = await joined(chromium, plain_hall.meeting.link(OFFICIAL))
    await expect(laptop.part("link-moved")).to_contain_text("另一个窗口或设备", timeout=SHOWN_MS)
    await expect(laptop.part("camera-toggle")).to_have_count(0)
    assert await live_tracks(laptop.page) == 0

    await laptop.page.reload()  # a reload is no wish to have the link: the check page comes first
    await expect(laptop.part("device-join")).to_be_enabled(timeout=SHOWN_MS)
    await expect(tablet.part("link-moved")).to_have_count(0)
    await laptop.join_link()
    await linked(laptop)
    await expect(tablet.part("link-moved")).to_be_visible(timeout=SHOWN_MS)

    await tablet.part("link-take-back").click()
    await linked(tablet)
    await expect(laptop.part("link-moved")).to_be_visible(timeout=SHOWN_MS)
    await shows(tablet.part("camera-toggle"), "data-on", "true")
    await plain_hall.host.until(sends(official))
    for person in (laptop, tablet):
        assert person.faults == []
        await person.page.context.close()


async def test_a_resident_on_plain_http_speaks_at_the_secure_address(
    https_hall: Hall, chromium: Browser
) -> None:
    """Led there in words, as the same person and with the floor; the first page makes way."""
    phone = Viewer(await new_page(chromium, width=390, height=844))
    await phone.enter(https_hall.plain_link, "刘桂芳")
    resident = await only_viewer(https_hall.host)
    assert isinstance(await https_hall.host.ask(GrantFloor(person=resident)), Result)
    go = phone.part("secure-link")
    await expect(go).to_be_visible(timeout=SHOWN_MS)
    await expect(phone.part("granted-both")).to_have_count(0)
    async with phone.page.context.expect_page() as opened:
        await go.click()
    secure = Viewer(await opened.value)
    await secure.is_connected()
    assert secure.page.url.startswith("https://")
    assert "#" not in secure.page.url, "the token stays in no address"
    await secure.part("granted-both").click()
    await linked(secure)
    await https_hall.host.until(sends(resident))
    assert await only_viewer(https_hall.host) == resident
    await expect(phone.part("link-moved")).to_be_visible(timeout=SHOWN_MS)
    await expect(go).to_have_count(0)
    await secure.page.reload()
    await secure.is_connected()
    assert [*phone.faults, *secure.faults] == []
    await phone.page.context.close()


async def test_without_https_the_resident_is_told_what_else_to_do(
    plain_hall: Hall, chromium: Browser
) -> None:
    """And gives the floor back."""
    phone = Viewer(await new_page(chromium, width=390, height=844))
    await phone.enter(plain_hall.plain_link, "刘桂芳")
    await phone.part("ask-floor").click()
    await phone.part("ask-floor-send").click()
    await plain_hall.host.ask(GrantFloor(person=await only_viewer(plain_hall.host)))
    await expect(phone.part("secure-none")).to_contain_text("到会场发言", timeout=SHOWN_MS)
    await phone.part("granted-decline").click()
    await plain_hall.host.until(lambda s: s.floor is not None and s.floor.holder is None)
    assert phone.faults == []
    await phone.page.context.close()


async def test_the_host_takes_the_minutes_home(
    service: Service, chromium: Browser, tmp_path: Path
) -> None:
    """After the close the page has both files, and nothing that keeps anybody out."""
    meeting = service.new_meeting("纪要下载会", host=HOST, participants=[], agenda=["选址"])
    host = Host(await new_page(chromium, width=1280, height=800))
    await host.page.goto(meeting.link(HOST))
    await host.press("meeting-open")
    await host.comment("请把结论写进纪要")
    await host.press("meeting-close")
    await host.state("closed")
    await expect(host.part("minutes-docx")).to_be_enabled(timeout=SHOWN_MS)

    async with host.page.expect_download() as download:
        await host.part("minutes-docx").click()
    file = await download.value
    assert file.suggested_filename == "纪要下载会 会议记录.docx"
    await file.save_as(tmp_path / "minutes.docx")
    with zipfile.ZipFile(tmp_path / "minutes.docx") as archive:
        assert "请把结论写进纪要" in archive.read("word/document.xml").decode()

    async with host.page.context.expect_page() as opened:
        await host.part("minutes-html").click()
    page = await opened.value
    await expect(page.get_by_text("请把结论写进纪要")).to_be_visible(timeout=SHOWN_MS)
    font = await page.evaluate("getComputedStyle(document.querySelector('h1')).textAlign")
    assert font == "center", "the page's own style is applied under the pages' policy"

    for one in (host.page, page):
        assert await barriers(one) == []
    assert host.faults == []
    await host.page.context.close()


async def live_tracks(page: Page) -> int:
    """Tracks of the own devices that still run, on the page's peer connections."""
    count: int = await page.evaluate(
        """window.links.flatMap((link) => link.getSenders())
            .filter((sender) => sender.track?.readyState === 'live').length"""
    )
    return count
