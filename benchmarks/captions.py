"""
How well and at what cost a model writes Chinese captions, by what is given to it.

    python -m benchmarks.captions MODEL SPEECH

MODEL is a folder with a CTranslate2 model, SPEECH one with sound files and `lines.json`, a list of
`{"file", "text"}`. Prints each line with its errors, then errors per character and processor time
per second of speech. Needs the extra `captions`.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import av
import numpy as np

from media.recogniser.port import RATE, Pcm
from media.recogniser.whisper import Whisper


def main(model: str, speech: Path) -> None:
    """Run it."""
    whisper = Whisper(model)
    characters = errors = samples = 0
    begun_s = time.process_time()
    for line in json.loads((speech / "lines.json").read_text()):
        sound = _sound(speech / line["file"])
        samples += len(sound)
        heard = "".join(one.text for one in (*whisper.feed(sound), *whisper.finish()))
        wrong = _distance(_letters(line["text"]), _letters(heard))
        characters, errors = characters + len(_letters(line["text"])), errors + wrong
        print(f"{wrong:3} wrong: {heard}")
    spent_s = time.process_time() - begun_s
    print(f"{100 * errors / characters:.1f} % of {characters} characters wrong")
    print(f"{spent_s / (samples / RATE):.2f} s of a processor for each second")


def _sound(file: Path) -> Pcm:
    """A file, and the pause after it."""
    resampler = av.AudioResampler("flt", "mono", RATE)
    with av.open(str(file)) as source:
        blocks = [
            block.to_ndarray().reshape(-1)
            for frame in source.decode(source.streams.audio[0])
            for block in resampler.resample(frame)
        ]
    sound: Pcm = np.concatenate((*blocks, np.zeros(RATE))).astype(np.float32)
    return sound


def _letters(text: str) -> str:
    return "".join(one for one in text if one.isalnum())


def _distance(right: str, heard: str) -> int:
    """Letters to be put in, taken out or changed (Levenshtein)."""
    row = list(range(len(heard) + 1))
    for i, one in enumerate(right, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (one != other))
    return row[-1]


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
