"""
A clock that a camera can see and a browser can read: wall clock milliseconds as black and white
fields across the middle of the picture.

40 bits in two rows of twenty: 32 of the time, 8 to check them. The middle is free of strap, item
and inset in every scene.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

COLUMNS, ROWS = 20, 2
HEIGHT_SHARE = 0.2  # of the picture's height, both rows together
BLACK, WHITE = 24, 225

READ = """
(canvas, video) => {
  const columns = 20, rows = 2, width = 320, height = 180
  canvas.width = width
  canvas.height = height
  const context = canvas.getContext('2d', { willReadFrequently: true })
  context.drawImage(video, 0, 0, width, height)
  const data = context.getImageData(0, 0, width, height).data
  const bits = []
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const x = Math.floor(((column + 0.5) * width) / columns)
      const y = Math.floor(height * (0.4 + (0.2 * (row + 0.5)) / rows))
      bits.push(data[4 * (y * width + x)] > 120 ? 1 : 0)
    }
  }
  let time = 0
  for (let i = 0; i < 32; i++) time = time * 2 + bits[i]
  let check = 0
  for (let i = 0; i < 32; i++) check = (check + bits[i] * (2 * i + 1)) % 256
  let expected = 0
  for (let i = 32; i < 40; i++) expected = expected * 2 + bits[i]
  return check === expected && time ? time : null
}
"""
"""JavaScript: low 32 bits of the time in the picture that a video shows, or null."""

DRAW = """
(context, width, height) => {
  const now = Date.now() % 2 ** 32
  const bits = []
  for (let i = 31; i >= 0; i--) bits.push(Math.floor(now / 2 ** i) % 2)
  let check = 0
  for (let i = 0; i < 32; i++) check = (check + bits[i] * (2 * i + 1)) % 256
  for (let i = 7; i >= 0; i--) bits.push((check >> i) & 1)
  for (let i = 0; i < 40; i++) {
    context.fillStyle = bits[i] ? 'white' : 'black'
    const column = i % 20, row = Math.floor(i / 20)
    const x = Math.round((column * width) / 20), right = Math.round(((column + 1) * width) / 20)
    context.fillRect(x, height * (0.4 + 0.1 * row), right - x, height * 0.1)
  }
}
"""
"""JavaScript: draws the present time."""


def bits(at_ms: int) -> list[int]:
    """The forty fields."""
    time = at_ms % 2**32
    found = [time >> shift & 1 for shift in range(31, -1, -1)]
    check = sum(bit * (2 * index + 1) for index, bit in enumerate(found)) % 256
    return found + [check >> shift & 1 for shift in range(7, -1, -1)]


def draw(luma: npt.NDArray[np.uint8], at_ms: int) -> None:
    """Write a time across the middle of a luma plane, shape (height, width)."""
    height, width = luma.shape
    rows = np.array(bits(at_ms), bool).reshape(ROWS, COLUMNS)
    top = round(height * 0.4)
    tall = round(height * HEIGHT_SHARE / ROWS)
    edges = [round(column * width / COLUMNS) for column in range(COLUMNS + 1)]
    for row, fields in enumerate(rows):
        for column, field in enumerate(fields):
            value = WHITE if field else BLACK
            luma[top + row * tall : top + (row + 1) * tall, edges[column] : edges[column + 1]] = (
                value
            )
