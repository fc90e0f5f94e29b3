"""Sound and picture of one person are together in what the real worker writes."""

from __future__ import annotations

import time
from pathlib import Path

from media.control import Cue
from media.programme.feed import PACKET, REPORT, SourceUp
from tests.fixtures.clapper import Arrival, claps, skews
from tests.integration.programme.stage import Stage, runs

TOGETHER_S = 0.08
SETTLED_S = 2.5
SECONDS = 6.5
PICTURE, SOUND = 0, 1


class Clapper(Stage):
    """A stage with one publisher, whose packets come as the network delivers them."""

    arrivals: list[Arrival]
    begun_s: float = 0.0

    def _step(self) -> None:
        if not self.wanted >= {PICTURE, SOUND}:
            return
        self.begun_s = self.begun_s or time.monotonic()
        now_s = time.monotonic() - self.begun_s
        while self.arrivals and self.arrivals[0].at_s <= now_s:
            arrival = self.arrivals.pop(0)
            source = (PICTURE if arrival.picture else SOUND).to_bytes(2, "big")
            if arrival.report is None:
                self.socket.send(PACKET + source + arrival.packet)
            else:
                ntp, stamp = arrival.report
                self.socket.send(
                    REPORT + source + ntp.to_bytes(8, "big") + stamp.to_bytes(4, "big")
                )


def test_flash_and_beep_are_together(tmp_path: Path) -> None:
    """Within 80 ms, though the picture is 200 ms later than the sound, and the sound jitters."""
    with Clapper(tmp_path) as stage:
        stage.arrivals = claps(SECONDS, picture_s=0.25, sound_s=0.02, jitter_s=(0.0, 0.1))
        stage.start()
        stage.cue(Cue(mode="meeting", title="", room="li"))
        for number, kind, codec, hz in (
            (PICTURE, "picture", "VP8", 90_000),
            (SOUND, "sound", "opus", 48_000),
        ):
            up = {"source": number, "person": "li", "kind": kind, "codec": codec, "clock_hz": hz}
            stage.send(SourceUp.model_validate(up))
        stage.play_until(lambda: not stage.arrivals)
        stage.finish()
    (run,) = runs(tmp_path)
    seen = [(shown.at_s, float(shown.pixel(640, 360)[0])) for shown in run.pictures()]
    first_s = next(at_s for at_s, luma in seen if luma > 128)
    found = [one for one in skews(seen, run.sound()) if one[0] - first_s > SETTLED_S]
    assert len(found) >= 3
    assert max(abs(skew) for _, skew in found) <= TOGETHER_S, found
