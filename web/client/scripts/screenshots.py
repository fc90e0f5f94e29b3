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
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from pictures import desk, livestream, others, residents
from pictures.album import LAPTOP, Album
from pictures.camera import drawn_camera
from pictures.demonstration import ROOT, demonstration
from playwright.sync_api import Page, sync_playwright


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--out", type=Path, default=ROOT / "docs/screenshots")
    parser.add_argument("--camera", type=Path, help="y4m or mjpeg clip, instead of a drawn person")
    parser.add_argument("--axe", action="store_true", help="check accessibility as well")
    parser.add_argument("--english", action="store_true", help="the pages in English")
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
        album = Album(browser, parsed.out, parsed.axe, parsed.english)
        scenes: dict[str, Callable[[Page], None]] = {
            "entries": lambda _: residents.entries(album, found),
            "signing_in": lambda _: others.signing_in(album, found),
            "hosting": lambda host: desk.hosting(album, found, host),
            "watching": lambda host: residents.watching(album, found, host),
            "participating": lambda host: others.participating(album, found, host),
            "displaying": lambda host: others.displaying(album, found, host),
            "room_device": lambda _: others.room_device(album, found),
            "checking": lambda _: others.checking(album, found),
            "accompanying": lambda _: others.accompanying(album, found),
            "conducting": lambda host: livestream.conducting(album, found, host),
            "ending": lambda host: residents.ending(album, found, host),
            "replaying": lambda host: livestream.replaying(album, found, host),
        }
        with album.page(found.host, LAPTOP) as host:
            host.get_by_test_id("meeting-close").wait_for()
            desk.take_over(host)
            for name, scene in scenes.items():
                if not parsed.only or name in parsed.only:
                    scene(host)
        browser.close()
    return 1 if album.faults else 0


if __name__ == "__main__":
    sys.exit(main())
