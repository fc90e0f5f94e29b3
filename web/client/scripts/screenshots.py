"""
Pictures of every page, taken from the running demonstration, and what a picture does not show.

    python web/client/scripts/screenshots.py --out docs/screenshots [--camera clip.y4m] [--axe]

Starts `yishi demo` on a free port, comes as host, member, resident, display and room device in
Chromium, walks each page through its states, and saves NAME-WIDTHxHEIGHT.png. With --axe every
state is checked by axe-core, too. At 390 pixels nothing may scroll sideways. Exit code 1 says that
one of these checks failed; the pictures themselves are for people to look at.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, FilePayload, Page, expect, sync_playwright

from demo.figures import Figure, Look

ROOT = Path(__file__).resolve().parents[3]
AXE = ROOT / "web/client/node_modules/axe-core/axe.min.js"
PHONE, LAPTOP, SCREEN = (390, 844), (1280, 800), (1920, 1080)
START_S = 60.0  # for the demonstration to print its links
STEP_MS = 60_000  # for a page to come into the state that is pictured
RESIDENT = "李桂英"
CLERK, PASSWORD = "zhouxiao", "correct horse 9"
ROSTER = "姓名,单位职务,角色,权重\n李娟,区住建局副局长,,3\n刘桂芳,3 号楼居民代表,居民,1\n"
WRONG_ROSTER = f"{ROSTER}吴代表,人大代表,皇帝,1\n,政协,,1\n孙工,城管局,,x\n"
CLIP_PICTURES, CLIP_FPS = 90, 25
NAMED_DEVICES = """
const list = navigator.mediaDevices?.enumerateDevices.bind(navigator.mediaDevices)
if (list) navigator.mediaDevices.enumerateDevices = async () => (await list()).map((one) => ({
  deviceId: one.deviceId, groupId: one.groupId, kind: one.kind,
  label: one.kind === 'videoinput' ? '内置摄像头' : '内置麦克风',
}))
"""  # Chromium calls a fake camera by the path of its clip


def drawn_camera(path: Path) -> Path:
    """A clip of somebody drawn, at home: pictures that are shown around need no real face."""
    wall = Image.new("RGB", (960, 540), (236, 222, 200))
    draw = ImageDraw.Draw(wall)
    draw.rectangle((0, 400, 960, 540), fill=(214, 196, 170))
    draw.rounded_rectangle((90, 70, 330, 250), 6, fill=(250, 248, 242))
    draw.rectangle((104, 84, 316, 236), fill=(176, 205, 196))
    draw.pieslice((140, 130, 280, 270), 180, 360, fill=(120, 164, 140))
    draw.rectangle((104, 200, 316, 236), fill=(98, 140, 116))
    draw.rounded_rectangle((690, 120, 900, 400), 8, fill=(150, 108, 78))
    for shelf in range(3):
        draw.rectangle((704, 134 + shelf * 88, 886, 210 + shelf * 88), fill=(118, 82, 58))
        for book in range(6 - shelf):
            left = 712 + book * 28
            colour = ((176, 84, 70), (88, 120, 140), (210, 178, 110))[(book + shelf) % 3]
            draw.rectangle((left, 150 + shelf * 88, left + 20, 210 + shelf * 88), fill=colour)
    person = Figure(
        Look((240, 206, 178), (40, 34, 34), (142, 84, 98), long_hair=True), 500, 345, 176, 0.9
    )
    with path.open("wb") as clip:
        for number in range(CLIP_PICTURES):
            picture = wall.copy()
            person.paint(picture, number / CLIP_FPS, 0.0)
            picture.resize((640, 360)).save(clip, "JPEG", quality=90)
    return path


@dataclass(frozen=True)
class Links:
    """Addresses that the demonstration prints, and one for a room device."""

    host: str
    participant: str
    display: str
    viewer: str
    room: str
    staff: str
    """Where staff sign in; as CLERK, with PASSWORD."""

    @property
    def entry(self) -> str:
        """The page that asks for a room's code."""
        return self.viewer.split("/r/")[0] + "/"


@dataclass
class Album:
    """Takes pictures and remembers what was wrong with a page."""

    browser: Browser
    out: Path
    axe: bool
    faults: list[str] = field(default_factory=list)

    @contextlib.contextmanager
    def page(self, url: str, size: tuple[int, int]) -> Iterator[Page]:
        """A page of its own, as on a device of its own."""
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN",
            permissions=["camera", "microphone"],
            is_mobile=size == PHONE,
            has_touch=size == PHONE,
        )
        context.set_default_timeout(STEP_MS)
        context.add_init_script(NAMED_DEVICES)
        page = context.new_page()
        page.on("pageerror", lambda error: self.fault(f"{url.split('#')[0]}: {error}"))
        page.goto(url)
        yield page
        context.close()

    def fault(self, words: str) -> None:
        """Something is wrong; said at once, once."""
        if words not in self.faults:
            self.faults.append(words)
            print(f"! {words}", file=sys.stderr, flush=True)

    def take(self, page: Page, name: str) -> None:
        """Save the picture of this state and check the page in it."""
        size = page.viewport_size or {"width": 0, "height": 0}
        page.wait_for_timeout(700)  # for a toast or a bar to come to rest; nothing depends on it
        file = self.out / f"{name}-{size['width']}x{size['height']}.png"
        page.screenshot(path=file)
        # A third of the size: they are kept with the code.
        few = Image.open(file).convert("RGB").quantize(256, dither=Image.Dither.NONE)
        few.save(file, optimize=True)
        print(f"{name} {size['width']}x{size['height']}", flush=True)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > size["width"]:
            self.fault(f"{name}: {wide} wide at {size['width']}")
        if not self.axe:
            return
        page.evaluate(AXE.read_text())
        rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        found = page.evaluate("rules => axe.run(document, {runOnly: rules})", rules)
        for violation in found["violations"]:
            nodes = "; ".join(" ".join(map(str, node["target"])) for node in violation["nodes"][:4])
            self.fault(f"{name} {size['width']}: {violation['id']}: {nodes}")


def enter(page: Page) -> None:
    """Come in as a resident."""
    page.get_by_test_id("entry-name").fill(RESIDENT)
    page.get_by_test_id("entry-submit").click()
    page.get_by_test_id("viewer-page").wait_for()


def playing(page: Page) -> None:
    """Wait until the livestream moves."""
    expect(page.get_by_test_id("livestream")).to_have_attribute(
        "data-playing", "playing", timeout=STEP_MS
    )


def pictures(page: Page) -> None:
    """Wait until every tile that has a picture shows one."""
    page.wait_for_function(
        """() => {
          const videos = [...document.querySelectorAll('[data-testid=video-tile] video')]
          return videos.length && videos.every((video) => video.videoWidth > 0)
        }"""
    )
    page.wait_for_timeout(500)  # the first picture is decoded; the next ones are sharp


def put_vote(host: Page, question: str, album: Album | None = None) -> None:
    """The host puts a question with the usual options."""
    host.get_by_test_id("tab-votes").click()
    host.get_by_test_id("open-vote").click()
    host.get_by_test_id("vote-question").fill(question)
    if album:
        album.take(host, "host-vote")
        host.get_by_test_id("vote-more").click()
        album.take(host, "host-vote-more")
    host.get_by_test_id("vote-start").click()
    host.locator("[data-testid^=vote-close-]").first.wait_for()


def close_vote(host: Page) -> None:
    """The host closes the newest vote that is open."""
    host.get_by_test_id("tab-votes").click()
    button = host.locator("[data-testid^=vote-close-]").first
    name = button.get_attribute("data-testid") or ""
    button.click()
    host.get_by_test_id("confirm-yes").click()
    host.get_by_test_id(name).wait_for(state="detached")


def take_over(host: Page) -> None:
    """Run the meeting, so that the demonstration's clerk no longer does."""
    host.get_by_test_id("agenda-move-2").click()
    host.locator("[data-testid=agenda-item-2][data-state=current]").wait_for()
    host.wait_for_timeout(6000)  # the clerk lets go within five seconds
    host.get_by_test_id("tab-votes").click()
    while host.locator("[data-testid^=vote-close-]").count():
        close_vote(host)
    host.get_by_test_id("grant-seconds").select_option("600")  # enough for every picture


def entries(album: Album, links: Links) -> None:
    for size in (PHONE, LAPTOP):
        with album.page(links.entry, size) as page:
            page.get_by_test_id("entry-code").wait_for()
            album.take(page, "entry")
        with album.page(links.viewer, size) as page:
            page.get_by_test_id("room-name").wait_for()
            album.take(page, "entry-room")


def signing_in(album: Album, links: Links) -> None:
    for size in (PHONE, LAPTOP):
        with album.page(links.staff, size) as page:
            page.get_by_test_id("account-login").fill(CLERK)
            page.get_by_test_id("account-password").fill(PASSWORD[:-1])
            page.get_by_test_id("account-submit").click()
            page.get_by_test_id("account-problem").wait_for()
            album.take(page, "sign-in")
            page.get_by_test_id("account-password").fill(PASSWORD)
            page.get_by_test_id("account-submit").click()
            page.get_by_test_id("account-seat").wait_for()
            album.take(page, "staff")


def watching(album: Album, links: Links, host: Page) -> None:
    for size in (PHONE, LAPTOP):
        with album.page(links.viewer, size) as page:
            enter(page)
            playing(page)
            album.take(page, "viewer")
            if size == PHONE:
                for tab in ("floor", "votes", "agenda", "comments"):
                    page.get_by_test_id(f"tab-{tab}").click()
                    album.take(page, f"viewer-{tab}")
            put_vote(host, "是否同意在东门空地增设二十个充电桩？")
            page.get_by_test_id("vote-option-0").check()
            playing(page)
            album.take(page, "viewer-vote")
            page.get_by_test_id("vote-cast").click()
            page.get_by_test_id("vote-receipt").wait_for()
            page.get_by_test_id("vote-receipt").scroll_into_view_if_needed()
            album.take(page, "viewer-receipt")
            close_vote(host)
            page.get_by_test_id("vote-result-0").first.wait_for()
            album.take(page, "viewer-result")
            page.get_by_test_id("vote-dismiss").click()
            page.get_by_test_id("ask-floor").click()
            page.get_by_test_id("ask-floor-about").fill("想问问充电桩的收费标准")
            album.take(page, "viewer-ask")
            page.get_by_test_id("ask-floor-send").click()
            page.get_by_test_id("floor-position").wait_for()
            person = page.get_by_test_id("floor-position")
            expect(person).to_be_visible()
            queue = host.locator("[data-testid=queue-item]", has_text=RESIDENT)
            queue.wait_for()
            album.take(page, "viewer-waiting")
            if size == LAPTOP:
                album.take(host, "host-queue")
            queue.locator("[data-testid^=grant-]").click()
            page.get_by_test_id("granted-both").wait_for()
            expect(page.get_by_test_id("granted-both")).to_be_enabled(timeout=STEP_MS)
            album.take(page, "viewer-granted")
            page.get_by_test_id("granted-both").click()
            pictures(page)
            album.take(page, "viewer-speaking")
            page.get_by_test_id("floor-yield").click()
            page.get_by_test_id("livestream").wait_for()


def participating(album: Album, links: Links, host: Page) -> None:
    for size in (PHONE, LAPTOP):
        with album.page(links.participant, size) as page:
            expect(page.get_by_test_id("device-join")).to_be_enabled(timeout=STEP_MS)
            page.wait_for_timeout(1000)  # the preview's first pictures are black
            album.take(page, "participant-check")
            page.get_by_test_id("device-join").click()
            pictures(page)
            album.take(page, "participant")
            page.get_by_test_id("ask-floor").click()
            page.get_by_test_id("ask-floor-send").click()
            host.get_by_test_id("grant-demo-member").click()
            page.get_by_test_id("floor-yield").wait_for()
            expect(page.get_by_test_id("mic-words")).to_have_class(re.compile("live"))
            album.take(page, "participant-speaking")
            if size == LAPTOP:
                with album.page(links.display, SCREEN) as display:
                    display.get_by_test_id("display-start").click()
                    pictures(display)
                    album.take(display, "display-member")
            page.get_by_test_id("floor-yield").click()
            page.get_by_test_id("ask-floor").wait_for()


def hosting(album: Album, links: Links, host: Page) -> None:
    pictures(host)
    album.take(host, "host")
    put_vote(host, "是否同意下月开工改造排水管道？", album)
    album.take(host, "host-voting")
    close_vote(host)
    album.take(host, "host-voted")
    desk(album, host)
    host.get_by_test_id("tab-room").click()
    host.get_by_test_id("host-watch").click()
    playing(host)
    album.take(host, "host-room")
    host.get_by_test_id("host-watch").click()
    host.get_by_test_id("tab-agenda").click()
    host.get_by_test_id("meeting-recess").click()
    album.take(host, "host-recess")
    host.get_by_test_id("confirm-no").click()
    host.get_by_test_id("meeting-close").click()
    album.take(host, "host-close")
    host.get_by_test_id("confirm-no").click()
    with album.page(links.host, PHONE) as phone:
        phone.get_by_test_id("floor-holder").wait_for()
        pictures(phone)
        for part in ("floor", "agenda", "votes", "people", "comments", "minutes", "room"):
            phone.get_by_test_id(f"part-{part}").click()
            album.take(phone, f"host-{part}")
        phone.get_by_test_id("part-people").click()
        inviting(album, phone)
        album.take(host, "host-moved")
    host.get_by_test_id("link-take-back").click()
    pictures(host)


def desk(album: Album, host: Page) -> None:
    """Every view behind the console's tabs, and the forms that open there."""
    host.get_by_test_id("floor-rules").click()
    album.take(host, "host-rules")
    host.keyboard.press("Escape")
    host.get_by_test_id("hand-enter").click()
    album.take(host, "host-hand")
    host.keyboard.press("Escape")
    host.get_by_test_id("tab-agenda").click()
    host.get_by_test_id("agenda-more-2").click()
    album.take(host, "host-agenda")
    host.get_by_test_id("agenda-edit").click()
    album.take(host, "host-item")
    host.keyboard.press("Escape")
    host.get_by_test_id("tab-people").click()
    for part in ("present", "roster", "lobby"):
        host.get_by_test_id(f"tab-{part}").click()
        album.take(host, f"host-{part}")
    inviting(album, host)
    host.get_by_test_id("tab-comments").click()
    host.locator("[data-testid^=comment-more-]").first.click()
    album.take(host, "host-comments")
    host.get_by_test_id("comment-hide").click()
    album.take(host, "host-hide")
    host.keyboard.press("Escape")
    host.get_by_test_id("comment-rules").click()
    album.take(host, "host-comment-rules")
    host.keyboard.press("Escape")
    host.get_by_test_id("tab-minutes").click()
    host.get_by_test_id("draft-state").wait_for()
    album.take(host, "host-minutes")


def inviting(album: Album, host: Page) -> None:
    """A roster is looked at, and a link given out."""
    host.get_by_test_id("tab-roster").click()
    host.get_by_test_id("roster-import").click()
    for name, text in (("wrong", WRONG_ROSTER), ("right", ROSTER)):
        file = FilePayload(name="名册.csv", mimeType="text/csv", buffer=text.encode())
        host.get_by_test_id("import-file").set_input_files(file)
        host.get_by_test_id("import-problems" if name == "wrong" else "import-take").wait_for()
        album.take(host, f"host-import-{name}")
    host.keyboard.press("Escape")
    host.get_by_test_id("tab-invitations").click()
    host.get_by_test_id("invite").first.click()
    host.get_by_test_id("invite-make").click()
    host.get_by_test_id("invite-made").wait_for()
    album.take(host, "host-invite")
    host.get_by_test_id("invite-done").click()
    host.locator("[data-testid^=invitee-more-]").first.click()
    album.take(host, "host-invitations")


def displaying(album: Album, links: Links, host: Page) -> None:
    for size in (LAPTOP, SCREEN, PHONE):
        with album.page(links.display, size) as page:
            page.get_by_test_id("display-start").wait_for()
            if size == LAPTOP:
                album.take(page, "display-start")
            page.get_by_test_id("display-start").click()
            pictures(page)
            album.take(page, "display")
            if size != SCREEN:
                continue
            put_vote(host, "是否同意在东门空地集中建设充电桩？")
            page.locator("[data-testid=display-vote][data-state=open]").wait_for()
            album.take(page, "display-vote")
            close_vote(host)
            page.locator("[data-testid=display-vote][data-state=closed]").wait_for()
            album.take(page, "display-result")


def room_device(album: Album, links: Links) -> None:
    for size in (PHONE, LAPTOP):
        with album.page(links.room, size) as page:
            expect(page.get_by_test_id("room-start")).to_be_enabled(timeout=STEP_MS)
            page.wait_for_timeout(1000)  # as above
            album.take(page, "room-check")
            page.get_by_test_id("room-start").click()
            expect(page.get_by_test_id("room-picture")).to_have_attribute(
                "data-ok", "true", timeout=STEP_MS
            )
            album.take(page, "room")


def ending(album: Album, links: Links, host: Page) -> None:
    host.get_by_test_id("meeting-recess").click()
    host.get_by_test_id("confirm-yes").click()
    host.get_by_test_id("meeting-resume").wait_for()
    with album.page(links.display, LAPTOP) as display:
        display.get_by_test_id("display-start").click()
        album.take(display, "display-recess")
    with album.page(links.viewer, PHONE) as page:
        enter(page)
        page.wait_for_timeout(4000)  # for the card to come through the livestream
        album.take(page, "viewer-recess")
    host.get_by_test_id("meeting-resume").click()
    host.get_by_test_id("meeting-close").wait_for()
    with album.page(links.viewer, PHONE) as page:
        enter(page)
        host.get_by_test_id("meeting-close").click()
        host.get_by_test_id("confirm-yes").click()
        page.get_by_test_id("minutes-later").wait_for()
        playing(page)
        album.take(page, "viewer-closed")
    album.take(host, "host-closed")


@contextlib.contextmanager
def demonstration(yishi: list[str]) -> Iterator[Links]:
    """`yishi demo` on a free port, in a folder that goes away with it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = Path(tempfile.mkdtemp(prefix="yishi-pictures-"))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [*yishi, "demo", "--port", str(port), "--data", str(data), "--ice-loopback"]
    with (data / "log").open("w+") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield links(yishi, data, port, environment, process)
        finally:
            os.killpg(process.pid, signal.SIGINT)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
    shutil.rmtree(data)


def links(
    yishi: list[str],
    data: Path,
    port: int,
    environment: dict[str, str],
    process: subprocess.Popen[bytes],
) -> Links:
    """Read what the demonstration printed, and make a link for one more room device."""
    end = time.monotonic() + START_S
    while len(found := re.findall(r"https?://\S+", (data / "log").read_text())) < 4:
        if time.monotonic() > end or process.poll() is not None:
            raise SystemExit((data / "log").read_text() or "no links were printed")
        time.sleep(0.2)
    host, participant, display, viewer = found[:4]
    room = viewer.rsplit("/", 1)[1]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/rooms/{room}") as answer:
        meeting = json.load(answer)["meeting"]["id"]
    arguments = ["link", meeting, "--role", "room", "--name", "会场平板", "--json"]
    made = subprocess.run(
        [*yishi, *arguments, "--data", str(data)],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    token = re.search(r"#t=[^\s\"]+", made)
    if not token:
        raise SystemExit(f"no link in: {made}")
    account = ["account", CLERK, "--name", "周晓", "--office", "议事室书记员", "--password"]
    subprocess.run(
        [*yishi, *account, "--seat", meeting, "--data", str(data)],
        cwd=ROOT,
        env=environment,
        check=True,
        input=f"{PASSWORD}\n",
        text=True,
    )
    staff = f"http://127.0.0.1:{port}/desk"
    return Links(host, participant, display, viewer, host.split("#")[0] + token[0], staff)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--out", type=Path, default=ROOT / "docs/screenshots")
    parser.add_argument("--camera", type=Path, help="y4m or mjpeg clip, instead of a drawn person")
    parser.add_argument("--axe", action="store_true", help="check accessibility as well")
    parser.add_argument("--chromium", default=shutil.which("chromium") or "/usr/bin/chromium")
    parser.add_argument("--yishi", default=f"{sys.executable} -m web.cli")
    parser.add_argument("--only", nargs="*", help="entries watching participating hosting ...")
    parsed = parser.parse_args()
    parsed.out.mkdir(parents=True, exist_ok=True)
    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        "--allow-loopback-in-peer-connection",
        "--autoplay-policy=no-user-gesture-required",
    ]
    with (
        tempfile.TemporaryDirectory() as folder,
        demonstration(shlex.split(parsed.yishi)) as found,
        sync_playwright() as playwright,
    ):
        camera = parsed.camera or drawn_camera(Path(folder) / "camera.mjpeg")
        flags.append(f"--use-file-for-fake-video-capture={camera.resolve()}")
        browser = playwright.chromium.launch(executable_path=parsed.chromium, args=flags)
        album = Album(browser, parsed.out, parsed.axe)
        scenes: dict[str, Callable[[Page], None]] = {
            "entries": lambda _: entries(album, found),
            "signing_in": lambda _: signing_in(album, found),
            "hosting": lambda host: hosting(album, found, host),
            "watching": lambda host: watching(album, found, host),
            "participating": lambda host: participating(album, found, host),
            "displaying": lambda host: displaying(album, found, host),
            "room_device": lambda _: room_device(album, found),
            "ending": lambda host: ending(album, found, host),
        }
        with album.page(found.host, LAPTOP) as host:
            host.get_by_test_id("meeting-close").wait_for()
            take_over(host)
            for name, scene in scenes.items():
                if not parsed.only or name in parsed.only:
                    scene(host)
        browser.close()
    return 1 if album.faults else 0


if __name__ == "__main__":
    sys.exit(main())
