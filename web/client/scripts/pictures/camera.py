"""What Chromium sends for a camera."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

from demo.figures import Figure, Look

CLIP_PICTURES, CLIP_FPS = 90, 25


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
